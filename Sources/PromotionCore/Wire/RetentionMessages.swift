/// What anybody may ask about retention.
package enum RetentionQuestion: Hashable, Sendable, Codable {
    /// Makes a plan now, which reads the whole repository, and shows its first lines.
    /// - Parameter allowRatio: tags of a hundred that it may take; nil for what is configured.
    case plan(ServiceName, allowRatio: Int?)
    /// More lines of a plan that was made.
    case lines(ServiceName, plan: Digest, from: Int, limit: Int)
    /// A part of its file, as text.
    case file(ServiceName, plan: Digest, from: Int)
    /// What is quarantined and held, and how the last run went.
    case status(ServiceName)
}

/// What a person orders about retention.
package enum RetentionOrder: Hashable, Sendable, Codable {
    /// Carries out the plan with this hash, and nothing that is not in it.
    /// - Parameter count: the digests that the person counted.
    case apply(ServiceName, plan: Digest, count: Int, reason: SafeText)
    /// Brings a digest back from quarantine, or from its tombstone.
    case undo(ServiceName, Digest)
    case hold(ServiceName, Digest, reason: SafeText, until: Timestamp?)
    case release(ServiceName, Digest, reason: SafeText)
    /// Lets retention go on after a person has looked: what is kept was not whole, or tags that were there are missing.
    case resume(ServiceName, reason: SafeText)

    /// The service whose repository it is about.
    package var service: ServiceName {
        switch self {
        case .apply(let service, _, _, _), .undo(let service, _), .hold(let service, _, _, _), .release(let service, _, _),
            .resume(let service, _):
            service
        }
    }

    /// Why it is ordered: the ledger keeps that, and it has to say something. Bringing back needs no reason.
    package var weighed: SafeText? {
        switch self {
        case .apply(_, _, _, let reason), .hold(_, _, let reason, _), .release(_, _, let reason), .resume(_, let reason): reason
        case .undo: nil
        }
    }

    /// The least role that may order it: what removes needs more than what keeps.
    package var leastRole: Role {
        switch self {
        case .apply, .resume: .approver
        case .undo, .hold, .release: .operator
        }
    }
}

/// What the agent answers about retention.
package enum RetentionAnswer: Hashable, Sendable, Codable {
    case lines(RetentionLines)
    /// - Parameter next: where the next part begins; nil after the last.
    case file(String, next: Int?)
    case status(RetentionStatus)
    /// It is back, but for what these words say.
    case undone(SafeText)
}

/// A bounded part of a plan's lines, and what the whole comes to.
package struct RetentionLines: Hashable, Sendable, Codable {
    package let repository: RepositoryName
    package let plan: Digest
    package let made: Timestamp
    package let rules: RetentionRules
    package let quarantine: Int
    package let delete: Int
    package let keep: Int
    /// Bytes that the registry's own collection can free once everything planned is deleted.
    package let frees: Int64
    /// Bytes of all blobs that are named.
    package let size: Int64
    package let refused: [RetentionPlan.Refusal]
    /// Tags that are listed and name nothing, the first of them, and how many there are.
    package let dangling: [Tag]
    package let danglingCount: Int
    package let from: Int
    package let lines: [RetentionLine]
    /// Repositories of the same services that retention leaves alone, in words.
    package var spared: [SafeText] = []

    /// Lines of one answer.
    package static let limit = 500
    /// Tags that name nothing and are told by name.
    static let danglingLimit = 5

    /// Why the plan may not be carried out, whoever wants it.
    package var barred: [RetentionPlan.Refusal] { refused.filter(\.bars) }

    package var count: Int { quarantine + delete }
    package var total: Int { count + keep }
}

/// One digest of a repository, and what becomes of it.
package struct RetentionLine: Hashable, Sendable, Codable {
    /// What becomes of it.
    package enum State: String, Hashable, Sendable, Codable {
        case keep, quarantine, quarantined, delete
    }

    package let digest: Digest
    package let tags: [Tag]
    /// Nil where nobody knows.
    package let age: Milliseconds?
    /// Bytes of its blobs.
    package let size: Int64
    package let state: State
    package let because: [SafeText]
    /// Documents that go with it: children and referrers.
    package let parts: Int

    /// Why, and what goes along.
    package var words: [SafeText] {
        switch parts {
        case 0: because
        case 1: because + ["1 more document goes with it"]
        default: because + ["\(parts) more documents go with it"]
        }
    }

    /// Tags and reasons of one line that are carried.
    static let limit = 8
}

/// Retention of one repository as it stands.
package struct RetentionStatus: Hashable, Sendable, Codable {
    package let repository: RepositoryName
    package let rules: RetentionRules
    /// From run to run; nil where only people run it.
    package let schedule: Milliseconds?
    package let ledger: RetentionProjection
    /// The run under way, or the last since the agent started.
    package let report: RetentionReport?
    package let halted: SafeText?
    /// What was deleted and can be had back while its blobs are there, newest first, as far as it is listed.
    package let buried: [Buried]
    package let buriedCount: Int

    /// A digest that was deleted.
    package struct Buried: Hashable, Sendable, Codable {
        package let digest: Digest
        /// Until when it can be had back.
        package let until: Timestamp

        package init(digest: Digest, until: Timestamp) {
            self.digest = digest
            self.until = until
        }
    }

    /// Deleted digests that are listed.
    package static let buriedLimit = 1_000

    /// - Parameter buried: everything that was deleted and can be had back.
    package init(
        repository: RepositoryName, rules: RetentionRules, schedule: Milliseconds?, ledger: RetentionProjection,
        report: RetentionReport?, halted: SafeText?, buried: [Buried] = []
    ) {
        self.buried = Array(buried.sorted { ($1.until, $0.digest) < ($0.until, $1.digest) }.prefix(Self.buriedLimit))
        buriedCount = buried.count
        self.repository = repository
        self.rules = rules
        self.schedule = schedule
        self.ledger = ledger
        self.report = report
        self.halted = halted
    }
}

extension RetentionStatus {
    /// What an undo can be about: what is under quarantine, what is held, and what was deleted.
    package var restorable: [Digest] {
        Set(ledger.quarantined.keys).union(ledger.holds.keys).union(buried.map(\.digest)).sorted()
    }
}

extension RetentionPlan {
    /// A part of the plan's lines: what goes first, then what is quarantined, then what stays.
    /// - Parameters:
    ///   - hash: that of the plan's file, which takes a while to make.
    ///   - size: bytes of a digest's blobs.
    ///   - age: how old a digest is to the rules.
    package func lines(
        from: Int, limit: Int, hash: Digest, total: Int64, size: (Digest) -> Int64, age: (Digest) -> Milliseconds?
    ) -> RetentionLines {
        let isWaiting: (Kept) -> Bool = { $0.reasons.contains { if case .grace = $0 { true } else { false } } }
        let waiting = keep.filter(isWaiting)
        let others = keep.filter { !isWaiting($0) }
        let kept = waiting + others.filter { !$0.tags.isEmpty } + others.filter(\.tags.isEmpty)
        func line(
            _ digest: Digest, _ tags: [Tag], _ state: RetentionLine.State, _ because: [SafeText], _ parts: Int = 0
        ) -> RetentionLine {
            RetentionLine(
                digest: digest, tags: Array(tags.prefix(RetentionLine.limit)), age: age(digest), size: size(digest), state: state,
                because: Array(because.prefix(RetentionLine.limit)), parts: parts)
        }
        let from = max(0, min(from, count + kept.count))
        let end = min(count + kept.count, from + max(0, min(limit, RetentionLines.limit)))
        let lines = (from..<end).map { number in
            if number < delete.count {
                let item = delete[number]
                return line(item.digest, item.tags, .delete, [item.reason], item.parts.count)
            }
            if number < count {
                let item = quarantine[number - delete.count]
                return line(item.digest, item.tags, .quarantine, [item.reason], item.parts.count)
            }
            let one = kept[number - count]
            return line(one.digest, one.tags, number - count < waiting.count ? .quarantined : .keep, one.reasons.map(\.words))
        }
        return RetentionLines(
            repository: repository, plan: hash, made: made, rules: rules, quarantine: quarantine.count, delete: delete.count,
            keep: keep.count, frees: frees, size: total, refused: refused,
            dangling: Array(dangling.prefix(RetentionLines.danglingLimit)), danglingCount: dangling.count, from: from,
            lines: lines)
    }
}

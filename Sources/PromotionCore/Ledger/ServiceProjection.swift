/// One service as the ledger tells it.
package struct ServiceProjection: Hashable, Sendable, Codable {
    package internal(set) var environments: [EnvironmentName: EnvironmentProjection] = [:]
    /// Newest last, within a bound.
    @PackedRows package internal(set) var evidence: [Evidence] = []
    /// Promotions that have not ended, and the last that did; newest last.
    package internal(set) var promotions: [Promotion] = []
    /// What screens list, newest last, within a bound.
    @PackedRows package internal(set) var history: [HistoryLine] = []
    /// Promotions that failed and what came of it, newest last, within a bound.
    package internal(set) var failures: [FailureNote] = []
    /// What people are still to be told, oldest first, within a bound.
    package internal(set) var notices: [Notice] = []
    /// Version tags that were pushed again, each with what it named before, newest last, within a bound.
    package internal(set) var tagMoves: [TagMove] = []
    /// What could not be delivered to some receiver and is tried again, oldest first, within a bound.
    package internal(set) var undelivered: [KeptNotice] = []

    package init() {}

    /// Evidence that this image passed everything in an environment, newest last.
    ///
    /// A later result that says otherwise takes back what came before it, and so does a rollback of the image there. What speaks
    /// against a part speaks against the whole; for the whole speaks only what is of all of it.
    package func evidence(for image: DigestSet, in environment: EnvironmentName) -> [Evidence] {
        let results = evidence.filter { $0.environment == environment && image.contains($0.digest) }
        let rolledBack = environments[environment]?.veto(on: image)?.since
        return results.suffix(while: \.isWhole).filter { result in
            image.isOnly(result.digest) && (rolledBack.map { result.at > $0 } ?? true)
        }
    }

    /// The promotion that has not ended in an environment: the one that has begun, else the one that waits to.
    package func active(in environment: EnvironmentName) -> Promotion? { running(in: environment) ?? waiting(in: environment) }

    /// The promotion that has begun in an environment and not ended; a rollback has begun as soon as it is asked for.
    package func running(in environment: EnvironmentName) -> Promotion? {
        promotions.last { $0.plan.place.environment == environment && !$0.hasEnded && !$0.canBeSuperseded }
    }

    /// The promotion that waits to begin in an environment; a newer one takes its turn.
    package func waiting(in environment: EnvironmentName) -> Promotion? {
        promotions.last { $0.plan.place.environment == environment && $0.canBeSuperseded }
    }

    /// The promotion of this number; nil where it is no longer kept.
    package func promotion(_ number: PromotionNumber) -> Promotion? { promotions.last { $0.number == number } }

    /// Where a rollback could go, best first: releases that succeeded here, do not serve now, are not on their way here and are
    /// not vetoed.
    /// - Parameter live: the slot that takes the traffic, as the switch says; nil where the ledger's word has to do.
    package func rollbackGoals(of name: EnvironmentName, live: SlotName? = nil) -> [Release] {
        guard let environment = environments[name] else { return [] }
        let current = (live.map { environment.slots[$0] } ?? environment.serving)?.release.digests
        let coming = promoted(in: name)?.digests
        return environment.succeeded.reversed().filter { release in
            environment.veto(on: release.digests) == nil && !(current?.contains(release.digest) ?? false)
                && !(coming?.contains(release.digest) ?? false)
        }
    }

    /// The release that a promotion under way brings to an environment; nil if none is.
    package func promoted(in name: EnvironmentName) -> Release? {
        active(in: name).flatMap { $0.plan.kind == .promotion ? $0.plan.release : nil }
    }

    /// The newest rollback that a person ordered, if nothing else is left to go back to: its release stays offered to people in
    /// spite of the veto that this rollback set. Nothing that goes by itself asks for it.
    package func lastResort(in name: EnvironmentName, live: SlotName? = nil) -> EnvironmentProjection.ManualRollback? {
        guard rollbackGoals(of: name, live: live).isEmpty, let environment = environments[name],
            let rollback = environment.manualRollback
        else { return nil }
        let digests = rollback.left.release.digests
        let current = (live.map { environment.slots[$0] } ?? environment.serving)?.release.digest
        let isFree = environment.vetoes.allSatisfy { !digests.contains($0.digest) || $0.promotion == rollback.number }
        let isElsewhere = current.map { !digests.contains($0) } ?? true
        return isFree && isElsewhere && promoted(in: name).map { !digests.contains($0.digest) } ?? true ? rollback : nil
    }

    /// Where a rollback would go: the goal that a person chose, else the newest whose digest still exists. What a slot still runs is the last resort
    /// where the registry has none of them any more: traffic can go back without it.
    /// - Parameters:
    ///   - wanted: the goal that a person chose; the release of their own last rollback can be chosen if nothing else is left.
    ///   - gone: digests that the registry no longer has whole.
    /// - Returns: `nil` if there is no goal; unknown if the last resort is a slot that could not be looked at.
    package func rollbackGoal(
        _ wanted: Digest? = nil, in environment: Environment, live: SlotName? = nil, seen: EnvironmentObservation,
        gone: Set<Digest> = []
    ) -> Reading<Release?> {
        let resort = wanted == nil ? nil : lastResort(in: environment.name, live: live)?.left.release
        let goals = (rollbackGoals(of: environment.name, live: live) + [resort].compactMap(\.self))
            .filter { wanted == nil || $0.digest == wanted }
        let serving = live ?? environments[environment.name]?.live
        if let goal = goals.first(where: { !gone.contains($0.digest) }) { return .known(goal, at: seen.at) }
        for goal in goals {
            switch warmSlot(for: goal, in: environment, live: serving, seen: seen) {
            case .known(.some, _): return .known(goal, at: seen.at)
            case .known(nil, _): continue
            case .unknown(let cause, let since): return .unknown(cause, since: since)
            }
        }
        return .known(nil, at: seen.at)
    }

    /// The slot that already runs a release, is healthy and does not serve; `nil` if the release would have to be deployed.
    /// Unknown if a slot that could be it did not say.
    package func warmSlot(
        for release: Release, in environment: Environment, live: SlotName?, seen: EnvironmentObservation
    ) -> Reading<SlotName?> {
        guard environment.strategy.hasIdleSlot else { return .known(nil, at: seen.at) }
        var doubt: Reading<SlotName?>?
        for slot in environment.slots where slot != live {
            switch seen.slot(slot) {
            case .known(let look, let at):
                if look.runs(release.digests), look.health == .healthy { return .known(slot, at: at) }
                if let cause = look.doubt(about: release.digests) { doubt = doubt ?? .unknown("\(slot): \(cause)", since: at) }
            case .unknown(let cause, let since): doubt = doubt ?? .unknown("\(slot): \(cause)", since: since)
            }
        }
        return doubt ?? .known(nil, at: seen.at)
    }

    static let evidenceLimit = 500
    static let promotionLimit = 20
    static let historyLimit = 200

    mutating func record(_ line: HistoryLine) {
        history.append(line, keepingLast: Self.historyLimit)
    }

    /// Takes evidence. Of each source the newest that speaks for an image and the newest that speaks against it are kept: older
    /// ones say nothing that these do not. Beyond the bound the source goes first that says most, so that no account pushes out
    /// what another said.
    mutating func record(_ new: Evidence) {
        let speaker = new.source.speaker
        evidence.removeAll {
            $0.digest == new.digest && $0.environment == new.environment && $0.isWhole == new.isWhole
                && $0.source.speaker == speaker
        }
        evidence.append(new)
        guard evidence.count > Self.evidenceLimit else { return }
        let counts = Dictionary(grouping: evidence, by: \.source.bearer).mapValues(\.count)
        let most = counts.max { ($0.value, $0.key.text) < ($1.value, $1.key.text) }?.key
        if let oldest = evidence.firstIndex(where: { $0.source.bearer == most }) { evidence.remove(at: oldest) }
    }

    mutating func keep(_ promotion: Promotion) {
        if let position = promotions.lastIndex(where: { $0.number == promotion.number }) {
            promotions[position] = promotion
        } else {
            promotions.append(promotion)
        }
        if promotion.hasEnded { forgetMeasurements(before: promotion) }
        while promotions.count > Self.promotionLimit, let ended = promotions.firstIndex(where: \.hasEnded) {
            promotions.remove(at: ended)
        }
    }
}

extension ServiceProjection {
    /// Of what ended before the last end in an environment, it is kept what it came to; the ledger tells the measurements.
    private mutating func forgetMeasurements(before last: Promotion) {
        for index in promotions.indices
        where promotions[index].hasEnded && promotions[index].number != last.number
            && promotions[index].plan.place == last.plan.place && !promotions[index].gates.isEmpty
        {
            promotions[index].gates = [:]
        }
    }
}

extension SlotObservation {
    /// Why it is not known whether the slot runs an image and is well; `nil` if it is known.
    fileprivate func doubt(about image: DigestSet) -> SafeText? {
        switch content {
        case .unclear(let cause): cause
        case .nothing: nil
        case .image(let digest):
            switch health {
            case .unknown(let cause) where image.contains(digest): cause
            case .starting where image.contains(digest): "it is starting"
            case .empty, .starting, .healthy, .unhealthy, .unknown: nil
            }
        }
    }
}

/// One line of the history: who did what where, and what came of it.
package struct HistoryLine: Hashable, Sendable, Codable {
    package let sequence: Int64
    package let at: Timestamp
    package let who: SafeText
    package let what: SafeText
    package let environment: EnvironmentName?
    package let digest: Digest?
    package let tag: Tag?
    package let promotion: PromotionNumber?
    package let tone: Tone
    package let result: SafeText

    /// How a line ended, for glyph and colour.
    package enum Tone: String, Hashable, Sendable, Codable {
        case good, bad, alarm, active, neutral
    }
}

extension Array {
    /// The longest run at the end in which every element is like this.
    fileprivate func suffix(while isLike: (Element) -> Bool) -> ArraySlice<Element> {
        let last = lastIndex { !isLike($0) }
        return self[(last.map { $0 + 1 } ?? startIndex)...]
    }
}

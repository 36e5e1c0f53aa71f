internal import PromotionCore

/// What is next for a service, what stands against it, and the way back.
extension ConsoleState {
    func outlookLines(_ service: Service, _ rows: [ShownRow], _ board: Board, _ columns: Int) -> [Line] {
        let letters = letters.of(service.name)
        var lines = nextLines(service, board, letters)
        lines.append(rollbackLine(service, board, letters, columns))
        lines.append(pointerLine(service, rows, board))
        lines += unreadLines(service, board, columns) + owedLines(service, board, columns)
        lines.append(leaseLine(service, board, letters, columns))
        lines += undoableLines(service, board, columns)
        lines += decisionLines(service, board, columns)
        for move in board.shownTagMoves(of: service.name, at: shownNow).suffix(2) {
            lines.append(
                Line("TAG", .warning).at(11, move.words(seenFrom: shownNow).text, .warning, width: columns - 12))
        }
        lines += automationLines(service, board, columns)
        lines += clockLines(board, columns)
        for row in rows {
            for drift in row.drift.prefix(2) {
                lines.append(
                    Line("DRIFT", .alarm).at(11, "\(place(of: row)) \(drift.sentence)", .alarm, width: columns - 20)
                        .endingAt(columns - 1, "(x why)", .dim))
            }
        }
        for row in rows where row.health.isUnhealthy || row.health.isUnknown {
            lines.append(
                Line("HEALTH", .warning).at(
                    11, "\(place(of: row)): \(row.health.reason)\(since(row))", row.health.words.style, width: columns - 12))
        }
        return lines
    }

    /// Since when the slot could not be looked at.
    private func since(_ row: ShownRow) -> String {
        guard case .unknown(_, let since) = row.seen else { return "" }
        return ", since \(since.hourAndMinute)"
    }

    /// Rollbacks that the person who ordered them may still undo.
    private func undoableLines(_ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        service.path.compactMap { environment in
            guard let found = board.projection.services[service.name]?.environments[environment.name]?.manualRollback,
                shownNow < found.undoEnd
            else { return nil }
            let words =
                "\(environment.name): \(found.terms.by.name) may undo rollback \(found.number) until \(found.undoEnd.hourAndMinute)"
            return Line("UNDO", .heading).at(11, words, .plain, width: columns - 16).endingAt(columns - 1, "(u)", .key)
        }
    }

    /// What people decided by hand: debts first, then pins and freezes.
    private func decisionLines(_ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        let names: [Explanation.Subject: String] = [.override: "DEBT", .pin: "PIN", .freeze: "FREEZE"]
        let found = board.explanations(of: service, at: shownNow).filter { names[$0.subject] != nil }
        let debts = found.filter { $0.subject == .override }
        return (debts + found.filter { $0.subject != .override }).prefix(Self.decisionLimit).map { one in
            let style: Style = one.subject == .override ? .alarm : .warning
            let place = one.place.map { "\($0.environment) " } ?? ""
            let end = one.subject == .freeze ? one.earliest.map { "until \($0.moment(seenFrom: shownNow)), " } ?? "" : ""
            return Line(names[one.subject] ?? "", style)
                .at(11, "\(place)\(end)\(one.values)", style, width: columns - 20)
                .endingAt(columns - 1, "(x why)", .dim)
        }
    }

    private static let decisionLimit = 4

    private func place(of row: ShownRow) -> String {
        row.isOneOfSeveral ? "\(row.place.environment)/\(row.slot)" : row.place.environment.text
    }

    private func nextLines(_ service: Service, _ board: Board, _ letters: [Digest: String]) -> [Line] {
        guard let outlook, outlook.service == service.name, let next = outlook.next else {
            let gap = board.unreadableSources(of: service).first
            guard board.candidateLooks[service.name] != nil, gap == nil else {
                let words = gap.map { "what is next is not known: \($0.who) cannot be read" } ?? "not looked at yet"
                return [Line("NEXT", .heading).at(11, "\(Mark.inconclusive.glyph(in: glyphs)) \(words)", .warning)]
            }
            return [Line("NEXT", .heading).at(11, "nothing waits: every environment runs what it could", .dim)]
        }
        let name = "\(letters[next.release.digest] ?? "-") \(next.release.tag?.text ?? next.release.digest.short())"
        let there = board.projection.services[service.name]?.environments[next.to]?.serving
        let runs = there.map { "\(next.to) runs \(letters[$0.release.digest] ?? "-")" } ?? "\(next.to) runs nothing yet"
        let words = next.from.map { "\(name) has evidence in \($0); \(runs)" } ?? "\(name) is a candidate for \(next.to); \(runs)"
        let first = Line("NEXT", .heading).at(11, words)
        guard let objection = outlook.objections.first else {
            return [first, Line("READY", .good).at(11, "\(next.to): nothing stands against it; p plans it")]
        }
        let more = outlook.objections.count > 1 ? "; \(outlook.objections.count - 1) more" : ""
        let until = objection.earliest.map { ", ends \($0.hourAndMinute)" } ?? ""
        return [first, Line("BLOCKED", .warning).at(11, "\(next.to): \(objection.reason)\(until)\(more)  (x why)")]
    }

    private func rollbackLine(_ service: Service, _ board: Board, _ letters: [Digest: String], _ columns: Int) -> Line {
        let head = Line("ROLLBACK", .heading)
        guard let place = board.rollbackPlace(of: service) else { return head.at(11, "there is no environment", .dim) }
        let serving = board.rollbackOffers(of: place).first?.serving
        let from = serving.flatMap { letters[$0.release.digest] } ?? "-"
        let line: Line
        switch board.rollback(of: place) {
        case .none(let reason): return head.at(11, "none: \(reason)", .dim)
        case .unknown(let goal, let cause, let since):
            let release = goal?.release
            let to = release.map { "\(letters[$0.digest] ?? "-") \($0.tag?.text ?? $0.digest.short())" } ?? "?"
            line = head.at(
                11, "\(from) \(glyphs.arrow) \(to): ? \(cause), since \(since.hourAndMinute)", .warning, width: columns - 16)
        case .warm(let slot, let goal):
            let release = goal.release
            let to = "\(letters[release.digest] ?? "-") \(release.tag?.text ?? release.digest.short())"
            line = head.at(11, "\(from) \(glyphs.arrow) \(to) in \(slot): warm, \(goal.words)", goal.isSound ? .good : .warning)
        case .cold(let goal):
            let release = goal.release
            let to = "\(letters[release.digest] ?? "-") \(release.tag?.text ?? release.digest.short())"
            let how = goal.returning.map { "coming back in \($0)" } ?? "cold, deployed again first"
            line = head.at(
                11, "\(from) \(glyphs.arrow) \(to): \(how)\(goal.estimate.map { ", about \($0)" } ?? "")", .warning)
        }
        return line.endingAt(columns - 1, "(R)", .key)
    }

    /// Tags that could not be moved to what serves.
    private func owedLines(_ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        let owed = board.explanations(of: service, at: shownNow).filter { $0.subject == .pointer }
        return owed.prefix(2).map { one in
            Line("OWED", .warning).at(11, "\(one.values)", .warning, width: columns - 20)
                .endingAt(columns - 1, "(x why)", .dim)
        }
    }

    /// What is automatic, what stopped it, and for what a person is called.
    private func automationLines(_ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        let calls = board.openCalls.filter { $0.place.service == service.name }.map { place, open in
            Line("CALL", .alarm).at(
                11, "\(place.environment): \(open.call.kind.rawValue): \(open.call.reason)", .alarm, width: columns - 12)
        }
        let automatic = board.automatedPlaces.filter { $0.service == service.name }.map { place in
            let halt = board.projection.services[service.name]?.environments[place.environment]?.automation.halt
            let words = halt.map { "stopped: \($0.words)" } ?? board.automation[place]?.words.text ?? "not looked at yet"
            return Line("AUTO", .heading).at(
                11, "\(place.environment): \(words)", halt == nil ? .plain : .warning, width: columns - 12)
        }
        let joint = board.projection.joints.last { joint in
            joint.isUnderWay && joint.members.contains { $0.place.service == service.name }
        }
        let set = joint.map { joint in
            Line("JOINT", .heading).at(
                11, "\(joint.number) \(joint.title) in \(joint.environment): \(joint.state.words)",
                joint.state == .undoFailed ? .alarm : .active, width: columns - 12)
        }
        let undelivered = (board.projection.services[service.name]?.undelivered ?? []).suffix(2).map { kept in
            Line("NOTICE", .warning).at(11, kept.words.text, .warning, width: columns - 12)
        }
        return calls + automatic + undelivered + [set].compactMap(\.self)
    }

    /// That the agent died and was started again, and that the wall clock was set: what goes by it may be off.
    private func clockLines(_ board: Board, _ columns: Int) -> [Line] {
        let restart = board.restart(at: shownNow).map { restart in
            Line("AGENT", .warning).at(
                11, "\(restart.words), \(board.agent.since.moment(seenFrom: shownNow))", .warning, width: columns - 12)
        }
        return [restart].compactMap(\.self) + stepLines(board, columns)
    }

    private func stepLines(_ board: Board, _ columns: Int) -> [Line] {
        guard let step = board.clockStep(at: shownNow) else { return [] }
        let words = "\(step.words), \(step.reading.wall.moment(seenFrom: shownNow))"
        return [Line("CLOCK", .warning).at(11, words, .warning, width: columns - 12)]
    }

    private func leaseLine(_ service: Service, _ board: Board, _ letters: [Digest: String], _ columns: Int) -> Line {
        let ledger = board.projection.services[service.name]
        let held = service.path.compactMap { environment in ledger?.active(in: environment.name) }.last { !$0.hasEnded }
        let byHand = service.path.compactMap { ledger?.environments[$0.name]?.lease }.last
        let hand = byHand.map { lease in
            let until = lease.holds(at: shownNow) ? "to \(lease.expires.hourAndMinute)" : "EXPIRED"
            return "\(lease.place.environment): \(lease.holder.owner.name) \(until), \(lease.fence)"
        }
        let lease = held.map { "\($0.plan.place.environment): promotion \($0.number), \($0.startedBy.name)" } ?? hand ?? "free"
        let line = Line("LEASE", .heading).at(11, lease, .plain, width: 28)
        let vetoes = service.path.flatMap { environment in
            (ledger?.environments[environment.name]?.vetoes ?? []).map { (environment.name, $0) }
        }
        guard let (environment, veto) = vetoes.max(by: { $0.1.since < $1.1.since }) else {
            return line.at(40, "VETO", .heading).at(46, "none", .dim)
        }
        let tag = board.release(veto.digest, of: service.name)?.tag?.text ?? veto.digest.short()
        let name = letters[veto.digest].map { "\($0) \(tag)" } ?? tag
        return line.at(40, "VETO", .heading)
            .at(46, "\(name) in \(environment)", .warning, width: columns - 55).endingAt(columns - 1, "(x why)", .dim)
    }
}

extension SlotObservation.Health {
    /// The reason where it is not healthy.
    var reason: String {
        switch self {
        case .unhealthy(let reason): "unhealthy: \(reason)"
        case .unknown(let reason): "unknown: \(reason)"
        case .empty: "empty"
        case .starting: "starting"
        case .healthy: "healthy"
        }
    }
}

extension RollbackGoal {
    /// How long a warm one takes and when it was last seen, or what it lacks.
    var words: String {
        if let failure { return failure }
        if isTrafficUnread { return "once the switch answers" }
        return "\(estimate.map { "about \($0)" } ?? "seconds")\(seenAt.map { ", proved \($0.hourAndMinute)" } ?? "")"
    }

    /// The first proof that failed.
    var failure: String? {
        proofs.lazy.compactMap { proof in
            if case .fails(_, let reason) = proof.result { "\(proof.subject.rawValue): \(reason)" } else { nil }
        }.first
    }

    var isSound: Bool { failure == nil && !isTrafficUnread }

    /// Whether the switch, which it needs, could not be read.
    private var isTrafficUnread: Bool {
        proofs.contains { proof in
            if proof.subject == .traffic, case .unproved = proof.result { true } else { false }
        }
    }

    /// When the slot was last seen to run it.
    var seenAt: Timestamp? {
        proofs.lazy.compactMap { proof in
            if proof.subject == .slot, case .holds(let at) = proof.result { at } else { nil }
        }.first
    }
}

extension RollbackReadiness {
    var shortWords: String {
        switch self {
        case .warm(_, let goal): "warm, \(goal.estimate.map { "about \($0)" } ?? "seconds")"
        case .cold(let goal):
            goal.returning == nil ? "cold, deployed first" : "coming back\(goal.estimate.map { ", about \($0)" } ?? "")"
        case .unknown(_, let cause, let since): "? since \(since.hourAndMinute): \(cause)"
        case .none(let reason): "none: \(reason)"
        }
    }
}

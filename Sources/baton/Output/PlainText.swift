internal import PromotionCore

/// Results as plain lines of text.
enum PlainText {
    static func objections(_ objections: [Objection]) -> String {
        objections.map { objection in
            let time = objection.earliest.map { " (earliest \($0))" } ?? ""
            return "  x \(objection.reason): \(objection.remedy)\(time)"
        }.joined(separator: "\n")
    }

    /// The slots of a service, one a line.
    static func status(_ service: Service, on board: Board, now: Timestamp) -> [String] {
        var lines = ["\(service.name)"]
        for row in board.rows(of: service) {
            let place = row.isOneOfSeveral ? "\(row.place.environment)/\(row.slot)" : "\(row.place.environment)"
            let digest = row.holding.map { $0.release.digest.short(12) } ?? "-"
            let tag = row.holding?.release.tag?.text ?? "-"
            let age = row.holding.map { (now - $0.since).description } ?? "-"
            let who = row.holding?.by.map { " by \($0)" } ?? ""
            let live = row.isOneOfSeveral ? "  \(Words.traffic(row))" : ""
            let columns = [
                place.padded(14), digest.padded(13), tag.padded(16), Words.health(row.health).padded(12), age.padded(6),
            ]
            lines.append("  " + columns.joined(separator: " ") + live + who)
            lines += row.unknowns.map { "    ? \($0.what): \($0.cause)\($0.since.map { ", since \($0.clock)" } ?? "")" }
            lines += row.drift.map { "    ! drift: \($0.sentence)" }
        }
        lines += unread(service, on: board, now: now) + corrections(service, on: board)
        if let place = board.rollbackPlace(of: service) {
            lines.append("  rollback \(place.environment): \(Words.readiness(board.rollback(of: place)))")
        }
        for environment in service.path {
            for pointer in board.projection.services[service.name]?.environments[environment.name]?.debts ?? [] {
                lines.append("  ! pointer owed in \(environment.name): \(pointer.words)")
                if let remedy = pointer.remedy(among: environment.pointerTags) { lines.append("      \(remedy)") }
            }
        }
        lines += undoable(service, on: board, now: now) + failures(of: service, on: board)
        lines += board.shownTagMoves(of: service.name, at: now).map { "  ! tag moved: \($0.words(seenFrom: now))" }
        for promotion in board.projection.services[service.name]?.promotions.filter({ !$0.hasEnded }) ?? [] {
            lines.append(
                "  \(promotion.plan.kind.rawValue) \(promotion.number) of \(promotion.plan.release.digest.short()) to "
                    + "\(promotion.plan.place.environment): \(promotion.state.words), by \(promotion.startedBy)"
                    + (board.copies[promotion.number].map { "; copying \($0.words)" } ?? ""))
        }
        let restart = board.restart(at: now).map { ["  ! \($0.words), \(board.agent.since)"] } ?? []
        let clock = board.clockStep(at: now).map { ["  ! \($0.words), now \($0.reading.wall)"] } ?? []
        return lines + restart + clock + policy(service, on: board, now: now) + hands(service, on: board, now: now)
    }

    /// Environments that were adopted as empty by mistake.
    private static func corrections(_ service: Service, on board: Board) -> [String] {
        service.path.compactMap { environment in
            board.projection.services[service.name]?.environments[environment.name]?.correction.map {
                "    ! \(environment.name) was adopted as empty by mistake, and is adopted again since \($0.at): \($0.words)"
            }
        }
    }

    /// What of the registry could not be read.
    private static func unread(_ service: Service, on board: Board, now: Timestamp) -> [String] {
        if board.candidateLooks[service.name] == nil { return ["  ? the registry: not looked at yet"] }
        return board.unreadableSources(of: service).filter { $0.source == .registry }.map {
            "  ? \($0.who): \($0.words(seenFrom: now))"
        }
    }

    /// - Parameter waiting: the plan that would wait for what stands against it; `nil` if it is not asked to.
    static func plan(_ answer: PlanAnswer, waiting: PromotionPlan? = nil) -> [String] {
        var lines: [String] = []
        if let plan = answer.plan ?? waiting {
            lines += Self.plan(plan)
        }
        if let change = answer.change { lines.append("  change \(change.summary)") }
        return lines + answer.conditions.map(condition)
    }

    static func condition(_ condition: Condition) -> String {
        switch condition.state {
        case .met(let value): "  + \(condition.name): \(value)"
        case .unmet(let objection): "  x \(condition.name): \(objection.reason); \(objection.remedy)"
        case .overridden(let objection, let override):
            "  ! \(condition.name): \(objection.reason); override \(override.number), \(override.owner): \(override.reason)"
        case .asked(let words): "  ~ \(condition.name): \(words)"
        case .noted(let words): "  ! \(condition.name): \(words)"
        }
    }

    static func history(_ line: HistoryLine) -> String {
        let digest = line.digest?.short() ?? "-"
        let place = line.environment?.text ?? "-"
        return [
            "\(line.sequence)".padded(6), "\(line.at)", line.who.text.padded(10), line.what.text.padded(14), digest.padded(9),
            (line.tag?.text ?? "-").padded(14), place.padded(9), line.result.text,
        ].joined(separator: " ")
    }

    /// A line of the live stream.
    static func stream(_ line: StreamLine) -> String {
        let words =
            switch line.content {
            case .measured(let gate, let check, let measurement): "\(gate.rawValue) \(check): \(measurement.result.words)"
            case .event(let kind, let detail, _): "\(kind) \(detail)"
            }
        return "\(line.at.clock) \(line.promotion) \(words)"
    }
}

/// Single values in words.
enum Words {
    static func health(_ health: SlotObservation.Health) -> String {
        if case .unhealthy = health { health.word.uppercased() } else { health.word }
    }

    private static func goal(_ goal: RollbackGoal) -> String {
        "\(goal.release.digest.short()) \(goal.release.tag?.text ?? "")"
    }

    private static func estimate(_ goal: RollbackGoal) -> String { goal.estimate.map { ", about \($0)" } ?? "" }

    private static func proofs(_ goal: RollbackGoal) -> String {
        if let at = goal.provedAt { return ", proved \(at.clock)" }
        let words = goal.proofs.compactMap { proof -> String? in
            switch proof.result {
            case .holds: nil
            case .fails(_, let reason): "\(proof.subject.rawValue) FAILS: \(reason)"
            case .unproved(let reason): "\(proof.subject.rawValue) unproved: \(reason)"
            }
        }
        return "; " + words.joined(separator: ", ")
    }

    static func readiness(_ readiness: RollbackReadiness) -> String {
        switch readiness {
        case .warm(let slot, let goal): "\(self.goal(goal)) warm in \(slot)\(estimate(goal))\(proofs(goal))"
        case .cold(let goal) where goal.returning != nil:
            "\(self.goal(goal)) coming back in \(goal.returning?.text ?? "")\(estimate(goal))\(proofs(goal))"
        case .cold(let goal): "\(self.goal(goal)) cold: it is deployed again first\(estimate(goal))\(proofs(goal))"
        case .unknown(let goal, let cause, let since):
            "\(goal.map { "\(self.goal($0)) " } ?? "")? \(cause), since \(since.clock)"
        case .none(let reason): "none: \(reason)"
        }
    }

    /// What the switch was seen to do with a slot, and what the slot was seen to be.
    static func traffic(_ row: SlotRow) -> String {
        switch (row.traffic, row.seen) {
        case (.unknown, _): return "?"
        case (.known(100, _), _): return "LIVE"
        case (.known(0, _), .unknown): return "?"
        case (.known(0, _), .known(let look, _)):
            switch look.content {
            case .nothing: return row.holding == nil ? "empty" : "idle"
            case .image(let digest): return row.holding == nil ? "runs \(digest.short())" : "idle"
            case .unclear: return row.holding == nil ? "runs something" : "idle"
            }
        case (.known(let weight, _), _): return "\(weight) %"
        }
    }
}

extension String {
    /// At least this many columns.
    func padded(_ width: Int) -> String {
        let columns = self.columns
        return columns >= width ? self : self + String(repeating: " ", count: width - columns)
    }
}

internal import PromotionCore

/// `x`: what is so, what would make it otherwise, and when at the earliest.
extension ConsoleState {
    func whyLines(_ subject: WhySubject, _ columns: Int) -> [Line] {
        let lines: [Line] =
            switch subject {
            case .plan: objections(plan?.answer?.objections ?? [], columns)
            case .refusal: [Line("The agent refused, and nothing was changed:", .heading)] + objections(refusal, columns)
            case .promotion(let number): promotionReasons(number, columns)
            case .row(let place, let slot): rowReasons(place, slot, columns)
            case .service(let name): serviceReasons(name, columns)
            case .retained(let name, let digest): retentionReasons(name, digest, columns)
            }
        return lines.isEmpty ? [Line("nothing is wrong, and nothing is blocked", .good)] : lines
    }

    private func objections(_ objections: [Objection], _ columns: Int) -> [Line] {
        objections.flatMap { objection -> [Line] in
            let earliest = objection.earliest.map { [Line("earliest   \($0.clock) UTC", .plain, column: 3)] } ?? []
            return reason(objection.reason.text, remedy: objection.remedy.text, columns) + earliest + [.blank]
        }
    }

    private func reason(_ text: String, remedy: String, _ columns: Int, mark: Mark = .fail) -> [Line] {
        Line.wrapped("\(mark.glyph(in: glyphs)) \(text)", mark.style, column: 1, columns: columns)
            + Line.wrapped("what helps   \(remedy)", .plain, column: 3, columns: columns)
    }

    private func promotionReasons(_ number: PromotionNumber, _ columns: Int) -> [Line] {
        guard let promotion = shown?.projection.promotion(number) else {
            return [Line("promotion \(number) is no longer kept here", .dim)]
        }
        let state = promotion.stateWords
        var lines = [Line("promotion \(number) is \(promotion.state.words)", state.style)]
        if let failure = promotion.failure {
            lines += Line.wrapped(
                "\(failure.at.clock)  \(failure.during.words): \(failure.reason)", .bad, column: 1, columns: columns)
            if let gate = failure.gate {
                lines.append(Line("gate \(gate.rawValue)" + (failure.check.map { ", check \($0)" } ?? ""), .plain, column: 3))
            }
        }
        for one in shown?.explanations(of: promotion, at: shownNow) ?? [] { lines += explanation(one, columns) }
        if let deadline = promotion.deadline {
            lines.append(Line("this state ends at the latest at \(deadline.clock) UTC", .plain, column: 3))
        }
        switch promotion.state {
        case .readyToSwitch:
            lines += Line.wrapped("what helps   S in the live view switches, a aborts", column: 3, columns: columns)
        case .inconclusive:
            lines += Line.wrapped("what helps   S goes on with a reason, a aborts; R goes back", column: 3, columns: columns)
        case .rollbackFailed:
            lines += Line.wrapped("what helps   look at the target, then S tries the rollback again", column: 3, columns: columns)
        default: break
        }
        return lines
    }

    private func rowReasons(_ place: Place, _ slot: SlotName, _ columns: Int) -> [Line] {
        guard let board = shown, let service = board.service(place.service),
            let row = board.shownRows(of: service).first(where: { $0.place == place && $0.slot == slot })
        else { return [] }
        var lines: [Line] = []
        for drift in row.drift {
            lines +=
                reason(
                    "drift in \(place.environment)/\(slot): \(drift.sentence)",
                    remedy: "find out who changed it; promote or roll back puts it right", columns, mark: .alarm) + [.blank]
        }
        if row.health.isUnhealthy || row.health.isUnknown {
            lines +=
                reason(
                    "\(place.environment)/\(slot): \(row.health.reason)", remedy: "look at the target, or roll back (R)", columns,
                    mark: row.health.words.mark ?? .fail) + [.blank]
        }
        if let active = board.projection.services[place.service]?.active(in: place.environment) {
            lines += promotionReasons(active.number, columns) + [.blank]
        }
        lines += unreadReasons(service, place.environment, columns)
        lines += vetoReasons(service, columns) + policyReasons(service, place.environment, columns)
        if let downstream = service.downstream(of: place.environment), let release = row.holding?.release {
            let found = board.objections(to: release, into: Place(service.name, downstream.name), of: service, at: shownNow)
            if !found.isEmpty {
                lines.append(Line("against \(release.tag?.text ?? release.digest.short()) in \(downstream.name):", .heading))
            }
            lines += objections(found, columns)
        }
        return lines
    }

    private func serviceReasons(_ name: ServiceName, _ columns: Int) -> [Line] {
        guard let board = shown, let service = board.service(name) else { return [] }
        var lines = board.shownRows(of: service).flatMap { row in
            row.drift.flatMap {
                reason(
                    "drift in \(row.place.environment)/\(row.slot): \($0.sentence)", remedy: "find out who changed it", columns,
                    mark: .alarm)
            }
        }
        if let place = board.rollbackPlace(of: service), case .none(let reason) = board.rollback(of: place) {
            lines += self.reason(
                "no rollback in \(place.environment): \(reason)", remedy: "promote a tested release", columns, mark: .inconclusive
            )
        }
        return unreadReasons(service, nil, columns) + lines + vetoReasons(service, columns)
            + policyReasons(service, nil, columns)
    }

    /// What could not be read at the last look.
    private func unreadReasons(_ service: Service, _ environment: EnvironmentName?, _ columns: Int) -> [Line] {
        (shown?.explanations(of: service, in: environment, at: shownNow) ?? []).filter { $0.subject == .unread }
            .flatMap { explanation($0, columns) + [.blank] }
    }

    /// Freezes, pins and debts.
    private func policyReasons(_ service: Service, _ environment: EnvironmentName?, _ columns: Int) -> [Line] {
        let shownKinds: Set<Explanation.Subject> = [.freeze, .pin, .override, .pointer, .approval]
        return (shown?.explanations(of: service, in: environment, at: shownNow) ?? []).filter { shownKinds.contains($0.subject) }
            .flatMap { explanation($0, columns) + [.blank] }
    }

    /// What must hold, what is so, when it can turn, and who can change it.
    private func explanation(_ one: Explanation, _ columns: Int) -> [Line] {
        let mark: Mark = one.subject == .override || one.subject == .alarm ? .alarm : .notYet
        let place = one.place.map { "\($0.environment): " } ?? ""
        var lines = Line.wrapped("\(mark.glyph(in: glyphs)) \(place)\(one.values)", mark.style, column: 1, columns: columns)
        lines += Line.wrapped("must hold    \(one.predicate)", .plain, column: 3, columns: columns)
        if let earliest = one.earliest {
            lines.append(Line("earliest     \(earliest.moment(seenFrom: shownNow)) UTC", .plain, column: 3))
        }
        let who = one.authorities.map(\.description).joined(separator: "; ")
        lines += Line.wrapped("who          \(who)", .plain, column: 3, columns: columns)
        return lines + Line.wrapped("what helps   \(one.remedy)", .plain, column: 3, columns: columns)
    }

    private func vetoReasons(_ service: Service, _ columns: Int) -> [Line] {
        service.path.flatMap { environment -> [Line] in
            (shown?.projection.services[service.name]?.environments[environment.name]?.vetoes ?? []).suffix(3).flatMap { veto in
                reason(
                    "\(veto.digest.short()) is vetoed in \(environment.name) since \(veto.since.monthAndDay) (\(veto.source)): \(veto.reason)",
                    remedy: "promote a newer release, or lift the veto with a reason on the command line", columns) + [.blank]
            }
        }
    }
}

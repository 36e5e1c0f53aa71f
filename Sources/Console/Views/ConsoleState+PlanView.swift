internal import PromotionCore

/// The plan on screen, and what consent to it takes.
extension ConsoleState {
    var planTitle: String {
        guard let plan else { return "PLAN" }
        let place = plan.request.place
        let from = board?.service(place.service)?.upstream(of: place.environment)?.name.text ?? "registry"
        let hash = plan.hash.map { "   plan \($0.short())" } ?? ""
        return "PLAN  \(place.service)  \(from) \(glyphs.arrow) \(place.environment)\(hash)"
    }

    func planLines(_ columns: Int) -> [Line] {
        guard let screen = plan else { return [Line("there is no plan", .dim)] }
        guard let answer = screen.answer else { return [.blank, Line("asking the agent for the plan ...", .active)] }
        var lines = head(screen, columns)
        lines += changeLines(screen, columns)
        let isCrowded = columns < 110 && (screen.showsDifferences || (answer.plan?.steps.count ?? 0) > 2)
        lines += isCrowded ? shortGateLines(answer.conditions, columns) : gateLines(answer.conditions, columns)
        if let plan = answer.plan {
            lines += stepText(plan, columns)
            if screen.showsWhatRuns { lines += whatRuns(plan, columns) }
        } else {
            lines.append(.blank)
            lines += Line.wrapped(
                "\(answer.objections.count) against it: nothing can be started. Esc leaves; x says why and what helps.", .warning,
                column: 1, columns: columns)
        }
        return lines
    }

    private func head(_ screen: PlanScreen, _ columns: Int) -> [Line] {
        let release = screen.release
        let name = screen.request.place.service
        let letter = letter(release.digest, of: name)
        let source = board?.service(name)?.upstream(of: screen.request.place.environment)?.name.text ?? "registry"
        let shown = columns >= 110 ? "\(release.digest)" : "sha256:\(release.digest.short(16))...\(release.digest.hex.suffix(4))"
        var lines = [
            Line("FROM", .heading).at(8, source, .plain, width: 10).at(19, "\(letter) \(shown)", .digest)
                .at(
                    19 + 3 + shown.count + 1,
                    "\(release.tag?.text ?? "no tag")  \(release.revision.map { String($0.text.prefix(7)) } ?? "")")
        ]
        guard let plan = screen.plan else { return lines }
        if let source = plan.source {
            let words = "\(source) \(glyphs.arrow) \(plan.home), before anything changes"
            lines.append(Line("COPY", .heading).at(8, words))
        }
        let place = plan.strategy == .replace ? plan.place.environment.text : "\(plan.place.environment)/\(plan.slot)"
        lines.append(Line("TO", .heading).at(8, place, .plain, width: 14).at(23, change(plan, name)))
        if let live = plan.live {
            let words = plan.strategy == .replace ? "goes away; UNDO deploys it again" : "stays warm"
            lines.append(
                Line("LIVE", .heading).at(8, "\(plan.place.environment)/\(live.slot)", .plain, width: 14)
                    .at(
                        23,
                        "\(self.letter(live.release.digest, of: name)) sha256:\(live.release.digest.short(12))  \(live.release.tag?.text ?? "")",
                        .digest
                    )
                    .at(59, words))
        } else {
            lines.append(Line("LIVE", .heading).at(8, "nothing serves: this is the first release, with no way back", .warning))
        }
        return lines
    }

    private func change(_ plan: PromotionPlan, _ name: ServiceName) -> String {
        guard plan.strategy.hasIdleSlot else { return "the slot takes it; the deploy is the commit point" }
        let replaced = plan.replaced.map { "replaces \(letter($0.digest, of: name)) there; " } ?? "empty; "
        let from = plan.live.map { "\($0.slot) \(glyphs.arrow) " } ?? ""
        let share = plan.steps.isEmpty ? "100 %" : "step by step"
        return "\(replaced)then traffic \(share) \(from)\(plan.slot)"
    }

    /// Where the steps take the room, what holds is one line of names.
    private func shortGateLines(_ conditions: [Condition], _ columns: Int) -> [Line] {
        let met = conditions.filter { if case .met = $0.state { true } else { false } }
        let rest = conditions.filter { if case .met = $0.state { false } else { true } }
        let names = met.map(\.name.text).joined(separator: ", ")
        var lines = Line.wrapped("\(Mark.pass.glyph(in: glyphs)) \(names)", .good, column: 8, columns: columns, limit: 2)
        if !lines.isEmpty { lines[0] = lines[0].at(1, "GATES", .heading) }
        let others = rest.isEmpty ? [] : gateLines(rest, columns, isFirst: false)
        return lines + others
    }

    /// What holds, two a line where there is room; what does not, with its remedy, each in lines of its own.
    private func gateLines(_ conditions: [Condition], _ columns: Int, isFirst: Bool = true) -> [Line] {
        var lines: [Line] = []
        var waiting: String?
        func flush() {
            if let text = waiting { lines.append(Line().at(8, text, .good)) }
            waiting = nil
        }
        let half = (columns - 8) / 2
        for condition in conditions {
            switch condition.state {
            case .met(let value):
                let text = "\(Mark.pass.glyph(in: glyphs)) \(Self.named(condition.name, value))"
                if let first = waiting, first.count < half, text.count < half {
                    lines.append(Line().at(8, first, .good).at(8 + half, text, .good))
                    waiting = nil
                } else {
                    flush()
                    waiting = text
                }
            case .unmet(let objection):
                flush()
                lines += objectionLines(objection, name: condition.name.text, columns)
            case .overridden(let objection, let override):
                flush()
                lines += overrideLines(objection, override, name: condition.name.text, columns)
            case .noted(let words):
                flush()
                lines += Line.wrapped(
                    "\(Mark.alarm.glyph(in: glyphs)) \(Self.named(condition.name, words))", .warning, column: 8, columns: columns)
            case .asked(let words):
                flush()
                lines.append(Line().at(8, "\(Mark.active.glyph(in: glyphs)) \(Self.named(condition.name, words))", .active))
            }
        }
        flush()
        if isFirst, !lines.isEmpty { lines[0] = lines[0].at(1, "GATES", .heading) }
        return lines
    }

    /// A value that begins with its own name does not need it twice.
    private static func named(_ name: SafeText, _ value: SafeText) -> String {
        value.text.hasPrefix(name.text) ? value.text : "\(name): \(value)"
    }

    private func objectionLines(_ objection: Objection, name: String, _ columns: Int) -> [Line] {
        let until =
            objection.earliest.flatMap { objection.remedy.text.contains($0.clock) ? nil : " (earliest \($0.clock) UTC)" } ?? ""
        return Line.wrapped(
            "\(Mark.fail.glyph(in: glyphs)) \(Self.named(SafeText(name), objection.reason))", .bad, column: 8, columns: columns)
            + Line.wrapped("\(glyphs.arrow) \(objection.remedy)\(until)", .plain, column: 10, columns: columns)
    }

    private func overrideLines(_ objection: Objection, _ override: Override, name: String, _ columns: Int) -> [Line] {
        Line.wrapped(
            "\(Mark.alarm.glyph(in: glyphs)) \(Self.named(SafeText(name), objection.reason))", .alarm, column: 8,
            columns: columns)
            + Line.wrapped(
                "\(glyphs.arrow) override \(override.number) until \(override.expires.moment(seenFrom: shownNow)), owner "
                    + "\(override.owner): \(override.reason)", .warning, column: 10, columns: columns)
    }

    private func whatRuns(_ plan: PromotionPlan, _ columns: Int) -> [Line] {
        var lines = Line.wrapped("\(plan.home)@\(plan.release.digest)", .digest, column: 8, columns: columns)
        if !lines.isEmpty { lines[0] = lines[0].at(1, "RUNS", .heading) }
        for check in plan.checks {
            let gates = Gate.allCases.filter { check.gates.contains($0) }.map(\.rawValue).joined(separator: " ")
            lines.append(
                Line().at(8, check.title.text, .plain, width: 24).at(
                    33, "\(check.count) times, every \(check.interval)", .plain, width: 22
                )
                .at(56, "limit \(check.limit)", .dim, width: 22).at(80, gates, .dim))
        }
        for pointer in plan.pointers {
            lines.append(
                Line().at(8, "tag \(pointer.tag)  \(pointer.from?.short() ?? "nothing") \(glyphs.arrow) \(pointer.to.short())"))
        }
        return lines
    }

    /// The line that consent is given on.
    func drawConsent(on frame: inout Frame, row: Int) {
        guard let screen = plan else { return }
        let columns = frame.size.columns
        let (text, style): (String, Style) =
            if let changed = screen.changed {
                ("CHANGED: \(changed); Esc leaves, then plan again", .alarm)
            } else if screen.phase == .sent {
                ("asked; waiting for the agent", .active)
            } else if screen.plan == nil {
                ("", .dim)
            } else if let reason = Disabled.order(self) {
                ("not startable: \(reason)", .disabled)
            } else if screen.isTyped {
                (typedPrompt(screen, columns), .key)
            } else {
                ("y promotes it; Esc leaves; nothing has happened yet", .key)
            }
        frame.draw(Line(text, style), row: row, glyphs: glyphs)
        guard screen.isTyped, screen.isStartable, Disabled.order(self) == nil else { return }
        let end = text.count - 1 - (PlanScreen.digits - screen.typed.count)
        frame.cursor = Position(column: min(columns - 1, 1 + end), row: row)
    }

    private func typedPrompt(_ screen: PlanScreen, _ columns: Int) -> String {
        let typed = screen.typed + String(repeating: "_", count: PlanScreen.digits - screen.typed.count)
        return columns < 66
            ? "First \(PlanScreen.digits) of the digest:  [\(typed)]"
            : "Type the first \(PlanScreen.digits) characters of the digest to promote:  [\(typed)]"
    }
}

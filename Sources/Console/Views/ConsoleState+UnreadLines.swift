internal import PromotionCore

/// What of a service could not be read, and what its pointer tags say.
extension ConsoleState {
    /// What of registry and switches could not be read; the pointer tags have a line of their own, as slots and switch have.
    func unreadLines(_ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        guard let look = board.candidateLooks[service.name] else {
            return [Line("REGISTRY", .warning).at(11, "\(Mark.inconclusive.glyph(in: glyphs)) not looked at yet", .warning)]
        }
        let words: [String] =
            if case .unknown(let cause, let since) = look.tags {
                ["not read since \(since.moment(seenFrom: shownNow)): \(cause)"]
            } else {
                look.unread.prefix(2).map { "\($0.tag) not read since \($0.since.moment(seenFrom: shownNow)): \($0.cause)" }
            }
        let switches = board.unreadables(of: service).filter { $0.source == .trafficSwitch }.map { gap in
            let since = gap.since.map { " since \($0.moment(seenFrom: shownNow))" } ?? ""
            return unreadLine("SWITCH", "\(gap.place?.environment.text ?? "") not read\(since): \(gap.cause)", columns)
        }
        return switches + words.map { unreadLine("REGISTRY", $0, columns) }
    }

    private func unreadLine(_ head: String, _ words: String, _ columns: Int) -> Line {
        Line(head, .warning).at(11, "\(Mark.inconclusive.glyph(in: glyphs)) \(words)", .warning, width: columns - 20)
            .endingAt(columns - 1, "(x why)", .dim)
    }

    private func unreadPointers(_ places: [String], _ cause: SafeText?, _ since: Timestamp?, _ head: Line) -> Line {
        let since = since.map { "not read since \($0.moment(seenFrom: shownNow))" } ?? "not looked at yet"
        let words = "\(since) in \(places.joined(separator: ", "))\(cause.map { ": \($0)" } ?? "")"
        return head.at(11, "\(Mark.inconclusive.glyph(in: glyphs)) \(words)", .warning)
    }

    /// What the pointer tags were seen to name.
    func pointerLine(_ service: Service, _ rows: [ShownRow], _ board: Board) -> Line {
        let head = Line("POINTERS", .heading)
        var right: [String] = []
        var wrong: [String] = []
        var unread: (places: [String], cause: SafeText?, since: Timestamp?) = ([], nil, nil)
        var seenAt: Timestamp?
        for environment in service.path {
            let ledger = board.projection.services[service.name]?.environments[environment.name]
            let observation = board.observations[Place(service.name, environment.name)]
            let pointers: [Tag: Digest]
            switch observation?.pointers {
            case .known(let read, let at)?:
                pointers = read
                seenAt = max(seenAt ?? at, at)
            case .unknown(let cause, let since)?:
                unread = (unread.places + [environment.name.text], unread.cause ?? cause, min(unread.since ?? since, since))
                continue
            case nil:
                unread.places.append(environment.name.text)
                continue
            }
            for (tag, expected) in (ledger?.pointers ?? [:]).sorted(by: {
                ($0.key.text.count, $0.key) < ($1.key.text.count, $1.key)
            })
            where service.tags.tagClass(of: tag) == .other {
                guard ledger?.owed[tag] == nil else { continue }
                if pointers[tag] == expected { right.append(tag.text) } else { wrong.append(tag.text) }
            }
        }
        if !wrong.isEmpty {
            return head.at(
                11, "\(Mark.alarm.glyph(in: glyphs)) \(wrong.joined(separator: " ")) moved by somebody else  (x why)", .alarm)
        }
        if !unread.places.isEmpty { return unreadPointers(unread.places, unread.cause, unread.since, head) }
        guard let seenAt, !right.isEmpty else { return head.at(11, "none set yet", .dim) }
        // What runs is not known where a target or the switch does not say.
        let isKnown = !board.unreadables(of: service).contains { $0.source == .target || $0.source == .trafficSwitch }
        let words = isKnown ? "name what runs" : "name what was put there"
        return head.at(11, "\(right.joined(separator: " ")) \(words), seen \(seenAt.hourAndMinute)")
    }
}

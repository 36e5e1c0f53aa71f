internal import PromotionCore

/// The panes of the release view; `Tab` brings the next one to the top where there is no room for all.
enum ReleasePane: Int, CaseIterable {
    case tags, evidence, provenance, `where`

    var title: String {
        switch self {
        case .tags: "Tags"
        case .evidence: "Evidence"
        case .provenance: "Provenance"
        case .where: "Where"
        }
    }
}

/// View 5: one image, by its digest.
extension ConsoleState {
    func releaseLines(_ name: ServiceName, _ digest: Digest, _ columns: Int) -> [Line] {
        guard let board = shown, let service = board.service(name) else { return [] }
        let release = board.release(digest, of: name)
        let letter = letter(digest, of: name)
        // The digest stands whole and alone on its line, for the mouse.
        var lines = [Line("\(digest)", .digest), Line("\(letter)  \(release?.tag?.text ?? "no tag")  of \(service.repository)")]
        guard let release else { return lines + [Line("this picture no longer holds the release", .dim)] }
        let first = cursors[view]?.index ?? 0
        let panes = ReleasePane.allCases.map { ReleasePane.allCases[($0.rawValue + first) % ReleasePane.allCases.count] }
        let tabs = panes.enumerated().map { $0.offset == 0 ? "[\($0.element.title)]" : $0.element.title }
        lines.append(Line(tabs.joined(separator: "  "), .heading))
        for pane in panes {
            switch pane {
            case .tags: lines += tagLines(release, service, board, columns)
            case .evidence: lines += evidenceLines(release, service, board, columns)
            case .provenance: lines += provenanceLines(release.digest, columns)
            case .where: lines += whereLines(release, service, board, columns)
            }
            lines.append(.blank)
        }
        return lines
    }

    private func tagLines(_ release: Release, _ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        var pointers: Set<Tag> = []
        var unread: [String] = []
        for environment in service.path {
            switch board.seen(at: Place(service.name, environment.name)).pointers {
            case .known(let named, _): pointers.formUnion(named.filter { release.digests.contains($0.value) }.keys)
            case .unknown(let cause, _): unread.append("? \(environment.name): \(cause)")
            }
        }
        let moving = pointers.filter { service.tags.tagClass(of: $0) == .other }.sorted()
        let fixed = Set(pointers.filter { service.tags.tagClass(of: $0) != .other } + [release.tag].compactMap(\.self)).sorted()
        let members = release.digests.members.map { "\($0.platform.map { "\($0)" } ?? "any platform") \($0.manifest.short())" }
        let set = (["index \(release.digests.top.short())"] + members).joined(separator: "   ")
        return [
            Line("release tags", .heading).at(16, fixed.isEmpty ? "none" : fixed.map(\.text).joined(separator: "   ")),
            Line("pointer tags", .heading).at(
                16,
                moving.isEmpty && unread.isEmpty
                    ? "none name it" : (moving.map(\.text) + unread).joined(separator: "   ")),
            Line("digest set", .heading).at(16, set, .digest),
            signedLine(release.digest),
            Line("revision", .heading).at(16, release.revision?.text ?? "the builder named none"),
        ]
    }

    private func evidenceLines(_ release: Release, _ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        let found = (board.projection.services[service.name]?.evidence ?? []).filter { release.digests.contains($0.digest) }
        var lines = found.suffix(6).map { evidence in
            let mark = evidence.isWhole ? Mark.pass : .fail
            return Line().at(
                16,
                "\(mark.glyph(in: glyphs)) \(evidence.environment)  \(evidence.summary)  from \(evidence.source.words), "
                    + "\(TimeText.moment(evidence.at, at: shownNow, style: timeStyle))", mark.style)
        }
        if lines.isEmpty { lines = [Line().at(16, "none recorded", .dim)] }
        lines[0] = lines[0].at(1, "evidence", .heading)
        return lines
    }

    private func whereLines(_ release: Release, _ service: Service, _ board: Board, _ columns: Int) -> [Line] {
        var lines = board.shownRows(of: service).filter {
            $0.holding.map { release.digests.contains($0.release.digest) } ?? false
        }.map { row in
            let state = board.stateWords(of: row, service, at: shownNow)
            let place = row.isOneOfSeveral ? "\(row.place.environment)/\(row.slot)" : row.place.environment.text
            let since = row.holding.map { TimeText.age(of: $0.since, at: shownNow) } ?? ""
            return Line().at(16, place, .plain, width: 16).at(33, "\(since)", .dim).at(39, state.text(glyphs), state.style)
        }
        for environment in service.path {
            guard let veto = board.projection.services[service.name]?.environments[environment.name]?.veto(on: release.digests)
            else { continue }
            lines.append(
                Line().at(
                    16,
                    "\(Mark.fail.glyph(in: glyphs)) vetoed in \(environment.name) since \(veto.since.monthAndDay), "
                        + "\(veto.source): \(veto.reason)", .bad))
        }
        if lines.isEmpty { lines = [Line().at(16, "it runs nowhere", .dim)] }
        lines[0] = lines[0].at(1, "where", .heading)
        return lines
    }
}

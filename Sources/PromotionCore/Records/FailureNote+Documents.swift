extension FailureNote {
    /// What has to be written into the project's files in a phase, in this order.
    package func edits(for phase: Phase, at paths: RecordPaths) -> [DocumentEdit] {
        switch phase {
        case .failure: [scratchpad(paths), task(paths), releaseNote(paths)]
        case .resolution: resolution.map { [scratchpad(paths, $0), task(paths, $0)] } ?? []
        }
    }

    private var mark: Mark { Mark("\(place.service)/\(place.environment) \(promotion)") }

    private func edit(
        _ path: ProjectPath, title: String, below heading: String, _ words: [String], as mark: Mark? = nil, isAdded: Bool = true
    ) -> DocumentEdit {
        DocumentEdit(path: path, title: title, heading: heading, mark: mark ?? self.mark, words: words, isAdded: isAdded)
    }

    /// "payments prod: promotion 12 of v2.33.0-rc.1 (1f3870be274f) was rolled back".
    private var summary: String {
        "\(place.service) \(place.environment): \(kind.rawValue) \(promotion) of \(to) \(end.phrase)"
    }

    private func task(_ paths: RecordPaths) -> DocumentEdit {
        edit(
            paths.tasks, title: "# Tasks", below: "## Blocked",
            [
                "- [ ] **Blocked:** \(summary) at \(at)",
                "  - Reason: \(quoted(reason))",
                "  - Next: \(nextStep)",
                "  - Evidence: \(quoted(SafeText(paths.scratchpad(of: self).description)))",
            ])
    }

    private func task(_ paths: RecordPaths, _ resolution: Resolution) -> DocumentEdit {
        edit(
            paths.tasks, title: "# Tasks", below: "## Blocked",
            [
                "- [x] Resolved: \(summary) at \(at)",
                "  - \(resolution.sentence)",
            ], isAdded: false)
    }

    private func releaseNote(_ paths: RecordPaths) -> DocumentEdit {
        edit(
            paths.releaseNotes, title: "# Release notes", below: "## Promotions",
            ["- \(at) \(summary): \(quoted(reason))"])
    }

    private func scratchpad(_ paths: RecordPaths) -> DocumentEdit {
        let table =
            findings.isEmpty
            ? ["No check was measured that said no."]
            : ["| gate | check | result | asked | at | answer |", "|---|---|---|---|---|---|"] + findings.map(row)
        let words =
            [
                "| what | value |", "|---|---|",
                "| service | \(place.service) |", "| environment | \(place.environment) |",
                "| image | `\(repository)` |",
                "| from | \(from.map(Self.whole) ?? "nothing served") |", "| to | \(Self.whole(to)) |",
                "| started | \(startedAt) by \(quoted(by.name)) |", "| ended | \(at), while \(during.words) |",
                "| end | \(end.words) |", "| reason | \(quoted(reason)) |", "",
                "### Evidence", "",
            ] + table + ["", "### Next step", "", "\(nextStep)".capitalizedFirst + "."]
        return edit(
            paths.scratchpad(of: self), title: "# \(kind.rawValue.capitalizedFirst) \(promotion) of \(place)",
            below: "## What happened", words)
    }

    private func scratchpad(_ paths: RecordPaths, _ resolution: Resolution) -> DocumentEdit {
        edit(
            paths.scratchpad(of: self), title: "# \(kind.rawValue.capitalizedFirst) \(promotion) of \(place)",
            below: "## Resolved", [resolution.sentence.capitalizedFirst], as: Mark(mark.name + " resolved"))
    }

    private func row(_ finding: Finding) -> String {
        let sample = finding.measurement.sample
        let cells = [
            finding.gate.rawValue, "\(finding.check)", quoted(finding.measurement.result.words), quoted(sample.hit),
            "\(sample.at)", quoted(SafeText(sample.evidence.text, limit: 300)),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func whole(_ name: ReleaseName) -> String { "`\(name.digest)`" + (name.tag.map { " `\($0)`" } ?? "") }

    /// Text from outside as code, so that it stays text: no link, no markup, no end of a table's cell or of a comment.
    private func quoted(_ text: SafeText) -> String {
        let harmless = text.text.map { $0 == "`" ? "'" : $0 == "|" ? "¦" : $0 }
        return harmless.isEmpty ? "–" : "`" + String(harmless) + "`"
    }
}

extension FailureNote.End {
    /// "was rolled back".
    fileprivate var phrase: String {
        switch self {
        case .failed: "failed"
        case .rolledBack: "was rolled back"
        case .rolledBackUnverified: "was rolled back, but nothing says what runs"
        case .rollbackFailed: "could not be rolled back"
        }
    }
}

extension FailureNote.Resolution {
    fileprivate var sentence: String { "promotion \(promotion) brought \(release) at \(at)" }
}

extension String {
    /// With its first letter in upper case.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

internal import PromotionCore

extension PlainText {
    /// What speaks for an image, one paper a line.
    static func papers(_ papers: ReleasePapers) -> [String] {
        var lines = ["\(papers.digest)"]
        if papers.findings.isEmpty { lines.append("  - no signature and no attestation") }
        for finding in papers.findings {
            lines.append("  \(mark(finding.verdict)) \(finding.claim.words), \(finding.place): \(words(finding.verdict))")
        }
        if papers.passports.isEmpty { lines.append("  - no passport") }
        for stamp in papers.passports {
            let what =
                stamp.record.map { record in
                    "passport: \(record.from.map { "\($0) -> " } ?? "")\(record.environment)/\(record.slot), "
                        + "promotion \(record.promotion) by \(record.actor), \(record.finishedAt), "
                        + "\(record.checks.count) checks passed, ledger entry \(record.ledger.sequence)"
                } ?? "passport"
            lines.append("  \(mark(stamp.verdict)) \(what), \(stamp.place): \(words(stamp.verdict))")
        }
        if papers.isCut { lines.append("  ! there is more than is read") }
        return lines
    }

    private static func mark(_ verdict: PaperFinding.Verdict) -> String {
        switch verdict {
        case .verified: "+"
        case .invalid: "x"
        case .notVerifiable: "?"
        }
    }

    private static func words(_ verdict: PaperFinding.Verdict) -> String {
        switch verdict {
        case .verified(let keys): "signed by " + keys.map(\.description).joined(separator: ", ")
        case .invalid(let reason): "INVALID: \(reason)"
        case .notVerifiable(let reason): "not verified: \(reason)"
        }
    }

    /// What differs between two images.
    /// - Parameter names: what the image before and the one after are to the reader.
    static func comparison(_ change: ImageComparison, _ names: (before: String, after: String)) -> [String] {
        let width = max(names.before.count, names.after.count)
        var lines = [
            side(names.before.padded(width), change.before), side(names.after.padded(width), change.after),
            "  change    \(change.summary)",
        ]
        for label in change.labels { lines.append(line("label", label)) }
        for setting in change.configuration { lines.append(line(setting.name.text, setting)) }
        for variable in change.variables {
            lines.append("  \("variable".padded(17)) \(variable.name): \(variable.change.rawValue)")
        }
        lines.append(
            "  \("layers".padded(17)) \(change.layers.shared) shared (\(ByteCount.words(change.layers.sharedBytes))), "
                + "\(change.layers.newCount) new (\(ByteCount.words(change.layers.newBytes))), \(change.layers.goneCount) gone"
        )
        for layer in change.layers.new {
            lines.append("  \("new layer".padded(17)) \(layer.digest.short(12))  \(ByteCount.words(layer.size))")
        }
        if change.more > 0 { lines.append("  and \(change.more) more changes") }
        return lines
    }

    private static func side(_ name: String, _ side: ImageComparison.Side) -> String {
        let words = [side.version, side.revision, side.source, side.created].compactMap { $0?.text }
        return "\(name) \(side.digest)  \(ByteCount.words(side.size))  \(words.joined(separator: "  "))"
    }

    private static func line(_ kind: String, _ change: ImageComparison.Change) -> String {
        let name = kind == "label" ? "\(change.name): " : ""
        return "  \(kind.padded(17)) \(name)\(change.before?.text ?? "(none)") -> \(change.after?.text ?? "(none)")"
    }
}

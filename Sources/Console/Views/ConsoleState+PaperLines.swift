internal import PromotionCore

/// Signatures, attestations and passports of the release on screen.
extension ConsoleState {
    /// Who signed it, in one line.
    func signedLine(_ digest: Digest) -> Line {
        let heading = Line("signed", .heading)
        guard let papers, papers.digest == digest else { return heading.at(16, "not asked", .dim) }
        switch papers.phase {
        case .asked: return heading.at(16, "asking the agent ...", .active)
        case .failed(let reason): return heading.at(16, "\(Mark.inconclusive.glyph(in: glyphs)) \(reason)", .warning)
        case .read(let read):
            let signatures = read.findings.filter { $0.claim == .signature }
            let signers = signatures.flatMap(\.signers)
            guard signers.isEmpty else {
                let names = signers.prefix(3).map(\.description).joined(separator: ", ")
                return heading.at(16, "\(Mark.pass.glyph(in: glyphs)) \(names)", .good)
            }
            guard let first = signatures.first ?? read.findings.first(where: { $0.claim == .unknown }) else {
                return heading.at(16, "no signature", .dim)
            }
            let mark = paperMark(first.verdict)
            return heading.at(16, "\(mark.glyph(in: glyphs)) \(paperText(first.verdict))", mark.style)
        }
    }

    /// Every paper, one a line.
    func provenanceLines(_ digest: Digest, _ columns: Int) -> [Line] {
        guard let papers, papers.digest == digest, case .read(let read) = papers.phase else {
            return [Line("provenance", .heading).at(16, "not read yet", .dim)]
        }
        var lines = read.findings.prefix(Self.paperLimit).flatMap { finding in
            Line.wrapped(
                "\(paperMark(finding.verdict).glyph(in: glyphs)) \(finding.claim.words): \(paperText(finding.verdict))",
                paperMark(finding.verdict).style, column: 16, columns: columns, limit: 2)
        }
        if lines.isEmpty { lines = [Line().at(16, "no signature and no attestation", .dim)] }
        lines[0] = lines[0].at(1, "provenance", .heading)
        var stamps = read.passports.suffix(Self.paperLimit).flatMap { stamp in stampLines(stamp, columns) }
        if stamps.isEmpty { stamps = [Line().at(16, "none", .dim)] }
        stamps[0] = stamps[0].at(1, "passport", .heading)
        let more = read.isCut ? [Line().at(16, "there is more than is read", .warning)] : []
        return lines + stamps + more
    }

    /// Papers of each kind on screen.
    private static let paperLimit = 8

    private func stampLines(_ stamp: ReleasePapers.Stamp, _ columns: Int) -> [Line] {
        let mark = paperMark(stamp.verdict)
        guard let record = stamp.record, mark == .pass else {
            return Line.wrapped(
                "\(mark.glyph(in: glyphs)) \(paperText(stamp.verdict))", mark.style, column: 16, columns: columns, limit: 2)
        }
        let from = record.from.map { "\($0) \(glyphs.arrow) " } ?? ""
        let time = record.finishedAt.prefix(16).replacing("T", with: " ")
        return Line.wrapped(
            "\(mark.glyph(in: glyphs)) \(from)\(record.environment)/\(record.slot)  \(time)  promotion \(record.promotion) "
                + "by \(record.actor), \(record.checks.count) \(record.checks.count == 1 ? "check" : "checks")", mark.style,
            column: 16, columns: columns, limit: 2)
    }

    private func paperMark(_ verdict: PaperFinding.Verdict) -> Mark {
        switch verdict {
        case .verified: .pass
        case .invalid: .fail
        case .notVerifiable: .inconclusive
        }
    }

    private func paperText(_ verdict: PaperFinding.Verdict) -> String {
        switch verdict {
        case .verified(let keys): keys.prefix(3).map(\.description).joined(separator: ", ")
        case .invalid(let reason): "invalid: \(reason)"
        case .notVerifiable(let reason): "not verified: \(reason)"
        }
    }
}

/// What the release of a plan changes.
extension ConsoleState {
    /// Everything in one line; `D` opens the rest.
    func changeLines(_ screen: PlanScreen, _ columns: Int) -> [Line] {
        guard let change = screen.answer?.change else { return [] }
        var lines = Line.wrapped(change.summary.text, .plain, column: 8, columns: columns, limit: 2)
        if !lines.isEmpty { lines[0] = lines[0].at(1, "CHANGE", .heading) }
        return screen.showsDifferences ? lines + differenceLines(change, columns) : lines
    }

    private static let shownElsewhere = ["org.opencontainers.image.revision", "org.opencontainers.image.source"]

    private func differenceLines(_ change: ImageComparison, _ columns: Int) -> [Line] {
        func sides(_ name: SafeText, _ before: SafeText?, _ after: SafeText?) -> [Line] {
            Line.wrapped(
                "\(name): \(before?.text ?? "(none)") \(glyphs.arrow) \(after?.text ?? "(none)")", .plain, column: 10,
                columns: columns, limit: 2)
        }
        func short(_ revision: SafeText?) -> SafeText? { revision.map { SafeText(String($0.text.prefix(12))) } }
        var lines = sides("revision", short(change.before.revision), short(change.after.revision))
        if let source = change.after.source {
            lines += Line.wrapped("source: \(source)", .dim, column: 10, columns: columns, limit: 1)
        }
        for setting in change.configuration { lines += sides(setting.name, setting.before, setting.after) }
        for variable in change.variables {
            lines += Line.wrapped(
                "variable \(variable.name) \(variable.change.rawValue) (values are never shown)", .plain, column: 10,
                columns: columns, limit: 1)
        }
        for label in change.labels where !Self.shownElsewhere.contains(label.name.text) {
            lines += sides("label \(label.name)", label.before, label.after)
        }
        let layers = change.layers
        let words =
            "layers: \(layers.shared) shared (\(ByteCount.words(layers.sharedBytes))), \(layers.newCount) new "
            + "(\(ByteCount.words(layers.newBytes))), \(layers.goneCount) gone"
        lines.append(Line().at(10, words))
        if change.more > 0 { lines.append(Line().at(10, "and \(change.more) more: baton diff", .dim)) }
        return lines
    }
}

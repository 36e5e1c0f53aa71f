internal import PromotionCore

extension PlainText {
    /// What was found out about a repository, one thing per line.
    static func registry(_ report: RegistryReport) -> [String] {
        var lines = ["\(report.home)"]
        if report.findings.isEmpty { lines.append("  ~ a directory on this machine: there is nothing to check") }
        for finding in report.findings {
            lines.append("  \(mark(finding.verdict)) \(name(finding.subject).padded(16)) \(finding.words)")
            if finding.verdict != .good, let remedy = finding.remedy { lines.append("      \(remedy)") }
        }
        return lines
    }

    private static func mark(_ verdict: RegistryReport.Verdict) -> String {
        switch verdict {
        case .good: "+"
        case .noted: "~"
        case .bad: "x"
        case .unknown: "?"
        }
    }

    private static func name(_ subject: RegistryReport.Subject) -> String {
        switch subject {
        case .reach: "reach"
        case .login: "login"
        case .reading: "right to pull"
        case .pages: "pages"
        case .conditions: "conditions"
        case .writing: "right to push"
        case .tagDeletion: "deletion of tags"
        case .digestDeletion: "of images"
        case .referrers: "referrers"
        case .immutability: "immutable tags"
        case .limits: "limits"
        case .clock: "clock"
        }
    }

    /// What is known of an image.
    static func image(_ report: ImageReport, _ document: ImageDocument) -> [String] {
        var lines = ["\(report.digest)  \(report.home)"]
        if let part = report.part { lines.append("  \("is".padded(10)) \(part.objection.reason)") }
        switch report.image {
        case .unknown(let cause, _): lines.append("  ? \("registry".padded(8)) not read: \(cause)")
        case .known(nil, _): lines.append("  x \("registry".padded(8)) the registry has no such image")
        case .known(let release?, _):
            if report.part == nil { lines.append("  \("names".padded(10)) \(names(report.tags))") }
            if let revision = release.revision { lines.append("  \("revision".padded(10)) \(revision)") }
            for member in release.digests.members {
                let platform = member.platform.map { "\($0)" } ?? "any platform"
                lines.append(
                    "  \("platform".padded(10)) \(platform.padded(14)) \(member.manifest.short(12))  configuration \(member.configuration.short(12))"
                )
            }
        }
        for row in document.runs { lines.append("  \("runs".padded(10)) \(row)") }
        if document.runs.isEmpty { lines.append("  \("runs".padded(10)) nowhere, as far as the ledger knows") }
        for one in document.evidence {
            lines.append("  \("passed".padded(10)) \(one.summary) in \(one.environment), \(one.at) (\(one.source))")
        }
        if document.evidence.isEmpty { lines.append("  \("passed".padded(10)) nothing yet") }
        for veto in document.vetoes {
            lines.append("  ! \("vetoed".padded(8)) in \(veto.environment) since \(veto.since): \(veto.reason)")
        }
        return lines
    }

    private static func names(_ tags: [Tag]) -> String {
        tags.isEmpty ? "none that was asked" : tags.map(\.text).joined(separator: ", ")
    }
}

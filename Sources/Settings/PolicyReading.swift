internal import PromotionCore

/// Reads what must be true before an environment takes a release.
enum PolicyReading {
    static let keys = ["candidates", "soak", "promote", "switching", "on-inconclusive", "evidence", "freezes", "approvals"]

    /// - Parameter earlier: the environments that come before this one on the path.
    static func policy(
        _ section: Section, _ rank: EnvironmentReading.Rank, _ host: Host, earlier: Set<EnvironmentName>
    ) -> EnvironmentPolicy {
        let soak = section.optional("soak")
        let candidates = section.optional("candidates")
        let evidence = section.optional("evidence")
        for (field, wanted) in [(soak, "nothing before it to soak in"), (evidence, "nothing before it to be tested in")] {
            guard let field, rank.isFirst else { continue }
            section.findings.add(
                field.keyPosition, "the first environment has \(SafeText(wanted))",
                "leave \(SafeText(field.key)) out, or move it to the next")
        }
        if let candidates, !rank.isFirst {
            section.findings.add(
                candidates.keyPosition, "only the first environment takes candidates from the registry",
                "leave candidates out, or move it to the first")
        }
        return EnvironmentPolicy(
            soak: soak?.duration(in: .zero...(.days(30))) ?? .zero,
            candidates: candidates?.word(EnvironmentPolicy.Candidates.self) ?? .releases,
            switching: section.optional("switching")?.word(EnvironmentPolicy.Switching.self) ?? .automatic,
            onInconclusive: section.optional("on-inconclusive")?.word(EnvironmentPolicy.OnInconclusive.self)
                ?? (rank.isLast ? .rollBack : .fail),
            evidence: evidence.flatMap { Self.evidence($0, earlier) } ?? EvidenceRule(),
            freezes: (section.optional("freezes").map { FreezeReading.freezes($0, host) } ?? []) + host.freezes,
            approval: section.optional("approvals").flatMap(Self.approval), promotion: promotion(section, rank))
    }

    /// A build has no place in the order of versions, so that nobody can say which is the newest.
    private static func promotion(_ section: Section, _ rank: EnvironmentReading.Rank) -> EnvironmentPolicy.Promoting {
        guard let field = section.optional("promote"), let promotion = field.word(EnvironmentPolicy.Promoting.self) else {
            return .manual
        }
        if promotion == .automatic, rank.isFirst, section.optional("candidates")?.text() == "builds" {
            field.refuse(
                "promote is automatic, and candidates are builds, of which none is the newest",
                "write candidates: releases, or promote: manual")
        }
        return promotion
    }

    private static func evidence(_ field: Field, _ earlier: Set<EnvironmentName>) -> EvidenceRule? {
        guard let section = Section(field, title: "evidence", keys: ["from", "need", "sources"]) else { return nil }
        let quorum = section.optional("need")?.word(EvidenceRule.Quorum.self) ?? .all
        let items = section.optional("from")?.items(limit: ServiceReading.environmentLimit, "environments")
        var names: [EnvironmentName] = []
        for item in items ?? [] {
            guard let name = item.name(EnvironmentName.self) else { continue }
            guard earlier.contains(name) else {
                let known = earlier.map(\.text).sorted().joined(separator: ", ")
                item.refuse("\(name) does not come before this environment", "write one or more of \(SafeText(known))")
                continue
            }
            if names.contains(name) { item.refuse("\(name) is named twice", "name each environment once") }
            names.append(name)
        }
        if let items, items.isEmpty {
            section.optional("from")?.refuse("from is empty", "name an environment, or leave from out for the one before")
        }
        let sources = section.optional("sources")?.items(limit: 10, "sources")
        let kinds = sources?.compactMap { $0.word(Evidence.Source.Kind.self) }
        if let sources, sources.isEmpty {
            section.optional("sources")?.refuse(
                "sources is empty", "write one or more of \(Field.list(Evidence.Source.Kind.self))")
        }
        return EvidenceRule(
            quorum: quorum, environments: names, sources: kinds.map { Array(Set($0)) } ?? Evidence.Source.Kind.allCases)
    }

    /// Longest wait for an approval.
    private static let longest = Milliseconds.days(7)

    private static func approval(_ field: Field) -> ApprovalRule? {
        guard let section = Section(field, title: "approvals", keys: ["count", "role", "within"]) else { return nil }
        let number = section.required("count", "count: 1").flatMap { $0.number(in: 1...10) }
        let role = section.optional("role").map { $0.word(Role.self) } ?? .approver
        if let role, role < .operator {
            section.optional("role")?.refuse("\(role.rawValue) decides nothing", "write operator, approver or admin")
        }
        let expires = section.optional("within").map { $0.duration(in: .minutes(1)...longest) } ?? .minutes(4 * 60)
        guard let number, let role, let expires else { return nil }
        return ApprovalRule(number: number, leastRole: role, expires: expires)
    }
}

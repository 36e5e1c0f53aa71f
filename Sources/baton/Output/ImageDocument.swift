internal import PromotionCore

/// What `image --json` prints.
struct ImageDocument: Encodable {
    struct Veto: Encodable {
        let environment: EnvironmentName
        let since: Timestamp
        let reason: SafeText
    }

    let service: ServiceName
    let digest: Digest
    /// Why the registry's answer is not known; `nil` if it is.
    let unread: SafeText?
    let isInRegistry: Bool?
    let part: ImagePart?
    let release: Release?
    let tags: [Tag]
    let home: ImageHome
    /// Where it runs: `prod/green, LIVE, since 2026-11-30T13:38:00Z by alice`.
    let runs: [String]
    let evidence: [Evidence]
    let vetoes: [Veto]

    /// Whether anything is known of it.
    var isKnown: Bool { isInRegistry != false || !runs.isEmpty || !evidence.isEmpty || part != nil }

    init(_ report: ImageReport, _ service: Service, _ board: Board) {
        self.service = service.name
        digest = report.digest
        part = report.part
        tags = report.tags
        home = report.home
        switch report.image {
        case .known(let found, _): (release, unread, isInRegistry) = (found, nil, found != nil)
        case .unknown(let cause, _): (release, unread, isInRegistry) = (nil, cause, nil)
        }
        let digests = release?.digests ?? DigestSet(top: report.digest, members: [])
        runs = board.rows(of: service).compactMap { row in
            guard let holding = row.holding, holding.release.digests.contains(report.digest) else { return nil }
            let place =
                row.isOneOfSeveral ? "\(row.place.environment)/\(row.slot), \(Words.traffic(row))" : "\(row.place.environment)"
            return "\(place), since \(holding.since)\(holding.by.map { " by \($0.name)" } ?? "")"
        }
        let ledger = board.projection.services[service.name]
        evidence = service.path.flatMap { ledger?.evidence(for: digests, in: $0.name) ?? [] }
        vetoes = service.path.flatMap { environment in
            (ledger?.environments[environment.name]?.vetoes ?? []).filter { digests.contains($0.digest) }.map {
                Veto(environment: environment.name, since: $0.since, reason: $0.reason)
            }
        }
    }
}

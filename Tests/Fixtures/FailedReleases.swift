package import PromotionCore

/// Releases that failed in testing behind their switch and were taken back, as the ledger tells of them.
package struct FailedReleases {
    package private(set) var chronicle = Chronicle()
    private let place = Place(Fixtures.payments, Fixtures.testing)
    private let service = Fixtures.service(timing: Timing(bake: .seconds(20)))
    private let serving = Fixtures.release("serving", tag: "v2.30.3")

    /// What a hostile service answers, and what must stay text wherever it is written.
    package static let answer: SafeText = "| `503` <!-- baton:end --> [click](http://evil.example) <script>alert(1)</script> |"

    package init() throws { try chronicle.adoptFleet(serving: serving, warm: serving) }

    /// Notes of as many failures.
    package static func notes(_ count: Int) throws -> [FailureNote] {
        var releases = try FailedReleases()
        for _ in 0..<count { try releases.promote(failing: true) }
        return releases.notes
    }

    package var notes: [FailureNote] { chronicle.projection.services[Fixtures.payments]?.failures ?? [] }

    /// Promotes one more release: it fails behind the switch, or it comes through.
    package mutating func promote(failing: Bool) throws {
        let number = chronicle.projection.nextPromotion
        let release = Fixtures.release("candidate \(number)", tag: "v2.33.\(number)-rc.1")
        let known = chronicle.projection.services[Fixtures.payments] ?? ServiceProjection()
        let standing = known.environments[Fixtures.testing] ?? EnvironmentProjection()
        let snapshot = PlanningSnapshot(
            takenAt: chronicle.now, service: service, projection: known, lookup: .found(release),
            observation: Fixtures.observation(
                standing.slots.mapValues(\.release), live: standing.live, pointers: standing.pointers, at: chronicle.now),
            lease: .known(nil, at: chronicle.now))
        let answer = PromotionPlan.make(PromotionRequest(place: place, digest: release.digest), snapshot)
        guard let plan = answer.plan else { throw Fault(.refused, "\(answer.objections)") }
        try chronicle.record(.started(.init(plan: plan, reason: nil)), at: place, promotion: number)
        while let promotion = chronicle.projection.promotion(number), !promotion.hasEnded {
            guard let event = event(of: promotion, failing: failing) else { return }
            try chronicle.record(.happened(event), at: place, promotion: number)
        }
    }

    private func event(of promotion: Promotion, failing: Bool) -> PromotionEvent? {
        guard let effect = promotion.pending.first else { return nil }
        switch effect {
        case .conditionsHold: return .conditionsEvaluated([], plan: promotion.plan.hash)
        case .leaseHeld: return .leaseTaken(Explorer.lease(place, fence: promotion.number.number))
        case .deadline(let end): return .deadlinePassed(end)
        case .checkAnswered(.bake, _, _): return promotion.deadline.map { .deadlinePassed($0) }
        case .checkAnswered(let gate, let check, _):
            guard failing, gate == .live else { return Explorer.measured(gate, check, .pass) }
            let sample = Sample(
                at: chronicle.now, hit: "http://127.0.0.1:1/health", identities: [], answer: .status(503, bodyMatched: false),
                latency: Milliseconds(7), evidence: Self.answer)
            let measurement = Measurement(sample: sample, result: .fail("status 503, expected 200: \(Self.answer)"))
            return .measured(gate: gate, check: check, measurement: measurement)
        default: return .achieved(effect: effect, detail: "done")
        }
    }
}

package import PromotionCore

/// A ledger as many services fill it over years: release after release goes the whole path, with every measurement on the way,
/// and now and then one is rolled back in prod.
package struct LongHistory {
    package private(set) var projection = Projection()
    package let services: [Service]
    private var now = Fixtures.start
    private var releases = 0
    private let keep: (LedgerEntry) throws -> Void

    /// Releases between two that fail behind the switch.
    private static let failsEvery = 17
    /// Looks at a release while it is being watched.
    private static let bakes = 12

    /// A history of services that begins with what they run.
    /// - Parameter keep: takes every entry, in order.
    package init(services count: Int, keep: @escaping (LedgerEntry) throws -> Void) throws {
        services = try (0..<count).map(Self.service)
        self.keep = keep
        for service in services {
            let first = Self.release(service.name, 0)
            for environment in service.path {
                let slots = environment.slots.map { ($0, first) }
                try record(
                    .adopted(
                        .init(
                            slots: Dictionary(uniqueKeysWithValues: slots), live: environment.slots.first,
                            pointers: [Tag(pointerOf: environment.name): first.digest])),
                    at: Place(service.name, environment.name))
            }
        }
    }

    /// Goes on until the ledger holds this many entries.
    package mutating func grow(to count: Int64) throws {
        while projection.head.sequence < count {
            releases += 1
            let service = services[releases % services.count]
            let release = Self.release(service.name, releases)
            try record(
                .evidence(
                    Evidence(
                        digest: release.digest, environment: Fixtures.testing, source: .ci(Fixtures.bob), at: now, passed: 214,
                        total: 214, note: "unit and contract tests of build \(releases)")),
                at: Place(service.name, Fixtures.testing), by: Fixtures.bob)
            for environment in service.path where projection.head.sequence < count {
                try promote(release, of: service, to: environment, until: count)
            }
        }
    }

    private mutating func promote(
        _ release: Release, of service: Service, to environment: Environment, until count: Int64
    ) throws {
        let place = Place(service.name, environment.name)
        let own = projection.services[service.name] ?? ServiceProjection()
        let standing = own.environments[environment.name] ?? EnvironmentProjection()
        let snapshot = PlanningSnapshot(
            takenAt: now, service: service, projection: own, lookup: .found(release),
            observation: Fixtures.observation(
                standing.slots.mapValues(\.release), live: standing.live, pointers: standing.pointers, at: now),
            lease: .known(nil, at: now))
        guard let plan = PromotionPlan.make(PromotionRequest(place: place, digest: release.digest), snapshot).plan else { return }
        let number = projection.nextPromotion
        try record(.started(.init(plan: plan, reason: "release train")), at: place, promotion: number)
        let hash = plan.hash
        var looks = 0
        while let promotion = projection.promotion(number), !promotion.hasEnded, projection.head.sequence < count {
            guard let event = answer(to: promotion, hash, &looks) else { return }
            try record(.happened(event), at: place, promotion: number, by: Fixtures.agent)
        }
    }

    /// What comes of the first thing that a promotion wants.
    private mutating func answer(to promotion: Promotion, _ hash: Digest, _ looks: inout Int) -> PromotionEvent? {
        guard let effect = promotion.pending.first else { return nil }
        switch effect {
        case .conditionsHold: return .conditionsEvaluated([], plan: hash)
        case .leaseHeld: return .leaseTaken(Explorer.lease(promotion.plan.place, fence: promotion.number.number))
        case .checkAnswered(let gate, let check, _):
            looks += gate == .bake ? 1 : 0
            if gate == .bake, looks > Self.bakes, let end = promotion.deadline { return passed(end) }
            return .measured(gate: gate, check: check, measurement: measurement(of: promotion, gate))
        case .deadline(let end): return passed(end)
        case .routingObserved: return .routingObserved(Routing(all: promotion.plan.slot))
        case .slotObserved(let slot): return .slotObserved(slot: slot, digest: promotion.plan.release.digest)
        case .elapsed, .imageCopied, .imageReady, .slotRuns, .slotStopped, .pointerNames, .trafficOn, .trafficSplit:
            return .achieved(effect: effect, detail: "done")
        }
    }

    private mutating func passed(_ end: Timestamp) -> PromotionEvent {
        now = max(now, end)
        return .deadlinePassed(end)
    }

    private func measurement(of promotion: Promotion, _ gate: Gate) -> Measurement {
        let fails = releases % Self.failsEvery == 0 && gate == .live && promotion.plan.place.environment == Fixtures.prod
        let sample = Sample(
            at: now, hit: "http://10.20.30.40:8080/health",
            identities: promotion.subject(of: gate).map { [$0.release.digest] } ?? [],
            answer: .status(fails ? 503 : 200, bodyMatched: true), latency: Milliseconds(3 + now.millisecondsSinceEpoch % 40),
            evidence: "{\"status\":\"ok\",\"version\":\"\(promotion.plan.release.tag?.text ?? "")\"}")
        return Measurement(sample: sample, result: fails ? .fail("status 503, expected 200") : .pass)
    }

    private mutating func record(
        _ fact: Fact, at place: Place, promotion: PromotionNumber? = nil, by actor: Account = Fixtures.alice
    ) throws {
        now = now + Milliseconds(730)
        let entry = LedgerEntry(
            try LedgerDraft(fact, at: now, by: actor, place: place, promotion: promotion, fence: nil), after: projection.head)
        try projection.apply(entry)
        try keep(entry)
    }

    private static func service(_ number: Int) throws -> Service {
        let checks: [CheckSpecification] = [
            Fixtures.health,
            CheckSpecification(
                name: .literal("home"), kind: .http(path: "/", status: 200, maximumLatency: Milliseconds(800), bodyContains: nil),
                count: 2),
            CheckSpecification(name: .literal("port"), kind: .tcp, count: 1),
        ]
        let environments = [Fixtures.testing, Fixtures.staging, Fixtures.prod].map { name in
            Environment(
                name: name, strategy: name == Fixtures.prod ? .blueGreen : .replace,
                slots: name == Fixtures.prod ? [Fixtures.blue, Fixtures.green] : [.only], platform: Fixtures.linux,
                policy: EnvironmentPolicy(soak: .zero, candidates: .releases, switching: .automatic, onInconclusive: .rollBack),
                checks: checks, timing: Timing(bake: .seconds(20)))
        }
        return Service(
            name: try ServiceName("service-\(number)"), repository: try RepositoryName("shop/service-\(number)"),
            path: environments)
    }

    private static func release(_ service: ServiceName, _ number: Int) -> Release {
        Fixtures.release("\(service) \(number)", tag: "v2.\(number).0-rc.1")
    }
}

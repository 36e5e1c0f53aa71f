package import PromotionCore

/// Names and releases that tests of every module share.
package enum Fixtures {
    package static let payments: ServiceName = .literal("payments")
    package static let testing: EnvironmentName = .literal("testing")
    package static let staging: EnvironmentName = .literal("staging")
    package static let prod: EnvironmentName = .literal("prod")
    package static let blue: SlotName = .literal("blue")
    package static let green: SlotName = .literal("green")
    package static let linux = Platform(system: "linux", architecture: "amd64")
    package static let start = Timestamp(millisecondsSinceEpoch: 1_787_580_000_000)
    package static let agent = Account(name: "agent", proof: .agent, host: "bastion-1")
    package static let bob = Account(name: "bob", proof: .socket(userID: 1_005), host: "bastion-1")
    package static let soaking = Objection(.soaking, "soak in staging: 3m of 10m", remedy: "wait", earliest: start + .minutes(7))
    package static let alice = Account(name: "alice", proof: .socket(userID: 1_004), host: "bastion-1")

    /// A release whose digests follow from its name.
    package static func release(_ name: String, tag: String? = nil) -> Release {
        let manifest = Digest(of: "manifest \(name)".utf8)
        let member = DigestSet.Member(
            platform: linux, manifest: manifest, configuration: Digest(of: "configuration \(name)".utf8))
        return Release(
            digests: DigestSet(top: manifest, members: [member]), tag: (tag ?? "v1.0.0-rc.\(name.utf8.count)").asTag,
            revision: nil)
    }

    package static let health = CheckSpecification(
        name: .literal("health"), kind: .http(path: "/health", status: 200, maximumLatency: nil, bodyContains: nil), count: 2)

    package static let errors = CheckSpecification(
        name: .literal("errors"),
        kind: .signal(.errorRate, window: .seconds(30), limit: SignalLimit(absolute: 50_000, beyondOther: 10_000)),
        gates: [.live],
        count: 2, minimumSamples: 10)

    package static let steps = [
        CanaryStep(weight: 10, warmUp: .seconds(5), analysis: .seconds(10), minimumSamples: 20),
        CanaryStep(weight: 50, warmUp: .zero, analysis: .seconds(10), minimumSamples: 20),
    ]

    /// testing and staging with one slot, prod with two.
    package static func service(
        checks: [CheckSpecification] = [health], soak: Milliseconds = .zero,
        switching: EnvironmentPolicy.Switching = .automatic, onInconclusive: EnvironmentPolicy.OnInconclusive = .rollBack,
        strategy: Strategy = .blueGreen, approval: ApprovalRule? = nil, promotion: EnvironmentPolicy.Promoting = .manual,
        retry: Milliseconds = .zero, timing: Timing? = nil, steps: [CanaryStep] = steps, home: ImageHome? = nil
    ) -> Service {
        let policy = EnvironmentPolicy(
            soak: soak, candidates: .releases, switching: switching, onInconclusive: onInconclusive, promotion: promotion)
        let lastPolicy = EnvironmentPolicy(
            soak: soak, candidates: .releases, switching: switching, onInconclusive: onInconclusive, approval: approval,
            promotion: promotion)
        let single = [testing, staging].map { name in
            Environment(
                name: name, strategy: .replace, slots: [.only], platform: linux, policy: policy, checks: checks,
                timing: timing ?? Timing(bake: .seconds(20)))
        }
        let last = Environment(
            name: prod, strategy: strategy, slots: [blue, green], platform: linux, policy: lastPolicy,
            checks: strategy == .canary ? checks + [errors] : checks, timing: timing ?? Timing(retry: retry),
            steps: strategy == .canary ? steps : [], home: home)
        return Service(name: payments, repository: repository, path: single + [last])
    }

    package static var repository: RepositoryName {
        do { return try RepositoryName("shop/payments") } catch { preconditionFailure("\(error)") }
    }

    /// Where prod's images are, in services whose prod has a home of its own.
    package static var prodHome: ImageHome {
        do { return ImageHome(registry: "registry.prod.example", repository: try RepositoryName("prod/payments")) } catch {
            preconditionFailure("\(error)")
        }
    }

    /// What a look sees where everything is as it should be.
    package static func observation(
        _ slots: [SlotName: Release], live: SlotName?, pointers: [Tag: Digest] = [:], at: Timestamp = start
    ) -> EnvironmentObservation {
        var looks = slots.mapValues { running($0, at: at) }
        let isSingle = slots.keys.contains(.only) || live == .only
        let isSplit = slots.keys.contains(blue) || slots.keys.contains(green) || live == blue || live == green
        for slot in isSingle ? [SlotName.only] : isSplit ? [blue, green] : [.only, blue, green] where looks[slot] == nil {
            looks[slot] = SlotObservation(at: at, health: .empty, instances: [], endpoint: nil)
        }
        return seen(
            looks, routing: live.map { Routing(all: $0) }, pointers: pointers,
            front: (live.flatMap { slots[$0] } ?? slots[.only]).map { .known($0.digest, at: at) }, at: at)
    }

    /// A round of looks; what is `nil` could not be read.
    package static func seen(
        _ slots: [SlotName: SlotObservation], routing: Routing?, pointers: [Tag: Digest]?, front: Reading<Digest>? = nil,
        at: Timestamp = start
    ) -> EnvironmentObservation {
        EnvironmentObservation(
            at: at, slots: slots.mapValues { .known($0, at: at) },
            routing: routing.map { .known($0, at: at) } ?? .unknown("no answer", since: at),
            pointers: pointers.map { .known($0, at: at) } ?? .unknown("no answer", since: at), front: front)
    }

    package static func running(_ release: Release, at: Timestamp = start) -> SlotObservation {
        SlotObservation(
            at: at, health: .healthy, instances: [release.digest], endpoint: Endpoint(host: "127.0.0.1", port: 1))
    }

    package static func sample(_ answer: Sample.Answer, _ identities: [Digest] = [], at: Timestamp = start) -> Sample {
        Sample(
            at: at, hit: "http://127.0.0.1:1/health", identities: identities, answer: answer, latency: Milliseconds(3),
            evidence: "")
    }
}

extension Engine {
    /// Answers a request of an account that may do everything.
    package func answer(_ request: OperatorRequest, by account: Account) async -> Answer {
        await answer(request, by: account, with: Grant(.admin))
    }
}

extension String {
    /// A tag, where the text is one.
    package var asTag: Tag? { try? Tag(self) }
}

/// A ledger in memory, folded as it grows.
package struct Chronicle {
    package private(set) var projection = Projection()
    package private(set) var entries: [LedgerEntry] = []
    package var now = Fixtures.start

    package init() {}

    /// Appends a fact and folds it.
    package mutating func record(
        _ fact: Fact, at place: Place? = nil, promotion: PromotionNumber? = nil, by actor: Account = Fixtures.alice
    ) throws {
        now = now + Milliseconds(10)
        let draft = try LedgerDraft(fact, at: now, by: actor, place: place, promotion: promotion)
        let entry = LedgerEntry(draft, after: projection.head)
        try projection.apply(entry)
        entries.append(entry)
    }

    /// prod with two releases: one serving in blue, an earlier one warm in green; testing and staging with the serving one.
    package mutating func adoptFleet(serving: Release, warm: Release) throws {
        for name in [Fixtures.testing, Fixtures.staging] {
            try record(
                .adopted(.init(slots: [.only: serving], live: .only, pointers: [Tag(pointerOf: name): serving.digest])),
                at: Place(Fixtures.payments, name))
        }
        try record(
            .adopted(
                .init(
                    slots: [Fixtures.blue: serving, Fixtures.green: warm], live: Fixtures.blue,
                    pointers: [Tag(pointerOf: Fixtures.prod): serving.digest])),
            at: Place(Fixtures.payments, Fixtures.prod))
    }
}

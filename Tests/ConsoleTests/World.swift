import Console
import Fixtures
import PromotionCore
import Testing

/// A ledger that grows by real facts, and the board that folds them: nothing in it is made by hand.
struct World {
    var board: Board
    var now: Timestamp
    private var head = LedgerHead.empty
    private var fence: Int64 = 300
    /// What happened since it was last taken.
    private(set) var changes: [BoardChange] = []
    /// Everything that was recorded, oldest first.
    private(set) var entries: [LedgerEntry] = []

    static let start = Timestamp(millisecondsSinceEpoch: 1_787_580_120_000)  // 2026-08-24T14:02:00Z
    static let alice = Account(name: "alice", proof: .socket(userID: 1004), host: "bastion-1")
    static let bob = Account(name: "bob", proof: .socket(userID: 1005), host: "bastion-1")
    static let agent = Account(name: "agent", proof: .agent, host: "bastion-1")
    static let payments: ServiceName = .literal("payments")
    static let testing: EnvironmentName = .literal("testing")
    static let staging: EnvironmentName = .literal("staging")
    static let prod: EnvironmentName = .literal("prod")
    static let blue: SlotName = .literal("blue")
    static let green: SlotName = .literal("green")

    init(services: [Service] = [World.service()], at now: Timestamp = World.start) {
        self.now = now
        board = Board(
            services: services, projection: Projection(),
            agent: AgentDescription(version: "1.0.0", host: "bastion-1", process: 4_711, since: now + .minutes(-9 * 1_440)))
    }

    static func service(
        _ name: ServiceName = World.payments, soak: Milliseconds = .minutes(10), approval: ApprovalRule? = nil
    ) -> Service {
        let platform = Platform(system: "linux", architecture: "amd64")
        func policy(
            _ soak: Milliseconds, _ switching: EnvironmentPolicy.Switching = .automatic, _ approval: ApprovalRule? = nil
        ) -> EnvironmentPolicy {
            EnvironmentPolicy(
                soak: soak, candidates: .releases, switching: switching, onInconclusive: .rollBack, approval: approval)
        }
        let health = CheckSpecification(
            name: .literal("health"),
            kind: .http(path: "/health", status: 200, maximumLatency: Milliseconds(250), bodyContains: nil), count: 5)
        let smoke = CheckSpecification(name: .literal("cart"), kind: .smoke(command: ["./cart"]), count: 2)
        func replace(_ name: EnvironmentName, _ soak: Milliseconds) -> Environment {
            Environment(
                name: name, strategy: .replace, slots: [.only], platform: platform, policy: policy(soak),
                checks: [.runningDigest, health], timing: Timing(bake: .zero))
        }
        let prod = Environment(
            name: World.prod, strategy: .blueGreen, slots: [blue, green], platform: platform,
            policy: policy(soak, .manual, approval),
            checks: [.runningDigest, health, smoke], timing: Timing())
        return Service(
            name: name, repository: .sample, path: [replace(testing, .zero), replace(staging, .zero), prod])
    }

    /// A release whose digests follow from its tag.
    static func release(_ tag: String) -> Release {
        let platform = Platform(system: "linux", architecture: "amd64")
        let member = DigestSet.Member(
            platform: platform, manifest: Digest(of: Array("manifest \(tag)".utf8)),
            configuration: Digest(of: Array("configuration \(tag)".utf8)))
        return Release(
            digests: DigestSet(top: Digest(of: Array(tag.utf8)), members: [member]), tag: try? PromotionCore.Tag(tag),
            revision: SafeText(Digest(of: Array("revision \(tag)".utf8)).short(40)))
    }

    func place(_ environment: EnvironmentName) -> Place { Place(Self.payments, environment) }

    mutating func wait(_ span: Milliseconds) { now = now + span }

    mutating func take() -> [BoardChange] {
        defer { changes = [] }
        return changes
    }

    mutating func apply(_ change: BoardChange) throws {
        try board.apply(change)
        changes.append(change)
    }

    mutating func record(
        _ fact: Fact, in place: Place? = nil, of promotion: PromotionNumber? = nil, by account: Account = World.alice
    ) throws {
        let entry = LedgerEntry(
            try LedgerDraft(fact, at: now, by: account, place: place, promotion: promotion), after: head)
        head = entry.head
        entries.append(entry)
        try apply(.entry(entry))
    }

    mutating func adopt(_ environment: EnvironmentName, _ slots: [SlotName: Release], live: SlotName) throws {
        let isSplit = slots.count > 1
        var pointers: [PromotionCore.Tag: Digest] = [PromotionCore.Tag(pointerOf: environment): slots[live]?.digest]
            .compactMapValues(\.self)
        if isSplit {
            for (slot, release) in slots { pointers[PromotionCore.Tag(pointerOf: environment, slot: slot)] = release.digest }
        }
        try record(.adopted(.init(slots: slots, live: live, pointers: pointers)), in: place(environment), by: Self.agent)
        try observe(environment)
    }

    mutating func addEvidence(_ release: Release, in environment: EnvironmentName) throws {
        let evidence = Evidence(
            digest: release.digest, environment: environment, source: .ci(Self.alice), at: now, passed: 6, total: 6, note: nil)
        try record(.evidence(evidence), in: place(environment))
    }

    /// Looks at an environment: everything is as the ledger says, but for what the caller changes.
    mutating func observe(
        _ environment: EnvironmentName, health: [SlotName: SlotObservation.Health] = [:], running: [SlotName: Digest] = [:],
        front: Reading<Digest>? = nil
    ) throws {
        let place = place(environment)
        guard let ledger = board.projection.services[place.service]?.environments[environment],
            let configured = board.service(place.service)?.environment(environment)
        else { return }
        var slots: [SlotName: SlotObservation] = [:]
        for slot in configured.slots {
            let digest = running[slot] ?? ledger.slots[slot]?.release.digest
            slots[slot] = SlotObservation(
                at: now, health: health[slot] ?? (digest == nil ? .empty : .healthy), instances: digest.map { [$0] } ?? [],
                endpoint: nil)
        }
        let routing = configured.slots.count > 1 ? ledger.live.map { Routing(all: $0) } : nil
        let answer = front ?? ledger.serving.map { .known($0.release.digest, at: now) }
        let seen = Fixtures.seen(slots, routing: routing, pointers: ledger.pointers, front: answer, at: now)
        try apply(.observed(place, seen))
    }

    /// Plans and starts, as an engine does.
    mutating func start(_ release: Release, into environment: EnvironmentName) throws -> PromotionNumber {
        let answer = plan(release, into: environment)
        let plan = try #require(answer.plan, "\(answer.objections)")
        let number = board.projection.nextPromotion
        try record(.started(.init(plan: plan, reason: nil)), in: place(environment), of: number)
        return number
    }

    /// Starts it once it has soaked, and leaves it waiting for people.
    mutating func begin(_ release: Release, into environment: EnvironmentName) throws {
        wait(.minutes(2))
        try observe(environment)
        let number = try start(release, into: environment)
        try happen(.conditionsEvaluated([], plan: board.projection.promotion(number)?.plan.hash), to: number)
        guard let hash = board.projection.promotion(number)?.plan.hash else { return }
        try happen(.approved(Approval(by: Self.bob, role: .approver, at: now, plan: hash)), to: number)
    }

    func plan(_ release: Release, into environment: EnvironmentName) -> PlanAnswer {
        let place = place(environment)
        guard let service = board.service(place.service) else { return PlanAnswer(plan: nil, conditions: []) }
        let snapshot = PlanningSnapshot(
            takenAt: now, service: service, projection: board.projection.services[place.service] ?? ServiceProjection(),
            lookup: .found(release), observation: board.observations[place], lease: .known(nil, at: now))
        return PromotionPlan.make(PromotionRequest(place: place, digest: release.digest), snapshot)
    }

    mutating func happen(_ event: PromotionEvent, to number: PromotionNumber) throws {
        let place = board.projection.promotion(number)?.plan.place
        try record(.happened(event), in: place, of: number, by: Self.agent)
    }

    /// Carries a promotion on, every effect at once and every check passing, until it is in the wanted state or waits.
    mutating func carryOn(
        _ number: PromotionNumber, until wanted: (PromotionState) -> Bool,
        sample: (CheckSpecification) -> Measurement.Result = { _ in .pass }
    ) throws {
        for _ in 0..<200 {
            guard let promotion = board.projection.promotion(number), !wanted(promotion.state), !promotion.hasEnded else {
                return
            }
            guard let effect = promotion.pending.first else { return }
            if effect != .conditionsHold { wait(Milliseconds(400)) }
            if case .readyToSwitch = promotion.state { return try happen(.goOnRequested(reason: "go"), to: number) }
            try happen(outcome(of: effect, promotion, sample), to: number)
        }
    }

    /// Makes one effect true, or answers one check with a pass.
    mutating func answer(_ effect: Effect, of number: PromotionNumber) throws {
        guard let promotion = board.projection.promotion(number) else { return }
        try happen(outcome(of: effect, promotion, { _ in .pass }), to: number)
    }

    private mutating func outcome(
        of effect: Effect, _ promotion: Promotion, _ sample: (CheckSpecification) -> Measurement.Result
    ) -> PromotionEvent {
        switch effect {
        case .conditionsHold: return .conditionsEvaluated([], plan: promotion.plan.hash)
        case .leaseHeld:
            fence += 1
            let holder = LeaseHolder(owner: Self.agent, session: "s1", promotion: promotion.number, reason: "promotion")
            return .leaseTaken(
                Lease(place: promotion.plan.place, holder: holder, fence: Fence(fence), since: now, expires: now + .minutes(1)))
        case .checkAnswered(let gate, let name, _):
            guard gate != .bake else { return deadline(of: promotion) }
            let check = promotion.plan.checks.first { $0.name == name } ?? .runningDigest
            let answer: Sample.Answer = check.kind == .runningDigest ? .identity : .status(200, bodyMatched: true)
            let taken = Sample(
                at: now, hit: "http://127.0.0.1:18081/health", identities: [promotion.plan.release.digest], answer: answer,
                latency: Milliseconds(38), evidence: "ok")
            return .measured(gate: gate, check: name, measurement: Measurement(sample: taken, result: sample(check)))
        case .deadline: return deadline(of: promotion)
        default: return .achieved(effect: effect, detail: "done")
        }
    }

    private mutating func deadline(of promotion: Promotion) -> PromotionEvent {
        let deadline = promotion.deadline ?? now
        now = max(now, deadline)
        return .deadlinePassed(deadline)
    }
}

extension RepositoryName {
    static var sample: RepositoryName {
        do { return try RepositoryName("registry.example:5000/shop/payments") } catch { preconditionFailure("\(error)") }
    }
}

/// The world of the golden pictures: A soaks in staging, B is live in prod, D is warm, C was rolled back.
extension World {
    static let a = release("v2.31.0-rc.2")
    static let b = release("v2.30.3")
    static let c = release("v2.30.2-rc.1")
    static let d = release("v2.30.1")
    static let newest = release("v2.32.0-rc.1")

    static func sample(_ service: Service = service()) throws -> World {
        var world = World(services: [service])
        let day = Milliseconds(-4 * 86_400_000)
        world.wait(day)
        try world.adopt(testing, [.only: d], live: .only)
        try world.adopt(staging, [.only: d], live: .only)
        try world.adopt(prod, [blue: d, green: b], live: green)
        world.now = start + .minutes(-13)
        try world.record(.agentStarted(version: "1.0.0"), by: agent)
        let first = try world.start(a, into: testing)
        try world.carryOn(first, until: { $0.outcome != nil })
        try world.observe(testing)
        world.now = start + .minutes(-10)
        let second = try world.start(a, into: staging)
        try world.carryOn(second, until: { $0.outcome != nil })
        try world.observe(staging)
        world.now = start
        try world.observe(testing)
        try world.observe(staging)
        try world.observe(prod)
        try world.apply(.candidates(payments, [newest, a, c]))
        let seen = [newest, a, c].compactMap(\.tag).map { ($0, start) }
        try world.apply(
            .candidatesLooked(
                payments, CandidateLook(tags: .known(11, at: start), seen: Dictionary(uniqueKeysWithValues: seen))))
        _ = world.take()
        return world
    }
}

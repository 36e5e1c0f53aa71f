import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Automation, leases by hand and proofs of goals, in the simulated world.
@Suite struct HandsOffTests {
    static func service(_ promotion: EnvironmentPolicy.Promoting = .automatic) -> Service {
        let service = Fixtures.service()
        return Service(
            name: service.name, repository: service.repository,
            path: service.path.map { environment in
                Environment(
                    name: environment.name, strategy: environment.strategy, slots: environment.slots,
                    platform: environment.platform,
                    policy: EnvironmentPolicy(
                        soak: environment.name == Fixtures.prod ? .minutes(1) : .zero, candidates: .releases,
                        switching: .automatic, onInconclusive: .rollBack, promotion: promotion),
                    checks: environment.checks, timing: environment.timing)
            })
    }

    @Test(arguments: 1...4) func `a new candidate goes the whole path with nobody's hand`(seed: UInt64) throws {
        let operation = Operation(seed: seed, service: Self.service())
        operation.startAgent()
        operation.pass(.minutes(30))
        #expect(operation.serving() == Operation.fresh && operation.tag("v2.31.0") == Operation.fresh.digest)
        let promotions = try #require(try operation.projection().services[Fixtures.payments]).promotions
        #expect(promotions.map(\.plan.place.environment) == [Fixtures.testing, Fixtures.staging, Fixtures.prod])
        #expect(promotions.allSatisfy { $0.startedBy.proof == .agent && $0.reason?.text.hasPrefix("automatic: ") == true })
    }

    @Test func `one that fails is tried once, and the environment rests until a person lets it go on`() throws {
        let operation = Operation(seed: 1, service: Self.service())
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        operation.startAgent()
        operation.pass(.minutes(30))
        let ledger = try #require(try operation.projection().services[Fixtures.payments])
        #expect(ledger.promotions.count == 1 && ledger.environments[Fixtures.testing]?.automation.halt != nil)
        operation.world.with { $0.sick[Operation.fresh.digest] = nil }
        operation.pass(.minutes(5))
        #expect(try operation.projection().services[Fixtures.payments]?.promotions.count == 1)
        #expect(
            operation.ask(.liftVeto(Operation.testing, digest: Operation.fresh.digest, reason: "the database is mended"))
                == .accepted)
        #expect(operation.ask(.letAutomationGo(Operation.testing, reason: "the database is mended")) == .accepted)
        operation.pass(.minutes(30))
        #expect(operation.serving() == Operation.fresh)
    }

    @Test(arguments: 1...40) func `what was planned when a person stops the automation is not begun`(seed: UInt64) throws {
        let operation = Operation(seed: seed, service: Self.service())
        operation.startAgent()
        for place in [Operation.testing, Operation.staging, Operation.prod] {
            #expect(operation.ask(.stopAutomation(place, reason: "an incident elsewhere")) == .accepted)
        }
        operation.pass(.minutes(1))
        #expect(operation.world.with(\.violations) == [], "seed \(seed)")
    }

    @Test func `the next environment begins within seconds of the success before it`() throws {
        let operation = Operation(seed: 2, service: Self.service())
        operation.startAgent()
        operation.pass(.minutes(10))
        let promotions = try #require(try operation.projection().services[Fixtures.payments]).promotions
        let (first, second) = (try #require(promotions.first), try #require(promotions.dropFirst().first))
        #expect(second.plan.place == Operation.staging)
        let ended = try #require(first.passage.last?.at)
        #expect(second.startedAt - ended <= .seconds(3), "\(second.startedAt - ended)")
    }

    @Test(arguments: [false, true])
    func `a failure is a fact of its own, and calls a person once, also where the agent dies just then`(dies: Bool) throws {
        let operation = Operation(seed: 1, service: Self.service())
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        operation.startAgent()
        operation.pass(.seconds(5))
        operation.wait(for: PromotionNumber(1))
        if dies { operation.startAgent() }
        operation.pass(.minutes(5))
        let kinds = operation.world.with(\.entries).map(\.draft.kind)
        #expect(kinds.count { $0 == "automation.stopped" } == 1 && kinds.count { $0 == "person.called" } == 1)
        let call = try #require(operation.board()?.openCalls.first).call.call
        #expect(call.subject == .failure && call.reason.text.hasPrefix("promotion 1 "), "\(call.reason)")
        #expect(call.remedy.text.contains("baton auto start payments testing"), "\(call.remedy)")
        let notices = try #require(try operation.projection().services[Fixtures.payments]).notices
        #expect(notices.count { $0.occasion == .called && $0.call == call } == 1)
        #expect(operation.ask(.letAutomationGo(Operation.testing, reason: "mended")) == .accepted)
        #expect(operation.board()?.openCalls.isEmpty == true)
    }

    @Test func `agents that die on the way end in the same place`() throws {
        let operation = Operation(seed: 7, service: Self.service())
        operation.startAgent()
        for _ in 0..<12 {
            operation.pass(.seconds(47))
            operation.startAgent()
        }
        operation.pass(.minutes(60))
        let ledger = try #require(try operation.projection().services[Fixtures.payments])
        let starts = Dictionary(grouping: ledger.promotions, by: \.plan.place.environment).mapValues(\.count)
        #expect(starts.values.allSatisfy { $0 <= 3 })
        #expect(operation.serving() == Operation.fresh || ledger.environments.values.contains { $0.automation.halt != nil })
    }

    @Test func `what a person holds keeps others out, its holder gives it back, and a rollback outranks it`() throws {
        let operation = RunnerTests.tested()
        #expect(operation.ask(.lock(Operation.prod, .free, for: .minutes(30), reason: "maintenance")) == .accepted)
        #expect(operation.board()?.lease(of: Operation.prod)?.holder.owner == Fixtures.alice)
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.map(\.kind) == [.busy])
        #expect(operation.ask(.unlock(Operation.prod, reason: "done")) == .accepted)
        #expect(operation.board()?.lease(of: Operation.prod) == nil)
        #expect(operation.ask(.lock(Operation.prod, .free, for: .minutes(30), reason: "again")) == .accepted)
        #expect(
            operation.rollBack(Operation.prod, to: Operation.warm.digest, reason: "alarm") == .started(PromotionNumber(1))
        )
        operation.wait(for: PromotionNumber(1))
        #expect(operation.serving() == Operation.warm)
    }

    @Test func `when no way back is left a person is called, once, and the call is closed when there is one again`() throws {
        let operation = Operation(seed: 3, service: Self.service(.manual))
        operation.startAgent()
        operation.pass(.minutes(1))
        operation.world.with { state in
            state.releases[Operation.warm.digest] = nil
            state.slots[Operation.prod]?[Fixtures.green] = nil
        }
        operation.pass(.minutes(10))
        let calls = operation.world.with { state in state.entries.filter { $0.draft.kind == "person.called" } }
        #expect(calls.count == 1 && operation.board()?.openCalls.map(\.call.call.subject) == [.wayBack])
        operation.world.push(Operation.warm)
        operation.pass(.minutes(2))
        #expect(operation.board()?.openCalls.isEmpty == true)
    }
}

import Fixtures
import PromotionCore
import Simulation
import Testing

/// Joint releases in the simulated world.
@Suite struct JointRunTests {
    /// Two services with the same rules, and a joint release of both into an environment.
    private static func begun(_ rules: Script.Rules, to environment: EnvironmentName) throws -> Operation {
        var rules = rules
        rules.isJoint = true
        let operation = Operation(seed: 1, services: rules.services, isNew: false)
        operation.startAgent()
        let digest = Operation.fresh.digest
        for service in rules.services {
            let staging = Place(service.name, Fixtures.staging)
            _ = operation.ask(.addEvidence(staging, digest: digest, passed: 6, total: 6, note: nil))
        }
        let request = JointRequest(
            set: nil, members: rules.services.map { PromotionRequest(place: Place($0.name, environment), digest: digest) })
        guard case .jointPlan(let answer)? = operation.ask(.view(.planJoint(request))) else { return operation }
        let plan = try #require(answer.plan)
        #expect(operation.ask(.promoteJoint(request, planHash: plan.hash)) == .jointStarted(JointNumber(1)))
        return operation
    }

    @Test func `services without idle slots are promoted as one, the next after the one before`() throws {
        let operation = try Self.begun(Script.Rules(), to: Fixtures.testing)
        operation.pass(.minutes(3))
        #expect(try operation.projection().joint(JointNumber(1))?.state == .succeeded)
        #expect(operation.world.with(\.violations) == [])
    }

    @Test func `a set whose member gave its turn to a rollback ends, and asks for nothing again and again`() throws {
        var rules = Script.Rules()
        rules.approvals = 1
        let operation = try Self.begun(rules, to: Fixtures.prod)
        operation.pass(.seconds(1))
        let place = Place(Operation.refunds, Fixtures.prod)
        _ = operation.rollBack(place, to: Operation.warm.digest, reason: "an incident")
        operation.pass(.minutes(5))
        #expect(try operation.projection().joint(JointNumber(1))?.state == .cancelled)
        #expect(operation.world.with(\.entries).count { $0.draft.kind == "promotion.refused" } < 5)
        #expect(operation.world.with(\.violations) == [])
    }
}

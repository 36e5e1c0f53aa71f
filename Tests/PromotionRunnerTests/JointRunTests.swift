import Fixtures
import PromotionCore
import Simulation
import Testing

/// Joint releases in the simulated world.
@Suite struct JointRunTests {
    @Test func `services without idle slots are promoted as one, the next after the one before`() throws {
        var rules = Script.Rules()
        rules.isJoint = true
        let operation = Operation(seed: 1, services: rules.services, isNew: false)
        operation.startAgent()
        let request = JointRequest(
            set: nil,
            members: rules.services.map {
                PromotionRequest(place: Place($0.name, Fixtures.testing), digest: Operation.fresh.digest)
            })
        guard case .jointPlan(let answer)? = operation.ask(.view(.planJoint(request))), let plan = answer.plan else {
            Issue.record("there is no plan")
            return
        }
        #expect(operation.ask(.promoteJoint(request, planHash: plan.hash)) == .jointStarted(JointNumber(1)))
        operation.pass(.minutes(3))
        #expect(try operation.projection().joint(JointNumber(1))?.state == .succeeded)
        #expect(operation.world.with(\.violations) == [])
    }
}

import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Who may ask for a joint release: it changes several environments at once.
@Suite struct JointDenialTests {
    @Test func `who may ask for a set needs the role in each of its environments, and a denial is kept`() throws {
        let operation = RunnerTests.tested()
        let runner = try #require(operation.runner)
        let digest = Operation.fresh.digest
        let places = [Operation.testing, Operation.prod]
        let request = JointRequest(set: nil, members: places.map { PromotionRequest(place: $0, digest: digest) })
        let grants: [(Grant, Bool)] = [
            (Grant(.viewer, environments: [Fixtures.testing: .operator]), false),
            (Grant(.operator, environments: [Fixtures.prod: .viewer]), false),
            (Grant(.viewer, environments: [Fixtures.testing: .operator, Fixtures.prod: .operator]), true),
        ]
        for (number, (grant, isPermitted)) in grants.enumerated() {
            let account = Account(name: "user \(number)", proof: .socket(userID: UInt32(2_000 + number)), host: "h")
            let answer = operation.await {
                await runner.answer(.promoteJoint(request, planHash: digest), by: account, with: grant)
            }
            guard case .notPermitted(let reason)? = answer else {
                #expect(isPermitted, "\(grant)")
                continue
            }
            #expect(!isPermitted && reason.text.contains("needs operator in all"), "\(reason)")
        }
        let denials = operation.world.with(\.entries).filter {
            $0.draft.actor.name.text.hasPrefix("user") && $0.draft.kind.contains("denied")
                && String(decoding: $0.draft.payload, as: UTF8.self).contains("in all")
        }
        #expect(denials.count == 2)
    }
}

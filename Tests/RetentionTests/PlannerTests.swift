import PromotionCore
import RetentionWorlds
import Testing

@Suite struct PlannerTests {
    @Test func `no world loses what is protected`() {
        for seed in UInt64(1)...2_000 {
            let broken = Laws.broken(seed: seed)
            #expect(broken.isEmpty, "make retention-worlds WORLDS=1 FROM=\(seed): \(broken.joined(separator: "; "))")
        }
    }

    @Test(arguments: Blindness.allCases)
    func `a planner that is blind to one thing is caught`(_ blindness: Blindness) {
        let caught = (UInt64(1)...4_000).first { !Laws.broken(seed: $0, planner: blindness.planner).isEmpty }
        #expect(caught != nil, "\(blindness) was not caught")
    }
}

internal import Fixtures
package import PromotionCore

extension Script {
    /// Rules that differ from run to run, with times short enough to live through.
    package struct Rules: Hashable, Sendable {
        package var hasChecks = true
        package var soaks = false
        package var switching = EnvironmentPolicy.Switching.automatic
        package var onInconclusive = EnvironmentPolicy.OnInconclusive.rollBack
        package var isNew = false
        package var isCanary = false
        /// People who have to agree to what goes to prod.
        package var approvals = 0
        /// How long a plan waits for them, and how long a yes counts.
        package var approvalTime = Milliseconds.seconds(40)
        package var retries = false
        /// Whether the bake outlasts the lease that it begins under, unless that is renewed.
        package var bakesLong = false
        /// Whether what may go on does so by itself.
        package var isAutomated = false
        /// Whether there is a second service, which can be promoted together with the first.
        package var isJoint = false

        /// Whether prod's images are in a repository of its own.
        package var hasHome = false

        package init() {}

        /// The service that most happens to.
        package var service: Service {
            Fixtures.service(
                checks: hasChecks ? [Fixtures.health] : [], soak: soaks ? .seconds(20) : .zero, switching: switching,
                onInconclusive: onInconclusive, strategy: isCanary ? .canary : .blueGreen, approval: approval,
                promotion: isAutomated ? .automatic : .manual, timing: timing, steps: Self.steps,
                home: hasHome ? Fixtures.prodHome : nil)
        }

        /// Every service: a second one has the same rules, and images of its own.
        package var services: [Service] {
            let first = service
            guard isJoint, let repository = try? RepositoryName("shop/refunds") else { return [first] }
            return [first, Service(name: Operation.refunds, repository: repository, path: first.path)]
        }

        private var approval: ApprovalRule? {
            approvals == 0 ? nil : ApprovalRule(number: approvals, leastRole: .approver, expires: approvalTime)
        }

        private static let steps = [(20, 1), (60, 0)].map { weight, warmUp in
            CanaryStep(weight: weight, warmUp: .seconds(warmUp), analysis: .seconds(4), minimumSamples: 1)
        }

        private var timing: Timing {
            Timing(
                blocked: .seconds(90), queue: .seconds(25), prepare: .seconds(20), copy: .seconds(30), deploy: .seconds(40),
                verify: .seconds(15),
                ready: .seconds(40), switching: .seconds(15), bake: .seconds(bakesLong ? 45 : 12), inconclusive: .seconds(30),
                rollback: .seconds(25), paused: .seconds(30), retry: retries ? .seconds(30) : .zero)
        }
    }

    static func rules(_ random: inout SeededRandom) -> Rules {
        var rules = Rules()
        rules.hasChecks = !random.onceIn(5)
        rules.soaks = random.onceIn(6)
        rules.switching = random.onceIn(3) ? .manual : .automatic
        rules.onInconclusive = random.onceIn(4) ? .fail : .rollBack
        rules.isNew = random.onceIn(8)
        rules.isCanary = random.onceIn(2)
        rules.approvals = random.onceIn(4) ? 1 + random.below(2) : 0
        rules.approvalTime = .seconds(Int64(random.onceIn(2) ? 40 : 8 + random.below(12)))
        rules.retries = random.onceIn(2)
        rules.bakesLong = random.onceIn(8)
        rules.isAutomated = random.onceIn(12)
        rules.isJoint = random.onceIn(12)
        return rules
    }
}

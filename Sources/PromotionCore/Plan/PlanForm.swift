/// What plans say, which has grown: a plan that was agreed to is made again in its own form, or its hash would not be met.
package enum PlanForm: Hashable, Sendable {
    /// As plans were before a switch had time to settle and a rollback was verified by the live checks.
    case first
    case current
}

extension PromotionPlan {
    /// The form in which it was made.
    package var form: PlanForm { timing.settle == nil ? .first : .current }
}

extension Environment {
    /// The environment as a plan of a form knows it.
    func read(as form: PlanForm) -> Environment {
        switch form {
        case .current: self
        case .first:
            Environment(
                name: name, strategy: strategy, slots: slots, platform: platform, policy: policy, checks: checks,
                timing: timing.unsettled, steps: steps, image: image, home: home)
        }
    }
}

extension Timing {
    /// The same without a time to settle.
    fileprivate var unsettled: Timing {
        Timing(
            blocked: blocked, queue: queue, prepare: prepare, copy: copy, deploy: deploy, verify: verify, ready: ready,
            switching: switching, bake: bake, inconclusive: inconclusive, rollback: rollback, paused: paused, retry: retry,
            settle: nil)
    }
}

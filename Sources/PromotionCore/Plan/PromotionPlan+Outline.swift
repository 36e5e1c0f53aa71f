/// One step of a plan as people read it before they consent.
package struct PlanStep: Hashable, Sendable, Codable {
    package let name: SafeText
    package let words: SafeText

    package init(_ name: SafeText, _ words: SafeText) {
        self.name = name
        self.words = words
    }
}

extension PromotionPlan {
    /// What will happen, step by step: the one text of it, for the console, the commands and their JSON.
    package var outline: [PlanStep] {
        let baseline: SafeText = live.map { ", A/A check of \($0.slot)" } ?? ""
        let copy: SafeText = source == nil ? "" : "copy, "
        let prepare = PlanStep("prepare", "lease, \(copy)digest again\(baseline)")
        let (verified, baked) = (PlanStep("verify live", Self.checks(checks(in: .live).count)), PlanStep("bake", bakeWords))
        guard strategy.hasIdleSlot else {
            return [prepare, PlanStep("deploy", "\(slot) runs it: the commit point"), verified, baked]
        }
        let before = [
            prepare, PlanStep("deploy idle", "\(slot) runs it"), PlanStep("verify idle", Self.checks(checks(in: .idle).count)),
        ]
        return before + canarySteps + [PlanStep("switch", switchWords), verified, baked]
    }

    /// The number of the first step that changes traffic, as the outline counts.
    package var commitStep: Int { strategy.hasIdleSlot ? 4 : 2 }

    /// What a strategy does, in a few words: `canary: 5, 20 and 50 % of the traffic, then all of it`.
    package var strategyWords: SafeText {
        switch strategy {
        case .blueGreen: "blue-green: all traffic in one change"
        case .replace: "replace: the one slot takes it"
        case .canary: canaryWords
        }
    }

    private var canaryWords: SafeText {
        guard let first = steps.first, let last = steps.last else {
            return "canary, without steps: nothing serves to be measured against"
        }
        if steps.count > 5 {
            return "canary: \(steps.count) steps, \(first.weight) to \(last.weight) % (share, warm-up+analysis), then all traffic"
        }
        return "canary: \(SafeText(Self.list(steps.map { "\($0.weight)" }))) % of the traffic, then all of it"
    }

    private var canarySteps: [PlanStep] {
        steps.enumerated().map { index, step in
            let warmUp: SafeText = step.warmUp == .zero ? "no warm-up" : "warm-up \(step.warmUp)"
            let samples: SafeText = step.minimumSamples > 1 ? ", \(step.minimumSamples) requests" : ""
            let commits: SafeText = index == 0 ? ": the commit point" : ""
            return PlanStep("canary \(step.weight) %", "\(warmUp), analysis \(step.analysis)\(samples)\(commits)")
        }
    }

    private var switchWords: SafeText {
        let from: SafeText = live.map { "\($0.slot) to " } ?? ""
        return steps.isEmpty ? "\(from)\(slot), one change: the commit point" : "\(from)\(slot), the rest of the traffic"
    }

    private var bakeWords: SafeText {
        guard strategy.hasIdleSlot, let live else { return "\(timing.bake)" }
        return "\(timing.bake), \(live.slot) warm"
    }

    private static func checks(_ count: Int) -> SafeText { count == 1 ? "1 check" : "\(count) checks" }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}

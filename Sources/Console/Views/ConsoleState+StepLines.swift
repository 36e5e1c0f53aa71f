internal import PromotionCore

/// What a plan would do, step by step, before it is consented to.
extension ConsoleState {
    /// The strategy and every step, in the words of the core. A canary of many steps has several on a line.
    func stepText(_ plan: PromotionPlan, _ columns: Int) -> [Line] {
        let isCrowded = plan.steps.count > Self.stepsAlone
        let canary = plan.commitStep...(plan.commitStep + plan.steps.count)
        var lines = Line.wrapped(plan.strategyWords.text, .plain, column: 8, columns: columns, limit: 2)
        for (index, step) in plan.outline.enumerated() {
            let number = index + 1
            if isCrowded, number == plan.commitStep { lines += crowdedSteps(plan, columns) }
            if isCrowded, canary.contains(number), number < canary.upperBound { continue }
            lines.append(Line().at(8, "\(number) \(step.name)").at(24, step.words.text))
        }
        if !lines.isEmpty { lines[0] = lines[0].at(1, "STEPS", .heading) }
        return lines + afterSteps(plan)
    }

    /// Canary steps that have a line each.
    private static let stepsAlone = 5

    /// Share, warm-up and analysis of every step, three or four on a line.
    private func crowdedSteps(_ plan: PromotionPlan, _ columns: Int) -> [Line] {
        let perLine = plan.steps.count <= 12 ? 3 : 4
        let width = max(18, (columns - 8) / perLine)
        var lines: [Line] = []
        for (index, step) in plan.steps.enumerated() {
            if index % perLine == 0 { lines.append(Line()) }
            let text = "\(plan.commitStep + index) \(step.weight) % \(step.warmUp)+\(step.analysis)"
            lines[lines.count - 1] = lines[lines.count - 1].at(8 + index % perLine * width, text, .plain, width: width - 1)
        }
        return lines
    }

    private func afterSteps(_ plan: PromotionPlan) -> [Line] {
        var lines: [Line] = []
        let tags = plan.pointers.map(\.tag.text).joined(separator: " and ")
        let final = plan.finalTag.map { ", and \($0) is set" } ?? ""
        if !tags.isEmpty { lines.append(Line().at(8, "then pointer tags \(tags) name it\(final)")) }
        if plan.switching == .manual, plan.strategy.hasIdleSlot {
            lines.append(Line().at(8, "before \(plan.commitStep) it waits for a person: S switches"))
        }
        let undo =
            plan.wayBack == nil
            ? "none: nothing was here before" : "by itself if a gate fails after the commit point; R at any time"
        return lines + [Line("UNDO", .heading).at(8, undo)]
    }
}

internal import Agent
internal import Platform
internal import PromotionCore

extension AgentClient {
    /// How long the reading of a whole repository may take.
    static let retentionPatience = Milliseconds.minutes(30)

    /// Has a plan made, and gives its first lines.
    func retentionPlan(of service: ServiceName, _ ratio: Int?) throws(Ended) -> RetentionLines {
        let question = OperatorRequest.view(.retention(.plan(service, allowRatio: ratio)))
        guard case .retention(.lines(let lines)) = try demand(question, within: Self.retentionPatience) else {
            throw Ended(.broke, "the agent sent no plan")
        }
        return lines
    }

    /// The whole file of a plan.
    func retentionFile(of service: ServiceName, _ plan: Digest) throws(Ended) -> String {
        var text = ""
        var from: Int? = 0
        while let start = from {
            let question = RetentionQuestion.file(service, plan: plan, from: start)
            guard case .retention(.file(let part, let next)) = try demand(.view(.retention(question))) else {
                throw Ended(.broke, "the agent sent no file")
            }
            text += part
            from = next
        }
        return text
    }

    func retentionStatus(of service: ServiceName) throws(Ended) -> RetentionStatus {
        guard case .retention(.status(let status)) = try demand(.view(.retention(.status(service)))) else {
            throw Ended(.broke, "the agent sent no status")
        }
        return status
    }

    /// Waits for the end of the run under way.
    func retentionReport(of service: ServiceName) throws(Ended) -> RetentionReport {
        while true {
            guard let report = try retentionStatus(of: service).report else { throw Ended(.broke, "the agent knows of no run") }
            if report.endedAt != nil { return report }
            ThisProcess.pause(milliseconds: 200)
        }
    }

    /// A part of a plan that was made.
    func retentionLines(of service: ServiceName, _ plan: Digest, from: Int) throws(Ended) -> RetentionLines {
        let question = RetentionQuestion.lines(service, plan: plan, from: from, limit: RetentionLines.limit)
        guard case .retention(.lines(let lines)) = try demand(.view(.retention(question))) else {
            throw Ended(.broke, "the agent sent no plan")
        }
        return lines
    }

    /// Gives each of the first lines of a plan, so many of them.
    func retentionLines(
        _ first: RetentionLines, of service: ServiceName, count: Int, _ give: (RetentionLine) -> Void
    ) throws(Ended) {
        var page = first
        while true {
            page.lines.prefix(max(0, count - page.from)).forEach(give)
            let next = page.from + page.lines.count
            guard next < count, !page.lines.isEmpty else { return }
            page = try retentionLines(of: service, first.plan, from: next)
        }
    }
}

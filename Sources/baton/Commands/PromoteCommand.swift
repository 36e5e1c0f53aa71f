internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Whether a command waits for the end, and for how long.
struct Waiting: ParsableArguments {
    @Flag(help: "Wait for the end and print what happens.") var wait = false
    @Option(help: "With --wait: stop waiting after this time, such as 90s; the promotion goes on.") var timeout: Milliseconds?
    @Flag(help: "One line of JSON at the end.") var json = false
}

/// Plans, takes the operator's consent and starts.
struct PromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Promote a tested digest to the next environment.",
        discussion:
            """
            Consent is the first 4 digits of the digest (--confirm 4be1), or --yes. Without it the plan is shown and nothing \
            starts. At the end of the path, and where the configuration says guarded, --yes needs --digest with a whole digest: \
            a tag, or what serves upstream, may be another image by now.
            """
    )

    @OptionGroup var access: Access
    @OptionGroup var wanted: Wanted
    @OptionGroup var waiting: Waiting
    @Option(help: "The first 4 hexadecimal digits of the digest, as the plan shows it.") var confirm: String?
    @Flag(help: "Consent to whatever plan there is.") var yes = false
    @Flag(help: "Where time or people can turn what stands against it: start, and wait for that.") var waitForConditions = false

    func run() throws {
        let client = try access.connect().client
        let named = try wanted.reference
        let digest = try named.map { try client.resolve($0, of: wanted.service) }
        let whenUnmet: PromotionRequest.WhenUnmet = waitForConditions ? .wait : .refuse
        let asked = PromotionRequest(place: wanted.place, digest: digest, whenUnmet: whenUnmet)
        guard case .plan(let answer) = try client.demand(.view(.plan(asked))) else {
            throw Ended(.broke, "the agent sent no plan")
        }
        guard let plan = waitForConditions ? answer.waiting : answer.plan else { return try refuse(client, asked, answer) }
        try consent(to: plan, named, answer, try client.board())
        let request = PromotionRequest(place: wanted.place, digest: plan.release.digest, whenUnmet: whenUnmet)
        guard case .started(let number) = try client.demand(.promote(request, planHash: plan.hash)) else {
            throw Ended(.broke, "the agent did not say that it started")
        }
        if !waiting.json {
            Output.line(
                "promotion \(number) started: \(plan.release.digest.short()) to \(wanted.place), plan \(plan.hash.short())")
        }
        guard waiting.wait else {
            if waiting.json { try Output.json(["promotion": number]) }
            return
        }
        try Following(client: client, reconnect: access.reconnect, number: number, isJSON: waiting.json).run(for: waiting.timeout)
    }

    /// The refusal is the agent's to make, so that it is kept in the ledger.
    private func refuse(_ client: AgentClient, _ asked: PromotionRequest, _ answer: PlanAnswer) throws {
        if waiting.json { try Output.json(PlanDocument(answer)) }
        _ = try client.demand(.promote(asked, planHash: asked.digest ?? Digest(of: [])))
        throw Ended(.refused, "refused:\n" + PlainText.objections(answer.objections))
    }

    private func consent(
        to plan: PromotionPlan, _ named: ImageReference?, _ answer: PlanAnswer, _ board: Board
    ) throws {
        let isGuarded = board.service(wanted.service)?.isGuarded(wanted.to) ?? true
        let consent = Consent(digits: confirm, isBlanket: yes && confirm == nil, named: named)
        guard let error = consent.objection(to: plan.release.digest, isGuarded: isGuarded, at: wanted.place) else { return }
        if confirm == nil { PlainText.plan(answer, waiting: plan).forEach(waiting.json ? Output.aside : Output.line) }
        throw Ended(.usage, error.description)
    }
}

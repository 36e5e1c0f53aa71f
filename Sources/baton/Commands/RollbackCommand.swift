internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Takes an environment back to a release before.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Roll an environment back to a release before.",
        discussion: """
            While a promotion is under way that has not moved traffic, --stop stops it and leaves what serves, and --live rolls \
            what serves back, once the promotion is stopped. The release that goes gets a veto; with --no-veto it gets none, \
            and the environment's automation halts until somebody starts it.
            """)

    @OptionGroup var access: Access
    @OptionGroup var waiting: Waiting
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "The release to go back to, by its digest or tag; else the one that baton status shows.") var to: String?
    @Flag(help: "Stop the promotion under way; what serves stays.") var stop = false
    @Flag(help: "Roll back what serves; a promotion under way is stopped first.") var live = false
    @Flag(inversion: .prefixedNo, help: "Whether the release that goes gets a veto.") var veto = true
    @Option(help: "Why; the ledger keeps it.") var reason: String?
    @Flag(help: "Consent to what is printed without it.") var yes = false

    func run() throws {
        let client = try access.connect().client
        let place = Place(service, environment)
        let offer = try offer(at: place, client)
        if !waiting.json { PlainText.offer(offer, vetoes: veto).forEach(Output.line) }
        let text = reason.map { SafeText($0, limit: Reason.most) }
        guard let order = RollbackOrder(offer, vetoes: veto, reason: text) else {
            throw Ended(.refused, "no rollback: \(offer.objection ?? "nothing can be done")")
        }
        guard yes else { throw Ended(.usage, "nothing was started: --yes does this") }
        guard case .started(let number) = try client.demand(.rollBack(order)) else {
            throw Ended(.broke, "the agent did not say that it started")
        }
        if !waiting.json { Output.line("\(offer.words): under way as number \(number)") }
        guard waiting.wait else {
            if waiting.json { try Output.json(["promotion": number]) }
            return
        }
        let isStop = !order.effect.movesTraffic
        try Following(
            client: client, reconnect: access.reconnect, number: number, isJSON: waiting.json, wantsRollback: !isStop,
            wantsStop: isStop
        ).run(for: waiting.timeout)
    }

    /// The offer that the words of the command mean.
    private func offer(at place: Place, _ client: AgentClient) throws -> RollbackOffer {
        let board = try client.board()
        guard board.service(service)?.environment(environment) != nil else {
            throw Ended(.usage, "there is no \(place); see baton status")
        }
        let offers = board.rollbackOffers(of: place)
        let stopping = offers.first { if case .stop? = $0.effect { true } else { false } }
        guard !(stop && (live || to != nil)) else {
            throw Ended(.usage, "--stop leaves what serves: it goes with neither --live nor --to")
        }
        if stop {
            guard let stopping else { throw Ended(.refused, "no promotion of \(place) can be stopped before it moves traffic") }
            return stopping
        }
        if let stopping, !live {
            let name = stopping.underWay.map { "promotion \($0.number), \($0.state.words)," } ?? "a promotion"
            throw Ended(
                .refused,
                "\(name) has not moved traffic in \(place): --stop stops it and leaves what serves, --live rolls what serves back"
            )
        }
        if let to {
            let digest = try client.resolve(to, of: service)
            guard let chosen = board.rollbackOffer(to: digest, at: place) else {
                throw Ended(.refused, "\(digest.short()) is no goal in \(place): it never succeeded there, serves, or has a veto")
            }
            return chosen
        }
        return offers.first { $0 != stopping } ?? offers[0]
    }
}

/// Undoes a rollback.
struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Undo your own rollback for ten minutes: the release that was left takes the traffic again, through its gates.")

    @OptionGroup var access: Access
    @OptionGroup var waiting: Waiting
    @Argument(help: "The number of the rollback.") var number: Int64
    @Option(help: "Why; the ledger keeps it.") var reason: String?
    @Flag(help: "Consent to what is printed without it.") var yes = false

    func run() throws {
        let client = try access.connect().client
        let rollback = PromotionNumber(number)
        guard yes else {
            guard case .plan(let answer) = try client.demand(.view(.planUndo(rollback))) else {
                throw Ended(.broke, "the agent sent no plan")
            }
            PlainText.plan(answer).forEach(Output.line)
            throw Ended(.usage, "nothing was started: --yes undoes rollback \(number)")
        }
        let request = OperatorRequest.undoRollback(rollback, reason: reason.map { SafeText($0, limit: Reason.most) })
        guard case .started(let started) = try client.demand(request) else {
            throw Ended(.broke, "the agent did not say that it started")
        }
        if !waiting.json { Output.line("rollback \(number) is being undone as promotion \(started)") }
        guard waiting.wait else {
            if waiting.json { try Output.json(["promotion": started]) }
            return
        }
        try Following(client: client, reconnect: access.reconnect, number: started, isJSON: waiting.json).run(
            for: waiting.timeout)
    }
}

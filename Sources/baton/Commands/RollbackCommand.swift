internal import ArgumentParser
internal import PromotionCore

/// Takes an environment back to the release before.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Roll an environment back to the release before; it outranks a running promotion.")

    @OptionGroup var access: Access
    @OptionGroup var waiting: Waiting
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "Why; the ledger keeps it.") var reason: String?
    @Flag(help: "Roll back to the goal that baton status shows.") var yes = false

    func run() throws {
        let client = try access.connect().client
        let place = Place(service, environment)
        let board = try client.board()
        guard board.service(service)?.environment(environment) != nil else {
            throw Ended(.usage, "there is no \(place); see baton status")
        }
        let readiness = board.rollback(of: place)
        guard let goal = readiness.release else { throw Ended(.refused, "no rollback: \(Words.readiness(readiness))") }
        guard yes else {
            throw Ended(.usage, "nothing was started: --yes rolls \(place) back to \(Words.readiness(readiness))")
        }
        let request = OperatorRequest.rollBack(place, goal: goal.digest, reason: reason.map { SafeText($0, limit: Reason.most) })
        guard case .started(let number) = try client.demand(request) else {
            throw Ended(.broke, "the agent did not say that it started")
        }
        if !waiting.json { Output.line("rollback of \(place) to \(goal.digest.short()) under way as number \(number)") }
        guard waiting.wait else {
            if waiting.json { try Output.json(["promotion": number]) }
            return
        }
        try Following(client: client, number: number, isJSON: waiting.json, wantsRollback: true).run(for: waiting.timeout)
    }
}

internal import ArgumentParser
internal import PromotionCore

/// Holds an environment by hand.
struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Hold an environment by hand: nobody promotes there until it is given back or the time is over.",
        discussion: "A rollback outranks it. An expired lease is taken over by its fence, once what runs there was looked at.")

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "Why; the ledger keeps it.") var reason: String
    @Option(name: .customLong("for"), help: "For how long, such as 30m or 2h; at most 7d.") var term: Milliseconds = Lease
        .usualHold
    @Option(help: "Take over the expired lease with this fence, as baton status shows it.") var takeOver: Int64?

    func run() throws {
        let client = try access.connect().client
        let place = Place(service, environment)
        let wish = takeOver.map { LeaseWish.over(Fence($0)) } ?? .free
        _ = try client.demand(.lock(place, wish, for: term, reason: SafeText(reason, limit: Reason.most)))
        guard let lease = try client.board().lease(of: place) else {
            throw Ended(.broke, "\(place) is not held: see baton status")
        }
        Output.line("\(place) is held until \(lease.expires), fence \(lease.fence)")
    }
}

/// Gives back an environment that is held by hand.
struct UnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Give an environment back; only its holder may before the time is over.")

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "Why; the ledger keeps it.") var reason: String = "done"

    func run() throws {
        let client = try access.connect().client
        _ = try client.demand(.unlock(Place(service, environment), reason: SafeText(reason, limit: Reason.most)))
        Output.line("\(Place(service, environment)) is free")
    }
}

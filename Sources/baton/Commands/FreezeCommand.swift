internal import ArgumentParser
internal import PromotionCore

/// What a freeze covers.
struct Covered: ParsableArguments {
    @Argument(help: "The environment; of every service, unless one is named.") var environment: EnvironmentName?
    @Option(help: "Only this service.") var service: ServiceName?
    @Flag(help: "Every environment.") var all = false

    func validate() throws {
        guard (environment != nil) != all else { throw ValidationError("name an environment, or --all") }
    }

    var scope: FreezeScope { FreezeScope(service: service, environment: environment) }
}

/// Stops promotions for a time.
struct FreezeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Let nothing be promoted for a time; rollbacks stay possible.")

    @OptionGroup var access: Access
    @OptionGroup var covered: Covered
    @OptionGroup var end: EndOfTime
    @OptionGroup var reasoned: Reasoned

    func run() throws {
        let until = end.moment(from: WallClock.now)
        _ = try access.connect().client.demand(.policy(.freeze(covered.scope, until: until, reason: reasoned.text)))
        Output.line("\(covered.scope) is frozen until \(until)")
    }
}

/// Ends a freeze that was put on by hand.
struct UnfreezeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfreeze", abstract: "Lift a freeze that was put on by hand. It needs the role approver.")

    @OptionGroup var access: Access
    @OptionGroup var covered: Covered
    @OptionGroup var reasoned: Reasoned

    func run() throws {
        _ = try access.connect().client.demand(.policy(.unfreeze(covered.scope, reason: reasoned.text)))
        Output.line("\(covered.scope) is no longer frozen by hand")
    }
}

/// When something that somebody decides is over: a moment, or so long from now.
struct EndOfTime: ParsableArguments {
    @Option(help: "Until this moment in UTC, such as 2026-12-24T18:00Z.") var until: Timestamp?
    @Option(name: .customLong("for"), help: "For this long, such as 90m, 4h or 2d.") var span: Milliseconds?

    func validate() throws {
        guard (until == nil) != (span == nil) else {
            throw ValidationError("say when it ends: --until 2026-12-24T18:00Z, or --for 4h")
        }
    }

    func moment(from now: Timestamp) -> Timestamp { until ?? span.map { now + $0 } ?? now }
}

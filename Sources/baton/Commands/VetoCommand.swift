internal import ArgumentParser
internal import PromotionCore

/// Works on vetoes: releases that may not come.
struct VetoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "veto", abstract: "Releases that were rolled back, or barred by hand, and may not come.",
        subcommands: [Set.self, Lift.self])

    /// Which release where.
    struct Barred: ParsableArguments {
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment.") var environment: EnvironmentName
        @Option(help: imageHelp) var digest: String

        var place: Place { Place(service, environment) }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Bar a release from an environment, also as the goal of a rollback.")

        @OptionGroup var access: Access
        @OptionGroup var barred: Barred
        @OptionGroup var reasoned: Reasoned

        func run() throws {
            let client = try access.connect().client
            let digest = try client.resolve(barred.digest, of: barred.service)
            _ = try client.demand(.policy(.veto(barred.place, digest: digest, reason: reasoned.text)))
            Output.line("\(digest.short()) is barred from \(barred.environment) until the veto is lifted")
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift", abstract: "Let a release that was barred come again. It needs the role approver.")

        @OptionGroup var access: Access
        @OptionGroup var barred: Barred
        @OptionGroup var reasoned: Reasoned

        func run() throws {
            let client = try access.connect().client
            let digest = try client.resolve(barred.digest, of: barred.service)
            _ = try client.demand(.liftVeto(barred.place, digest: digest, reason: reasoned.text))
            Output.line("\(digest.short()) may be promoted to \(barred.environment) again")
        }
    }
}

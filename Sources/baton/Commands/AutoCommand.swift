internal import ArgumentParser
internal import PromotionCore

/// Works on what is promoted automatically.
struct AutoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auto", abstract: "Environments that are promoted automatically.",
        subcommands: [Show.self, Stop.self, Start.self])

    /// The place and the reason that both words need.
    struct Word: ParsableArguments {
        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment.") var environment: EnvironmentName
        @Option(help: "Why; the ledger keeps it.") var reason: String

        var place: Place { Place(service, environment) }
        var why: SafeText { SafeText(reason, limit: Reason.most) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "What each does or waits for, and for what a person is called.")

        @OptionGroup var access: Access

        func run() throws {
            let board = try access.connect().client.board()
            if board.automatedPlaces.isEmpty {
                Output.line("nothing is promoted automatically: see promote: in the configuration")
            }
            board.automatedPlaces.map { PlainText.automation($0, on: board) }.forEach(Output.line)
            board.openCalls.map { PlainText.call($0.place, $0.call) }.forEach(Output.line)
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop", abstract: "Begin nothing by itself any more; what runs goes on.")

        @OptionGroup var word: Word

        func run() throws {
            _ = try word.access.connect().client.demand(.stopAutomation(word.place, reason: word.why))
            Output.line("\(word.place) is promoted by hand until baton auto start")
        }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start", abstract: "Go on: what stopped it was looked at, and what was tried may be tried again.")

        @OptionGroup var word: Word

        func run() throws {
            _ = try word.access.connect().client.demand(.letAutomationGo(word.place, reason: word.why))
            Output.line("\(word.place) is promoted automatically again")
        }
    }
}

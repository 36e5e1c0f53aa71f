internal import ArgumentParser
internal import Stage

/// The router process of the embedded stage; the stage starts it.
struct StageRouterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stage-router", shouldDisplay: false)

    @Option(help: "The stage directory.")
    var directory: String

    func run() async throws { throw ExitCode(await Router.run(directory: directory)) }
}

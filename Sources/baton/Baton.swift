internal import ArgumentParser

/// The program.
@main
struct Baton: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baton", abstract: "Promotes tested container images from environment to environment.",
        subcommands: [StageSlotCommand.self, StageRouterCommand.self])
}

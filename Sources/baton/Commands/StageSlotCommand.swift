internal import ArgumentParser
internal import Stage

/// A slot process of the embedded stage; the stage starts it.
struct StageSlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stage-slot", shouldDisplay: false)

    @Option(help: "The instance file that the stage wrote.")
    var file: String

    func run() async throws { throw ExitCode(await SlotService.run(file: file)) }
}

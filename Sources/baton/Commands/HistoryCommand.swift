internal import ArgumentParser
internal import PromotionCore

/// Prints what happened.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List promotions, rollbacks, evidence and refusals.")

    @OptionGroup var access: Access
    @Argument(help: "Only this service.") var service: ServiceName?
    @Option(help: "Most lines a service, newest kept.") var limit = 50
    @Flag(help: "One line of JSON for each line.") var json = false

    func run() throws {
        let board = try access.connect().client.board()
        for shown in board.services where service == nil || shown.name == service {
            for line in (board.projection.services[shown.name]?.history ?? []).suffix(max(0, limit)) {
                if json { try Output.json(line) } else { Output.line(PlainText.history(line)) }
            }
        }
    }
}

internal import ArgumentParser
internal import PromotionCore

/// Prints what runs where.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what runs where, what the tags say, and where a rollback would go.")

    @OptionGroup var access: Access
    @Flag(help: "One line of JSON.") var json = false
    @Argument(help: "Only this service.") var service: ServiceName?

    func run() throws {
        let board = try access.connect().client.board()
        if let service, board.service(service) == nil {
            throw Ended(
                .usage,
                "there is no service \(service); the configuration has \(board.services.map(\.name.text).joined(separator: ", "))"
            )
        }
        if json { return try Output.json(StatusDocument(board)) }
        if let alarm = board.alarm { Output.complain("the agent cannot work: \(alarm)") }
        for shown in board.services where service == nil || shown.name == service {
            PlainText.status(shown, on: board, now: WallClock.now).forEach(Output.line)
        }
    }
}

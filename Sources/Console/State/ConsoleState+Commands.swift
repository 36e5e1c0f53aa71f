internal import PromotionCore

/// The command line, in the words of the program's own commands.
extension ConsoleState {
    static let commands = "rollback ENV, service NAME, live [N], history, retention, fleet, help, quit"

    mutating func run(_ text: String) {
        status = nil
        let words = text.split(separator: " ").map(String.init)
        guard let verb = words.first else { return }
        switch verb {
        case "q", "quit": isFinished = true
        case "help": open(.help(view.scope))
        case "fleet": views = [.fleet]
        case "rollback": runRollback(words.dropFirst().first)
        case "service": runService(words.dropFirst().first)
        case "live": runLive(words.dropFirst().first)
        case "history": if let name = currentService { open(.history(name)) } else { say("no service is selected", .warning) }
        case "retention": if let name = currentService { open(.retention(name)) } else { say("no service is selected", .warning) }
        default: say("\"\(SafeText(verb, limit: 20))\" is no command here: \(SafeText(Self.commands))", .warning)
        }
    }

    private mutating func runRollback(_ name: String?) {
        guard let service = currentService.flatMap({ board?.service($0) }) else { return say("no service is selected", .warning) }
        guard let name else { return say("name the environment: rollback \(service.path.last?.name.text ?? "ENV")", .warning) }
        guard let environment = service.path.first(where: { $0.name.text == name }) else {
            let known = service.path.map(\.name.text).joined(separator: ", ")
            return say("\(service.name) has no environment \"\(SafeText(name, limit: 63))\": it has \(SafeText(known))", .warning)
        }
        openRollback(of: Place(service.name, environment.name))
    }

    private mutating func runService(_ name: String?) {
        guard let name, let service = try? ServiceName(name), board?.service(service) != nil else {
            return say("no service \"\(SafeText(name ?? "", limit: 63))\"", .warning)
        }
        views = [.fleet]
        open(.service(service))
    }

    private mutating func runLive(_ number: String?) {
        guard let service = currentService else { return say("no service is selected", .warning) }
        guard let number else { return open(.live(service, newestPromotion?.number)) }
        guard let parsed = Int64(number), let found = board?.projection.promotion(PromotionNumber(parsed)) else {
            return say("promotion \"\(SafeText(number, limit: 20))\" is not kept here", .warning)
        }
        open(.live(found.plan.place.service, found.number))
    }
}

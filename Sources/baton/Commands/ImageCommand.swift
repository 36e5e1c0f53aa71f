internal import ArgumentParser
internal import PromotionCore

/// Says what an image is.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Say what an image is, which names it has, where it runs and what it passed.",
        discussion: "Without --service every service of the configuration is asked, and the first that has the image answers.")

    @OptionGroup var access: Access
    @Argument(help: imageHelp) var image: String
    @Option(help: "Only this service.") var service: ServiceName?
    @Flag(help: "One line of JSON.") var json = false

    func run() throws {
        let client = try access.connect().client
        let board = try client.board()
        let services = board.services.filter { service == nil || $0.name == service }
        guard !services.isEmpty else {
            let known = board.services.map(\.name.text).joined(separator: ", ")
            throw Ended(.usage, "there is no service \(service?.text ?? ""); the configuration has \(known)")
        }
        let reference: ImageReference
        do { reference = try ImageReference(parsing: image) } catch { throw Ended(.usage, "\(error)") }
        var refusal: Ended?
        for service in services {
            do throws(Ended) {
                let answer = try client.demand(.view(.image(service: service.name, reference: reference)))
                guard case .image(let report) = answer else { throw Ended(.broke, "the agent sent no report") }
                let document = ImageDocument(report, service, board)
                if !document.isKnown, services.count > 1 { continue }
                if json { return try show(document) }
                PlainText.image(report, document).forEach(Output.line)
                if !document.isKnown { throw Ended(.refused) }
                return
            } catch {
                guard error.status == .refused, services.count > 1 else { throw error }
                refusal = error
            }
        }
        throw refusal ?? Ended(.refused, "no service has the image \(SafeText(image, limit: 200))")
    }

    private func show(_ document: ImageDocument) throws(Ended) {
        do { try Output.json(document) } catch { throw Ended(.broke, "\(error)") }
        if !document.isKnown { throw Ended(.refused) }
    }
}

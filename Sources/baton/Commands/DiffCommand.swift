internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Shows what a release changes.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What would change where: labels, configuration, layers, size.",
        discussion: """
            Without more it compares what serves in the last environment with what serves before it. Of environment variables \
            only names are shown.
            """)

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment that the release is in.") var from: EnvironmentName?
    @Argument(help: "The environment that it would go to.") var to: EnvironmentName?
    @Option(help: "Twice: the image before, then the image after; digests, their first digits, or tags.") var digest: [String] =
        []
    @Flag(help: "One line of JSON.") var json = false

    func run() throws {
        let client = try access.connect().client
        let sides = try digest.isEmpty ? serving(client) : named(client)
        let question = ViewerRequest.compare(service: service, from: sides.before.digest, to: sides.after.digest)
        guard case .comparison(let change) = try client.demand(.view(question)) else {
            throw Ended(.broke, "the agent sent no comparison")
        }
        if json { return try Output.json(change) }
        PlainText.comparison(change, (sides.before.name, sides.after.name)).forEach(Output.line)
    }

    /// An image, and what it is to the reader.
    private typealias Side = (digest: Digest, name: String)

    private func named(_ client: AgentClient) throws -> (before: Side, after: Side) {
        guard digest.count == 2, from == nil else {
            throw Ended(.usage, "name two environments, or --digest twice: the image before, then the image after")
        }
        return ((try client.resolve(digest[0], of: service), "before"), (try client.resolve(digest[1], of: service), "after"))
    }

    private func serving(_ client: AgentClient) throws -> (before: Side, after: Side) {
        let board = try client.board()
        guard let service = board.service(self.service) else {
            throw Ended(.refused, "there is no service \(self.service): see baton status")
        }
        for name in [from, to].compactMap(\.self) where !service.path.contains(where: { $0.name == name }) {
            let names = service.path.map(\.name.text).joined(separator: ", ")
            throw Ended(.refused, "\(service.name) has no environment \(name): there is \(names)")
        }
        guard let to = to ?? (from.map { service.downstream(of: $0)?.name } ?? service.path.last?.name),
            let from = from ?? service.upstream(of: to)?.name
        else { throw Ended(.usage, "\(service.name) has no two environments to compare: name --digest twice") }
        func digest(_ name: EnvironmentName) throws(Ended) -> Digest {
            guard let held = board.projection.services[service.name]?.environments[name]?.serving else {
                throw Ended(.refused, "nothing serves in \(name), as far as the ledger knows")
            }
            return held.release.digest
        }
        return ((try digest(to), "serves in \(to)"), (try digest(from), "would come, from \(from)"))
    }
}

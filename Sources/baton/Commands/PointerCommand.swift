internal import ArgumentParser
internal import PromotionCore

/// Works on pointer tags that somebody moved with another tool.
struct PointerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pointer", abstract: "Pointer tags, which say in the registry what serves.", subcommands: [Adopt.self])

    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "adopt",
            abstract: "Take what a pointer tag names now for what it shall name. It needs the role approver.",
            discussion: "Nothing that runs is changed. To have the tag name the old digest again, put it back instead.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment.") var environment: EnvironmentName
        @Option(help: "The tag; else the environment's own.") var tag: String?
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            guard reason.columns >= 10 else {
                throw Ended(.usage, "a reason of 10 characters or more is kept in the ledger: --reason \"…\"")
            }
            let named: Tag
            do throws(TagError) {
                named = try tag.map { text throws(TagError) in try Tag(text) } ?? Tag(pointerOf: environment)
            } catch {
                throw Ended(.usage, error.description)
            }
            let client = try access.connect().client
            _ = try client.demand(
                .adoptPointer(Place(service, environment), tag: named, reason: SafeText(reason, limit: Reason.most)))
            Output.line("what \(named) names is what it shall name")
        }
    }
}

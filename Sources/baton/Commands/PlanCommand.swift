internal import ArgumentParser
internal import PromotionCore

/// Which release of which service to where.
struct Wanted: ParsableArguments {
    @Argument(help: "The service.") var service: ServiceName
    @Option(help: "The environment to promote to.") var to: EnvironmentName
    @Option(help: "The image, by tag, digest or its first digits, or as a tool printed it; else what serves upstream.")
    var digest: String?

    var place: Place { Place(service, to) }

    /// What the image was named by; `nil` if it is what serves upstream.
    var reference: ImageReference? { get throws(Ended) { try digest.map(ImageReference.typed) } }
}

/// Makes a plan and starts nothing.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show the plan of a promotion, or every reason against it. Nothing is started.")

    @OptionGroup var access: Access
    @OptionGroup var wanted: Wanted
    @Flag(help: "One line of JSON.") var json = false

    func run() throws {
        let client = try access.connect().client
        let digest = try wanted.digest.map { try client.resolve($0, of: wanted.service) }
        guard case .plan(let answer) = try client.demand(.view(.plan(PromotionRequest(place: wanted.place, digest: digest))))
        else {
            throw Ended(.broke, "the agent sent no plan")
        }
        if json { try Output.json(PlanDocument(answer)) } else { PlainText.plan(answer).forEach(Output.line) }
        if answer.plan == nil { throw Ended(.refused) }
    }
}

internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Promotes several services as one.
struct JointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "joint", abstract: "Promote several services as one set, in order, and undo them together.",
        subcommands: [Plan.self, Promote.self, Status.self, Undo.self])

    /// Which services, and where to.
    struct Wanted: ParsableArguments {
        @Option(help: "A set of the configuration's joint:.") var set: JointName?
        @Option(help: "Or the services themselves, in the order of their switches: a,b,c.") var services: String?
        @Option(help: "The environment.") var to: EnvironmentName
        @Option(help: "An image for one service, as SERVICE=DIGEST; else what serves in the environment before.")
        var digest: [String] = []

        /// What the images of services were named by.
        func references(_ names: [ServiceName]) throws -> [ServiceName: ImageReference] {
            var references: [ServiceName: ImageReference] = [:]
            for text in digest {
                let parts = text.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let name = ServiceName(argument: String(parts[0])), names.contains(name) else {
                    throw Ended(
                        .usage, "--digest \(SafeText(text, limit: 100)) names no service of the set: write SERVICE=DIGEST")
                }
                references[name] = try ImageReference.typed(String(parts[1]))
            }
            return references
        }

        /// What to ask the agent for.
        func request(_ client: AgentClient) throws -> JointRequest {
            let names = try members(client.board())
            let references = try references(names)
            let digests = Dictionary(
                uniqueKeysWithValues: try references.map { name, reference in (name, try client.resolve(reference, of: name)) })
            return JointRequest(set: set, members: names.map { PromotionRequest(place: Place($0, to), digest: digests[$0]) })
        }

        private func members(_ board: Board) throws -> [ServiceName] {
            switch (set, services) {
            case (let set?, nil):
                guard let found = board.jointSets.first(where: { $0.name == set }) else {
                    let known = board.jointSets.map(\.name.text).joined(separator: ", ")
                    throw Ended(.usage, "there is no joint set \(set); the configuration has \(known.isEmpty ? "none" : known)")
                }
                return found.services
            case (nil, let services?):
                return try services.split(separator: ",").map { text in
                    guard let name = ServiceName(argument: String(text)), board.service(name) != nil else {
                        throw Ended(.usage, "there is no service \(SafeText(text, limit: 80)); see baton status")
                    }
                    return name
                }
            default: throw Ended(.usage, "name either --set or --services")
            }
        }
    }

    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all plans, and everything against any of them.")

        @OptionGroup var access: Access
        @OptionGroup var wanted: Wanted

        func run() throws {
            let client = try access.connect().client
            let answer = try JointCommand.plan(try wanted.request(client), client)
            PlainText.joint(answer).forEach(Output.line)
            if answer.plan == nil { throw Ended(.refused) }
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start all members or none. They switch in order; one that fails takes all back.")

        @OptionGroup var access: Access
        @OptionGroup var wanted: Wanted
        @Option(help: "The first 4 hexadecimal digits of the joint plan, as joint plan shows it.") var confirm: String?
        @Flag(help: "Consent to whatever plans there are.") var yes = false
        @Flag(help: "Wait for the end of the set.") var wait = false

        func run() throws {
            let client = try access.connect().client
            let request = try wanted.request(client)
            let answer = try JointCommand.plan(request, client)
            guard let plan = answer.plan else {
                throw Ended(.refused, "refused:\n" + PlainText.objections(answer.objections))
            }
            if yes, confirm == nil {
                try consent(to: plan, try wanted.references(plan.members.map(\.place.service)), client.board())
            } else {
                guard let confirm, confirm.utf8.count >= 4, plan.hash.hex.hasPrefix(confirm) else {
                    PlainText.joint(answer).forEach(Output.line)
                    throw Ended(.usage, "nothing was started: confirm with --confirm \(plan.hash.short(4)), or --yes")
                }
            }
            guard case .jointStarted(let number) = try client.demand(.promoteJoint(request, planHash: plan.hash)) else {
                throw Ended(.broke, "the agent did not say that it started")
            }
            Output.line("joint release \(number) started: \(plan.members.map(\.place.service.text).joined(separator: ", then "))")
            if wait { try JointFollowing(client: client, reconnect: access.reconnect, number: number).run() }
        }

        /// Each member of a set is consented to as if it were promoted alone.
        private func consent(to plan: JointPlan, _ named: [ServiceName: ImageReference], _ board: Board) throws {
            for member in plan.members {
                let name = member.place.service
                let consent = Consent(digits: nil, isBlanket: true, named: named[name])
                let isGuarded = board.service(name)?.isGuarded(member.place.environment) ?? true
                guard consent.objection(to: member.release.digest, isGuarded: isGuarded, at: member.place) != nil else {
                    continue
                }
                throw Ended(
                    .usage,
                    "nothing was started: \(member.place) is guarded, and --yes is consent there only to whole digests. Write "
                        + "--digest \(name)=\(member.release.digest) for each member, or --confirm \(plan.hash.short(4)) in place "
                        + "of --yes")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Joint releases, newest last.")

        @OptionGroup var access: Access
        @Flag(help: "One line of JSON for each.") var json = false

        func run() throws {
            for joint in try access.connect().client.board().projection.joints {
                if json { try Output.json(joint) } else { PlainText.joint(joint).forEach(Output.line) }
            }
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a whole set back: what moved traffic is rolled back in reverse order, the rest is stopped.")

        @OptionGroup var access: Access
        @Argument(help: "The joint release's number.") var number: Int64
        @Option(help: "Why; the ledger keeps it.") var reason: String
        @Flag(help: "Wait until everything is back.") var wait = false

        func run() throws {
            let client = try access.connect().client
            let number = JointNumber(number)
            _ = try client.demand(.undoJoint(number, reason: SafeText(reason, limit: Reason.most)))
            Output.line("joint release \(number) is being undone")
            if wait { try JointFollowing(client: client, reconnect: access.reconnect, number: number, wantsUndo: true).run() }
        }
    }

    private static func plan(_ request: JointRequest, _ client: AgentClient) throws -> JointAnswer {
        guard case .jointPlan(let answer) = try client.demand(.view(.planJoint(request))) else {
            throw Ended(.broke, "the agent sent no plan")
        }
        return answer
    }
}

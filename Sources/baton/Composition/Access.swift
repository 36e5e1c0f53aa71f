internal import Agent
internal import ArgumentParser
internal import Platform
internal import PromotionCore

/// Which Baton a command talks to, and how it prints.
struct Access: ParsableArguments {
    @Option(help: "The configuration file (else $BATON_CONFIG, baton.yaml, .stage/baton.yaml, /etc/baton/baton.yaml).")
    var config: String?

    @Option(help: "The agent's socket (else the configured one, or run/agent.sock in the state directory).")
    var socket: String?

    @Flag(help: "Ask for a viewer's connection, which has no message that changes anything.")
    var readOnly = false

    @Option(name: .customLong("as"), help: "Who you are, where the account is a gateway that several people share.")
    var person: String?

    @Flag(help: "Plain lines instead of a screen.")
    var plain = false

    @Flag(help: "No colours; NO_COLOR in the environment does the same.")
    var noColor = false
}

extension Access {
    /// How to reach the agent; it is started in the background where none runs and it is this account's to start.
    func launcher(of installation: Installation) -> AgentLauncher {
        AgentLauncher(
            socketPath: installation.socket, executable: Installation.executable,
            arguments: ["agent", "--watch", "--config", installation.configuration, "--socket", installation.socket],
            logPath: installation.log, configurationPath: installation.configuration, group: installation.group)
    }

    /// Whether this is one that may start an agent: it knows the configuration, and does more than look.
    var mayStartAgent: Bool { !readOnly && (socket == nil || config != nil) }

    /// Where the agent listens.
    private func socketPath() throws(Ended) -> String {
        if let socket, config == nil { return Installation.absolute(socket, from: Installation.workingDirectory) }
        return try Installation(configuration: config, socket: socket).socket
    }

    /// A connection to the agent, greeted; one that only looks starts none.
    func connect() throws(Ended) -> (client: AgentClient, welcome: Welcome) {
        let descriptor: Int32
        if mayStartAgent {
            let launcher = launcher(of: try Installation(configuration: config, socket: socket))
            do throws(AgentLaunchError) { descriptor = try launcher.connect() } catch {
                throw Ended(.broke, error.description)
            }
        } else {
            let path = try socketPath()
            do throws(AgentSocketError) { descriptor = try AgentSocket.connect(path: path) } catch {
                throw Ended(.broke, error.description)
            }
        }
        return try greeted(descriptor)
    }

    private func greeted(_ descriptor: Int32) throws(Ended) -> (client: AgentClient, welcome: Welcome) {
        let client = AgentClient(descriptor: descriptor)
        do throws(AgentClientError) {
            return (
                client, try client.hello(readOnly: readOnly, person: person.map { SafeText($0, limit: 64) }, within: .seconds(10))
            )
        } catch {
            throw Ended(.broke, error.description)
        }
    }
}

extension Access {
    /// How long a command that waits looks for an agent that it may not start, or that does not come back.
    private static let reconnectPatience = Milliseconds.minutes(2)

    /// A connection to the agent that runs now, for a command that follows what it has begun. The agent is started again where
    /// it died and is this account's to start.
    /// - Throws: `Ended` where the agent was ended in order, or none is there within two minutes.
    func reconnect() throws(Ended) -> AgentClient {
        let end = ContinuousClock.now + Self.reconnectPatience.duration
        let path = try socketPath()
        var limit = RestartLimit()
        while true {
            let failure: Ended
            do throws(Ended) {
                if OrderedEnd(socketPath: path).isMarked { throw Ended(.broke, "the agent was ended in order") }
                if mayStartAgent, limit.next(at: MachineClock.boot.elapsed) != nil { return try connect().client }
                return try lookAgain(path)
            } catch {
                failure = error
            }
            if ContinuousClock.now >= end || OrderedEnd(socketPath: path).isMarked { throw failure }
            ThisProcess.pause(milliseconds: 250)
        }
    }

    private func lookAgain(_ path: String) throws(Ended) -> AgentClient {
        let descriptor: Int32
        do throws(AgentSocketError) { descriptor = try AgentSocket.connect(path: path) } catch {
            throw Ended(.broke, error.description)
        }
        return try greeted(descriptor).client
    }
}

extension AgentClient {
    /// How long any single answer may take: planning asks every slot.
    static let patience = Milliseconds.seconds(60)

    /// Asks, and ends the command where the answer is no.
    /// - Parameter place: the command that tells what happened where no answer comes.
    func demand(
        _ request: OperatorRequest, within patience: Milliseconds = patience, see place: String? = nil
    ) throws(Ended) -> Answer {
        let answer: Answer
        do throws(AgentClientError) { answer = try ask(request, within: patience) } catch {
            throw Ended(.broke, error.description + (place.map { "; what became of it: \($0)" } ?? ""))
        }
        switch answer {
        case .refused(let objections): throw Ended(.refused, "refused:\n" + PlainText.objections(objections))
        case .notPermitted(let reason): throw Ended(.notPermitted, reason.text)
        case .broken(let reason): throw Ended(.broke, reason.text)
        case .board, .plan, .jointPlan, .jointStarted, .resolved, .entries, .papers, .comparison, .retention, .registryReports,
            .image, .started, .accepted, .verified:
            return answer
        }
    }

    func board() throws(Ended) -> Board {
        guard case .board(let board) = try demand(.view(.board)) else { throw Ended(.broke, "the agent sent no board") }
        return board
    }

    /// The digest that a person's words name, resolved once.
    /// - Parameter scope: what they may name besides images.
    func resolve(_ text: String, of service: ServiceName, among scope: ImageScope? = nil) throws(Ended) -> Digest {
        try resolve(ImageReference.typed(text), of: service, among: scope)
    }

    /// The digest that a reference names now.
    func resolve(
        _ reference: ImageReference, of service: ServiceName, among scope: ImageScope? = nil
    ) throws(Ended) -> Digest {
        let question = ViewerRequest.resolve(service: service, reference: reference, among: scope)
        guard case .resolved(let digest) = try demand(.view(question)) else {
            throw Ended(.broke, "the agent sent no digest")
        }
        return digest
    }
}

extension ImageReference {
    /// What was typed on a command line.
    static func typed(_ text: String) throws(Ended) -> ImageReference {
        do throws(ReferenceError) { return try ImageReference(parsing: text) } catch { throw Ended(.usage, error.description) }
    }
}

/// How an image can be named wherever one is; one text, so that no two commands say it differently.
let imageHelp: ArgumentHelp =
    "A tag, a digest or at least 4 of its first digits, or what a tool printed of it; tag:… and sha256:… say which."

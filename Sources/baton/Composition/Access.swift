internal import Agent
internal import ArgumentParser
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
        installation.makeState()
        return AgentLauncher(
            socketPath: installation.socket, executable: Installation.executable,
            arguments: ["agent", "--config", installation.configuration, "--socket", installation.socket],
            logPath: installation.log, configurationPath: installation.configuration, group: installation.group)
    }

    /// A connection to the agent, greeted.
    func connect() throws(Ended) -> (client: AgentClient, welcome: Welcome) {
        let descriptor: CInt
        if let socket, config == nil {
            do throws(AgentSocketError) {
                descriptor = try AgentSocket.connect(path: Installation.absolute(socket, from: Installation.workingDirectory))
            } catch {
                throw Ended(.broke, error.description)
            }
        } else {
            let launcher = launcher(of: try Installation(configuration: config, socket: socket))
            do throws(AgentLaunchError) { descriptor = try launcher.connect() } catch {
                throw Ended(.broke, error.description)
            }
        }
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
        case .board, .plan, .jointPlan, .jointStarted, .resolved, .entries, .papers, .comparison, .retention, .started, .accepted,
            .verified:
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

internal import Platform
internal import PromotionCore

/// A program `docker-credential-NAME` that keeps credentials (docker-credential-helpers: `get`, the registry on its input,
/// JSON on its output).
struct CredentialHelper: Sendable {
    let name: String

    /// How long it may take; one that asks a person would take for ever.
    private static let patience = Milliseconds.seconds(10)

    func credentials(for address: RegistryAddress) async throws(Fault) -> Credentials {
        let program = "docker-credential-\(name)"
        let names = DockerConfiguration.names(of: address)
        let host = names.contains("index.docker.io") ? "https://index.docker.io/v1/" : address.name
        let child: ChildProcess
        do throws(ChildProcess.StartError) {
            child = try ChildProcess([program, "get"], environment: Self.environment, input: Array(host.utf8), errors: .dropped)
        } catch {
            throw Fault(.refused, SafeText("\(program) \(error)"))
        }
        let end = await withDeadline(Self.patience, clock: ContinuousClock()) { await child.end() }
        guard let end, let end else {
            throw Fault(.broke, SafeText("\(program) gave no credentials for \(address.name) within \(Self.patience)"))
        }
        let output = child.bytes()
        if end != .exited(0) {
            // Helpers say on their output that there are none (docker-credential-helpers, errors).
            if String(decoding: output, as: UTF8.self).contains("credentials not found") { return .anonymous }
            throw Fault(.refused, SafeText("\(program) has no credentials for \(address.name): it ended with \(end.words)"))
        }
        guard let answer = try? JSONParser.parse(output), let username = answer["Username"]?.text,
            let secret = answer["Secret"]?.text, !secret.isEmpty
        else { throw Fault(.refused, SafeText("\(program) did not answer with Username and Secret as JSON")) }
        return username == "<token>" ? .identityToken(Secret(secret)) : .basic(username: username, password: Secret(secret))
    }

    private static var environment: [String] {
        ThisProcess.variables([
            "PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "PASSWORD_STORE_DIR",
        ])
    }
}

extension ChildProcess.End {
    /// How it ended, in words.
    fileprivate var words: String {
        switch self {
        case .exited(let code): "status \(code)"
        case .killed(let signal): "signal \(signal)"
        }
    }
}

internal import Platform
package import PromotionCore
internal import Synchronization

/// A program `docker-credential-NAME` that keeps credentials (docker-credential-helpers: `get`, the registry on its input,
/// JSON on its output).
struct CredentialHelper: Hashable, Sendable {
    let name: String
    /// Variables of the agent's environment that it gets besides the usual ones.
    let variables: [String]

    var program: String { "docker-credential-\(name)" }

    /// What it said.
    enum Answer: Sendable {
        case credentials(Credentials)
        /// It has none for the registry, and perhaps said why.
        case none(SafeText)
    }

    /// How long it may take; one that asks a person would take for ever.
    private static let patience = Milliseconds.seconds(10)

    /// What helpers say on their output where they have none (docker-credential-helpers, `errors`).
    private static let notFound = "credentials not found"

    /// Whether a word names a program and no path.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_.".utf8.contains(byte)
                }
            }
    }

    func ask(for address: RegistryAddress) async throws(Fault) -> Answer {
        let isHub = DockerEntry.names(of: address).contains("index.docker.io")
        let host = isHub ? "https://index.docker.io/v1/" : address.name
        let child: RunningCommand
        do throws(SystemFault) {
            child = try RunningCommand([program, "get"], environment: environment, input: Array(host.utf8), errors: .apart)
        } catch {
            throw Fault(.refused, SafeText("\(program) cannot be started: \(error.reason.lowercased())"))
        }
        let end = await withDeadline(Self.patience, clock: ContinuousClock()) { await child.end() }
        let (output, errors) = (child.output.beginning, child.errorBytes())
        let words = ErrorLine.words(errors: errors, output: output)
        let said = words.text.isEmpty ? "" : ": \(words)"
        guard let end, let end else {
            throw Fault(.broke, SafeText("\(program) gave no credentials for \(address.name) within \(Self.patience)\(said)"))
        }
        if end != .exited(0) {
            if String(decoding: output, as: UTF8.self).contains(Self.notFound) { return .none(ErrorLine.words(errors: errors)) }
            throw Fault(
                .refused, SafeText("\(program) gave no credentials for \(address.name), it \(end)\(said)"))
        }
        guard let answer = try? JSONParser.parse(output), let username = answer["Username"]?.text,
            let secret = answer["Secret"]?.text, !secret.isEmpty
        else {
            let said = ErrorLine.words(errors: errors)
            throw Fault(
                .refused,
                SafeText(
                    "\(program) did not answer with Username and Secret as JSON\(said.text.isEmpty ? "" : ": \(said)")"))
        }
        return .credentials(
            username == "<token>" ? .identityToken(Secret(secret)) : .basic(username: username, password: Secret(secret)))
    }

    /// What every helper gets: how to find programs and its own files, how to reach a keyring, and the way out.
    private static let usual = [
        "PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "PASSWORD_STORE_DIR", "HTTPS_PROXY",
        "HTTP_PROXY", "NO_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "no_proxy", "all_proxy",
    ]

    private var environment: [String] {
        ThisProcess.variables(Set(Self.usual + variables).sorted())
    }
}

/// The helpers of one registry: each is run once for all that ask at the same time, and what it gave is kept for a minute.
package final class CredentialHelpers: Sendable {
    private struct Run {
        let task: Task<Result<CredentialHelper.Answer, Fault>, Never>
        /// `nil` while it runs.
        var end: Timestamp?
    }

    private let now: @Sendable () -> Timestamp
    private let runs = Mutex<[CredentialHelper: Run]>([:])

    private static let life = Milliseconds.seconds(60)

    package init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    func ask(_ helper: CredentialHelper, for address: RegistryAddress) async -> Result<CredentialHelper.Answer, Fault> {
        let task = runs.withLock { runs in
            if let run = runs[helper], run.end.map({ now() < $0 }) ?? true { return run.task }
            let task = Task { () -> Result<CredentialHelper.Answer, Fault> in
                do throws(Fault) { return .success(try await helper.ask(for: address)) } catch { return .failure(error) }
            }
            runs[helper] = Run(task: task, end: nil)
            return task
        }
        let result = await task.value
        runs.withLock { runs in
            guard runs[helper]?.task == task, runs[helper]?.end == nil else { return }
            // A failure may be mended the next moment.
            if case .success = result { runs[helper]?.end = now() + Self.life } else { runs[helper] = nil }
        }
        return result
    }

    /// Forgets what was given: the registry refused it.
    func forget() { runs.withLock { $0 = $0.filter { $0.value.end == nil } } }
}

internal import FoundationEssentials
package import PromotionCore

/// What an account proves itself with.
package enum Credentials: Hashable, Sendable {
    case anonymous
    case basic(username: String, password: Secret)
    /// Exchanged for access tokens at the token server (OAuth 2, refresh token).
    case identityToken(Secret)

    /// The value of `Authorization` for HTTP Basic (RFC 7617); nil where there is no password to send.
    var basicAuthorization: Secret? {
        guard case .basic(let username, let password) = self else { return nil }
        return Secret("Basic " + Data("\(username):\(password.revealed)".utf8).base64EncodedString())
    }
}

/// Credentials, and where they come from.
package struct RegistryAccount: Hashable, Sendable {
    package let credentials: Credentials
    /// A part of a sentence that names the entry and the file, or says where none was found; never a secret.
    package let origin: SafeText
}

/// Where credentials come from.
package enum CredentialSource: Hashable, Sendable {
    case anonymous
    case given(username: SecretSource, password: SecretSource)
    /// Docker's `config.json`; one that does not exist holds no credentials.
    /// - Parameter variables: variables of the agent's environment that credential helpers get besides the usual ones.
    case dockerConfiguration(path: String, variables: [String] = [])

    /// The account for a repository, read anew; helpers are asked by way of `helpers`.
    /// - Parameter repository: `nil` for what concerns no repository.
    /// - Throws: `Fault.refused` if something is configured and cannot be had: never silently anonymous then.
    package func account(
        for address: RegistryAddress, _ repository: RepositoryName?, asking helpers: CredentialHelpers
    ) async throws(Fault) -> RegistryAccount {
        switch self {
        case .anonymous: return RegistryAccount(credentials: .anonymous, origin: "no account is configured")
        case .given(let username, let password):
            return RegistryAccount(
                credentials: .basic(username: try username.read().revealed, password: try password.read()),
                origin: "the account is username and password of the configuration")
        case .dockerConfiguration(let path, let variables):
            guard let bytes = try SecretSource.bytes(of: path, limit: DockerConfiguration.byteLimit) else {
                return RegistryAccount(credentials: .anonymous, origin: SafeText("no account: \(path) does not exist"))
            }
            let configuration: DockerConfiguration
            do { configuration = try DockerConfiguration(parsing: bytes) } catch {
                throw Fault(.refused, SafeText("\(path): \(error)"))
            }
            return try await Self.account(of: configuration, path, variables, for: address, repository, helpers)
        }
    }

    private static func account(
        of configuration: DockerConfiguration, _ path: String, _ variables: [String], for address: RegistryAddress,
        _ repository: RepositoryName?, _ helpers: CredentialHelpers
    ) async throws(Fault) -> RegistryAccount {
        var misses = ""
        for match in configuration.matches(for: address, repository) {
            switch match.login {
            case .credentials(let credentials):
                return RegistryAccount(
                    credentials: credentials, origin: SafeText("the account is \(match.words) of \(path)"))
            case .unreadable(let problem):
                throw Fault(.refused, SafeText("\(path): \(DockerConfigurationError.entry(match.words, problem))"))
            case .helper(let name):
                let helper = CredentialHelper(name: name, variables: variables)
                switch await helpers.ask(helper, for: address) {
                case .failure(let fault):
                    throw Fault(fault.kind, SafeText("\(fault.reason) (\(match.words) of \(path))", limit: 700))
                case .success(.credentials(let credentials)):
                    let origin = SafeText("the account is of \(helper.program), \(match.words) of \(path)")
                    return RegistryAccount(credentials: credentials, origin: origin)
                case .success(.none(let words)):
                    misses += "; \(helper.program) (\(match.words)) has none" + (words.text.isEmpty ? "" : ": \(words)")
                }
            }
        }
        let place = "\(address.name)\(repository.map { "/\($0)" } ?? "")"
        if misses.isEmpty, let other = configuration.neighbour(of: address) { misses = "; \(other) is for other repositories" }
        let words = SafeText("no account: \(path) has none for \(place)\(misses)", limit: 700)
        return RegistryAccount(credentials: .anonymous, origin: words)
    }
}

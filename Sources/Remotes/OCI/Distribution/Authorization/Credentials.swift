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

/// Where credentials come from.
package enum CredentialSource: Hashable, Sendable {
    case anonymous
    case given(username: SecretSource, password: SecretSource)
    /// Docker's `config.json`; one that does not exist holds no credentials.
    case dockerConfiguration(path: String)

    /// The credentials for a registry, read anew.
    /// - Throws: `Fault.refused` where something is configured and cannot be had: never silently anonymous then.
    package func credentials(for address: RegistryAddress) async throws(Fault) -> Credentials {
        switch self {
        case .anonymous: return .anonymous
        case .given(let username, let password):
            return .basic(username: try username.read().revealed, password: try password.read())
        case .dockerConfiguration(let path):
            guard let bytes = try SecretSource.bytes(of: path, limit: DockerConfiguration.byteLimit) else { return .anonymous }
            let configuration: DockerConfiguration
            do { configuration = try DockerConfiguration(parsing: bytes) } catch {
                throw Fault(.refused, SafeText("\(path): \(error)"))
            }
            switch configuration.entry(for: address) {
            case .credentials(let credentials): return credentials
            case .helper(let name): return try await CredentialHelper(name: name).credentials(for: address)
            case nil: return .anonymous
            }
        }
    }
}

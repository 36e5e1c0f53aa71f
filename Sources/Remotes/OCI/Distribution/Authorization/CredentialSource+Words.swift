internal import PromotionCore

extension CredentialSource {
    /// Which login is used for a registry, without its secret.
    /// - Throws: `Fault.refused` if something is configured and cannot be had.
    func words(for address: RegistryAddress) async throws(Fault) -> SafeText {
        let credentials = try await credentials(for: address)
        let origin: SafeText =
            switch self {
            case .anonymous: "nothing is configured"
            case .given: "the configuration"
            case .dockerConfiguration(let path): SafeText(path, limit: 200)
            }
        return switch credentials {
        case .anonymous: "no login: \(self == .anonymous ? origin : "\(origin) has none for \(address.name)")"
        case .basic(let username, _): "\(SafeText(username, limit: 80)), of \(origin)"
        case .identityToken: "an identity token, of \(origin)"
        }
    }
}

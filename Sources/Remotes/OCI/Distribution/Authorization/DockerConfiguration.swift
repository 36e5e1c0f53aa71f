internal import FoundationEssentials
package import PromotionCore

/// Docker's `config.json`, as far as it says how to log in to registries.
package struct DockerConfiguration: Hashable, Sendable {
    /// Bytes of one file that are read.
    package static let byteLimit = 1 << 20

    /// What the file holds for one registry.
    package enum Entry: Hashable, Sendable {
        case credentials(Credentials)
        /// A program `docker-credential-NAME` that has them.
        case helper(String)
    }

    private let helpers: [String: String]
    private let store: String?
    private let accounts: [String: Credentials]

    /// Parses a file.
    /// - Throws: `DockerConfigurationError` with the member that is wrong, never its value.
    package init(parsing bytes: [UInt8]) throws(DockerConfigurationError) {
        guard let root = try? JSONParser.parse(bytes), root.members != nil else { throw .notAnObject }
        store = root["credsStore"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        var helpers: [String: String] = [:]
        for member in root["credHelpers"]?.members ?? [] {
            guard let name = member.value.text, Self.isName(name) else { throw .helper(of: SafeText(member.name, limit: 100)) }
            helpers[Self.host(member.name)] = name
        }
        if let store, !Self.isName(store) { throw .helper(of: "all registries") }
        self.helpers = helpers
        var accounts: [String: Credentials] = [:]
        for member in root["auths"]?.members ?? [] {
            accounts[Self.host(member.name)] = try Self.account(member.value, of: member.name)
        }
        self.accounts = accounts
    }

    /// What holds for a registry, in Docker's order: its own helper, the common helper, the entry in the file.
    package func entry(for address: RegistryAddress) -> Entry? {
        let names = Self.names(of: address)
        if let helper = names.lazy.compactMap({ helpers[$0] }).first { return .helper(helper) }
        if let store { return .helper(store) }
        return names.lazy.compactMap { accounts[$0] }.first.map(Entry.credentials)
    }

    /// Docker Hub is logged in to under a name of old.
    static func names(of address: RegistryAddress) -> [String] {
        let hub = ["docker.io", "index.docker.io", "registry-1.docker.io"]
        return hub.contains(address.name) ? [address.name, "index.docker.io"] : [address.name]
    }

    /// Older files write URLs, newer ones hosts.
    private static func host(_ key: String) -> String {
        let bare = key.firstRange(of: "://").map { key[$0.upperBound...] } ?? key[...]
        return bare.prefix { $0 != "/" }.lowercased()
    }

    /// A word that names a program and no path.
    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_.".utf8.contains(byte)
                }
            } && !text.hasPrefix(".")
    }

    private static func account(_ value: JSONValue, of name: String) throws(DockerConfigurationError) -> Credentials? {
        if let token = value["identitytoken"]?.text, !token.isEmpty { return .identityToken(Secret(token)) }
        if let username = value["username"]?.text, let password = value["password"]?.text, !username.isEmpty {
            return .basic(username: username, password: Secret(password))
        }
        guard let text = value["auth"]?.text, !text.isEmpty else { return nil }
        guard let bytes = Data(base64Encoded: text), let pair = String(validating: bytes, as: UTF8.self),
            let colon = pair.firstIndex(of: ":")
        else { throw .account(of: SafeText(name, limit: 100)) }
        return .basic(username: String(pair[..<colon]), password: Secret(String(pair[pair.index(after: colon)...])))
    }
}

/// Why a `config.json` does not say how to log in.
package enum DockerConfigurationError: Error, Hashable, CustomStringConvertible {
    case notAnObject
    case helper(of: SafeText)
    case account(of: SafeText)

    package var description: String {
        switch self {
        case .notAnObject: "this is no JSON object, as docker login writes it"
        case .helper(let registry):
            "the credential helper of \(registry) is not the name of a program: write NAME of docker-credential-NAME"
        case .account(let registry): "the auth of \(registry) is not base64 of NAME:PASSWORD: log in again"
        }
    }
}

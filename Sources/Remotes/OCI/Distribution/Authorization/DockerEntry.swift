internal import FoundationEssentials
internal import PromotionCore

/// One entry of Docker's `config.json`: whom it is for, and how to log in there.
struct DockerEntry: Sendable {
    /// Where in the file it stands.
    enum Kind: Sendable { case helper, account }

    /// The key as it is written.
    let name: String
    let kind: Kind
    let login: DockerConfiguration.Login
    /// Lower case, with the port as it is written.
    let host: String
    /// The part of the registry it is for; empty for all of it.
    let path: String

    init(_ name: String, _ kind: Kind, _ login: DockerConfiguration.Login) {
        self.name = name
        self.kind = kind
        self.login = login
        let scheme = name.firstRange(of: "://")
        let bare = scheme.map { name[$0.upperBound...] } ?? name[...]
        host = bare.prefix { $0 != "/" }.lowercased()
        let rest = bare.drop { $0 != "/" }.split(separator: "/").joined(separator: "/")
        // Docker once wrote the addresses of the registry's interface, whose path names no repository.
        path = scheme != nil || rest == "v1" || rest == "v2" ? "" : rest
    }

    /// The entry as a sentence names it.
    var words: SafeText { SafeText("entry \"\(SafeText(name, limit: 255))\"", limit: 300) }

    /// The names that a registry goes by, its own first: with its port too, and Docker Hub under its names of old.
    static func names(of address: RegistryAddress) -> [String] {
        let hub = ["docker.io", "index.docker.io", "registry-1.docker.io"]
        let port = ":\(address.port)"
        let own = [address.name] + (address.name.hasSuffix(port) ? [] : [address.name + port])
        return hub.contains(address.name) ? own + hub.filter { $0 != address.name } : own
    }

    var match: DockerConfiguration.Match { DockerConfiguration.Match(login: login, words: words) }

    func matches(_ names: [String], _ repository: RepositoryName?) -> Bool {
        guard names.contains(host) else { return false }
        guard !path.isEmpty else { return true }
        guard let text = repository?.text else { return false }
        return text == path || text.hasPrefix(path + "/")
    }

    /// Whether it is the better one of two that match.
    func precedes(_ other: DockerEntry, _ names: [String]) -> Bool { rank(names) < other.rank(names) }

    private func rank(_ names: [String]) -> Rank {
        Rank(
            length: path.utf8.count, isAccount: kind == .account, host: names.firstIndex(of: host) ?? names.count,
            isURL: name.contains("://"), name: name)
    }

    private struct Rank: Comparable {
        let length: Int
        let isAccount: Bool
        let host: Int
        let isURL: Bool
        let name: String

        static func < (left: Rank, right: Rank) -> Bool {
            (-left.length, left.isAccount ? 1 : 0, left.host, left.isURL ? 1 : 0, left.name)
                < (-right.length, right.isAccount ? 1 : 0, right.host, right.isURL ? 1 : 0, right.name)
        }
    }

    /// What an entry of `auths` holds; `nil` for an empty one, as Docker leaves it where a helper has the account.
    static func account(_ value: JSONValue) -> DockerConfiguration.Login? {
        if let token = value["identitytoken"]?.text, !token.isEmpty { return .credentials(.identityToken(Secret(token))) }
        if let username = value["username"]?.text, let password = value["password"]?.text, !username.isEmpty {
            return .credentials(.basic(username: username, password: Secret(password)))
        }
        guard let field = value["auth"], field != .null, field != .string("") else {
            if let token = value["registrytoken"]?.text, !token.isEmpty { return .unreadable(.registryToken) }
            return value.members == nil && value != .null ? .unreadable(.account) : nil
        }
        guard let text = field.text, let bytes = Data(base64Encoded: text), let pair = String(validating: bytes, as: UTF8.self),
            let colon = pair.firstIndex(of: ":"), colon > pair.startIndex
        else { return .unreadable(.account) }
        // Docker drops zero bytes around a password (cli/config/configfile).
        let password = pair[pair.index(after: colon)...].drop { $0 == "\0" }
        let end = password.lastIndex { $0 != "\0" }.map { password.index(after: $0) } ?? password.startIndex
        return .credentials(.basic(username: String(pair[..<colon]), password: Secret(String(password[..<end]))))
    }
}

package import PromotionCore

/// Docker's `config.json`, as far as it says how to log in to registries.
///
/// An entry is for a registry (`registry.example:5000`) or for a part of one (`registry.example/team`, containers-auth.json(5));
/// the longest that matches a repository wins. The order of the file decides nothing, and an entry that cannot be read matters
/// to what it is for alone.
package struct DockerConfiguration: Sendable {
    /// Bytes of one file that are read.
    package static let byteLimit = 1 << 20

    /// One way to log in that the file names.
    package enum Login: Hashable, Sendable {
        case credentials(Credentials)
        /// A program `docker-credential-NAME` that has them.
        case helper(String)
        /// What stands there cannot be read, and behind it stand other accounts: the search ends here.
        case unreadable(DockerConfigurationError.Problem)
    }

    /// What the file holds for one repository.
    package struct Match: Hashable, Sendable {
        package let login: Login
        /// The entry as a sentence names it: `entry "registry.example/team"`.
        package let words: SafeText
    }

    private let entries: [DockerEntry]
    /// The helper of all registries.
    private let store: Login?

    /// Parses a file.
    /// - Throws: `DockerConfigurationError` where the file as a whole cannot be read, never with a value of it.
    package init(parsing bytes: [UInt8]) throws(DockerConfigurationError) {
        let root: JSONValue
        do { root = try JSONParser.parse(bytes) } catch { throw .notJSON(SafeText("\(error)", limit: 200)) }
        guard root.members != nil else { throw .notAnObject }
        var entries: [DockerEntry] = []
        for member in try Self.members(root, "credHelpers") {
            guard let login = Self.helper(member.value) else { continue }
            entries.append(DockerEntry(member.name, .helper, login))
        }
        for member in try Self.members(root, "auths") {
            guard let login = DockerEntry.account(member.value) else { continue }
            entries.append(DockerEntry(member.name, .account, login))
        }
        self.entries = entries
        store = root["credsStore"].flatMap(Self.helper)
    }

    private static func members(
        _ root: JSONValue, _ name: SafeText
    ) throws(DockerConfigurationError) -> [JSONValue.Member] {
        guard let value = root[name.text], value != .null else { return [] }
        guard let members = value.members else { throw .member(name) }
        return members
    }

    /// `nil` if no helper is named.
    private static func helper(_ value: JSONValue) -> Login? {
        guard let name = value.text else { return value == .null ? nil : .unreadable(.helper) }
        if name.isEmpty { return nil }
        return CredentialHelper.isName(name) ? .helper(name) : .unreadable(.helper)
    }

    /// What may be tried for a repository, the best first: a later one counts where a helper before it has no credentials.
    ///
    /// The longest entry comes first; of equally long ones a helper before an account, as in Docker. The common helper comes
    /// before accounts of the whole registry, which Docker reads without one alone, and after entries for a part of it,
    /// which Docker does not know.
    /// - Parameter repository: `nil` for what concerns no repository: entries of the whole registry alone.
    package func matches(for address: RegistryAddress, _ repository: RepositoryName?) -> [Match] {
        let names = DockerEntry.names(of: address)
        let matching = entries.filter { $0.matches(names, repository) }.sorted { $0.precedes($1, names) }
        let late = matching.firstIndex { $0.path.isEmpty && $0.kind == .account } ?? matching.endIndex
        let common = store.map { Match(login: $0, words: "credsStore") }
        return matching[..<late].map(\.match) + [common].compactMap(\.self) + matching[late...].map(\.match)
    }

    /// An entry of the same registry for other repositories, for the reason that none matches.
    package func neighbour(of address: RegistryAddress) -> SafeText? {
        let names = DockerEntry.names(of: address)
        return entries.filter { names.contains($0.host) }.map(\.words).min { $0.text < $1.text }
    }
}

/// Why a `config.json` does not say how to log in.
package enum DockerConfigurationError: Error, Hashable, CustomStringConvertible {
    case notJSON(SafeText)
    case notAnObject
    case member(SafeText)
    case entry(SafeText, Problem)

    /// What is wrong with one entry.
    package enum Problem: Hashable, Sendable {
        case helper
        case account
        case registryToken
    }

    package var description: String {
        switch self {
        case .notJSON(let problem): "this is no JSON, as docker login writes it: \(problem)"
        case .notAnObject: "this is no JSON object, as docker login writes it"
        case .member(let name): "\(name) is no JSON object"
        case .entry(let words, .helper):
            "\(words) is not the name of a program: write NAME of docker-credential-NAME"
        case .entry(let words, .account): "the auth of \(words) is not base64 of NAME:PASSWORD: log in again"
        case .entry(let words, .registryToken):
            "\(words) holds a registrytoken alone, which is not read: log in with name and password"
        }
    }
}

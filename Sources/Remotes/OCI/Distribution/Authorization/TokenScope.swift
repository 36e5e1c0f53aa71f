package import PromotionCore

/// Rights in one repository that a token is asked for: `repository:shop/payments:pull,push` (Docker's token scope).
package struct TokenScope: Hashable, Sendable, CustomStringConvertible {
    /// `repository`, or what else a challenge names.
    package let kind: String
    package let name: String
    /// In a fixed order, each once.
    package let actions: [String]

    private init(kind: String, name: String, actions: some Sequence<String>) {
        self.kind = kind
        self.name = name
        let order = ["pull", "push", "delete"]
        self.actions = Set(actions).sorted { left, right in
            (order.firstIndex(of: left) ?? order.count, left) < (order.firstIndex(of: right) ?? order.count, right)
        }
    }

    /// What reading needs.
    package static func reading(_ repository: RepositoryName) -> TokenScope { TokenScope(repository, ["pull"]) }
    /// What reading and storing need, asked for at once so that one token serves a whole move.
    package static func writing(_ repository: RepositoryName) -> TokenScope { TokenScope(repository, ["pull", "push"]) }
    /// What deleting needs; an action of its own in most registries.
    package static func deleting(_ repository: RepositoryName) -> TokenScope {
        TokenScope(repository, ["pull", "push", "delete"])
    }

    private init(_ repository: RepositoryName, _ actions: [String]) {
        self.init(kind: "repository", name: repository.text, actions: actions)
    }

    /// The repository it is for; `nil` for a scope of another kind.
    package var repository: RepositoryName? { kind == "repository" ? try? RepositoryName(name) : nil }

    /// Parses one scope of a challenge; a name may hold colons, so kind and actions are cut off at the ends.
    package init?(parsing text: some StringProtocol) {
        guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last else { return nil }
        self.init(
            kind: String(text[..<first]), name: String(text[text.index(after: first)..<last]),
            actions: String(text[text.index(after: last)...]).split(separator: ",").map(String.init))
    }

    package var description: String { "\(kind):\(name):\(actions.joined(separator: ","))" }

    /// These scopes and what a challenge asks beyond them; the first stays the first, since some servers read no other.
    package static func joining(_ wanted: [TokenScope], challenged text: String?) -> [TokenScope] {
        var scopes = wanted
        let parts: [Substring] = (text ?? "").split(separator: " ")
        for asked in parts.prefix(10).compactMap({ TokenScope(parsing: $0) }) {
            if let position = scopes.firstIndex(where: { $0.kind == asked.kind && $0.name == asked.name }) {
                scopes[position] = TokenScope(
                    kind: asked.kind, name: asked.name, actions: scopes[position].actions + asked.actions)
            } else {
                scopes.append(asked)
            }
        }
        return scopes
    }
}

/// Where a release must have been tested before, and whose word counts.
package struct EvidenceRule: Hashable, Sendable, Codable {
    /// How many of the named environments must speak for it.
    package enum Quorum: String, Hashable, Sendable, Codable, CaseIterable {
        case all
        case oneOf = "one-of"
    }

    package let quorum: Quorum
    /// In the order of the path; empty for the environment before this one.
    package let environments: [EnvironmentName]
    /// In their own order.
    package let sources: [Evidence.Source.Kind]

    package init(
        quorum: Quorum = .all, environments: [EnvironmentName] = [],
        sources: [Evidence.Source.Kind] = Evidence.Source.Kind.allCases
    ) {
        self.quorum = quorum
        self.environments = environments
        self.sources = sources.sorted { $0.rawValue < $1.rawValue }
    }
}

extension Evidence.Source {
    /// Who says so, by kind; policy names which of them count.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case baton, ci, attestation
    }

    /// Whether two sources are one: an attestation's key is the same key under another name too.
    func isSameWord(as other: Evidence.Source) -> Bool {
        guard case .attestation(let key, let type) = self, case .attestation(let otherKey, let otherType) = other else {
            return self == other
        }
        return key.fingerprint == otherKey.fingerprint && type == otherType
    }

    /// Who speaks, whichever promotion or run it was in.
    var speaker: SafeText {
        switch self {
        case .baton: "baton"
        case .verification: "verification"
        case .ci(let account): "ci \(account.name) \(account.gateway ?? "")"
        case .attestation(let key, let type): "attestation \(key.fingerprint) \(type)"
        }
    }

    /// On whose account it counts: that of a gateway for all whom it names.
    var bearer: SafeText {
        switch self {
        case .baton, .verification: "baton"
        case .ci(let account): "ci \(account.gateway ?? account.name)"
        case .attestation: "attestation"
        }
    }

    package var kind: Kind {
        switch self {
        case .baton, .verification: .baton
        case .ci: .ci
        case .attestation: .attestation
        }
    }
}

extension Service {
    /// Whether the word of a source still counts for an environment: that of an attestation as long as its own rule takes it
    /// under this key, or, where it has none of that type, that of some other one.
    func trusts(_ source: Evidence.Source, for environment: Environment) -> Bool {
        guard case .attestation(let key, let type) = source else { return true }
        let own = environment.image.evidence.filter { $0.kind == .attestation(predicateType: type) }
        let rules = own.isEmpty ? path.flatMap(\.image.evidence).filter { $0.kind == .attestation(predicateType: type) } : own
        return rules.contains { rule in rule.keys.contains { $0.key.fingerprint == key.fingerprint } }
    }

    /// The environments whose evidence counts for one, in the order of the path; empty for the first.
    package func upstreams(of name: EnvironmentName) -> [EnvironmentName] {
        guard let upstream = upstream(of: name), let environment = environment(name) else { return [] }
        let named = environment.policy.evidence.environments
        return named.isEmpty ? [upstream.name] : path.map(\.name).filter(named.contains)
    }
}

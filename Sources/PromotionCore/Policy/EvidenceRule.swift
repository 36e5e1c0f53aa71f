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

    package var kind: Kind {
        switch self {
        case .baton, .verification: .baton
        case .ci: .ci
        case .attestation: .attestation
        }
    }
}

extension Service {
    /// Whether the word of a source still counts: that of an attestation as long as some environment takes it under this key.
    func trusts(_ source: Evidence.Source) -> Bool {
        guard case .attestation(let key, let type) = source else { return true }
        return path.contains { environment in
            environment.image.evidence.contains { rule in
                rule.kind == .attestation(predicateType: type) && rule.keys.contains { $0.key.fingerprint == key.fingerprint }
            }
        }
    }

    /// The environments whose evidence counts for one, in the order of the path; empty for the first.
    package func upstreams(of name: EnvironmentName) -> [EnvironmentName] {
        guard let upstream = upstream(of: name), let environment = environment(name) else { return [] }
        let named = environment.policy.evidence.environments
        return named.isEmpty ? [upstream.name] : path.map(\.name).filter(named.contains)
    }
}

/// A call for a person: something that no rule of the environment can settle.
package struct Call: Hashable, Sendable, Codable {
    /// The only reasons that a person is called for.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case missingAccess = "missing access"
        case policyConflict = "policy conflict"
        case irreversibleRisk = "irreversible risk"
    }

    /// What it is about; of each there is one open call at most for an environment.
    package enum Subject: String, Hashable, Sendable, Codable, CaseIterable {
        /// Target, switch or registry has not answered for long, or refuses the agent.
        case access
        /// Somebody else moves what Baton moves.
        case drift
        /// The newest candidate can never be taken by this environment.
        case candidate
        /// The first release of an environment that users depend on: there is no way back from it.
        case firstRelease
        /// No release is left that a rollback could bring back.
        case wayBack
        /// A promotion failed here, or its release was rolled back: nothing more goes by itself.
        case failure
        /// A promotion could be neither finished nor undone.
        case alarm
        /// A tag cannot be moved to what serves.
        case pointer

        package var kind: Kind {
            switch self {
            case .access, .pointer: .missingAccess
            case .drift, .candidate, .failure: .policyConflict
            case .firstRelease, .wayBack, .alarm: .irreversibleRisk
            }
        }
    }

    package let subject: Subject
    /// The release that it is about; nil where it is about the environment.
    package let digest: Digest?
    /// What is so.
    package let reason: SafeText
    /// What to do.
    package let remedy: SafeText
    /// The least role of who can do it.
    package let role: Role

    package init(_ subject: Subject, digest: Digest?, _ reason: SafeText, remedy: SafeText, role: Role) {
        self.subject = subject
        self.digest = digest
        self.reason = reason
        self.remedy = remedy
        self.role = role
    }

    package var kind: Kind { subject.kind }
}

/// A call that nobody has answered yet.
package struct OpenCall: Hashable, Sendable, Codable {
    package let call: Call
    package let since: Timestamp
}

/// Who did something, how that is known, and from which host.
package struct Account: Hashable, Sendable, Codable, CustomStringConvertible {
    /// How a name came to be known.
    package enum Proof: Hashable, Sendable, Codable {
        /// Peer credentials of the agent's socket.
        case socket(userID: UInt32)
        /// The word of an account that is configured as a gateway, itself known by the socket.
        case gateway(SafeText, userID: UInt32)
        /// The agent itself.
        case agent
    }

    package let name: SafeText
    package let proof: Proof
    package let host: SafeText

    package init(name: SafeText, proof: Proof, host: SafeText) {
        self.name = name
        self.proof = proof
        self.host = host
    }

    package var description: String { name.text }

    /// The shared account whose word the name is; nil where nobody stands between.
    package var gateway: SafeText? {
        if case .gateway(let gateway, _) = proof { gateway } else { nil }
    }
}

/// What an account may ask of the agent; each includes the ones before it.
package enum Role: String, Hashable, Sendable, Codable, Comparable, CaseIterable {
    case viewer, ci, `operator`, approver, admin

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .ci: 1
        case .operator: 2
        case .approver: 3
        case .admin: 4
        }
    }
}

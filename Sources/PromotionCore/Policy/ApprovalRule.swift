/// How many people of which role have to agree to a plan before it begins; the starter never counts.
package struct ApprovalRule: Hashable, Sendable, Codable {
    /// Different people who have to say yes: 1 or more.
    package let number: Int
    /// The least role whose word counts.
    package let leastRole: Role
    /// How long the plan waits for them, and how long a yes counts.
    package let expires: Milliseconds

    package init(number: Int, leastRole: Role = .approver, expires: Milliseconds) {
        self.number = number
        self.leastRole = leastRole
        self.expires = expires
    }

    /// The rule in words: `1 other person, approver or more, within 4h`.
    package var words: SafeText {
        "\(number == 1 ? "1 other person" : "\(number) other people"), \(leastRole.rawValue) or more, within \(expires)"
    }

    /// The approvals that count for a plan now: of its hash, by others than the starter, one a person, in time.
    package func counting(_ approvals: [Approval], of plan: Digest, startedBy starter: Account, at now: Timestamp) -> [Approval] {
        standing(of: approvals, plan: plan, startedBy: starter, at: now).counted
    }
}

/// One person's yes to one plan.
package struct Approval: Hashable, Sendable, Codable {
    package let by: Account
    /// What the person may do in the environment, as the agent's door found it.
    package let role: Role
    package let at: Timestamp
    /// The hash of the plan that was agreed to; the yes holds for no other.
    package let plan: Digest

    package init(by: Account, role: Role, at: Timestamp, plan: Digest) {
        self.by = by
        self.role = role
        self.at = at
        self.plan = plan
    }
}

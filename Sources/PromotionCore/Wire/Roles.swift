extension OperatorRequest {
    /// The least role that may ask this.
    package var leastRole: Role {
        switch self {
        case .view: .viewer
        case .addEvidence: .ci
        case .liftVeto, .adoptPointer: .approver
        case .retention(let order): order.leastRole
        case .promote, .rollBack, .abort, .goOn, .pause, .resume, .retry: .operator
        }
    }

    /// The environment that it would change; nil where the promotion's number says it.
    package var place: Place? {
        switch self {
        case .promote(let request, _): request.place
        case .rollBack(let place, _, _), .addEvidence(let place, _, _, _, _), .liftVeto(let place, _, _),
            .adoptPointer(let place, _, _):
            place
        case .view, .retention, .abort, .goOn, .pause, .resume, .retry: nil
        }
    }
}

/// Which account may do what, by name; the agent's own account may do everything.
package struct Roles: Hashable, Sendable, Codable {
    package let byAccount: [String: Role]

    package init(byAccount: [String: Role]) { self.byAccount = byAccount }

    /// The role of an account that the socket vouches for; nobody is turned away from looking.
    package func role(of account: Account, isOwner: Bool) -> Role {
        if let configured = byAccount[account.name.text] { return configured }
        return isOwner ? .admin : .viewer
    }

    /// Why an account may not ask this; nil where it may.
    package func denial(of request: OperatorRequest, to account: Account, role: Role) -> SafeText? {
        guard role < request.leastRole else { return nil }
        return "\(account.name) is \(role.rawValue) here; this needs \(request.leastRole.rawValue)"
    }
}

extension OperatorRequest {
    /// The least role that may ask this.
    package var leastRole: Role {
        switch self {
        case .view: .viewer
        case .addEvidence: .ci
        case .liftVeto, .adoptPointer: .approver
        case .retention(let order): order.leastRole
        case .promote, .rollBack, .undoRollback, .abort, .goOn, .pause, .resume, .retry, .verify, .lock, .unlock, .stopAutomation,
            .letAutomationGo, .promoteJoint, .undoJoint, .examineRegistries:
            .operator
        case .policy(let request): request.leastRole
        }
    }

    /// The environment that it would change; nil where the promotion's number says it.
    package var place: Place? {
        switch self {
        case .promote(let request, _): request.place
        case .rollBack(let order): order.place
        case .addEvidence(let place, _, _, _, _), .liftVeto(let place, _, _), .verify(let place),
            .adoptPointer(let place, _, _), .lock(let place, _, _, _), .unlock(let place, _), .stopAutomation(let place, _),
            .letAutomationGo(let place, _):
            place
        case .policy(let request): request.place
        case .view, .retention, .examineRegistries, .undoRollback, .abort, .goOn, .pause, .resume, .retry, .promoteJoint,
            .undoJoint:
            nil
        }
    }

    /// The promotion that it is about; nil where it names none.
    package var promotion: PromotionNumber? {
        switch self {
        case .abort(let number, _), .undoRollback(let number, _), .goOn(let number, _), .pause(let number, _),
            .resume(let number, _), .retry(let number, _),
            .policy(.approve(let number, _)), .policy(.reject(let number, _)):
            number
        default: nil
        }
    }

    /// The request in a word or two, as a denial of it is kept.
    package var name: SafeText {
        switch self {
        case .view: "look"
        case .promote: "promote"
        case .rollBack: "rollback"
        case .undoRollback(let number, _): "undo \(number)"
        case .abort(let number, _): "abort \(number)"
        case .goOn(let number, _): "continue \(number)"
        case .pause(let number, _): "pause \(number)"
        case .resume(let number, _): "resume \(number)"
        case .retry(let number, _): "retry \(number)"
        case .addEvidence: "evidence add"
        case .liftVeto: "veto lift"
        case .adoptPointer: "pointer adopt"
        case .verify: "verify"
        case .retention: "retention"
        case .examineRegistries: "registry check"
        case .lock: "lock"
        case .unlock: "unlock"
        case .stopAutomation: "auto stop"
        case .letAutomationGo: "auto start"
        case .promoteJoint: "joint promote"
        case .undoJoint(let number, _): "joint undo \(number)"
        case .policy(let request): request.name
        }
    }
}

/// What one account may do: in general, and in environments where that is something else.
package struct Grant: Hashable, Sendable, Codable {
    package let everywhere: Role
    package let environments: [EnvironmentName: Role]

    package init(_ everywhere: Role, environments: [EnvironmentName: Role] = [:]) {
        self.everywhere = everywhere
        self.environments = environments
    }

    /// The role in an environment.
    package func role(in environment: EnvironmentName) -> Role { environments[environment] ?? everywhere }

    /// The most that it may do anywhere.
    package var highest: Role { environments.values.reduce(everywhere, max) }

    /// The least that it may do of some environments; what covers all of them needs it in all.
    package func role(over environments: some Collection<EnvironmentName>) -> Role {
        environments.map { role(in: $0) }.min() ?? everywhere
    }
}

/// Which account may do what, by name; the agent's own account may do everything.
package struct Roles: Hashable, Sendable, Codable {
    package let grants: [String: Grant]
    /// Accounts whose word is believed about who the person behind them is.
    package let gateways: Set<String>

    package init(grants: [String: Grant], gateways: Set<String> = []) {
        self.grants = grants
        self.gateways = gateways
    }

    package init(byAccount: [String: Role]) { self.init(grants: byAccount.mapValues { Grant($0) }) }

    /// What an account may do whose name is known; nobody is turned away from looking.
    package func grant(of account: Account, isOwner: Bool) -> Grant {
        if let configured = grants[account.name.text] { return configured }
        return Grant(isOwner ? .admin : .viewer)
    }
}

extension Grant {
    /// Why an account may not ask this; nil where it may, as far as the request itself says.
    package func denial(of request: OperatorRequest, to account: Account, at place: Place? = nil) -> SafeText? {
        let place = place ?? request.place
        let role = place.map { self.role(in: $0.environment) } ?? highest
        guard role < request.leastRole else { return nil }
        let here: SafeText = environments.isEmpty ? "here" : place.map { "in \($0.environment)" } ?? "here"
        return "\(account.name) is \(role.rawValue) \(here); this needs \(request.leastRole.rawValue)"
    }
}

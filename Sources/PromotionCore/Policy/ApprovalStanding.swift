/// Which approvals count now, and why others do not.
package struct ApprovalStanding: Hashable, Sendable {
    /// Why an approval that was given does not count.
    package enum Void: Hashable, Sendable, CustomStringConvertible {
        case planChanged(from: Digest)
        case starter
        case role(Role)
        case expired(at: Timestamp)
        case twice

        package var description: String {
            switch self {
            case .planChanged(let hash): "it is for plan \(hash.short()), which is not this one"
            case .starter: "whoever started it cannot approve it"
            case .role(let role): "the word of the role \(role.rawValue) does not count here"
            case .expired(let moment): "it expired at \(moment.clock)"
            case .twice: "the same person has approved it before"
            }
        }
    }

    /// An approval that does not count.
    package struct Voided: Hashable, Sendable {
        package let approval: Approval
        package let void: Void
    }

    package let rule: ApprovalRule
    package let counted: [Approval]
    package let voided: [Voided]

    package var missing: Int { max(0, rule.number - counted.count) }
    package var isMet: Bool { missing == 0 }

    /// `1 of 2`.
    package var summary: SafeText { "\(counted.count) of \(rule.number)" }
}

extension ApprovalRule {
    /// What the approvals that were given are worth now: rules and plan may have changed since.
    /// - Parameter plan: the hash of the plan as it is now.
    package func standing(
        of approvals: [Approval], plan: Digest, startedBy starter: Account, at now: Timestamp
    ) -> ApprovalStanding {
        var counted: [Approval] = []
        var voided: [ApprovalStanding.Voided] = []
        for approval in approvals {
            if let void = void(approval, after: counted, starter, plan, now) {
                voided.append(.init(approval: approval, void: void))
            } else {
                counted.append(approval)
            }
        }
        return ApprovalStanding(rule: self, counted: counted, voided: voided)
    }

    private func void(
        _ approval: Approval, after counted: [Approval], _ starter: Account, _ plan: Digest, _ now: Timestamp
    ) -> ApprovalStanding.Void? {
        if approval.plan != plan { return .planChanged(from: approval.plan) }
        if approval.by.isSamePerson(as: starter) { return .starter }
        if approval.role < leastRole { return .role(approval.role) }
        if now >= approval.at + expires { return .expired(at: approval.at + expires) }
        if counted.contains(where: { $0.by.isSamePerson(as: approval.by) }) { return .twice }
        return nil
    }

    /// Why somebody's approval would not count; nil where it would.
    package func objection(
        to approval: Approval, after given: [Approval], plan: Digest, startedBy starter: Account, at now: Timestamp
    ) -> Objection? {
        let counted = standing(of: given, plan: plan, startedBy: starter, at: now).counted
        guard let void = void(approval, after: counted, starter, plan, now) else { return nil }
        let remedy: SafeText =
            switch void {
            case .planChanged: "look at the plan again: it is now \(plan.short())"
            case .starter, .twice: "another person must do it"
            case .role: "ask somebody who is \(leastRole.rawValue) or more"
            case .expired: "approve it again"
            }
        return Objection(.notApproved, "\(approval.by.name) cannot approve this: \(void.description)", remedy: remedy)
    }
}

extension Account {
    /// Whether two accounts are, or may be, one person, by whatever way they came.
    package func isSamePerson(as other: Account) -> Bool {
        if name == other.name { return true }
        guard host == other.host else { return false }
        switch (proof, other.proof) {
        case (.socket(let left), .socket(let right)): return left == right
        // A shared account that names nobody may be anybody behind it.
        case (.socket(let left), .gateway(_, let right)), (.gateway(_, let left), .socket(let right)): return left == right
        case (.gateway, .gateway), (.agent, _), (_, .agent): return false
        }
    }
}

extension Promotion {
    /// Why an approval cannot be taken; nil where it can.
    /// - Parameter current: the hash of the plan as it would be made now; nil where there can be none.
    package func objection(to approval: Approval, plan current: Digest?) -> Objection? {
        guard let rule = plan.approval, state == .blocked || state == .awaitingApproval else {
            return Objection(
                .changed, "promotion \(number) is \(state.words) and waits for no approval", remedy: "see baton status")
        }
        guard current == plan.hash else {
            let now: SafeText = current.map { "it would now be \($0.short())" } ?? "there can be none now"
            return Objection(
                .changed, "plan \(plan.hash.short()) no longer holds, and approvals of it are void: \(now)",
                remedy: "plan it again, and have that plan approved")
        }
        return rule.objection(to: approval, after: approvals, plan: plan.hash, startedBy: startedBy, at: approval.at)
    }

    /// What the approvals that were given are worth; nil where none are asked for.
    package func approvalStanding(at now: Timestamp) -> ApprovalStanding? {
        plan.approval?.standing(of: approvals, plan: plan.hash, startedBy: startedBy, at: now)
    }
}

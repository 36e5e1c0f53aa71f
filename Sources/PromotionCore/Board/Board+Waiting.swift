extension Board {
    /// What a promotion that has not ended waits for.
    package func explanations(of promotion: Promotion, at now: Timestamp) -> [Explanation] {
        switch promotion.state {
        case .planned, .blocked:
            conditions(promotion)
        case .awaitingApproval: approvals(promotion, at: now)
        case .queued: queue(promotion)
        case .stalled:
            [wait(promotion, .gate, "the deploy works", "tried \(promotion.retries + 1) times", "retry or abort it")]
        case .readyToSwitch:
            [wait(promotion, .promotion, "somebody lets traffic move", "ready to switch", "baton continue, or abort it")]
        case .paused:
            [
                wait(
                    promotion, .promotion, "somebody resumes it",
                    promotion.pause.map { "paused by \($0.by.name): \($0.reason)" } ?? "paused", "resume or abort it")
            ]
        case .inconclusive(let gate):
            [
                wait(
                    promotion, .gate, "gate \(gate.rawValue) has a verdict",
                    "inconclusive: \(promotion.failure?.reason ?? "no check could say")",
                    "baton continue with a reason, abort, or roll back")
            ]
        case .rollbackFailed:
            [
                wait(
                    promotion, .alarm, "the rollback is finished", "\(promotion.failure?.reason ?? "rollback failed")",
                    "look at the target, then baton continue tries it again; baton abort closes it as failed")
            ]
        case .indeterminate:
            [
                Explanation(
                    .alarm, at: promotion.plan.place, promotion: promotion.number,
                    predicate: "the switch says where traffic goes",
                    values: "indeterminate: \(promotion.failure?.reason ?? "nobody knows")", deadline: promotion.deadline,
                    authorities: [.outside("whoever runs the switch")], remedy: "it asks again by itself")
            ]
        default: []
        }
    }

    private func conditions(_ promotion: Promotion) -> [Explanation] {
        promotion.objections.map { objection in
            Explanation(
                objection.behind(promotion.behind), at: promotion.plan.place, promotion: promotion.number,
                deadline: promotion.deadline)
        }
    }

    private func wait(
        _ promotion: Promotion, _ subject: Explanation.Subject, _ predicate: SafeText, _ values: SafeText, _ remedy: SafeText
    ) -> Explanation {
        Explanation(
            subject, at: promotion.plan.place, promotion: promotion.number, predicate: predicate,
            values: "promotion \(promotion.number): \(values)", deadline: promotion.deadline, authorities: [.role(.operator)],
            remedy: remedy)
    }

    private func approvals(_ promotion: Promotion, at now: Timestamp) -> [Explanation] {
        guard let standing = promotion.approvalStanding(at: now) else { return [] }
        let given = standing.counted.map(\.by.name.text).joined(separator: ", ")
        let voided = standing.voided.map { "; \($0.approval.by.name) does not count: \($0.void)" }.joined()
        let values = "\(standing.summary)\(given.isEmpty ? "" : " (\(given))")\(voided)"
        return [
            Explanation(
                .approval, at: promotion.plan.place, promotion: promotion.number,
                predicate: "\(standing.rule.words) agree to plan \(promotion.plan.hash.short()); not \(promotion.startedBy.name)",
                values: "promotion \(promotion.number): approved by \(SafeText(values))", deadline: promotion.deadline,
                authorities: [.role(standing.rule.leastRole)],
                remedy: "baton approve \(promotion.number) --digest \(promotion.plan.release.digest.short(4)), or reject it")
        ]
    }

    private func queue(_ promotion: Promotion) -> [Explanation] {
        let holder: SafeText =
            promotion.waitingFor.map { "\($0.holder.owner.name) holds it: \($0.holder.reason)" } ?? "it is asked for"
        return [
            Explanation(
                .lease, at: promotion.plan.place, promotion: promotion.number, predicate: "the lease of the environment is free",
                values: "promotion \(promotion.number) is queued; \(holder)", earliest: promotion.waitingFor?.expires,
                deadline: promotion.deadline,
                authorities: [.time] + (promotion.waitingFor.map { [.person($0.holder.owner.name)] } ?? []),
                remedy: "wait, or abort it")
        ]
    }

    /// Promotions that wait for people to agree, of all services, oldest first.
    package var awaitingApproval: [Promotion] {
        projection.services.values.flatMap { $0.promotions.filter { $0.state == .awaitingApproval } }
            .sorted { $0.number < $1.number }
    }

    /// Why an account's approval of a promotion would not count; nil where it would.
    package func objection(
        toApprovalOf promotion: Promotion, by account: Account, with grant: Grant, at now: Timestamp
    ) -> Objection? {
        let approval = Approval(
            by: account, role: grant.role(in: promotion.plan.place.environment), at: now, plan: promotion.plan.hash)
        return promotion.objection(to: approval, plan: promotion.plan.hash)
    }
}

extension Objection {
    /// The same, with what becomes of the one who waits behind a promotion.
    fileprivate func behind(_ number: PromotionNumber?) -> Objection {
        guard kind == .busy, let number else { return self }
        return Objection(
            kind, reason,
            remedy: "its plan is made again when promotion \(number) ends, and goes on unless that was undone; or abort it",
            earliest: earliest)
    }
}

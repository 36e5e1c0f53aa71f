extension JointRelease {
    /// Takes an event of its own.
    /// - Throws: `PromotionFault` where it cannot happen as things stand; nothing is changed then.
    package mutating func apply(_ event: JointEvent, at now: Timestamp) throws(PromotionFault) {
        switch event {
        case .started: throw .impossible(request: "start", state: state.words, remedy: "it has started")
        case .undoRequested(let reason): try undo(reason, at: now)
        case .memberRefused(let service, let reason): try refuse(service, reason, at: now)
        }
    }

    /// Takes what became of a promotion that belongs to it.
    mutating func observe(_ promotion: Promotion, at now: Timestamp) {
        guard let index = members.firstIndex(where: { $0.place == promotion.plan.place }) else { return }
        if promotion.plan.kind == .rollback {
            members[index].undo = promotion.number
        } else {
            members[index].promotion = promotion.number
        }
        members[index].standing = JointStanding(promotion)
        members[index].wasCommitted = members[index].wasCommitted || promotion.isCommitted
        members[index].isOpen = !promotion.hasEnded
        advance(at: now)
    }

    private mutating func undo(_ reason: SafeText, at now: Timestamp) throws(PromotionFault) {
        switch state {
        case .preparing, .switching, .baking, .succeeded, .undoFailed: begin(undoing: reason, at: now)
        case .undoing: throw .impossible(request: "undo", state: state.words, remedy: "it is under way")
        case .undone, .cancelled: throw .impossible(request: "undo", state: state.words, remedy: "there is nothing left to undo")
        }
    }

    private mutating func refuse(_ service: ServiceName, _ reason: SafeText, at now: Timestamp) throws(PromotionFault) {
        guard isUnderWay, let index = members.firstIndex(where: { $0.place.service == service }) else {
            throw .notWanted(event: "a refusal of \(service)", state: state.words)
        }
        // Before anything of the member was moved a refusal costs nothing; after it somebody has to look.
        members[index].standing = members[index].wasCommitted ? .stuck : .back
        failure = failure ?? "\(service): \(reason)"
        advance(at: now)
    }

    private mutating func begin(undoing reason: SafeText, at now: Timestamp) {
        failure = failure ?? reason
        // What was stuck is tried once more.
        for index in members.indices where members[index].standing == .stuck && state == .undoFailed {
            members[index].standing = members[index].isOpen ? .switching : .succeeded
        }
        enter(.undoing, at: now)
        advance(at: now)
    }

    private mutating func enter(_ next: JointState, at now: Timestamp) {
        state = next
        enteredAt = now
    }

    /// Goes on where the members allow it; one against it turns the whole set back.
    mutating func advance(at now: Timestamp) {
        switch state {
        case .preparing, .switching, .baking: onward(at: now)
        case .undoing: settle(at: now)
        case .undoFailed:
            if members.allSatisfy({ $0.standing == .back || $0.standing == .waiting }) { enter(.undone, at: now) }
        case .succeeded, .undone, .cancelled: return
        }
    }

    private mutating func onward(at now: Timestamp) {
        if let against = members.first(where: \.standing.isAgainst) {
            failure = failure ?? "\(against.place.service) did not succeed"
            enter(.undoing, at: now)
            return settle(at: now)
        }
        if state == .preparing, members.allSatisfy(\.isPrepared) { enter(.switching, at: now) }
        if state == .switching, members.allSatisfy(\.hasSwitched) { enter(.baking, at: now) }
        if state == .baking, members.allSatisfy({ $0.standing == .succeeded }) { enter(.succeeded, at: now) }
    }

    private mutating func settle(at now: Timestamp) {
        guard members.allSatisfy(\.standing.isAtRest) else { return }
        if members.contains(where: { $0.standing == .stuck }) {
            enter(.undoFailed, at: now)
        } else {
            enter(members.contains(where: \.wasCommitted) ? .undone : .cancelled, at: now)
        }
    }
}

extension JointRelease.Member {
    /// Whether it waits for its turn. A member without an idle slot can prepare nothing before it.
    fileprivate var isPrepared: Bool {
        switch standing {
        case .waiting: plan.strategy == .replace
        case .ready, .switching, .switched, .succeeded: true
        case .underWay, .refused, .stopping, .goingBack, .back, .stuck: false
        }
    }

    var hasSwitched: Bool { standing == .switched || standing == .succeeded }
}

extension JointStanding {
    /// Where a member stands by its own promotion, or by the rollback that undoes it.
    init(_ promotion: Promotion) {
        switch promotion.state {
        case .ended(let outcome): self.init(outcome, of: promotion)
        case .rollbackFailed: self = .stuck
        case .rollingBack, .verifyingRollback: self = .goingBack
        case .aborting: self = .stopping
        case .readyToSwitch where promotion.failure != nil: self = .refused
        case .readyToSwitch: self = .ready
        case .baking, .closing: self = .switched
        default:
            if promotion.plan.kind == .rollback {
                self = .goingBack
            } else {
                self = promotion.isCommitted ? .switching : .underWay
            }
        }
    }

    private init(_ outcome: Outcome, of promotion: Promotion) {
        switch outcome {
        case .succeeded: self = .succeeded
        case .rolledBack, .rolledBackUnverified: self = .back
        case .failed, .cancelled, .expired, .rejected, .superseded:
            // A rollback that ended otherwise than in a rollback, and a promotion that left its release serving.
            self = promotion.isCommitted || promotion.plan.kind == .rollback ? .stuck : .back
        }
    }
}

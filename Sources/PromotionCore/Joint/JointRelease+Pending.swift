/// A wanted end that the state of a joint release calls for.
package enum JointEffect: Hashable, Sendable {
    /// The member's promotion has begun.
    case memberStarted(ServiceName)
    /// The member's traffic may move.
    case memberSwitched(PromotionNumber)
    /// The member ends before it moves traffic.
    case memberStopped(PromotionNumber)
    /// The member's traffic goes back, in its own promotion.
    case memberRolledBack(PromotionNumber)
    /// The member, which had succeeded, goes back by a rollback to this release.
    case memberUndone(ServiceName, to: Digest)
}

extension JointRelease {
    /// What must now be made true, all of it at once; empty while it waits for its members.
    package var pending: [JointEffect] {
        switch state {
        case .preparing:
            members.filter { $0.standing == .waiting && $0.plan.strategy != .replace }.map { .memberStarted($0.place.service) }
        case .switching: turn.map { [$0] } ?? []
        case .undoing: stops + (undo.map { [$0] } ?? [])
        case .baking, .succeeded, .undoFailed, .undone, .cancelled: []
        }
    }

    /// One member after another: the next begins only when the one before has passed its checks with traffic.
    private var turn: JointEffect? {
        guard let next = members.first(where: { !$0.hasSwitched }) else { return nil }
        switch next.standing {
        case .waiting: return .memberStarted(next.place.service)
        case .ready: return next.promotion.map { .memberSwitched($0) }
        default: return nil
        }
    }

    /// What has not moved traffic is stopped at once, beside everything else.
    private var stops: [JointEffect] {
        members.filter { [.underWay, .ready, .refused].contains($0.standing) }.compactMap {
            $0.promotion.map { .memberStopped($0) }
        }
    }

    /// The last that switched goes back first; the one before it only after that.
    private var undo: JointEffect? {
        let moved = members.reversed().first { member in
            switch member.standing {
            case .switching, .switched, .succeeded, .goingBack: true
            case .waiting, .underWay, .ready, .refused, .stopping, .back, .stuck: false
            }
        }
        guard let moved else { return nil }
        switch moved.standing {
        case .switching, .switched: return (moved.undo ?? moved.promotion).map { .memberRolledBack($0) }
        case .succeeded: return moved.plan.wayBack.map { .memberUndone(moved.place.service, to: $0.release.digest) }
        default: return nil
        }
    }

    /// Why a succeeded set cannot be undone as one any more; nil where it can.
    package func objectionToUndo(_ projection: Projection) -> Objection? {
        guard state == .succeeded else { return nil }
        for member in members {
            let place = member.place
            let service = projection.services[place.service]
            if let active = service?.active(in: place.environment) {
                return Objection(
                    .busy, "promotion \(active.number) of \(place) is \(active.state.words)",
                    remedy: "wait for its end, or roll members back one by one")
            }
            let serving = service?.environments[place.environment]?.serving?.release
            guard let serving, member.plan.release.digests.contains(serving.digest) else {
                return Objection(
                    .changed, "\(place) serves \(serving?.digest.short() ?? "nothing known") by now, not what this set brought",
                    remedy: "roll members back one by one")
            }
        }
        return nil
    }

    /// Why somebody may not say this to a member's promotion by itself; nil where they may.
    package func objection(to event: PromotionEvent, for promotion: Promotion) -> Objection? {
        guard isUnderWay, case .goOnRequested = event, promotion.state == .readyToSwitch else { return nil }
        return Objection(
            .busy, "promotion \(promotion.number) belongs to joint release \(number): it switches when it is its turn",
            remedy: "undo the set with baton joint undo \(number), or wait")
    }
}

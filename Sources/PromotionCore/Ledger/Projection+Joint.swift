extension Projection {
    package var nextJoint: JointNumber { JointNumber(lastJoint.number + 1) }

    /// The joint release of this number; nil where it is no longer kept.
    package func joint(_ number: JointNumber) -> JointRelease? { joints.last { $0.number == number } }

    /// The joint release under way that an environment belongs to: nothing else is promoted there.
    package func joint(holding place: Place) -> JointRelease? {
        joints.last { joint in joint.isUnderWay && joint.members.contains { $0.place == place } }
    }

    private static let jointLimit = 20

    /// Folds what concerns a joint release: its own events, and those of its members' promotions.
    mutating func take(_ fact: Fact, of entry: LedgerEntry) throws {
        switch fact {
        case .joint(let number, .started(let plan)):
            let joint = JointRelease(number: number, plan: plan, by: entry.draft.actor, at: entry.draft.at)
            joints.append(joint)
            lastJoint = max(lastJoint, number)
            while joints.count > Self.jointLimit, let ended = joints.firstIndex(where: { !$0.isUnderWay }) {
                joints.remove(at: ended)
            }
            record(joint, entry, tone: .active)
        case .joint(let number, let event):
            try change(number, entry) { joint throws(PromotionFault) in try joint.apply(event, at: entry.draft.at) }
        case .started, .happened:
            try observeDisplaced(by: entry)
            guard let promotion = entry.draft.promotion.flatMap({ promotion($0) }), let number = promotion.joint else { return }
            try change(number, entry) { joint throws(PromotionFault) in joint.observe(promotion, at: entry.draft.at) }
        default: return
        }
    }

    /// A member whose turn another promotion of its place has taken ends without an entry of its own.
    private mutating func observeDisplaced(by entry: LedgerEntry) throws {
        for joint in joints where joint.isUnderWay {
            for member in joint.members where member.isOpen {
                guard let promotion = member.promotion.flatMap({ promotion($0) }), promotion.state == .ended(.superseded)
                else { continue }
                try change(joint.number, entry) { joint throws(PromotionFault) in joint.observe(promotion, at: entry.draft.at) }
            }
        }
    }

    private mutating func change(
        _ number: JointNumber, _ entry: LedgerEntry, _ body: (inout JointRelease) throws(PromotionFault) -> Void
    ) throws(PromotionFault) {
        guard let index = joints.lastIndex(where: { $0.number == number }) else { return }
        var joint = joints[index]
        try body(&joint)
        let hasMoved = joint.state != joints[index].state
        joints[index] = joint
        guard hasMoved else { return }
        switch joint.state {
        case .succeeded: record(joint, entry, tone: .good)
        case .undone, .cancelled: record(joint, entry, tone: .bad)
        case .undoFailed: record(joint, entry, tone: .alarm)
        case .preparing, .switching, .baking, .undoing: return
        }
    }

    /// A line in the history of every member.
    private mutating func record(_ joint: JointRelease, _ entry: LedgerEntry, tone: HistoryLine.Tone) {
        for member in joint.members {
            services[member.place.service, default: ServiceProjection()].record(.joint(joint, member, entry, tone: tone))
        }
    }
}

extension Promotion {
    /// Whether it was, or is being, given up before it moved traffic.
    var isBeingCancelled: Bool {
        switch state {
        case .aborting(.cancelled), .ended(.cancelled): true
        default: false
        }
    }
}

extension EnvironmentProjection {
    /// Folds what became of a lease held by hand.
    mutating func take(_ event: LeaseEvent) {
        switch event {
        case .held(let lease, _): self.lease = lease
        case .returned(let returned, _): if lease?.fence == returned.fence { lease = nil }
        }
    }
}

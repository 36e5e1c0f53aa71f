internal import PromotionCore

/// Leases, automation and joint releases as plain lines.
extension PlainText {
    /// What besides promotions concerns a service: who holds what, what is automatic, for what a person is called.
    static func hands(_ service: Service, on board: Board, now: Timestamp) -> [String] {
        let places = service.path.map { Place(service.name, $0.name) }
        let leases = places.compactMap { place in board.lease(of: place).map { lease($0, at: now) } }
        let automation = board.automatedPlaces.filter { $0.service == service.name }.map { Self.automation($0, on: board) }
        let calls = board.openCalls.filter { $0.place.service == service.name }.map { call($0.place, $0.call) }
        let joints = board.projection.joints.filter { joint in
            joint.isUnderWay && joint.members.contains { $0.place.service == service.name }
        }
        let undelivered = (board.projection.services[service.name]?.undelivered ?? []).map { "  ! notice \($0.words)" }
        return leases + automation + calls + undelivered
            + joints.map { "  joint release \($0.number) \($0.title): \($0.state.words)" }
    }

    private static func lease(_ lease: Lease, at now: Timestamp) -> String {
        let until = lease.holds(at: now) ? "until \(lease.expires)" : "EXPIRED \(lease.expires)"
        return "  lease \(lease.place.environment): \(lease.holder.owner), fence \(lease.fence), \(until): \(lease.holder.reason)"
    }

    static func automation(_ place: Place, on board: Board) -> String {
        let halt = board.projection.services[place.service]?.environments[place.environment]?.automation.halt
        let words =
            halt.map { "STOPPED since \($0.since): \($0.words)" } ?? board.automation[place]?.words.text ?? "not looked at yet"
        return "  automatic \(place): \(words)"
    }

    static func call(_ place: Place, _ open: OpenCall) -> String {
        let call = open.call
        return
            "  ! \(place) calls for \(call.role.rawValue) since \(open.since), \(call.kind.rawValue): \(call.reason); \(call.remedy)"
    }

    static func joint(_ answer: JointAnswer) -> [String] {
        var lines = answer.plan.map { ["joint plan \($0.hash.short())  \($0.environment)"] } ?? []
        lines += answer.conditions.map(condition)
        return lines + answer.members.flatMap { plan($0.answer) }
    }

    static func joint(_ joint: JointRelease) -> [String] {
        let why = joint.failure.map { ": \($0)" } ?? ""
        let head =
            "joint \(joint.number) \(joint.title) in \(joint.environment): \(joint.state.words)\(why), by \(joint.startedBy)"
        return [head]
            + joint.members.map { member in
                let number = (member.undo ?? member.promotion).map { " as \($0)" } ?? ""
                return "  \(member.place.service) \(member.plan.release.digest.short())\(number): \(member.standing.words)"
            }
    }
}

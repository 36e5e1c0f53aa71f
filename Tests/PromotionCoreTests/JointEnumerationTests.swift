import PromotionCore
import Testing

/// Every pair of standings that two members can be in, in every state: what is asked for never contradicts the set's promises.
@Suite struct JointEnumerationTests {
    private static let standings = JointStanding.allCases

    @Test(arguments: JointStanding.allCases)
    func `what is pending keeps order, in every constellation`(first: JointStanding) throws {
        for second in Self.standings {
            for state in JointState.allCases {
                let joint = try JointReleaseTests.Set().joint.with([first, second], in: state)
                let pending = joint.pending
                let comment: Comment = "\(first) \(second) \(state)"
                // Only a set that switches lets anybody switch, and only in order.
                for case .memberSwitched(let number) in pending {
                    #expect(state == .switching, comment)
                    if number == PromotionNumber(2) { #expect(first == .switched || first == .succeeded, comment) }
                }
                // The first that switched goes back only once the second no longer takes traffic.
                let undone = pending.contains { effect in
                    switch effect {
                    case .memberRolledBack(PromotionNumber(1)), .memberUndone(JointReleaseTests.first.service, to: _): true
                    default: false
                    }
                }
                if undone {
                    let isOver = [JointStanding.waiting, .back, .stuck, .stopping, .underWay, .ready, .refused].contains(second)
                    #expect(isOver && state == .undoing, comment)
                }
                // A set at rest asks for nothing.
                if !joint.isUnderWay || state == .undoFailed { #expect(pending.isEmpty, comment) }
                // Nothing is both stopped and let go.
                if pending.contains(where: { if case .memberStopped = $0 { true } else { false } }) {
                    #expect(state == .undoing, comment)
                }
            }
        }
    }
}

extension JointRelease {
    /// The same with its members in these standings, by its own encoding.
    func with(_ standings: [JointStanding], in state: JointState) throws -> JointRelease {
        var text = String(decoding: try CanonicalJSON.encode(self), as: UTF8.self)
        text = text.replacing("\"state\":\"preparing\"", with: "\"state\":\"\(state.rawValue)\"")
        for (index, standing) in standings.enumerated() {
            guard let range = text.firstRange(of: "\"standing\":\"waiting\"") else { continue }
            text.replaceSubrange(range, with: "\"promotion\":\(index + 1),\"standing\" :\"\(standing.rawValue)\"")
        }
        return try CanonicalJSON.decode(JointRelease.self, from: Array(text.utf8))
    }
}

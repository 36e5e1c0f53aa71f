import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Synchronization
import Testing

/// A receiver that can be away.
final class Pager: Receiver {
    let name: SafeText
    let occasions: Set<Occasion> = [.rolledBack]
    private let state = Mutex((isAway: false, got: [(Notice, NoticeDelay?)](), tries: 0))

    init(_ name: SafeText) { self.name = name }

    var got: [(Notice, NoticeDelay?)] { state.withLock { $0.got } }
    var tries: Int { state.withLock { $0.tries } }
    func set(away isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func tell(_ notice: Notice, _ delay: NoticeDelay?) async throws(Fault) {
        let isAway = state.withLock { state in
            state.tries += 1
            if !state.isAway { state.got.append((notice, delay)) }
            return state.isAway
        }
        if isAway { throw Fault(.broke, "connection refused") }
    }
}

/// Notices that cannot be delivered are kept, tried again, and say what has become of what they tell.
@Suite struct KeptNoticeTests {
    /// A promotion into prod that was rolled back while one of two receivers was away.
    private static func rolledBack() -> (operation: Operation, away: Pager, there: Pager) {
        let (away, there) = (Pager("away"), Pager("there"))
        away.set(away: true)
        let operation = Operation(seed: 1, service: RunnerTests.quick)
        operation.receivers = [away, there]
        operation.startAgent()
        _ = operation.ask(.addEvidence(Operation.staging, digest: Operation.fresh.digest, passed: 6, total: 6, note: nil))
        operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        operation.pass(.seconds(40))
        return (operation, away, there)
    }

    private func undelivered(_ operation: Operation) throws -> [KeptNotice] {
        try operation.projection().services[Fixtures.payments]?.undelivered ?? []
    }

    @Test func `who was reached is told once, who was not is told as soon as it is there again, also by another agent`() throws {
        let (operation, away, there) = Self.rolledBack()
        #expect(there.got.count == 1 && there.got[0].1 == nil && away.got.isEmpty)
        let kept = try #require(try undelivered(operation).first)
        #expect(kept.receivers == ["away"] && kept.fault == "connection refused")
        #expect(kept.words.text.contains("not delivered to away"))
        operation.startAgent()
        operation.pass(.minutes(10))
        let tries = away.tries
        #expect((7...12).contains(tries), "five tries at first, then fewer and fewer: \(tries)")
        #expect(operation.world.with { $0.entries.count { $0.draft.kind == "notification.failed" } } == 1)
        away.set(away: false)
        operation.startAgent()
        operation.pass(.seconds(20))
        #expect(away.got.count == 1 && there.got.count == 1)
        let delay = try #require(away.got.first?.1)
        #expect(delay.age > .minutes(10) && !delay.isOver && delay.now == "promotion 1 is rolled back")
        #expect(try undelivered(operation).isEmpty)
        #expect(
            operation.world.with { $0.entries.last { $0.draft.kind.hasPrefix("notification") }?.draft.kind }
                == "notification.sent")
    }

    @Test func `what is over by then is told as over`() throws {
        let (operation, away, _) = Self.rolledBack()
        operation.world.with { $0.sick = [:] }
        _ = operation.ask(.liftVeto(Operation.prod, digest: Operation.fresh.digest, reason: "it was the network"))
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        away.set(away: false)
        operation.pass(.minutes(10))
        let delay = try #require(away.got.first?.1)
        #expect(delay.isOver && delay.now == "promotion 1 is rolled back; promotion 2 succeeded since")
    }

    @Test func `after a day a notice is given up, and so is one whose receiver is no longer configured`() throws {
        let (operation, away, _) = Self.rolledBack()
        // A clock that is set makes nothing a day old.
        operation.world.setClock(by: .minutes(25 * 60))
        operation.pass(.minutes(3))
        #expect(try undelivered(operation).count == 1)
        operation.finish()
        operation.pass(.minutes(25 * 60))
        operation.startAgent()
        operation.pass(.minutes(3))
        #expect(try undelivered(operation).isEmpty && away.got.isEmpty)
        let (other, _, there) = Self.rolledBack()
        other.receivers = [there]
        other.startAgent()
        other.pass(.minutes(1))
        #expect(try undelivered(other).isEmpty)
    }
}

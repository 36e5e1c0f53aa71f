import Fixtures
import PromotionCore
import Testing

/// What a failed look proves: nothing.
@Suite struct ReadingTests {
    private static let start = Fixtures.start
    private static let serving = Fixtures.release("serving")
    private static let warm = Fixtures.release("warm")
    private static let prod = Place(Fixtures.payments, Fixtures.prod)

    @Test func `what stays unknown has been so since the first look that failed`() {
        let first = Reading<Int>.unknown("no answer", since: Self.start)
        let second = Reading<Int>.unknown("status 403", since: Self.start + .seconds(2))
        #expect(second.after(first) == .unknown("status 403", since: Self.start))
        #expect(second.after(.known(1, at: Self.start)) == second)
        #expect(Reading.known(2, at: Self.start + .seconds(4)).after(first) == .known(2, at: Self.start + .seconds(4)))
        #expect(!second.says(sameAs: first) && second.after(first).says(sameAs: second))
    }

    @Test func `only a target that says so makes a slot empty`() {
        func content(_ health: SlotObservation.Health, _ instances: [Digest?]) -> SlotObservation.Content {
            SlotObservation(at: Self.start, health: health, instances: instances, endpoint: nil).content
        }
        #expect(content(.empty, []) == .nothing)
        #expect(content(.healthy, [Self.warm.digest]) == .image(Self.warm.digest))
        #expect(content(.unknown("no answer"), []) == .unclear("no answer"))
        #expect(content(.unhealthy("its process has ended"), []) == .unclear("its process has ended"))
        for instances in [[nil], [Self.warm.digest, nil], [Self.warm.digest, Self.serving.digest]] {
            guard case .unclear = content(.healthy, instances) else {
                Issue.record("\(instances) is taken for something known")
                continue
            }
        }
    }

    /// A board of a service whose registry has lost every goal, and of which the last round of looks saw this.
    private func board(green: Reading<SlotObservation>) throws -> Board {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Self.serving, warm: Self.warm)
        let agent = AgentDescription(version: "1", host: "bastion-1", process: 1, since: Self.start)
        var board = Board(services: [Fixtures.service()], projection: chronicle.projection, agent: agent)
        let seen = Fixtures.observation([Fixtures.blue: Self.serving], live: Fixtures.blue)
        try board.apply(
            .observed(
                Self.prod,
                EnvironmentObservation(
                    at: seen.at, slots: seen.slots.merging([Fixtures.green: green]) { $1 }, routing: seen.routing,
                    pointers: seen.pointers, front: seen.front)))
        try board.apply(
            .goals(Self.prod, [GoalLook(Self.warm.digest, answer: .known(.absent, at: Self.start), for: Fixtures.linux)]))
        return board
    }

    @Test func `a person is called for a way back that is lost, and not for one that could not be seen`() throws {
        let empty = SlotObservation(at: Self.start, health: .empty, instances: [], endpoint: nil)
        guard case .known(let call?, _) = try board(green: .known(empty, at: Self.start)).wayBackCall(at: Self.prod) else {
            Issue.record("nobody is called")
            return
        }
        #expect(call.kind == .irreversibleRisk)
        let unseen = Reading<SlotObservation>.unknown("status 403", since: Self.start)
        guard case .unknown(let cause, Self.start) = try board(green: unseen).wayBackCall(at: Self.prod) else {
            Issue.record("somebody is called, or the call is closed")
            return
        }
        #expect(cause == "green: status 403")
    }

    @Test func `of what could not be read nothing is said of the image`() {
        let unread = GoalLook(Self.warm.digest, answer: .unknown("status 403", since: Self.start), for: Fixtures.linux)
        #expect(!unread.presence.isGone)
        let known = GoalLook(Self.warm.digest, answer: .known(.whole(Self.warm.digests), at: Self.start), for: Fixtures.linux)
        #expect(GoalLook.keep(unread, over: known) == known)
    }

    @Test func `a row says what of it is not known, why, and since when`() throws {
        let unseen = Reading<SlotObservation>.unknown("status 403", since: Self.start)
        let rows = try board(green: unseen).rows(of: Fixtures.service())
        let green = try #require(rows.first { $0.slot == Fixtures.green })
        #expect(green.unknowns.map(\.what) == ["what runs"])
        #expect(green.unknowns.map(\.cause) == ["status 403"] && green.unknowns.map(\.since) == [Self.start])
    }
}

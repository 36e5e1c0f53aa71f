import Fixtures
import PromotionCore
import Testing

/// What is said of the slot that serves: its own checks and the answer that its users get.
@Suite struct FrontTests {
    private static let serving = Fixtures.release("serving")
    private static let warm = Fixtures.release("warm")

    private static func known(_ digest: Digest) -> Reading<Digest> { .known(digest, at: Fixtures.start) }

    /// The row of prod's live slot, with a healthy slot and this answer at the address of the users.
    private func row(of slot: SlotName = Fixtures.blue, _ front: Reading<Digest>?) throws -> SlotRow {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Self.serving, warm: Self.warm)
        let service = Fixtures.service()
        let agent = AgentDescription(version: "1", host: "bastion-1", process: 1, since: Fixtures.start)
        var board = Board(services: [service], projection: chronicle.projection, agent: agent)
        let seen = Fixtures.observation(
            [Fixtures.blue: Self.serving, Fixtures.green: Self.warm], live: Fixtures.blue,
            pointers: [Tag(pointerOf: Fixtures.prod): Self.serving.digest])
        let place = Place(Fixtures.payments, Fixtures.prod)
        try board.apply(
            .observed(
                place,
                EnvironmentObservation(
                    at: seen.at, slots: seen.slots, routing: seen.routing, pointers: seen.pointers, front: front)))
        return try #require(board.rows(of: service).first { $0.place == place && $0.slot == slot })
    }

    @Test func `a live slot is healthy only if its users were answered by what it runs`() throws {
        #expect(try row(Self.known(Self.serving.digest)).health == .healthy)
        #expect(try row(Self.known(Self.serving.digests.members[0].configuration)).health == .healthy)
    }

    @Test(
        arguments: [nil, .unknown("nothing takes connections at 127.0.0.1:1", since: Fixtures.start), known(warm.digest)]
            as [Reading<Digest>?])
    func `whatever else its users are answered by, its health is not known`(_ front: Reading<Digest>?) throws {
        guard case .unknown(let reason) = try row(front).health else {
            Issue.record("it is called known")
            return
        }
        if case .unknown(let cause, _)? = front { #expect(reason.text.contains(cause.text)) }
    }

    @Test func `a slot that takes no traffic is as healthy as its own checks say`() throws {
        #expect(try row(of: Fixtures.green, .unknown("no answer", since: Fixtures.start)).health == .healthy)
    }

    @Test func `users who are answered by another image are a difference to the ledger`() throws {
        #expect(
            try row(Self.known(Self.warm.digest)).drift == [.front(expected: Self.serving.digest, observed: Self.warm.digest)])
        #expect(try row(Self.known(Self.serving.digest)).drift.isEmpty)
        #expect(try row(.unknown("no answer", since: Fixtures.start)).drift.isEmpty)
    }
}

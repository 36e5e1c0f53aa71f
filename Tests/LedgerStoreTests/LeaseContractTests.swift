internal import LedgerStore
internal import PromotionCore
internal import Testing

/// What every lease store does, whatever keeps it.
@Suite struct LeaseContractTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let start = Timestamp(millisecondsSinceEpoch: 1_787_580_131_000)
    private static let end = start + .minutes(1)

    private func holder(_ promotion: Int64?, session: String = "s1") -> LeaseHolder {
        LeaseHolder(
            owner: .alice, session: session, promotion: promotion.map(PromotionNumber.init), reason: "promotes v2.31.0-rc.2")
    }

    private func taken(_ answer: LeaseAnswer) throws -> Lease {
        guard case .taken(let lease) = answer else { throw Fault(.refused, "held") }
        return lease
    }

    @Test(arguments: StoreUnderTest.all)
    func `a free place is taken and then held against others`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        #expect(try await store.current(.prod) == nil)
        let lease = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        #expect(lease == Lease(place: .prod, holder: holder(1), fence: Fence(1), since: Self.start, expires: Self.end))
        let later = Self.start + .seconds(59)
        #expect(try await store.take(.prod, for: holder(2), until: Self.end, now: later) == .held(lease))
        #expect(try await store.take(.prod, for: holder(nil), until: Self.end, now: later) == .held(lease))
        #expect(try await store.current(.prod) == lease)
        #expect(try await store.current(.testing) == nil)
    }

    @Test(arguments: StoreUnderTest.all)
    func `places do not hinder each other`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let prod = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        let testing = try taken(await store.take(.testing, for: holder(2), until: Self.end, now: Self.start))
        #expect(prod.fence == Fence(1))
        #expect(testing.fence == Fence(1))
    }

    @Test(arguments: StoreUnderTest.all)
    func `an expired lease yields to anyone, from the very moment it ends`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let first = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        let before = Timestamp(millisecondsSinceEpoch: Self.end.millisecondsSinceEpoch - 1)
        let until = Self.end + .minutes(1)
        #expect(try await store.take(.prod, for: holder(2), until: until, now: before) == .held(first))
        let second = try taken(await store.take(.prod, for: holder(2), until: until, now: Self.end))
        #expect(second.fence > first.fence)
        #expect(second.since == Self.end)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a promotion takes its own lease again with a higher fence`(_ subject: StoreUnderTest) async throws {
        var store = try await subject.open(scratch)
        let first = try taken(await store.take(.prod, for: holder(7), until: Self.end, now: Self.start))
        store = try await subject.reopen(store, in: scratch)
        let again = holder(7, session: "s2")
        let second = try taken(await store.take(.prod, for: again, until: Self.end, now: Self.start + .seconds(1)))
        #expect(second.fence == Fence(first.fence.number + 1))
        #expect(second.holder == again)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a lease held by hand does not yield to the same hand`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let lease = try taken(await store.take(.prod, for: holder(nil), until: Self.end, now: Self.start))
        #expect(try await store.take(.prod, for: holder(nil), until: Self.end, now: Self.start) == .held(lease))
    }

    @Test(arguments: StoreUnderTest.all)
    func `renewing moves the end and nothing else`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let lease = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        let until = Self.end + .minutes(5)
        let renewed = try await store.renew(lease, until: until)
        #expect(renewed == Lease(place: .prod, holder: holder(1), fence: lease.fence, since: Self.start, expires: until))
        #expect(try await store.current(.prod) == renewed)
    }

    @Test(arguments: StoreUnderTest.all)
    func `renewing is refused once the fence moved or the lease was given back`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let old = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        let new = try taken(await store.take(.prod, for: holder(2), until: Self.end + .minutes(1), now: Self.end))
        #expect(await refusal { _ = try await store.renew(old, until: Self.end + .minutes(9)) })
        #expect(try await store.current(.prod) == new)
        try await store.release(new)
        #expect(await refusal { _ = try await store.renew(new, until: Self.end + .minutes(9)) })
        #expect(try await store.current(.prod) == nil)
        let never = Lease(place: .testing, holder: holder(1), fence: Fence(1), since: Self.start, expires: Self.end)
        #expect(await refusal { _ = try await store.renew(never, until: Self.end) })
    }

    @Test(arguments: StoreUnderTest.all)
    func `giving back frees the place, twice is no error, and an old lease frees nothing`(
        _ subject: StoreUnderTest
    ) async throws {
        let store = try await subject.open(scratch)
        let old = try taken(await store.take(.prod, for: holder(1), until: Self.end, now: Self.start))
        try await store.release(old)
        try await store.release(old)
        #expect(try await store.current(.prod) == nil)
        let new = try taken(await store.take(.prod, for: holder(2), until: Self.end, now: Self.start))
        try await store.release(old)
        #expect(try await store.current(.prod) == new)
    }

    @Test(arguments: StoreUnderTest.all)
    func `fences only grow, also over free times and restarts`(_ subject: StoreUnderTest) async throws {
        var store = try await subject.open(scratch)
        var fences: [Fence] = []
        for round in 0..<4 {
            let lease = try taken(await store.take(.prod, for: holder(Int64(round)), until: Self.end, now: Self.start))
            fences.append(lease.fence)
            try await store.release(lease)
            store = try await subject.reopen(store, in: scratch)
        }
        #expect(fences == [Fence(1), Fence(2), Fence(3), Fence(4)])
    }

    @Test(arguments: StoreUnderTest.all)
    func `of many who ask at once one takes the place`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        let answers = try await withThrowingTaskGroup(of: LeaseAnswer.self) { group in
            for number in 1...20 {
                let holder = holder(Int64(number))
                group.addTask { try await store.take(.prod, for: holder, until: Self.end, now: Self.start) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { if case .taken = $0 { true } else { false } } == 1)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a lease that is over when it begins is refused`(_ subject: StoreUnderTest) async throws {
        let store = try await subject.open(scratch)
        #expect(await refusal { _ = try await store.take(.prod, for: holder(1), until: Self.start, now: Self.start) })
        #expect(try await store.current(.prod) == nil)
    }

    private static func reading(_ elapsed: Milliseconds, wall: Timestamp = start, boot: String = "first") -> ClockReading {
        ClockReading(wall: wall, boot: BootTime(boot: boot, elapsed: elapsed))
    }

    @Test(arguments: StoreUnderTest.all, [Milliseconds.minutes(-24 * 60), .minutes(-60), .minutes(60), .minutes(24 * 60)])
    func `a lease that is renewed goes by the boot clock, whatever the wall clock says`(
        _ subject: StoreUnderTest, _ step: Milliseconds
    ) async throws {
        var store = try await subject.open(scratch)
        let lease = try taken(
            await store.take(.prod, for: holder(1), lasting: .seconds(30), now: Self.reading(.seconds(100)), on: .boot))
        #expect(lease.bootExpiry == BootTime(boot: "first", elapsed: .seconds(130)))
        store = try await subject.reopen(store, in: scratch)
        let still = Self.reading(.seconds(129), wall: Self.start + step)
        #expect(try await store.take(.prod, for: holder(2), lasting: .seconds(30), now: still, on: .boot) == .held(lease))
        let renewed = try await store.renew(lease, lasting: .seconds(30), now: still)
        let over = Self.reading(.seconds(159), wall: Self.start + step)
        #expect(renewed.asSeen(at: still).expires == Self.start + step + .seconds(30))
        #expect(try taken(await store.take(.prod, for: holder(2), lasting: .seconds(30), now: over, on: .boot)).fence == Fence(2))
    }

    @Test(arguments: StoreUnderTest.all)
    func `after another start of the machine, and by hand, a lease goes by the wall clock`(
        _ subject: StoreUnderTest
    ) async throws {
        let store = try await subject.open(scratch)
        let lease = try taken(
            await store.take(.prod, for: holder(1), lasting: .seconds(30), now: Self.reading(.seconds(100)), on: .boot))
        let before = Self.reading(.seconds(500), wall: Self.start + .seconds(29), boot: "second")
        #expect(try await store.take(.prod, for: holder(2), lasting: .seconds(30), now: before, on: .boot) == .held(lease))
        let after = Self.reading(.seconds(1), wall: Self.start + .seconds(30), boot: "second")
        let hand = try taken(await store.take(.prod, for: holder(nil), lasting: .seconds(30), now: after, on: .wall))
        #expect(hand.bootExpiry == nil)
        let late = Self.reading(.seconds(900), wall: Self.start + .seconds(31), boot: "second")
        #expect(try await store.take(.prod, for: holder(2), lasting: .seconds(30), now: late, on: .boot) == .held(hand))
    }

    private func refusal(_ deed: () async throws -> Void) async -> Bool {
        let fault = await #expect(throws: Fault.self) { try await deed() }
        return fault?.kind == .refused
    }
}

extension LeaseStore {
    /// Takes a lease by the wall clock until a moment.
    func take(
        _ place: Place, for holder: LeaseHolder, until expires: Timestamp, now: Timestamp
    ) async throws(Fault) -> LeaseAnswer {
        let reading = ClockReading(wall: now, boot: BootTime(boot: "first", elapsed: .zero))
        return try await take(place, for: holder, lasting: expires - now, now: reading, on: .wall)
    }

    /// Renews a lease by the wall clock until a moment.
    func renew(_ lease: Lease, until expires: Timestamp) async throws(Fault) -> Lease {
        let reading = ClockReading(wall: lease.since, boot: BootTime(boot: "first", elapsed: .zero))
        return try await renew(lease, lasting: expires - lease.since, now: reading)
    }
}

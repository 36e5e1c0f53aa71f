internal import PromotionCore
internal import Testing

@testable internal import Stage

/// What the router counts of its traffic, and what a gate reads of it.
struct TrafficTests {
    private static let place = Place(.literal("payments"), .literal("prod"))
    private static let blue = SlotName.literal("blue")
    private static let green = SlotName.literal("green")

    @Test func `requests are counted in the window that ends now, slot by slot`() {
        var record = TrafficRecord()
        for second in 0..<10 {
            record.add(Self.blue, isError: second == 9, after: 1_000, at: .seconds(Int64(second)))
            if second % 2 == 0 { record.add(Self.green, isError: false, after: 1_000, at: .seconds(Int64(second))) }
        }
        let all = record.traffic(over: .seconds(60), at: .seconds(9))
        #expect(all[Self.blue]?.requests == 10 && all[Self.blue]?.errors == 1 && all[Self.green]?.requests == 5)
        let last = record.traffic(over: .seconds(2), at: .seconds(9))
        #expect(last[Self.blue]?.requests == 2 && last[Self.blue]?.errors == 1 && last[Self.green]?.requests == 1)
        #expect(record.traffic(over: .seconds(2), at: .seconds(60)).isEmpty)
    }

    @Test func `what is older than its memory is forgotten, however long it runs`() {
        var record = TrafficRecord()
        for second in 0..<600 { record.add(Self.blue, isError: false, after: 1_000, at: .seconds(Int64(second))) }
        #expect(record.traffic(over: .seconds(600), at: .seconds(599))[Self.blue]?.requests ?? 0 <= 121)
    }

    @Test(arguments: [(0, Int64(0)), (1, 10_000), (50, 500_000), (100, 1_000_000)])
    func `an error rate is in parts of a million`(errors: Int, expected: Int64) {
        var traffic = SlotTraffic()
        for request in 0..<100 { traffic.add(isError: request < errors, after: 500) }
        #expect(traffic.signal(.errorRate) == SlotSignal(requests: 100, value: expected))
    }

    @Test func `a percentile is the upper end of its class, at most a fifth too high`() throws {
        var traffic = SlotTraffic()
        for request in 1...1_000 { traffic.add(isError: false, after: Int64(request) * 1_000) }
        for percentile in [1, 50, 95, 99, 100] {
            let exact = Int64(percentile) * 10_000
            let value = try #require(traffic.signal(.latency(percentile: percentile)).value)
            #expect(value >= exact && value <= exact + exact / 5 + 1, "p\(percentile): \(value)")
        }
        traffic.add(isError: true, after: .max)
        #expect(traffic.signal(.latency(percentile: 100)).value ?? 0 >= 70_000_000, "beyond every class is the last")
    }

    @Test func `no request is no signal`() {
        #expect(SlotTraffic().signal(.errorRate) == SlotSignal(requests: 0, value: nil))
        #expect(SlotTraffic().signal(.latency(percentile: 95)) == SlotSignal(requests: 0, value: nil))
    }

    @Test func `the stage's signals are what its router carried, and no more than it remembers`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let client = RouterClient(directory: temporary.directory)
            guard case .routing(let table, _) = await router.answer(.open(place: Self.place)), let port = table[Self.place]?.port
            else { throw Fault(.broke, "no port") }
            let image = PinnedImage(repository: StageSeed.repository, digest: Digest(of: "blue".utf8))
            let slot = try await SlotService.start(
                StageInstance(
                    token: InstanceToken(), place: Self.place, slot: Self.blue, image: image, version: "1.0.0", behaviour: .good))
            _ = try await client.ask(
                .change(.init(place: Self.place, fence: Fence(1), weights: [Self.blue: 100], backends: [Self.blue: slot.port])))
            try await Blocking.run {
                var user = try KeepAliveClient(port: port)
                for _ in 0..<25 { _ = try user.get("/") }
            }
            let signals = temporary.stage.signals(for: Self.place)
            let read = try await signals.read(.errorRate, over: .seconds(60), of: [Self.blue, Self.green])
            #expect(read[Self.blue] == SlotSignal(requests: 25, value: 0))
            #expect(read[Self.green] == SlotSignal(requests: 0, value: nil), "who took nothing has no signal")
            let other = try await temporary.stage.signals(for: Place(.literal("payments"), .literal("staging")))
                .read(.errorRate, over: .seconds(60), of: [Self.blue])
            #expect(other[Self.blue]?.requests == 0, "another place's traffic is another's")
            await #expect(throws: Fault.self) { _ = try await signals.read(.errorRate, over: .minutes(3), of: [Self.blue]) }
            await slot.drain(for: .seconds(1))
            await router.stop(within: .seconds(1))
        }
    }
}

internal import FoundationEssentials
internal import NIOCore
internal import PromotionCore
internal import Synchronization
internal import Testing

@testable internal import Stage

/// Router and slots in this process, on real ports.
struct RouterTests {
    private static let place = Place(.literal("payments"), .literal("prod"))
    private static let blue = SlotName.literal("blue")
    private static let green = SlotName.literal("green")

    private func slot(_ name: SlotName, _ behaviour: SlotBehaviour = .good) async throws -> SlotService {
        let image = PinnedImage(repository: StageSeed.repository, digest: Digest(of: name.text.utf8))
        return try await SlotService.start(
            StageInstance(
                token: InstanceToken(), place: Self.place, slot: name, image: image, version: "1.0.0", behaviour: behaviour))
    }

    private func port(_ router: Router) async throws -> Int {
        guard case .routing(let table, _) = await router.answer(.open(place: Self.place)), let entry = table[Self.place] else {
            throw Fault(.broke, "no port")
        }
        return entry.port
    }

    private func change(
        _ client: RouterClient, fence: Int64 = 1, weights: [SlotName: Int]? = nil, backends: [SlotName: Int]? = nil
    ) async throws -> RouterAnswer {
        try await client.ask(.change(.init(place: Self.place, fence: Fence(fence), weights: weights, backends: backends)))
    }

    @Test(.timeLimit(.minutes(2)))
    func `no request fails while traffic flips fifty times and slots are replaced under load`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let client = RouterClient(directory: temporary.directory)
            let port = try await port(router)
            var slots = [Self.blue: try await slot(Self.blue), Self.green: try await slot(Self.green)]
            _ = try await change(client, weights: [Self.blue: 100], backends: slots.mapValues(\.port))
            let load = Load(port: port, clients: 4)
            for flip in 1...50 {
                let (live, idle) = flip % 2 == 0 ? (Self.blue, Self.green) : (Self.green, Self.blue)
                guard case .routing(let table, _) = try await change(client, weights: [live: 100, idle: 0]) else {
                    throw Fault(.broke, "refused")
                }
                #expect(table[Self.place]?.weights == [live: 100, idle: 0])
                let answered = load.answered
                if flip % 10 == 0, let old = slots[live] {
                    // The live slot's process is replaced: the new one first, then the pointer, then the old one drains.
                    let new = try await slot(live)
                    slots[live] = new
                    _ = try await change(client, backends: [live: new.port])
                    await StageRouter(directory: temporary.directory, executable: StageExecutable(path: "/nonexistent"))
                        .settle(old.port, within: .seconds(5))
                    await old.drain(for: .seconds(5))
                }
                try await TemporaryStage.until("requests go on") { load.answered >= answered + 20 }
            }
            let result = await load.stop()
            #expect(result.failures == [])
            #expect(result.answered > 1_000)
            #expect(Set(result.slots.keys) == ["blue", "green"])
            for slot in slots.values { await slot.drain(for: .seconds(1)) }
            await router.stop(within: .seconds(5))
        }
    }

    @Test func `weights split requests of one connection`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let slots = [Self.blue: try await slot(Self.blue), Self.green: try await slot(Self.green)]
            let port = try await port(router)
            _ = try await change(
                RouterClient(directory: temporary.directory), weights: [Self.blue: 50, Self.green: 50],
                backends: slots.mapValues(\.port))
            let seen = try await Blocking.run {
                var client = try KeepAliveClient(port: port)
                var seen: [String: Int] = [:]
                for _ in 0..<200 { seen[try client.get("/").header("X-Baton-Stage-Slot") ?? "none", default: 0] += 1 }
                return seen
            }
            // Out of 200 fair draws fewer than 50 come about once in 10^12 runs.
            #expect((seen["blue"] ?? 0) > 50 && (seen["green"] ?? 0) > 50 && seen.count == 2, "\(seen)")
            for slot in slots.values { await slot.drain(for: .seconds(1)) }
            await router.stop(within: .seconds(1))
        }
    }

    @Test func `an older fence is refused, also by a router that was started again on the same ports`() async throws {
        try await TemporaryStage.with { temporary in
            let first = try await Router.start(temporary.directory)
            let client = RouterClient(directory: temporary.directory)
            let blue = try await slot(Self.blue)
            let port = try await port(first)
            _ = try await change(client, fence: 7, weights: [Self.blue: 100], backends: [Self.blue: blue.port])
            await #expect(throws: StageError.alreadyServed(path: SafeText(temporary.directory.path))) {
                _ = try await Router.start(temporary.directory)
            }
            await first.stop(within: .seconds(1))
            await #expect(throws: RouterClient.Failure.notListening) { _ = try await client.ask(.read) }

            let second = try await Router.start(temporary.directory)
            guard case .refused(let reason) = try await change(client, fence: 6, weights: [Self.blue: 100]) else {
                Issue.record("an older fence was taken")
                return
            }
            #expect(reason.text.contains("fence 6"))
            let answer = try await Blocking.run {
                var client = try KeepAliveClient(port: port)
                return try client.get("/")
            }
            #expect(answer.status == 200)
            #expect(answer.header("X-Baton-Digest") == Digest(of: "blue".utf8).description)
            await blue.drain(for: .seconds(1))
            await second.stop(within: .seconds(1))
        }
    }

    @Test func `a slot that is gone gives a clear 502, a place without traffic a 503, and the connection goes on`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let port = try await port(router)
            let blue = try await slot(Self.blue)
            let answers = try await Blocking.run {
                var client = try KeepAliveClient(port: port)
                return [try client.get("/"), try client.head("/"), try client.get("/")]
            }
            #expect(answers.map(\.status) == [503, 503, 503])
            _ = try await change(
                RouterClient(directory: temporary.directory), weights: [Self.blue: 100], backends: [Self.blue: blue.port])
            await blue.drain(for: .zero)
            let answer = try await Blocking.run {
                var client = try KeepAliveClient(port: port)
                _ = try client.get("/")
                return try client.get("/")
            }
            #expect(answer.status == 502)
            #expect(answer.body.contains("slot blue of payments prod does not answer"))
            await router.stop(within: .seconds(1))
        }
    }

    @Test func `bodies have a bound, at the router and at a slot`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let blue = try await slot(Self.blue)
            let port = try await port(router)
            _ = try await change(
                RouterClient(directory: temporary.directory), weights: [Self.blue: 100], backends: [Self.blue: blue.port])
            for port in [port, blue.port] {
                let statuses = try await Blocking.run {
                    var small = try KeepAliveClient(port: port)
                    let taken = try small.post("/", bodyInBytes: 1 << 20).status
                    let again = try small.get("/").status
                    var large = try KeepAliveClient(port: port)
                    return [taken, again, try large.post("/", bodyInBytes: (1 << 20) + 1).status]
                }
                #expect(statuses == [200, 200, 413])
            }
            await blue.drain(for: .seconds(1))
            await router.stop(within: .seconds(1))
        }
    }

    @Test func `a slot that drains finishes the request under way and takes no other`() async throws {
        let slow = try await slot(Self.blue, .slow)
        let port = slow.port
        async let answer = Blocking.run {
            var client = try KeepAliveClient(port: port)
            return try client.get("/")
        }
        try await TemporaryStage.until("the request is under way") { slow.requestCount == 1 }
        await slow.drain(for: .seconds(5))
        #expect(try await answer.status == 200)
        #expect(try await answer.header("Connection") == "close")
        await #expect(throws: KeepAliveClient.Failure.self) {
            try await Blocking.run { _ = try KeepAliveClient(port: port) }
        }
    }

    @Test func `a stage directory whose socket would have too long a path is refused with that reason`() async throws {
        try await TemporaryStage.with { temporary in
            try temporary.directory.make()
            let deep = StageDirectory(temporary.directory.path + "/" + String(repeating: "d", count: 90))
            let error = await #expect(throws: StageError.self) { _ = try await Router.start(deep) }
            #expect(error?.description.contains("too long for a Unix socket") == true)
        }
    }

    @Test(arguments: ["nonsense", "{\"change\":{}}", "a line of 70000 bytes"])
    func `the control socket refuses what is no message and goes on`(line: String) async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let sent = line.hasPrefix("a line") ? String(repeating: "x", count: 70_000) : line
            let said = try await Blocking.run { try UnixLine.exchange(sent, at: temporary.directory.routerSocket) }
            #expect(said.isEmpty || said.contains("not a message of the router"))
            let mode = try FileManager.default.attributesOfItem(atPath: temporary.directory.routerSocket)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            _ = try await RouterClient(directory: temporary.directory).ask(.read)
            await router.stop(within: .seconds(1))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a port that ends while it is wanted is opened again, and what it has accepted goes on`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let port = try await port(router)
            let blue = try await slot(Self.blue, .slow)
            let client = RouterClient(directory: temporary.directory)
            _ = try await change(client, weights: [Self.blue: 100], backends: [Self.blue: blue.port])
            for round in 1...3 {
                async let underWay = LoopbackClient.get("/", port: port, deadline: .seconds(10)).status
                try await TemporaryStage.until("the request is under way") { blue.requestCount == 2 * round - 1 }
                let ended = try #require(await router.ports[Self.place]?.channel)
                try await ended.close()
                try await TemporaryStage.until("the port listens again") { await router.ports[Self.place]?.channel !== ended }
                #expect(try await LoopbackClient.get("/", port: port).status == 200)
                #expect(try await underWay == 200)
            }
            await router.stop(within: .seconds(1))
            await #expect(throws: KeepAliveClient.Failure.self) {
                try await Blocking.run { _ = try KeepAliveClient(port: port) }
            }
            await blue.drain(for: .seconds(1))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a slot's port that ends while it is wanted is opened again, until the slot drains`() async throws {
        let blue = try await slot(Self.blue)
        let ended = try #require(blue.channel)
        try await ended.close()
        try await TemporaryStage.until("the slot listens again") { blue.channel !== ended }
        let port = blue.port
        let status = try await Blocking.run {
            var client = try KeepAliveClient(port: port)
            return try client.get("/").status
        }
        #expect(status == 200)
        await blue.drain(for: .seconds(1))
        #expect(blue.channel == nil)
    }

    @Test func `a look at the port is answered by the slot that serves, and is no traffic`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            let port = try await port(router)
            let blue = try await slot(Self.blue, .failsAfterSwitch)
            let client = RouterClient(directory: temporary.directory)
            _ = try await change(client, weights: [Self.blue: 100], backends: [Self.blue: blue.port])
            let look = try await LoopbackClient.get("/version", port: port, isLook: true)
            #expect(look.status == 200 && look.digest == Digest(of: "blue".utf8))
            let traffic = RouterRequest.traffic(place: Self.place, window: .seconds(60))
            guard case .traffic(let none) = await router.answer(traffic) else { throw Fault(.broke, "no traffic") }
            #expect(none.allSatisfy { $0.traffic.signal(.errorRate).requests == 0 })
            // A user's request breaks this release; a look does not.
            #expect(try await LoopbackClient.get("/", port: port).status == 200)
            #expect(try await LoopbackClient.get("/", port: port).status == 500)
            await blue.drain(for: .zero)
            let gone = try await LoopbackClient.get("/version", port: port, isLook: true)
            #expect(gone.status == 502 && gone.digest == nil)
            await router.stop(within: .seconds(1))
        }
    }
}

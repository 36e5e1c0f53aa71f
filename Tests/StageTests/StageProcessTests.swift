internal import FoundationEssentials
internal import Glibc
internal import Platform
internal import PromotionCore
internal import Testing

@testable internal import Stage

/// The whole stage with real processes, which end with each test.
@Suite(
    .enabled(if: TemporaryStage.hasProgram, "the program baton is not built beside the tests"), .serialized,
    .timeLimit(.minutes(3)))
struct StageProcessTests {
    private static let testing = Place(.literal("payments"), .literal("testing"))
    private static let prod = Place(.literal("payments"), .literal("prod"))
    private static let blue = SlotName.literal("blue")
    private static let green = SlotName.literal("green")

    private func image(_ tag: String) throws -> PinnedImage {
        let release = try #require(StageSeed.release(try PromotionCore.Tag(tag)))
        return PinnedImage(repository: StageSeed.repository, digest: StageSeed.digest(of: release))
    }

    private func process(_ observation: SlotObservation) async throws -> Int32 {
        let port = try #require(observation.endpoint?.port)
        let answer = try await LoopbackClient.get("/version", port: port)
        return try CanonicalJSON.decode(SlotVersion.self, from: answer.body).processNumber
    }

    @Test func `a started stage runs what it is seeded with, once, and another agent finds it`() async throws {
        try await TemporaryStage.with { temporary in
            try await temporary.stage.start()
            let blue = try await temporary.stage.target(for: Self.prod).observe(Self.blue)
            #expect(blue.health == .healthy)
            #expect(blue.digest == (try image("v2.30.3")).digest)
            let green = try await temporary.stage.target(for: Self.prod).observe(Self.green)
            #expect(green.digest == (try image("v2.30.1")).digest)
            #expect(
                try await temporary.stage.trafficSwitch(for: Self.prod).routing()
                    == Routing(weights: [Self.blue: 100, Self.green: 0]))
            #expect(try await temporary.stage.trafficSwitch(for: Self.testing).routing().live == .only)
            let slots = temporary.processes("stage-slot")
            #expect(slots.count == 4)
            #expect(temporary.processes("stage-router").count == 1)
            // A session of its own each, and none of this process's files.
            for number in slots { #expect(getsid(number) == number) }

            try await temporary.stage.start()
            #expect(temporary.processes("stage-slot") == slots)
            await temporary.stage.stopAll()
            #expect(temporary.processes("stage-slot") == [])
            #expect(temporary.processes("stage-router") == [])
        }
    }

    @Test func `a replaced slot and a restarted stage fail no request and keep their port`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let target = stage.target(for: Self.testing)
            let port = try #require(try await stage.front(of: Self.testing).endpoint()?.port)
            let load = Load(port: port, clients: 6, stagger: .milliseconds(45))
            // The slow release is drained for as long as its answers take, which is longer than the router tries again: a
            // pointer that moved after the old process had stopped listening would be seen here.
            for (fence, tag) in ["v2.31.0-rc.1", "v2.34.0-rc.1", "v2.31.0-rc.2", "v2.30.3"].enumerated() {
                let seen = try await target.run(try image(tag), in: .only, under: Fence(Int64(fence)))
                #expect(seen.digest == (try image(tag)).digest)
                #expect(seen.health == (tag == "v2.34.0-rc.1" ? .starting : .healthy))
                let answered = load.answered
                try await TemporaryStage.until("requests go on") { load.answered >= answered + 16 }
            }
            let result = await load.stop()
            #expect(result.failures == [])
            #expect(temporary.processes("stage-slot").count == 4)

            await stage.stopAll()
            try await stage.start()
            #expect(try await stage.front(of: Self.testing).endpoint()?.port == port)
            #expect(try await target.observe(.only).digest == (try image("v2.30.3")).digest)
        }
    }

    @Test func `the image that runs already is only observed, and an older fence is refused`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let target = stage.target(for: Self.prod)
            let first = try await target.run(try image("v2.31.0-rc.2"), in: Self.green, under: Fence(9))
            let again = try await target.run(try image("v2.31.0-rc.2"), in: Self.green, under: Fence(9))
            #expect(try await process(first) == process(again))
            for refused in [
                { _ = try await target.run(try image("v2.30.1"), in: Self.green, under: Fence(8)) },
                { try await target.stop(Self.green, under: Fence(8)) },
                { _ = try await stage.trafficSwitch(for: Self.prod).route(to: Self.green, under: Fence(8)) },
                { _ = try await target.run(try image("v2.30.1"), in: .only, under: Fence(9)) },
            ] as [() async throws -> Void] {
                let fault = await #expect(throws: Fault.self) { try await refused() }
                #expect(fault?.kind == .refused)
            }
            #expect(try await target.observe(Self.green).digest == (try image("v2.31.0-rc.2")).digest)
            try await target.stop(Self.green, under: Fence(9))
            #expect(try await target.observe(Self.green).health == .empty)
            let fault = await #expect(throws: Fault.self) {
                _ = try await stage.trafficSwitch(for: Self.prod).route(to: Self.green, under: Fence(9))
            }
            #expect(fault?.kind == .refused)
        }
    }

    @Test func `a killed slot is not healthy, and running it again starts it`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let target = stage.target(for: Self.prod)
            let before = try await process(target.observe(Self.blue))
            kill(before, SIGKILL)
            try await TemporaryStage.until("the death is seen") { try await target.observe(Self.blue).health != .healthy }
            let dead = try await target.observe(Self.blue)
            guard case .unhealthy = dead.health else {
                Issue.record("\(dead.health)")
                return
            }
            #expect(dead.instances == [])
            let again = try await target.run(try image("v2.30.3"), in: Self.blue, under: Fence(1))
            #expect(again.health == .healthy)
            #expect(try await process(again) != before)
            let routed = try await stage.trafficSwitch(for: Self.prod).route(to: Self.blue, under: Fence(1))
            #expect(routed.live == Self.blue)
        }
    }

    @Test func `a process that a cut-off change left behind is ended by the next one, and the router follows`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let image = try image("v2.31.0-rc.1")
            let configuration = try await temporary.registry.configuration(of: image.digest, for: .host, in: image.repository)
            let processes = SlotProcesses(
                directory: temporary.directory, executable: StageExecutable(path: TemporaryStage.program))
            let orphan = try await processes.start(image, configuration, in: Self.green, of: Self.prod)
            #expect(temporary.processes("stage-slot").count == 5)
            // The same, cut off one step later: the record names the new process, the router still the old one.
            let named = try await processes.start(image, configuration, in: Self.green, of: Self.prod)
            try StageFile.encode(
                SlotRecord(image: image, instance: named.token), to: temporary.directory.slotFile(Self.prod, Self.green))
            let seen = try await stage.target(for: Self.prod).run(image, in: Self.green, under: Fence(1))
            #expect(seen.endpoint?.port == named.port)
            #expect(orphan.process?.isAlive == false)
            #expect(temporary.processes("stage-slot").count == 4)
            let table = try await RouterClient(directory: temporary.directory).ask(.read)
            guard case .routing(let routing, _) = table else {
                Issue.record("\(table)")
                return
            }
            #expect(routing[Self.prod]?.backends[Self.green] == named.port)
        }
    }

    @Test(arguments: ["/nonexistent/baton", "/bin/false"])
    func `a program that does not run is a fault that leaves what ran`(program: String) async throws {
        try await TemporaryStage.with { temporary in
            try await temporary.stage.start()
            let broken = Stage(
                temporary.directory, executable: StageExecutable(path: program), registry: temporary.registry,
                now: { Timestamp(millisecondsSinceEpoch: 0) })
            let target = broken.target(for: Self.prod)
            let fault = await #expect(throws: Fault.self) {
                _ = try await target.run(try image("v2.31.0-rc.1"), in: Self.green, under: Fence(1))
            }
            #expect(fault?.kind == .broke)
            let seen = try await target.observe(Self.green)
            #expect(seen.health == .healthy)
            #expect(seen.digest == (try image("v2.30.1")).digest)
            #expect(try DurableFile.names(in: temporary.directory.instances, suffix: ".json").count == 4)
        }
    }

    @Test func `a killed router is started again by the next question and routes as before`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let traffic = stage.trafficSwitch(for: Self.prod)
            _ = try await traffic.route(to: Self.green, under: Fence(3))
            let endpoint = try await stage.front(of: Self.prod).endpoint()
            let router = try #require(temporary.processes("stage-router").first)
            kill(router, SIGKILL)
            try await TemporaryStage.until("the router ends") {
                UnwaitedChildren.collect()
                return temporary.processes("stage-router").isEmpty
            }
            #expect(try await traffic.routing().live == Self.green)
            #expect(try await stage.front(of: Self.prod).endpoint() == endpoint)
            let answer = try await LoopbackClient.get("/", port: try #require(endpoint?.port))
            #expect(answer.digest == (try image("v2.30.1")).digest)
        }
    }

    @Test func `releases behave as they are prepared to`() async throws {
        try await TemporaryStage.with { temporary in
            let stage = temporary.stage
            try await stage.start()
            let target = stage.target(for: Self.prod)
            let unhealthy = try await target.run(try image("v2.32.0-rc.1"), in: Self.green, under: Fence(1))
            guard case .unhealthy(let reason) = unhealthy.health else {
                Issue.record("\(unhealthy.health)")
                return
            }
            #expect(reason.text.contains("503"))
            #expect(unhealthy.digest == (try image("v2.32.0-rc.1")).digest)

            let slow = try await target.run(try image("v2.34.0-rc.1"), in: Self.green, under: Fence(1))
            #expect(slow.health == .starting)
            try await TemporaryStage.until("the slow one is ready", within: .seconds(20)) {
                try await target.observe(Self.green).health == .healthy
            }

            let late = try await target.run(try image("v2.33.0-rc.1"), in: Self.green, under: Fence(1))
            #expect(late.health == .healthy)
            _ = try await stage.trafficSwitch(for: Self.prod).route(to: Self.green, under: Fence(1))
            guard case .unhealthy = try await target.observe(Self.green).health else {
                Issue.record("it is still healthy after the switch")
                return
            }
        }
    }

    @Test func `processes end by themselves when their stage is gone`() async throws {
        try await TemporaryStage.with { temporary in
            try await temporary.stage.start()
            try FileManager.default.removeItem(atPath: temporary.directory.path)
            try await TemporaryStage.until("all have ended") {
                UnwaitedChildren.collect()
                return temporary.processes("stage-slot").isEmpty && temporary.processes("stage-router").isEmpty
            }
            try FileManager.default.createDirectory(atPath: temporary.directory.path, withIntermediateDirectories: true)
        }
    }
}

internal import Agent
internal import PromotionCore
internal import Testing

@Suite struct `Following an agent` {
    @Test func `A board comes first, and then every change in order`() async throws {
        let engine = TestEngine(bufferedChanges: 5_000)
        try await Running.server(engine: engine) { running in
            let client = try await RawClient(running.path)
            try await client.greet(readOnly: true)
            try await client.send(Asked(id: 1, request: ViewerRequest.subscribe))
            #expect(try await client.hear() == .line(.snapshot(engine.board)))
            for number in 0..<500 { engine.publish(.numbered(number)) }
            for number in 0..<500 {
                guard case .line(.change(let change)) = try await client.hear() else {
                    Issue.record("change \(number) is missing")
                    return
                }
                #expect(change.number == number)
            }
            try await client.send(Asked(id: 2, request: ViewerRequest.subscribe))
            #expect(try await client.hear() == .line(.snapshot(engine.board)))
            engine.publish(.numbered(1_000))
            #expect(try await client.hear() == .line(.change(.numbered(1_000))))
        }
    }

    @Test func `A slow viewer gets a fresh board, a fast one misses nothing, and the engine waits for neither`() async throws {
        let engine = TestEngine(bufferedChanges: 100_000)
        try await Running.server(engine: engine) { running in
            let slow = try await RawClient(running.path)
            let fast = try await RawClient(running.path)
            for client in [slow, fast] {
                try await client.greet(readOnly: true)
                try await client.send(Asked(id: 1, request: ViewerRequest.subscribe))
                #expect(try await client.hear() == .line(.snapshot(engine.board)))
            }
            // Far more than a backlog and the socket's own buffers hold.
            for number in 0..<3_000 {
                engine.publish(.numbered(number, bytes: 2_000))
                guard case .line(.change(let change)) = try await fast.hear() else {
                    Issue.record("the fast viewer missed \(number)")
                    return
                }
                #expect(change.number == number)
            }
            try await eventually("the engine is free of the slow viewer") { engine.ended == 1 }
            var expected = 0
            var heard = try await slow.hear()
            while case .line(.change(let change)) = heard {
                #expect(change.number == expected)
                expected += 1
                heard = try await slow.hear()
            }
            #expect(heard == .line(.snapshot(engine.board)))
            #expect((1..<3_000).contains(expected))
            engine.publish(.numbered(9_999))
            #expect(try await slow.hear() == .line(.change(.numbered(9_999))))
            #expect(try await fast.hear() == .line(.change(.numbered(9_999))))
        }
    }

    @Test func `A viewer that stopped reading is let go after a while even with little to send`() async throws {
        var limits = AgentServer.Limits()
        limits.waiting = Milliseconds(200)
        limits.waitingBytes = 1_024 * 1_024 * 1_024
        let engine = TestEngine(bufferedChanges: 100_000)
        try await Running.server(engine: engine, limits: limits) { running in
            let client = try await RawClient(running.path)
            try await client.greet(readOnly: true)
            try await client.send(Asked(id: 1, request: ViewerRequest.subscribe))
            #expect(try await client.hear() == .line(.snapshot(engine.board)))
            var number = 0
            try await eventually("the stuck viewer is let go") {
                for _ in 0..<50 { engine.publish(.numbered(number, bytes: 2_000)) }
                number += 1
                return engine.ended == 1
            }
            var heard = try await client.hear()
            while case .line(.change) = heard { heard = try await client.hear() }
            #expect(heard == .line(.snapshot(engine.board)))
        }
    }

    @Test func `An engine that ends every stream is asked again, and not in a storm`() async throws {
        let engine = TestEngine(endsAtOnce: true)
        try await Running.server(engine: engine) { running in
            let client = try await RawClient(running.path)
            try await client.greet(readOnly: true)
            let start = ContinuousClock.now
            try await client.send(Asked(id: 1, request: ViewerRequest.subscribe))
            for _ in 0..<4 { #expect(try await client.hear() == .line(.snapshot(engine.board))) }
            #expect(ContinuousClock.now - start >= .milliseconds(750))
        }
    }

    @Test func `A viewer that goes frees the engine`() async throws {
        let engine = TestEngine()
        try await Running.server(engine: engine) { running in
            var client: RawClient? = try await RawClient(running.path)
            try await client?.greet(readOnly: true)
            try await client?.send(Asked(id: 1, request: ViewerRequest.subscribe))
            _ = try await client?.hear()
            client = nil
            try await eventually("the subscription ends") { engine.ended == 1 }
            #expect(engine.subscriptions == 1)
        }
    }
}

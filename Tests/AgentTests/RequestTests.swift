internal import Agent
internal import PromotionCore
internal import Testing

@Suite struct `Asking an agent` {
    @Test func `A request reaches the engine with its account, and the answer has its number`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            let welcome = try #require(try await client.greet())
            try await client.send(Asked(id: 41, request: Sample.promote))
            #expect(try await client.hear() == .line(.answer(id: 41, .accepted)))
            #expect(running.engine.asked == [Sample.promote])
            #expect(running.engine.accounts == [welcome.account])
        }
    }

    @Test(arguments: [true, false])
    func `A viewer's connection has no message that changes anything`(readOnly: Bool) async throws {
        let role: [String: Role] = readOnly ? [:] : [Running.accountName: .viewer]
        let engine = TestEngine()
        try await Running.server(roles: role, engine: engine) { running in
            let client = try await RawClient(running.path)
            let welcome = try #require(try await client.greet(readOnly: readOnly))
            #expect(welcome.role == .viewer)
            for (id, request) in [Sample.promote, .abort(PromotionNumber(1), reason: "no")].enumerated() {
                try await client.send(Asked(id: Int64(id), request: request))
                guard case .line(.answer(Int64(id), .notPermitted(let reason))) = try await client.hear() else {
                    Issue.record("the request was not refused")
                    return
                }
                #expect(reason.text.contains("may only look"))
            }
            #expect(engine.asked.isEmpty)
            try await client.send(Asked(id: 9, request: ViewerRequest.board))
            #expect(try await client.hear() == .line(.answer(id: 9, .board(engine.board))))
        }
    }

    @Test func `A role that is too small is refused with the role that is needed`() async throws {
        try await Running.server { running in
            let server = Running.make(running.directory.path("ci.sock"), running.engine, [Running.accountName: .ci])
            try await server.start()
            let client = try await RawClient(running.directory.path("ci.sock"))
            try await client.greet()
            try await client.send(Asked(id: 1, request: Sample.promote))
            #expect(
                try await client.hear()
                    == .line(.answer(id: 1, .notPermitted("\(SafeText(Running.accountName)) is ci here; this needs operator"))))
            let evidence = OperatorRequest.addEvidence(Sample.place, digest: Sample.digest, passed: 3, total: 3, note: nil)
            try await client.send(Asked(id: 2, request: evidence))
            #expect(try await client.hear() == .line(.answer(id: 2, .accepted)))
            #expect(running.engine.asked == [evidence])
            await server.stop()
        }
    }

    @Test func `A message that nobody knows is answered by its number, a line without one ends the connection`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            try await client.greet()
            try await client.send(#"{"id":5,"request":{"explode":{}}}"#)
            guard case .line(.answer(5, .broken(let reason))) = try await client.hear() else {
                Issue.record("the message was not answered")
                return
            }
            #expect(reason.text.contains("does not understand"))
            try await client.send("explode")
            #expect(try await client.farewell()?.contains("id and a request") == true)
            #expect(try await client.hear() == .closed)
            #expect(running.engine.asked.isEmpty)
        }
    }

    @Test func `A line may have the limit and not one byte more`() async throws {
        try await Running.server { running in
            let message = try Wire.line(Asked(id: 1, request: OperatorRequest.view(.board))).dropLast()
            let client = try await RawClient(running.path)
            try await client.greet()
            let spaces = [UInt8](repeating: UInt8(ascii: " "), count: Wire.requestLimit - 1 - message.count)
            try await client.send(bytes: message + spaces + [UInt8(ascii: "\n")])
            #expect(try await client.hear() == .line(.answer(id: 1, .board(running.engine.board))))
            try await client.send(bytes: message + spaces + Array(" \n".utf8))
            #expect(try await client.farewell() == "a message may be at most 65536 bytes")
            #expect(try await client.hear() == .closed)
        }
    }

    @Test func `A line without an end is cut off, however long it would be`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            try await client.greet()
            try await client.send(bytes: [UInt8](repeating: UInt8(ascii: "a"), count: 4 * 1_024 * 1_024))
            #expect(try await client.farewell() == "a message may be at most 65536 bytes")
        }
    }

    @Test func `A message may come byte by byte, and several at once`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            for byte in try Wire.line(Hello(readOnly: false)) { try await client.send(bytes: [byte]) }
            guard case .line(.welcome) = try await client.hear() else {
                Issue.record("no welcome")
                return
            }
            for byte in try Wire.line(Asked(id: 1, request: OperatorRequest.view(.board))) {
                try await client.send(bytes: [byte])
            }
            #expect(try await client.hear() == .line(.answer(id: 1, .board(running.engine.board))))
            let many = try (2..<40).flatMap { try Wire.line(Asked(id: $0, request: OperatorRequest.view(.board))) }
            try await client.send(bytes: many)
            var answered: Set<Int64> = []
            for _ in 2..<40 {
                if case .line(.answer(let id, .board)) = try await client.hear() { answered.insert(id) }
            }
            #expect(answered == Set(2..<40))
        }
    }

    @Test func `Sixteen requests wait for answers, and no more are read`() async throws {
        let engine = TestEngine()
        engine.hold()
        try await Running.server(engine: engine) { running in
            let client = try await RawClient(running.path)
            try await client.greet()
            for id in 0..<40 { try await client.send(Asked(id: Int64(id), request: Sample.promote)) }
            try await eventually("sixteen wait") { engine.heldCount == 16 }
            let other = try await RawClient(running.path)
            try await other.greet()
            #expect(engine.asked.count == 16)
            let flood = try (0..<60_000).flatMap { try Wire.line(Asked(id: $0, request: ViewerRequest.board)) }
            #expect(try await client.send(bytes: flood) < flood.count)
            #expect(engine.asked.count == 16)
            engine.letGo()
            for _ in 0..<40 {
                guard case .line(.answer) = try await client.hear() else {
                    Issue.record("an answer is missing")
                    return
                }
            }
        }
    }

    @Test func `A client that goes does not cancel what it asked for`() async throws {
        let engine = TestEngine()
        engine.hold()
        try await Running.server(engine: engine) { running in
            var client: RawClient? = try await RawClient(running.path)
            try await client?.greet()
            try await client?.send(Asked(id: 1, request: Sample.promote))
            try await eventually("the request is there") { engine.heldCount == 1 }
            client = nil
            let other = try await RawClient(running.path)
            #expect(try await other.greet() != nil)
            engine.letGo()
            #expect(engine.asked == [Sample.promote])
        }
    }
}

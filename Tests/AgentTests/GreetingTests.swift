internal import Agent
internal import Glibc
internal import PromotionCore
internal import Testing

@Suite struct `Greeting an agent` {
    @Test func `A client is welcomed by the name that the kernel vouches for`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            let welcome = try #require(try await client.greet())
            #expect(welcome.account.name.text == Running.accountName)
            #expect(welcome.account.proof == .socket(userID: geteuid()))
            #expect(welcome.role == .admin)
            #expect(welcome.agent == TestEngine.description)
        }
    }

    @Test func `A configured role holds for the agent's own account too`() async throws {
        try await Running.server(roles: [Running.accountName: .ci]) { running in
            let client = try await RawClient(running.path)
            #expect(try await client.greet()?.role == .ci)
        }
    }

    @Test func `A name in the hello is not listened to`() async throws {
        try await Running.server(roles: ["mallory": .admin, Running.accountName: .viewer]) { running in
            let client = try await RawClient(running.path)
            try await client.send(#"{"protocolVersion":3,"readOnly":false,"account":"mallory","role":"admin"}"#)
            guard case .line(.welcome(let welcome)) = try await client.hear() else {
                Issue.record("no welcome")
                return
            }
            #expect(welcome.account.name.text == Running.accountName)
            #expect(welcome.role == .viewer)
        }
    }

    @Test func `Another protocol version is sent away with both versions`() async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            try await client.send(#"{"protocolVersion":7,"hello":"from the future"}"#)
            let reason = try #require(try await client.farewell())
            #expect(reason.contains("speaks protocol 3") && reason.contains("speaks 7"))
            #expect(try await client.hear() == .closed)
        }
    }

    @Test(arguments: ["", "hello", "[]", "{}", #"{"protocolVersion":"3"}"#, #"{"protocolVersion":3}"#, "\u{0}", "{\"a\":"])
    func `What is no hello is sent away with a sentence`(line: String) async throws {
        try await Running.server { running in
            let client = try await RawClient(running.path)
            try await client.send(line)
            #expect(try await client.farewell()?.contains("hello") == true)
            #expect(try await client.hear() == .closed)
        }
    }

    @Test func `A client that says nothing is sent away, one that looks on stays`() async throws {
        var limits = AgentServer.Limits()
        limits.hello = Milliseconds(300)
        try await Running.server(limits: limits) { running in
            let idle = try await RawClient(running.path)
            try await idle.greet()
            let silent = try await RawClient(running.path)
            try await silent.send(bytes: Array("{\"proto".utf8))
            #expect(try await silent.farewell() == "no hello came within 300 ms")
            #expect(try await silent.hear() == .closed)
            try await idle.send(Asked(id: 1, request: OperatorRequest.view(.board)))
            #expect(try await idle.hear() == .line(.answer(id: 1, .board(running.engine.board))))
        }
    }

    @Test func `One client too many is told so, and its place is free again when another goes`() async throws {
        try await Running.server { running in
            var clients: [RawClient] = []
            for _ in 0..<64 {
                let client = try await RawClient(running.path)
                #expect(try await client.greet() != nil)
                clients.append(client)
            }
            let late = try await RawClient(running.path)
            #expect(try await late.farewell()?.hasPrefix("64 clients are connected already") == true)
            #expect(try await late.hear() == .closed)
            clients.removeLast()
            let deadline = ContinuousClock.now + .seconds(10)
            var welcome: Welcome?
            while welcome == nil, ContinuousClock.now < deadline {
                welcome = try await RawClient(running.path).greet()
            }
            #expect(welcome != nil)
        }
    }

    @Test func `Everybody hears goodbye when the agent stops, and the socket is gone`() async throws {
        try await Running.server { running in
            let greeted = try await RawClient(running.path)
            try await greeted.greet()
            let silent = try await RawClient(running.path)
            await running.server.stop()
            #expect(try await greeted.farewell() == "the agent stops")
            #expect(try await greeted.hear() == .closed)
            #expect(try await silent.hear() != .nothing)
            #expect(access(running.path, F_OK) != 0)
            try await running.server.start()
            #expect(try await RawClient(running.path).greet() != nil)
        }
    }
}

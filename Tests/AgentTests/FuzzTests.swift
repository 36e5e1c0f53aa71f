internal import Agent
internal import Fixtures
internal import PromotionCore
internal import Testing

@Suite struct `Noise on the socket` {
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `Nothing that a client says harms the agent or starts anything`(seed: UInt64) async throws {
        try await Running.server { running in
            var random = SeededRandom(seed: seed)
            let promote = try Wire.line(Asked(id: 7, request: Sample.promote))
            for round in 0..<40 {
                let client = try await RawClient(running.path)
                if Bool.random(using: &random) { try await client.greet(readOnly: true) }
                try await client.send(bytes: Self.noise(promote, &random))
                var heard = try await client.hear(within: 0)
                while case .line = heard { heard = try await client.hear(within: 0) }
                #expect(running.engine.asked.isEmpty, "replay: seed \(seed), round \(round)")
            }
            let deadline = ContinuousClock.now + .seconds(10)
            var welcome: Welcome?
            while welcome == nil, ContinuousClock.now < deadline { welcome = try await RawClient(running.path).greet() }
            #expect(welcome != nil, "replay: seed \(seed)")
        }
    }

    /// Bytes of any kind, or a message with some of them changed.
    private static func noise(_ message: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: return (0..<Int.random(in: 0..<2_000, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        case 1: return Array(String(repeating: "[", count: Int.random(in: 1..<60_000, using: &random)).utf8) + [10]
        case 2: return Array(message[..<Int.random(in: 0..<message.count, using: &random)]) + [10]
        default:
            var bytes = message
            for _ in 0..<Int.random(in: 1..<20, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            return bytes + [10]
        }
    }
}

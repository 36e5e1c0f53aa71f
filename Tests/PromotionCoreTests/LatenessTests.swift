import Fixtures
import PromotionCore
import Testing

@Suite struct `A sample of a late agent` {
    private static func sample(_ latency: Int64) -> Sample {
        Sample(
            at: Fixtures.start, hit: "http://h/", identities: [], answer: .status(200, bodyMatched: true),
            latency: Milliseconds(latency), evidence: "")
    }

    @Test(
        arguments: [
            (latency: 900, late: 5_000, isVoid: false), (1_000, 5_000, false), (2_500, 1_499, false), (2_500, 1_500, true),
            (2_500, 2_400, true), (2_500, 0, false),
        ] as [(latency: Int64, late: Int64, isVoid: Bool)])
    func `is no failure where its latency may be the agent's own`(_ latency: Int64, _ late: Int64, _ isVoid: Bool) {
        let counted = Self.sample(latency).counting(late: Milliseconds(late), limit: .seconds(1))
        let isNone = if case .none = counted.answer { true } else { false }
        #expect(isNone == isVoid)
        #expect(Self.sample(latency).counting(late: Milliseconds(late), limit: nil) == Self.sample(latency))
    }
}

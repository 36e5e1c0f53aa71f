import Fixtures
import PromotionCore
import Testing

/// What a signal says of a slot.
@Suite struct SignalTests {
    static let image = Fixtures.release("A").digests

    static func judged(_ own: SlotSignal, beside other: SlotSignal?, _ check: CheckSpecification = Fixtures.errors) -> String {
        check.judge(Fixtures.sample(.signal(own, beside: other), [image.top]), expecting: image).result.words.text
    }

    @Test(
        arguments: [
            (100, 0, 100, 0, "pass"), (100, 50_000, 100, 45_000, "pass"),
            (100, 50_001, 100, 50_000, "fail: error rate is over"),
            (100, 30_000, 100, 10_000, "fail: beyond"), (9, 900_000, 100, 0, "skipped: 9 of 10"),
            (100, 10_000, 3, 0, "skipped: the other slot answered 3 of 10"),
        ] as [(Int64, Int64, Int64, Int64, String)])
    func `no data is no answer, over a limit is no, and the other slot is the measure`(
        requests: Int64, value: Int64, others: Int64, reference: Int64, expected: String
    ) {
        let words = Self.judged(
            SlotSignal(requests: requests, value: value), beside: SlotSignal(requests: others, value: reference))
        switch expected {
        case "fail: error rate is over": #expect(words == "fail: 5.00 %, limit 5.00 %, of 100 requests")
        case "fail: beyond": #expect(words == "fail: 3.00 %, the other slot 1.00 %, limit 1.00 % more")
        default: #expect(words.hasPrefix(expected))
        }
    }

    @Test func `a signal of another release is void`() {
        let stranger = Fixtures.sample(
            .signal(SlotSignal(requests: 100, value: 0), beside: nil), [Fixtures.release("B").digest])
        #expect(Fixtures.errors.judge(stranger, expecting: Self.image).result.words.text.hasPrefix("void"))
    }

    @Test(arguments: [
        (Signal.errorRate, Int64(1_000), "0.10 %"), (.errorRate, 1_000_000, "100.00 %"),
        (.latency(percentile: 99), 41_260, "41.2 ms"),
    ])
    func `values are said in the signal's own unit`(signal: Signal, value: Int64, expected: String) {
        #expect(signal.words(value).text == expected)
    }

    @Test(arguments: [
        (Gate.baseline, true), (.idle, false), (.ready, false), (.step, true), (.live, true), (.bake, true), (.closing, true),
        (.rollback, false),
    ])
    func `a signal is asked where there is traffic`(gate: Gate, expected: Bool) {
        #expect(gate.holds(Fixtures.errors) == expected)
    }

    @Test func `a limit against the other slot alone is asked in steps alone`() {
        let relative = CheckSpecification(
            name: .literal("latency"),
            kind: .signal(.latency(percentile: 99), window: .seconds(30), limit: SignalLimit(absolute: nil, beyondOther: 20_000)),
            gates: [.live])
        #expect(Gate.allCases.filter { $0.holds(relative) } == [.step])
    }

    @Test func `silence is no pass, before a change as little as after it; a no before it is one`() {
        var quiet = GateProgress()
        let skipped = Measurement(sample: Fixtures.sample(.identity), result: .skipped("0 of 10 requests so far"))
        quiet.add(skipped, of: Fixtures.errors.name)
        for gate in [Gate.baseline, .live, .closing] { #expect(quiet.verdict(of: [Fixtures.errors], in: gate) == nil) }
        quiet.add(Measurement(sample: Fixtures.sample(.identity), result: .fail("9 %")), of: Fixtures.errors.name)
        #expect(quiet.verdict(of: [Fixtures.errors], in: .baseline) == .fail)
    }

    @Test func `passes in a row are passes in a row`() {
        let check = CheckSpecification(name: .literal("c"), kind: .tcp, count: 2, failureLimit: 1, consecutiveSuccesses: 2)
        var progress = CheckProgress()
        for letter in ["p", "f", "p"] { progress.add(CheckTests.measurements(letter)[0]) }
        #expect(progress.verdict(of: check, count: 2) == nil)
        progress.add(CheckTests.measurements("p")[0])
        #expect(progress.verdict(of: check, count: 2) == .pass)
    }

    @Test(arguments: [
        (SlotObservation.Health.healthy, "pass"), (.starting, "skipped"), (.unhealthy("no"), "fail"), (.empty, "fail"),
        (.unknown("?"), "error"),
    ])
    func `a container is what its target says`(health: SlotObservation.Health, expected: String) {
        let check = CheckSpecification(name: .literal("container"), kind: .container)
        let measurement = check.judge(Fixtures.sample(.health(health), [Self.image.top]), expecting: Self.image)
        #expect(measurement.result.words.text.hasPrefix(expected))
    }

    @Test func `an instance that does not say what it runs leaves the question open`() {
        let check = CheckSpecification.runningDigest
        func result(_ identities: [Digest], _ said: Int, _ all: Int) -> String {
            check.judge(Fixtures.sample(.instances(said: said, of: all), identities), expecting: Self.image).result.words.text
        }
        #expect(result([Self.image.top, Self.image.top], 2, 2) == "pass")
        #expect(result([Self.image.top], 1, 2).hasPrefix("inconclusive"))
        #expect(result([Self.image.top, Fixtures.release("B").digest], 2, 2).hasPrefix("fail"))
    }

    @Test func `a live slot that fails already is said to have failed before anything changed`() throws {
        var walk = Walk(try PromotionTests.plan(strategy: .canary))
        try walk.reach("preparing")
        try walk.succeedOnce()
        try walk.succeedOnce()
        try walk.apply(Walk.measured(.baseline, Fixtures.errors.name, .fail("9.00 %, limit 5.00 %, of 40 requests")))
        #expect(walk.promotion.state == .ended(.failed) && !walk.promotion.isCommitted)
        #expect(walk.promotion.failure?.reason.text.hasPrefix("the live slot fails already, nothing was changed") == true)
    }
}

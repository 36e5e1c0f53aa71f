import Fixtures
import PromotionCore
import Testing

@Suite struct CheckTests {
    static let image = Fixtures.release("A").digests
    static let stranger = Fixtures.release("B").digest
    static let http = CheckSpecification(
        name: .literal("health"),
        kind: .http(path: "/health", status: 200, maximumLatency: Milliseconds(250), bodyContains: "ok"), count: 3)

    @Test(arguments: [
        (Sample.Answer.status(200, bodyMatched: true), [Digest](), "pass"),
        (.status(503, bodyMatched: true), [], "fail"),
        (.status(200, bodyMatched: false), [], "fail"),
        (.none("connection refused"), [], "error"),
        (.status(200, bodyMatched: true), [stranger], "void"),
        (.status(503, bodyMatched: true), [stranger], "void"),
        (.connected, [], "error"),
    ])
    func `an http sample is judged`(answer: Sample.Answer, identities: [Digest], expected: String) {
        let measurement = Self.http.judge(Fixtures.sample(answer, identities), expecting: Self.image)
        #expect(measurement.result.words.text.hasPrefix(expected))
    }

    @Test(
        arguments: [
            ([image.top], "pass"), ([image.members[0].configuration], "pass"), ([image.top, stranger], "fail"),
            ([], "inconclusive"),
        ] as [([Digest], String)])
    func `the running digest is compared by membership, and silence is no pass`(identities: [Digest], expected: String) {
        let measurement = CheckSpecification.runningDigest.judge(Fixtures.sample(.identity, identities), expecting: Self.image)
        #expect(measurement.result.words.text.hasPrefix(expected))
    }

    @Test func `latency over the limit fails`() {
        let slow = Sample(
            at: Fixtures.start, hit: "", identities: [], answer: .status(200, bodyMatched: true), latency: Milliseconds(251),
            evidence: "")
        #expect(Self.http.judge(slow, expecting: Self.image).result == .fail("251 ms, limit 250 ms"))
    }

    static func measurements(_ letters: String) -> [Measurement] {
        letters.map { letter in
            let result: Measurement.Result =
                switch letter {
                case "p": .pass
                case "f": .fail("no")
                case "i": .inconclusive("?")
                case "e": .error("broke")
                case "v": .void("other")
                default: .skipped("not asked")
                }
            return Measurement(sample: Fixtures.sample(.identity), result: result)
        }
    }

    @Test(
        arguments: [
            ("pp", nil), ("ppp", .pass), ("ppf", .fail), ("f", .fail), ("i", .inconclusive), ("eeee", nil), ("eeeee", .error),
            ("eeeepeeeepp", .pass), ("vvvv", nil), ("vvvvv", .void), ("sss", nil), ("", nil),
        ] as [(String, Verdict?)])
    func `a check's verdict follows from its measurements`(letters: String, expected: Verdict?) {
        var progress = CheckProgress()
        for measurement in Self.measurements(letters) { progress.add(measurement) }
        #expect(progress.verdict(of: Self.http, count: 3) == expected)
    }

    @Test func `answers that a check lets pass are not a pass`() {
        let lenient = CheckSpecification(name: .literal("lenient"), kind: .tcp, count: 3, failureLimit: 1, inconclusiveLimit: 1)
        var progress = CheckProgress()
        progress.add(Self.measurements("f")[0])
        #expect(progress.verdict(of: lenient, count: Gate.closing.count(of: lenient)) == nil, "the only answer was no")
        progress.add(Self.measurements("p")[0])
        #expect(progress.verdict(of: lenient, count: Gate.closing.count(of: lenient)) == .pass)
    }

    @Test(arguments: ["fff", "eee", "vvv", "iii", "ppp", "epv"])
    func `a check that is only watched ends, whatever it saw`(letters: String) {
        let watched = CheckSpecification(name: .literal("watched"), kind: .tcp, count: 3, observeOnly: true)
        var progress = CheckProgress()
        for measurement in Self.measurements(letters) { progress.add(measurement) }
        #expect(progress.verdict(of: watched, count: 3) == .pass)
        #expect(progress.verdict(of: watched, count: 4) == nil)
    }

    @Test func `a gate takes the worst verdict and passes only when every check did`() throws {
        let other = CheckSpecification(name: .literal("other"), kind: .tcp, count: 1)
        var gate = GateProgress()
        for measurement in Self.measurements("ppp") { gate.add(measurement, of: Self.http.name) }
        #expect(gate.verdict(of: [Self.http, other], in: .idle) == nil)
        var failing = gate
        failing.add(Self.measurements("f")[0], of: other.name)
        #expect(failing.verdict(of: [Self.http, other], in: .idle) == .fail)
        gate.add(Self.measurements("p")[0], of: other.name)
        #expect(gate.verdict(of: [Self.http, other], in: .idle) == .pass)
    }

    @Test func `a gate without a measurement never passes`() {
        #expect(GateProgress().verdict(of: [Self.http], in: .live) == nil)
        #expect(GateProgress().verdict(of: [Self.http], in: .bake) == nil)
    }
}

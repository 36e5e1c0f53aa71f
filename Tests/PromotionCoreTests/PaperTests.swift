import Fixtures
import PromotionCore
import Testing

private typealias V = PaperVectors

extension TrustedKey {
    static func vector(_ name: SafeText) throws -> TrustedKey {
        let pem = ["release": V.releaseKey, "second": V.secondKey, "ed": V.edKey, "stranger": V.strangerKey][name.text]
        return TrustedKey(name: name, key: try PublicKey(pem: try #require(pem)))
    }
}

/// A paper as a test row names it.
enum PaperSample: Sendable, CustomTestStringConvertible {
    case simple(String, by: String?)
    case keyless(String, by: String)
    case envelope(String)
    case bundle(String)
    case other

    var paper: Paper {
        switch self {
        case .simple(let payload, let signature):
            Paper(place: "tag", form: .simpleSigning(payload: Array(payload.utf8), signature: signature))
        case .keyless(let payload, let signature):
            Paper(
                place: "tag", form: .simpleSigning(payload: Array(payload.utf8), signature: signature), hasCertificate: true)
        case .envelope(let text): Paper(place: "referrer", form: .envelope(Array(text.utf8)))
        case .bundle(let text): Paper(place: "referrer", form: .bundle(Array(text.utf8)))
        case .other: Paper(place: "referrer", form: .unknown("a notation signature"))
        }
    }

    var testDescription: String {
        switch self {
        case .simple(let text, _), .keyless(let text, _), .envelope(let text), .bundle(let text): String(text.prefix(40))
        case .other: "other"
        }
    }
}

@Suite struct `Public keys` {
    @Test func `the fingerprint is that of the key's DER, as openssl prints it`() throws {
        let key = try PublicKey(pem: V.releaseKey)
        #expect(key.fingerprint == Digest(of: key.der) && key.pem == V.releaseKey + "\n")
        #expect(try PublicKey(pem: V.edKey).pem == V.edKey + "\n")
    }

    @Test(arguments: [
        (V.p384Key, PublicKeyError.algorithm), (V.rsaKey, .algorithm), ("", .notPEM), ("release.pub", .notPEM),
        (V.releaseKey + "\n" + V.secondKey, .several(2)),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----", .isPrivate),
        (V.releaseKey.replacing("MFkw", with: "MFkx"), .algorithm),
        (String(repeating: "a", count: 20_000), .tooLarge(limit: 16_384)),
    ])
    func `what is no key to verify with is refused with the reason`(pem: String, expected: PublicKeyError) {
        #expect(throws: expected) { try PublicKey(pem: pem) }
    }

    /// The example of the DSSE specification (protocol.md, "Test Vectors").
    @Test func `the DSSE specification's own example verifies`() throws {
        let text = #"""
            {"payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld",
             "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}
            """#
        let envelope = try Envelope(parsing: Array(text.utf8))
        #expect(
            String(decoding: envelope.authenticated, as: UTF8.self)
                == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        let prefix: [UInt8] = Array(try PublicKey(pem: V.releaseKey).der.prefix(27))
        let key = try PublicKey(der: prefix + Self.x + Self.y)
        #expect(envelope.signers(among: [TrustedKey(name: "spec", key: key)]).count == 1)
        #expect(envelope.signers(among: [try .vector("release")]).isEmpty)
    }

    private static let x = big("46950820868899156662930047687818585632848591499744589407958293238635476079160")
    private static let y = big("5640078356564379163099075877009565129882514886557779369047442380624545832820")

    /// A decimal number as 32 bytes.
    private static func big(_ digits: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for digit in digits.compactMap(\.wholeNumberValue) {
            var carry = digit
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
        }
        return bytes
    }
}

@Suite struct `One paper` {
    static let image = try? Digest(parsing: V.image)

    /// What each paper comes to under the keys release, second and ed.
    enum Expected: Sendable {
        case verified(Set<String>)
        case invalid(String)
        case notVerifiable(String)
    }

    @Test(arguments: [
        (PaperSample.simple(V.simple, by: V.simpleByRelease), Expected.verified(["release"])),
        (.simple(V.simple, by: V.simpleByEd), .verified(["ed"])),
        (.simple(V.simple, by: V.simpleByStranger), .invalid("none of")),
        (.simple(V.simple + " ", by: V.simpleByRelease), .invalid("none of")),
        (.simple(V.simple.replacing("payments", with: "paymentz"), by: V.simpleByRelease), .invalid("none of")),
        (.simple(V.simple, by: nil), .invalid("missing")),
        (.simple(V.simple, by: "not base64!"), .invalid("missing or no base64")),
        (.simple(V.simpleOfOther, by: V.otherByRelease), .invalid("not this image")),
        (.simple(V.simpleOfAnotherType, by: V.anotherTypeByRelease), .invalid("birthday card")),
        (.keyless(V.simple, by: V.simpleByStranger), .notVerifiable("keyless")),
        (.keyless(V.simple, by: V.simpleByRelease), .verified(["release"])),
        (.envelope(V.signByRelease), .verified(["release"])),
        (.envelope(V.signByEd), .verified(["ed"])),
        (.envelope(V.signByBoth), .verified(["release", "second"])),
        (.envelope(V.signByStranger), .invalid("none of")),
        (.envelope(V.signOfOther), .invalid("not of this image")),
        (.envelope(V.slsaByRelease), .verified(["release"])),
        (.envelope(V.slsaOldStatement), .verified(["release"])),
        (.envelope(V.slsaStrangeStatement), .invalid("not an in-toto statement")),
        (.envelope(V.slsaOfOtherType), .invalid("not an in-toto statement")),
        (.envelope("{}"), .invalid("payloadType")),
        (.envelope("{"), .invalid("ends too early")),
        (.envelope(V.signByRelease.replacing(#""payload""#, with: #""payload": "", "payload""#)), .invalid("two members")),
        (.bundle(V.bundleByRelease), .verified(["release"])),
        (.bundle(V.bundleKeyless), .notVerifiable("keyless")),
        (.bundle(V.bundleOfMessage), .notVerifiable("no envelope")),
        (.bundle(V.bundleOfLater), .notVerifiable("not read by this version")),
        (.other, .notVerifiable("not read by this version")),
    ])
    func `each paper has one of three answers, and says why`(sample: PaperSample, expected: Expected) throws {
        let keys = [try TrustedKey.vector("release"), try .vector("second"), try .vector("ed")]
        let verdict = sample.paper.examine(of: try #require(Self.image), by: keys).finding.verdict
        switch (expected, verdict) {
        case (.verified(let names), .verified(let found)): #expect(Set(found.map(\.name.text)) == names)
        case (.invalid(let words), .invalid(let reason)), (.notVerifiable(let words), .notVerifiable(let reason)):
            #expect(reason.text.contains(words))
        default: Issue.record("\(verdict), expected \(expected)")
        }
    }

    @Test func `every byte of an envelope that is changed makes it invalid, or leaves what was signed`() throws {
        let key = [try TrustedKey.vector("release")]
        let image = try #require(Self.image)
        let bytes = Array(V.slsaByRelease.utf8)
        let original = try Statement(of: Envelope(parsing: bytes))
        for position in bytes.indices {
            var altered = bytes
            altered[position] ^= 1
            let examined = Paper(place: "p", form: .envelope(altered)).examine(of: image, by: key)
            guard case .verified = examined.finding.verdict else { continue }
            #expect(examined.statement == original, "byte \(position) was changed and believed")
        }
    }

    @Test func `without a configured key nothing is verified, and nothing is invalid`() throws {
        for sample in [
            PaperSample.simple(V.simple, by: V.simpleByRelease), .envelope(V.signByRelease), .bundle(V.bundleByRelease),
        ] {
            let verdict = sample.paper.examine(of: try #require(Self.image), by: []).finding.verdict
            #expect(verdict == .notVerifiable("no key is configured to verify it with"))
        }
    }

    @Test func `what is too large is not looked into`() throws {
        let image = try #require(Self.image)
        let key = [try TrustedKey.vector("release")]
        let payload = [UInt8](repeating: UInt8(ascii: " "), count: Envelope.byteLimit + 1)
        let large = Paper(place: "p", form: .envelope(payload)).examine(of: image, by: key).finding.verdict
        guard case .invalid(let reason) = large else {
            Issue.record("\(large)")
            return
        }
        #expect(reason.text.contains("more than the 8388608 that are read"))
        let many =
            #"{"payloadType":"x","payload":"","signatures":["#
            + Array(repeating: #"{"sig":""}"#, count: 17).joined(separator: ",") + "]}"
        #expect(throws: PaperError.tooMany("signatures", limit: 16)) { try Envelope(parsing: Array(many.utf8)) }
    }
}

@Suite struct `Rules about papers` {
    /// What a rule comes to, in a word.
    enum Word: String, Sendable {
        case met, absent, tooFew, invalid, notVerifiable
    }

    @Test(
        arguments: [
            ([], 1, Word.absent),
            ([PaperSample.simple(V.simple, by: V.simpleByRelease)], 1, .met),
            ([.simple(V.simple, by: V.simpleByRelease)], 2, .tooFew),
            ([.simple(V.simple, by: V.simpleByRelease), .simple(V.simple, by: V.simpleBySecond)], 2, .met),
            ([.simple(V.simple, by: V.simpleByRelease), .envelope(V.signByRelease)], 2, .tooFew),
            ([.envelope(V.signByReleaseTwice)], 2, .tooFew),
            ([.envelope(V.signByBoth)], 2, .met),
            ([.simple(V.simple, by: V.simpleByStranger), .bundle(V.bundleByRelease)], 1, .met),
            ([.simple(V.simple, by: V.simpleByStranger)], 1, .invalid),
            ([.simple(V.simpleOfOther, by: V.otherByRelease)], 1, .invalid),
            ([.envelope(V.slsaByRelease)], 1, .absent),
            ([.bundle(V.bundleKeyless)], 1, .notVerifiable),
            ([.other], 1, .notVerifiable),
            ([.envelope("{}")], 1, .invalid),
            ([.envelope("{}"), .simple(V.simple, by: V.simpleByRelease)], 1, .met),
        ] as [([PaperSample], Int, Word)])
    func `a signature rule counts different keys, and tells absent from invalid from not verifiable`(
        samples: [PaperSample], threshold: Int, expected: Word
    ) throws {
        let rule = PaperRule(kind: .signature, keys: [try .vector("release"), try .vector("second")], threshold: threshold)
        #expect(try word(rule, samples) == expected)
    }

    @Test(arguments: [
        ("https://slsa.dev/provenance/v1", [PaperSample.envelope(V.slsaByRelease)], Word.met),
        ("https://slsa.dev/provenance/v1", [.envelope(V.signByRelease)], .absent),
        ("https://slsa.dev/provenance/v0.2", [.envelope(V.slsaByRelease)], .absent),
        ("https://slsa.dev/provenance/v1", [.envelope(V.slsaStrangeStatement)], .invalid),
    ])
    func `an attestation counts for its own predicate type alone`(type: String, samples: [PaperSample], expected: Word) throws {
        let rule = PaperRule(kind: .attestation(predicateType: SafeText(type)), keys: [try .vector("release")], threshold: 1)
        #expect(try word(rule, samples) == expected)
    }

    @Test func `a stack that was cut is never taken for the absence of a signature`() throws {
        let rule = PaperRule(kind: .signature, keys: [try .vector("release")], threshold: 1)
        let image = try Digest(parsing: V.image)
        guard case .notVerifiable = rule.answer(to: Papers([], isCut: true), of: image) else {
            Issue.record("cut")
            return
        }
    }

    @Test func `test results are evidence as they say, and one that failed outweighs`() throws {
        let type: SafeText = "https://in-toto.io/attestation/test-result/v0.1"
        let rule = PaperRule(kind: .attestation(predicateType: type), keys: [try .vector("release")], threshold: 1)
        let image = try Digest(parsing: V.image)
        func read(_ texts: String...) -> AttestedResult? {
            .read(rule, in: Papers(texts.map { PaperSample.envelope($0).paper }), of: image)
        }
        #expect(read(V.testsPassed).map { [$0.passed, $0.total] } == [3, 3])
        #expect(read(V.testsFailed).map { [$0.passed, $0.total] } == [1, 2])
        #expect(read(V.testsPassed, V.testsFailed).map { [$0.passed, $0.total] } == [1, 2])
        #expect(read(V.signByRelease) == nil)
        #expect(try word(rule, [.envelope(V.testsPassed)]) == .met && word(rule, [.envelope(V.testsFailed)]) == .invalid)
        #expect(try word(rule, [.envelope(V.testsPassed), .envelope(V.testsFailed)]) == .invalid)
        let lost = Papers([PaperSample.envelope(V.testsPassed).paper, Paper(place: "x", form: .unreadable("gone"))])
        #expect(AttestedResult.read(rule, in: lost, of: image) == nil, "what could not be read may say no")
        let no = PaperSample.envelope(V.testsFailed).paper
        for papers in [Papers(lost.list + [no]), Papers([no], isCut: true)] {
            #expect(AttestedResult.read(rule, in: papers, of: image)?.passed == 1, "nobody hides a no behind what cannot be read")
        }
    }

    @Test func `a signed no counts, whatever the same key said before`() throws {
        let type: SafeText = "https://in-toto.io/attestation/test-result/v0.1"
        let rule = PaperRule(kind: .attestation(predicateType: type), keys: [try .vector("release")], threshold: 1)
        let image = try Digest(parsing: V.image)
        func read(_ text: String) throws -> AttestedResult {
            try #require(.read(rule, in: Papers([PaperSample.envelope(text).paper]), of: image))
        }
        let (yes, no) = (try read(V.testsPassed), try read(V.testsFailed))
        let (set, now) = (DigestSet(top: image, members: []), Timestamp(millisecondsSinceEpoch: 1_000))
        func evidence(_ result: AttestedResult, in ledger: ServiceProjection) -> Evidence? {
            ledger.evidence(of: result, for: set, in: Fixtures.staging, at: now)
        }
        let first = ServiceProjection().counting([try #require(evidence(yes, in: ServiceProjection()))])
        #expect(evidence(yes, in: first) == nil && first.evidence(for: set, in: Fixtures.staging).count == 1)
        let second = first.counting([try #require(evidence(no, in: first))])
        #expect(second.evidence(for: set, in: Fixtures.staging).isEmpty)
        #expect(evidence(no, in: second) == nil && evidence(yes, in: second) == nil)
    }

    @Test(arguments: [
        ("https://in-toto.io/attestation/test-result/v0.1", #"{"result":"PASSED"}"#, false),
        ("https://in-toto.io/attestation/test-result/v0.1", #"{"result":"WARNED"}"#, false),
        ("https://in-toto.io/attestation/test-result/v0.1", #"{"result":"passed"}"#, true),
        ("https://in-toto.io/attestation/test-result/v0.1", "{}", true),
        ("https://in-toto.io/attestation/test-result/v0.1", #"{"result":"PASSED","failedTests":["one"]}"#, true),
        ("https://slsa.dev/verification_summary/v1", #"{"verificationResult":"PASSED"}"#, false),
        ("https://slsa.dev/verification_summary/v1", #"{"verificationResult":"FAILED"}"#, true),
        ("https://slsa.dev/verification_summary/v1", "{}", true),
        ("https://example.com/scan/v1", "{}", false), ("https://example.com/scan/v1", #"{"result":"FAILED"}"#, true),
    ])
    func `a result that is missing, or another word, is no pass`(type: String, predicate: String, isNo: Bool) throws {
        let statement = Statement(subjects: [], predicateType: type, predicate: try JSONParser.parse(Array(predicate.utf8)))
        #expect(statement.saysNo == isNo)
    }

    private func word(_ rule: PaperRule, _ samples: [PaperSample]) throws -> Word {
        switch rule.answer(to: Papers(samples.map(\.paper)), of: try Digest(parsing: V.image)) {
        case .met: .met
        case .absent: .absent
        case .tooFew: .tooFew
        case .invalid: .invalid
        case .notVerifiable: .notVerifiable
        }
    }
}

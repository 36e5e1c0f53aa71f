import PromotionCore
import Testing

@Suite struct ValueTests {
    static let hex = String(repeating: "ab", count: 32)

    @Test func `a digest is parsed and printed as it came`() throws {
        #expect(try Digest(parsing: "sha256:\(Self.hex)").description == "sha256:\(Self.hex)")
    }

    @Test(arguments: [
        "", "sha256:", hex, "sha256:" + hex.uppercased(), "sha256:" + hex + "0", "sha256:" + String(hex.dropLast()) + "g",
    ])
    func `what is no digest is refused`(text: String) {
        #expect(throws: DigestError.self) { try Digest(parsing: text) }
    }

    @Test func `sha512 is refused with that reason`() {
        #expect(throws: DigestError.algorithm("sha512")) { try Digest(parsing: "sha512:" + Self.hex + Self.hex) }
    }

    @Test func `the digest of known bytes is the published one`() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(Digest(of: [UInt8]()).description == empty)
        #expect(Digest(of: "{}".utf8).hex.hasPrefix("44136fa3"))
    }

    @Test(arguments: [
        ("v2.31.0-rc.10", "candidate"), ("v2.31.0", "final"), ("v02.1.0", "other"), ("v1.2", "other"), ("v1.2.3-rc.", "other"),
        ("v1.2.3-rc.01", "other"), ("sha-9c1e0af", "build"), ("sha-9c1e0a", "other"), ("sha-9C1E0AF", "other"),
        ("latest", "forbidden"),
        ("dev", "forbidden"), ("prod-green", "other"),
    ])
    func `a tag's class follows from its whole name`(text: String, expected: String) throws {
        let found =
            switch try TagScheme.standard.tagClass(of: Tag(text)) {
            case .candidate: "candidate"
            case .final: "final"
            case .build: "build"
            case .forbidden: "forbidden"
            case .other: "other"
            }
        #expect(found == expected)
    }

    @Test func `candidates are ordered by number and come before their final tag`() throws {
        let texts = ["v1.10.0", "v1.2.0-rc.10", "v1.2.0-rc.9", "v1.2.0"]
        let sorted = try texts.compactMap { TagScheme.standard.version(of: try Tag($0)) }.sorted()
        let expected = try ["v1.2.0-rc.9", "v1.2.0-rc.10", "v1.2.0", "v1.10.0"].compactMap {
            TagScheme.standard.version(of: try Tag($0))
        }
        #expect(sorted == expected)
    }

    @Test(arguments: ["latest", "dev"]) func `moving tags are never deployed`(text: String) throws {
        let tag = try Tag(text)
        #expect(throws: ReferenceError.tag(.forbidden(tag))) { try ImageReference(parsing: text) }
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"), ("x\u{202E}y", "x\\u{202e}y"), ("l1\nl2\u{7}", "l1\\u{a}l2\\u{7}"),
        ("zero\u{200B}width", "zero\\u{200b}width"), ("e\u{301}", "e\\u{301}"), ("ü→✓", "ü→✓"),
    ])
    func `outside text is made safe`(raw: String, safe: String) {
        #expect(SafeText(raw).text == safe)
    }

    @Test func `outside text is bounded, also when it is decoded`() throws {
        #expect(SafeText(String(repeating: "x", count: 5_000)).text.count == SafeText.defaultLimit + 1)
        let bytes = try CanonicalJSON.encode("\u{1B}]52;c;" + String(repeating: "x", count: 9_000))
        let decoded = try CanonicalJSON.decode(SafeText.self, from: bytes)
        #expect(decoded.text.count < 4_200 && !decoded.text.unicodeScalars.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z"), (1_787_580_131_000, "2026-08-24T14:02:11Z"),
            (-1_000, "1969-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func `a timestamp is printed in UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).description == text)
    }

    @Test(arguments: [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("7d", 604_800_000)] as [(String, Int64)])
    func `a length of time is parsed`(text: String, milliseconds: Int64) {
        #expect(Milliseconds(parsing: text) == Milliseconds(milliseconds))
    }

    @Test(arguments: ["", "10", "m", "-1s", "99999999999999999999d", "1.5h"]) func `what is no length of time is refused`(
        text: String
    ) {
        #expect(Milliseconds(parsing: text) == nil)
    }

    @Test(arguments: ["", "-a", "A", "a_b", "a b", String(repeating: "a", count: 64)]) func `what is no name is refused`(
        text: String
    ) {
        #expect(throws: NameError.self) { try ServiceName(text) }
    }
}

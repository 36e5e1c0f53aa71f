import Fixtures
import PromotionCore
import Testing

@Suite struct PackedTests {
    private struct Everything: Hashable, Codable {
        var truth = true
        var lie = false
        var nothing: Int?
        var something: Int? = 7
        var text = "grüße 🚚 \u{0}"
        var empty = ""
        var numbers: [Int64] = [0, -1, 1, .min, .max, 300, -300]
        var small: [Int8] = [.min, .max]
        var unsigned: [UInt64] = [0, 127, 128, .max]
        var bytes: [UInt8] = [0, 255]
        var real = -0.1
        var single: Float = 1.5
        var names: [EnvironmentName: [SlotName: String?]] = [.literal("prod"): [.literal("blue"): "a", .literal("green"): nil]]
        var holes: [Int?] = [1, nil, 3]
        var state = PromotionState.paused(from: .inconclusive(.live))
        var nested: [[[String]]] = [[], [["a"], []]]
        var twins = [PromotionState.paused(from: .inconclusive(.live)), .paused(from: .baking), .inconclusive(.live)]
        var unit = Unit()

        struct Unit: Hashable, Codable {}
    }

    @Test func `whatever is packed comes back as it was`() throws {
        let value = Everything()
        #expect(try Packed.decode(Everything.self, from: Packed.encode(value)) == value)
        for number in [Int64.min, -1, 0, 1, .max] {
            #expect(try Packed.decode(Int64.self, from: Packed.encode(number)) == number)
        }
    }

    @Test func `a projection comes back as it was, in less than half the bytes of JSON`() throws {
        var entries: [LedgerEntry] = []
        var history = try LongHistory(services: 2) { entries.append($0) }
        try history.grow(to: 600)
        let packed = try Packed.encode(history.projection)
        #expect(try Packed.decode(Projection.self, from: packed) == history.projection)
        #expect(try packed.count * 2 < CanonicalJSON.encode(history.projection).count)
        for entry in entries.prefix(200) {
            let fact = try entry.fact()
            #expect(try Packed.decode(Fact.self, from: Packed.encode(fact)) == fact)
        }
    }

    @Test func `only services that changed are saved again`() async throws {
        var chronicle = try PlanTests.World().chronicle
        let first = try SavedProjection.snapshot(of: chronicle.projection, after: nil)
        let saved = SavedProjection(chronicle.projection, as: first)
        try chronicle.record(
            .vetoLifted(digest: PlanTests.fresh.digest, reason: "r"), at: Place(.literal("search"), Fixtures.prod))
        let next = try SavedProjection.snapshot(of: chronicle.projection, after: saved)
        #expect(next.parts.map(\.name) == ["", "payments", "search"])
        #expect(next.parts.filter { $0.bytes != nil }.map(\.name) == ["", "search"])
        #expect(next.parts[1].digest == first.parts[1].digest)
        let whole = try SavedProjection.snapshot(of: chronicle.projection, after: nil)
        #expect(try await SavedProjection(whole).projection == chronicle.projection)
    }

    @Test func `a snapshot of another format, of another place or without bytes is no projection`() async throws {
        let chronicle = try PlanTests.World().chronicle
        let whole = try SavedProjection.snapshot(of: chronicle.projection, after: nil)
        let without = whole.parts.map { LedgerSnapshot.Part(name: $0.name, kept: $0.digest) }
        for wrong in [
            LedgerSnapshot(sequence: whole.sequence, format: whole.format + 1, parts: whole.parts),
            LedgerSnapshot(sequence: whole.sequence + 1, format: whole.format, parts: whole.parts),
            LedgerSnapshot(sequence: whole.sequence, format: whole.format, parts: Array(whole.parts.dropFirst())),
            LedgerSnapshot(sequence: whole.sequence, format: whole.format, parts: without),
            LedgerSnapshot(sequence: whole.sequence, format: whole.format, parts: []),
        ] {
            await #expect(throws: DecodingError.self) { try await SavedProjection(wrong) }
        }
    }

    /// Bytes that were cut, or in which something else stands, end in an error or in some value, and never in a trap.
    @Test func `whatever the bytes are, reading them ends`() throws {
        let bytes = try Packed.encode(Everything())
        for length in 0..<bytes.count {
            #expect(throws: (any Error).self) { try Packed.decode(Everything.self, from: Array(bytes.prefix(length))) }
        }
        for place in bytes.indices {
            for byte in [0, 1, 0x7F, 0x80, 0xFF, bytes[place] ^ 1, bytes[place] ^ 0x40] as [UInt8] {
                var spoiled = bytes
                spoiled[place] = byte
                _ = try? Packed.decode(Everything.self, from: spoiled)
            }
        }
    }

    @Test func `a document that never ends its containers is refused before the stack is`() throws {
        indirect enum Deep: Codable {
            case end
            case deeper(Deep)
        }
        var deep = Deep.end
        for _ in 0..<500 { deep = .deeper(deep) }
        let bytes = try Packed.encode(deep)
        let error = #expect(throws: DecodingError.self) { try Packed.decode(Deep.self, from: bytes) }
        #expect("\(String(describing: error))".contains("too many containers inside each other"))
    }

    @Test func `what stands in more than one place is kept once, and read once`() throws {
        let account = Account(name: "bob", proof: .gateway("portal", userID: 1_000), host: "bastion-1")
        let one = try Packed.encode([account])
        let many = try Packed.encode(Array(repeating: account, count: 1_000))
        #expect(many.count <= one.count + 3 * 1_000)
        #expect(try Packed.decode([Account].self, from: many) == Array(repeating: account, count: 1_000))
        // One shape may be of two types.
        let both = Both(left: .init(width: 7), right: .init(width: 7))
        #expect(try Packed.decode([Both].self, from: Packed.encode([both, both])) == [both, both])
    }

    private struct Both: Hashable, Codable {
        let left: Left
        let right: Right

        struct Left: Hashable, Codable { let width: Int }
        struct Right: Hashable, Codable { let width: Int }
    }

    /// A list of lists of itself, as only bytes can tell.
    private struct Tree: Decodable {
        let branches: [Tree]

        init(from decoder: any Decoder) throws { branches = try [Tree](from: decoder) }
    }

    /// Marks: a list, of the length that follows, and a container that is shared, of the number that follows.
    private static let (list, shared): (UInt8, UInt8) = (8, 9)

    /// No texts, the number of shared containers, each of them, and the value.
    private static let circles: [(String, [UInt8], String)] = [
        ("itself", [0, 1, list, 2, 0, 0, 0, shared, 0, shared, 0], "no such container before this one"),
        (
            "a later one", [0, 2, list, 2, 0, 0, 0, shared, 1, list, 2, 0, 0, 0, shared, 0, shared, 0],
            "no such container before this one"
        ),
        ("none", [0, 0, shared, 0], "no such container before this one"),
        (
            "itself, from a container that reaches too far",
            [0, 1, list, 7, 0, 0, 0, list, 4, 0, 0, 0, shared, 0, shared, 0], "a value is longer than its container"
        ),
    ]

    @Test(arguments: circles) func `a container that means one which does not stand before it is refused`(
        _ what: String, _ bytes: [UInt8], _ words: String
    ) {
        let error = #expect(throws: DecodingError.self) { try Packed.decode(Tree.self, from: bytes) }
        #expect("\(String(describing: error))".contains(words))
    }

    @Test func `what is told twice at each of forty levels takes forty steps, not a million million`() throws {
        var bytes: [UInt8] = [0, 40, Self.list, 0, 0, 0, 0]
        for level in 0..<39 as Range<UInt8> { bytes += [Self.list, 4, 0, 0, 0, Self.shared, level, Self.shared, level] }
        var tree = try Packed.decode(Tree.self, from: bytes + [Self.shared, 39])
        for _ in 0..<39 { tree = try #require(tree.branches.last) }
        #expect(tree.branches.isEmpty)
    }

    @Test func `rows come back as they were, whichever of their fields are there`() throws {
        let sources: [Evidence.Source] = [
            .baton(PromotionNumber(.max)), .ci(Fixtures.bob), .verification(Fixtures.agent),
            .attestation(
                key: KeyIdentity(fingerprint: Digest(of: [2]), name: "release"), predicateType: "https://slsa.dev/provenance/v1"),
        ]
        let rows = Rows(
            evidence: sources.flatMap { source in
                [nil, "", "grüße 🚚"].map { note in
                    Evidence(
                        digest: Digest(of: [7]), environment: Fixtures.prod, source: source,
                        at: Timestamp(millisecondsSinceEpoch: -1), passed: 3, total: 4, note: note)
                }
            })
        #expect(try Packed.decode(Rows.self, from: Packed.encode(rows)) == rows)
        #expect(try CanonicalJSON.decode(Rows.self, from: CanonicalJSON.encode(rows)) == rows)
        // Others see a list like any.
        #expect(try CanonicalJSON.encode(rows) == CanonicalJSON.encode(["evidence": rows.evidence]))
        let none = Rows(evidence: [])
        #expect(try Packed.decode(Rows.self, from: Packed.encode(none)) == none)
    }

    private struct Rows: Hashable, Codable {
        @PackedRows var evidence: [Evidence]
    }

    @Test func `rows that are cut or spoiled end in an error or in other rows`() throws {
        var history = try LongHistory(services: 1) { _ in }
        try history.grow(to: 150)
        let service = try #require(history.projection.services.values.first)
        #expect(service.history.count > 5 && service.evidence.count > 2)
        let bytes = try Packed.encode(service)
        for place in stride(from: 0, to: bytes.count, by: 211) {
            #expect(throws: (any Error).self) { try Packed.decode(ServiceProjection.self, from: Array(bytes.prefix(place))) }
            for byte in [0, 0xFF, bytes[place] ^ 1] as [UInt8] {
                var spoiled = bytes
                spoiled[place] = byte
                _ = try? Packed.decode(ServiceProjection.self, from: spoiled)
            }
        }
    }
}

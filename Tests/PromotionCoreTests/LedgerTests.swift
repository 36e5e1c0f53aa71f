import Fixtures
import PromotionCore
import Testing

@Suite struct LedgerTests {
    static func chain(_ count: Int) throws -> [LedgerEntry] {
        var chronicle = Chronicle()
        for number in 0..<count { try chronicle.record(.agentStarted(version: "\(number)")) }
        return chronicle.entries
    }

    @Test func `each entry proves that it follows the one before`() throws {
        var head = LedgerHead.empty
        for entry in try Self.chain(5) {
            try entry.prove(after: head)
            head = entry.head
        }
        #expect(head.sequence == 5)
    }

    @Test func `an entry left out is found with its number`() throws {
        let entries = try Self.chain(3)
        #expect(throws: ChainFault.missing(from: 2, found: 3)) { try entries[2].prove(after: entries[0].head) }
    }

    @Test func `a changed field breaks the entry's own hash`() throws {
        let entries = try Self.chain(2)
        let draft = entries[1].draft
        let forged = LedgerDraft(
            at: draft.at, place: draft.place, promotion: draft.promotion, actor: Fixtures.agent, fence: draft.fence,
            kind: draft.kind,
            payload: draft.payload)
        let entry = LedgerEntry(sequence: 2, draft: forged, previous: entries[1].previous, hash: entries[1].hash)
        #expect(throws: ChainFault.altered(sequence: 2)) { try entry.prove(after: entries[0].head) }
    }

    @Test func `an entry that names another past is found`() throws {
        let entries = try Self.chain(2)
        let moved = LedgerEntry(entries[1].draft, after: LedgerHead(sequence: 1, hash: LedgerHead.empty.hash))
        #expect(throws: ChainFault.broken(sequence: 2)) { try moved.prove(after: entries[0].head) }
    }

    @Test func `an entry survives its journey over the wire`() throws {
        let entry = try Self.chain(1)[0]
        let bytes = try Wire.line(entry)
        #expect(bytes.last == UInt8(ascii: "\n") && !bytes.dropLast().contains(UInt8(ascii: "\n")))
        let decoded = try CanonicalJSON.decode(LedgerEntry.self, from: bytes.dropLast())
        try decoded.prove(after: .empty)
        #expect(decoded == entry)
    }

    @Test func `a projection saved and read is the same projection`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        let copy = try CanonicalJSON.decode(Projection.self, from: CanonicalJSON.encode(chronicle.projection))
        #expect(copy == chronicle.projection)
    }
}

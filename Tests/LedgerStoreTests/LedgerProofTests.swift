internal import Foundation
internal import GRDB
internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite struct LedgerProofTests {
    @Test func `an untouched ledger is proven, empty or not`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(0)
        #expect(try await scratch.proof().holds)
        try await scratch.fill(30)
        let proof = try await scratch.proof()
        #expect(proof.holds)
        #expect(proof.entries == 30)
        #expect(proof.head.sequence == 30)
        #expect(proof.faults.isEmpty)
    }

    @Test func `a ledger is proven beside the agent that writes it`() async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        for number in 0..<10 { _ = try await ledger.append(.test(number)) }
        let reader = try LedgerReader.open(scratch.directory)
        #expect(try await reader.verify().entries == 10)
        _ = try await ledger.append(.test(10))
        #expect(try await reader.verify().entries == 11)
        #expect(try await ledger.reader.verify().holds)
        try ledger.close()
    }

    /// Each column of entry 8, changed in the smallest ways; none may stay unseen.
    @Test(arguments: [
        "at = at + 1", "service = 'orders'", "service = NULL, environment = NULL", "environment = 'testing'",
        "environment = 'prod' || char(0) || 'x'", "service = 'payments '", "promotion = promotion + 1", "promotion = NULL",
        "fence = fence - 1", "fence = NULL", "kind = 'check.judged'", "kind = kind || char(0)", "actor = 'mallory'",
        "actor = 'alice' || char(8238)", "user_id = 0", "user_id = NULL", "gateway = 'bastion'", "host = 'bastion-2'",
        "host = ''",
        "payload = x'7b7d'", "payload = CAST(payload || x'00' AS BLOB)", "payload = x''",
        "payload = CAST(replace(CAST(payload AS TEXT), '7', '6') AS BLOB)",
        "previous = substr(previous, 2) || substr(previous, 1, 1)", "hash = substr(hash, 2) || substr(hash, 1, 1)",
        "hash = 'g' || substr(hash, 2)", "hash = upper(hash)", "previous = ''",
    ])
    func `a changed column is named with its entry`(_ change: String) async throws {
        let scratch = try Scratch()
        try await scratch.fill(12)
        try scratch.tamper("UPDATE entry SET \(change) WHERE sequence = 8")
        let proof = try await scratch.proof()
        #expect(!proof.holds)
        let named = try #require(proof.faults.first)
        #expect([ChainFault.altered(sequence: 8), .broken(sequence: 8)].contains(named), "\(named)")
        #expect(proof.faults.allSatisfy { [.altered(sequence: 8), .broken(sequence: 8), .broken(sequence: 9)].contains($0) })
    }

    @Test func `every single flipped bit of a payload is seen`() async throws {
        let scratch = try Scratch()
        let payload = try await scratch.fill(3)[1].draft.payload
        for bit in 0..<(payload.count * 8) {
            var flipped = payload
            flipped[bit / 8] ^= 1 << (bit % 8)
            try scratch.tamper("UPDATE entry SET payload = ? WHERE sequence = 2", arguments: [Data(flipped)])
            #expect(try await scratch.proof().faults == [.altered(sequence: 2)])
        }
    }

    @Test(arguments: [
        ("DELETE FROM entry WHERE sequence = 5", [ChainFault.missing(from: 5, found: 6)]),
        ("DELETE FROM entry WHERE sequence IN (1, 2)", [.missing(from: 1, found: 3)]),
        ("DELETE FROM entry WHERE sequence IN (3, 7, 8)", [.missing(from: 3, found: 4), .missing(from: 7, found: 9)]),
        ("DELETE FROM entry WHERE sequence > 9", [.cut(last: 9, remembered: 12)]),
        ("DELETE FROM entry", [.cut(last: 0, remembered: 12)]),
        ("UPDATE head SET sequence = 20", [.cut(last: 12, remembered: 20)]),
        ("UPDATE head SET hash = '0' || substr(hash, 2, 62) || '0'", [.altered(sequence: 12)]),
    ])
    func `a removed or cut entry is named`(_ sql: String, _ faults: [ChainFault]) async throws {
        let scratch = try Scratch()
        try await scratch.fill(12)
        try scratch.tamper(sql)
        #expect(try await scratch.proof().faults == faults)
    }

    /// Pairs, and what becomes of three that changed places in a ring: each is broken, and no two of them are swapped.
    @Test(arguments: [[4, 5], [3, 9], [11, 12], [1, 2], [1, 12], [3, 5, 7]] as [[Int64]])
    func `entries that changed places are named`(_ ring: [Int64]) async throws {
        let scratch = try Scratch()
        try await scratch.fill(12)
        let moves = zip(ring, ring.dropFirst() + ring.prefix(1)).map { "WHEN \($0) THEN -\($1)" }.joined(separator: " ")
        let places = ring.map(String.init).joined(separator: ", ")
        try scratch.tamper(
            "UPDATE entry SET sequence = CASE sequence \(moves) END WHERE sequence IN (\(places))",
            "UPDATE entry SET sequence = -sequence WHERE sequence < 0")
        let proof = try await scratch.proof()
        let expected: [ChainFault] =
            ring.count == 2 ? [.swapped(ring[0], ring[1])] : (3...8).map { ChainFault.broken(sequence: $0) }
        #expect(proof.faults == expected)
        #expect(proof.faultCount == Int64(expected.count))
        #expect(!proof.holds)
    }

    @Test func `an entry added past the remembered end is counted, however well it is forged`() async throws {
        let scratch = try Scratch()
        let entries = try await scratch.fill(3)
        let forged = LedgerEntry(.test(3), after: try #require(entries.last).head)
        try scratch.tamper(
            """
            INSERT INTO entry SELECT 4, \(forged.draft.at.millisecondsSinceEpoch), service, environment, promotion, fence,
            kind, actor, user_id, host, '\(forged.previous.hex)', '\(forged.hash.hex)', payload, gateway FROM entry WHERE sequence = 3
            """)
        let proof = try await scratch.proof()
        #expect(proof.unremembered == 1)
        #expect(!proof.holds)
        #expect(await reason { _ = try scratch.open() }?.contains("entry 4") == true)
    }

    @Test func `only the first faults are named, all are counted`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(60)
        try scratch.tamper("UPDATE entry SET host = 'other'")
        let proof = try await scratch.proof()
        #expect(proof.faults == (1...20).map { .altered(sequence: $0) })
        #expect(proof.faultCount == 60)
    }

    @Test func `a ledger without its remembered end is refused`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(2)
        try scratch.tamper("DELETE FROM head")
        let text = await reason { _ = try await scratch.proof() }
        #expect(text?.contains("no longer remembers where its chain ends") == true, "\(text ?? "")")
    }
}

internal import Foundation
internal import GRDB
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite struct LedgerWriterTests {
    @Test(arguments: [
        "UPDATE entry SET actor = 'mallory' WHERE sequence = 1", "DELETE FROM entry WHERE sequence = 3", "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 2",
        "INSERT INTO entry SELECT 9, at, service, environment, promotion, fence, kind, actor, user_id, host, previous, hash, payload, gateway FROM entry WHERE sequence = 3",
        "UPDATE head SET sequence = 1", "DELETE FROM head", "UPDATE head SET sequence = sequence + 2",
        "INSERT INTO head SELECT 2, sequence, hash FROM head", "DELETE FROM lease",
        "UPDATE lease SET fence = fence - 1", "INSERT INTO entry (sequence) VALUES (4)",
    ])
    func `SQLite itself refuses to rewrite history`(_ sql: String) async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        for number in 0..<3 { _ = try await ledger.append(.test(number)) }
        let holder = LeaseHolder(owner: .alice, session: "s", promotion: nil, reason: "by hand")
        let now = Timestamp(millisecondsSinceEpoch: 0)
        _ = try await ledger.take(.prod, for: holder, until: now + .minutes(1), now: now)
        try ledger.close()
        let queue = try DatabaseQueue(path: scratch.database)
        let error = #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
        try queue.close()
        #expect(try await scratch.proof().holds)
    }

    @Test func `a ledger that another program wrote to is refused until it is opened again`() async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        let first = try await ledger.append(.test(0))
        let forged = LedgerEntry(.test(1), after: first.head)
        let other = try DatabaseQueue(path: scratch.database)
        try await other.write { db in
            try db.execute(
                sql: """
                    INSERT INTO entry SELECT 2, at, service, environment, promotion, fence, kind, actor, user_id, host,
                    hash, '\(forged.hash.hex)', payload, gateway FROM entry WHERE sequence = 1
                    """)
        }
        for _ in 0..<2 {
            let fault = await #expect(throws: Fault.self) { try await ledger.append(.test(1)) }
            #expect(fault?.kind == .refused)
            #expect(fault?.description.contains("it ends at entry 2, this agent left it at 1; nothing was recorded") == true)
        }
        #expect(try await ledger.head().sequence == 2)
    }

    @Test func `a commit is durable: files copied right after it hold the fact`() async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        for number in 0..<20 {
            let entry = try await ledger.append(.test(number))
            let copy = try Scratch()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: scratch.database + suffix, toPath: copy.database + suffix)
            }
            let restored = try copy.open()
            #expect(try await restored.head() == entry.head)
            #expect(try await restored.reader.verify().holds)
            try restored.close()
        }
        try ledger.close()
    }

    @Test func `the settings that make a commit durable are on`() async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        let settings = try await ledger.settings()
        #expect(settings == LedgerDurability(journal: "wal", synchronous: 2, foreignKeys: true))
        try ledger.close()
    }

    @Test func `history runs from the newest backwards and by service, kind and promotion`() async throws {
        let scratch = try Scratch()
        let entries = try await scratch.fill(30)
        let reader = try LedgerReader.open(scratch.directory)
        let all = try await reader.history(of: nil, before: nil, kinds: nil, limit: 100)
        #expect(all == entries.reversed())
        let page = try await reader.history(of: nil, before: 11, kinds: nil, limit: 3)
        #expect(page.map(\.sequence) == [10, 9, 8])
        let search = ServiceName.literal("search")
        let kinds = ["promotion.started", "never.heard"]
        let some = try await reader.history(of: search, before: 25, kinds: kinds, limit: 100)
        #expect(
            some
                == entries.reversed().filter {
                    $0.sequence < 25 && $0.draft.place?.service == search && $0.draft.kind == "promotion.started"
                })
        #expect(!some.isEmpty)
        #expect(try await reader.history(of: nil, before: nil, kinds: [], limit: 10).isEmpty)
        #expect(try await reader.history(of: .literal("nobody"), before: nil, kinds: nil, limit: 10).isEmpty)
        let promotion = try await reader.entries(of: PromotionNumber(3), after: 7, limit: 10)
        #expect(promotion == entries.filter { $0.draft.promotion == PromotionNumber(3) && $0.sequence > 7 })
        #expect(!promotion.isEmpty)
    }

    /// The last part alone: the first is shared by all.
    @Test(arguments: [
        "UPDATE snapshot_bytes SET bytes = x'ff' WHERE bytes = x'0509'",
        "UPDATE snapshot_part SET name = 'search' WHERE name = 'payments' AND snapshot = (SELECT MAX(id) FROM snapshot)",
        "DELETE FROM snapshot_part WHERE snapshot = (SELECT MAX(id) FROM snapshot) AND name = ''",
        "UPDATE snapshot SET entry_hash = digest WHERE sequence = 5",
        "DELETE FROM snapshot_bytes WHERE bytes = x'0509'",
    ])
    func `only the two newest snapshots stay, and a spoiled one yields to the older`(_ spoil: String) async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        for number in 0..<5 { _ = try await ledger.append(.test(number)) }
        for sequence: Int64 in 1...5 {
            try await ledger.save(.test(sequence))
        }
        try ledger.close()
        let queue = try DatabaseQueue(path: scratch.database)
        let kept = try await queue.read { try Int64.fetchAll($0, sql: "SELECT sequence FROM snapshot ORDER BY sequence") }
        #expect(kept == [4, 5])
        try queue.close()
        try scratch.tamper(spoil)
        let again = try scratch.open()
        #expect(try await again.snapshot(format: 1) == .test(4))
        try again.close()
    }

    @Test func `a closed ledger refuses instead of writing`() async throws {
        let scratch = try Scratch()
        let ledger = try scratch.open()
        try ledger.close()
        let fault = await #expect(throws: Fault.self) { try await ledger.append(.test(0)) }
        #expect(fault?.kind == .refused)
    }
}

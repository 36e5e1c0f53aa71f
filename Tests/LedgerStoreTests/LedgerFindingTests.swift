internal import Fixtures
internal import Foundation
internal import GRDB
internal import LedgerStore
internal import PromotionCore
internal import Testing

/// What stands beside the chain, in a ledger of real facts with saved projections and leases.
@Suite struct LedgerFindingTests {
    private let scratch: Scratch
    private let whole: Projection
    /// Where the newest saved projection stands.
    private let saved: Int64

    init() async throws {
        scratch = try Scratch()
        let ledger = try scratch.open()
        var entries: [LedgerEntry] = []
        var history = try LongHistory(services: 2) { entries.append($0) }
        try history.grow(to: 400)
        whole = history.projection
        var projection = Projection()
        var store: SavedProjection?
        for entry in entries {
            try projection.apply(try await ledger.append(entry.draft))
            guard [150, 300].contains(projection.head.sequence) else { continue }
            let snapshot = try SavedProjection.snapshot(of: projection, after: store)
            try await ledger.save(snapshot)
            store = SavedProjection(projection, as: snapshot)
        }
        saved = 300
        let numbers = Dictionary(grouping: entries.filter { $0.draft.fence != nil }) { $0.draft.place }
        #expect(numbers.isEmpty, "the history's entries carry no fence")
        let holder = LeaseHolder(owner: .alice, session: "s", promotion: nil, reason: "by hand")
        let now = Timestamp(millisecondsSinceEpoch: 0)
        _ = try await ledger.take(.prod, for: holder, until: now + .minutes(1), now: now)
        guard case .taken(let lease) = try await ledger.take(.testing, for: holder, until: now + .minutes(1), now: now) else {
            throw Fault(.broke, "the lease was not given")
        }
        try await ledger.release(lease)
        try ledger.close()
    }

    private func findings(kept: LedgerHead? = nil) async throws -> [LedgerFinding] {
        try await LedgerReader.open(scratch.directory).findings(kept: kept)
    }

    @Test func `a ledger that is as it was written has none, and reads as it was`() async throws {
        #expect(try await findings(kept: whole.head).isEmpty)
        let ledger = try scratch.open()
        let read = try await Projection.read(from: ledger)
        #expect(read.projection == whole)
        #expect(read.saved?.projection.head.sequence == saved)
        try ledger.close()
    }

    @Test func `forgotten projections are folded anew from the first entry`() async throws {
        let ledger = try scratch.open()
        try await ledger.forgetSnapshots()
        let read = try await Projection.read(from: ledger)
        #expect(read.projection == whole)
        #expect(read.saved == nil)
        try ledger.close()
        #expect(try await findings().isEmpty)
    }

    @Test func `a saved projection that was rewritten with its digests is told from what the entries say`() async throws {
        let queue = try DatabaseQueue(path: scratch.database)
        try await queue.write { db in
            let row = try #require(
                try Row.fetchOne(
                    db,
                    sql: """
                        SELECT snapshot.id, snapshot_part.digest, bytes FROM snapshot JOIN snapshot_part ON snapshot = snapshot.id
                        JOIN snapshot_bytes ON snapshot_bytes.digest = snapshot_part.digest
                        WHERE sequence = ? AND name = 'service-1'
                        """, arguments: [saved]))
            let bytes: Data = row[2]
            var service = try Packed.decode(ServiceProjection.self, from: Array(bytes))
            let before = service
            // Somebody lifts every veto and vouches for what never passed.
            service = try forged(service)
            #expect(service != before)
            let forgedBytes = try Packed.encode(service)
            let digest = Digest(of: forgedBytes).hex
            try db.execute(sql: "INSERT INTO snapshot_bytes VALUES (?, ?)", arguments: [digest, Data(forgedBytes)])
            try db.execute(
                sql: "UPDATE snapshot_part SET digest = ? WHERE snapshot = ? AND name = 'service-1'",
                arguments: [digest, row[0] as Int64])
            let parts = try Row.fetchAll(
                db, sql: "SELECT name, digest FROM snapshot_part WHERE snapshot = ? ORDER BY name", arguments: [row[0] as Int64]
            ).map { (name: $0[0] as String, digest: try Digest(parsing: "sha256:" + ($0[1] as String))) }
            try db.execute(
                sql: "UPDATE snapshot SET digest = ? WHERE id = ?",
                arguments: [LedgerSnapshot.digest(of: parts).hex, row[0] as Int64])
        }
        try queue.close()
        #expect(try await findings() == [.rewritten(sequence: saved)])
    }

    private func forged(_ service: ServiceProjection) throws -> ServiceProjection {
        var text = String(decoding: try CanonicalJSON.encode(service), as: UTF8.self)
        text = text.replacingOccurrences(of: "\"passed\":214", with: "\"passed\":215")
        return try CanonicalJSON.decode(ServiceProjection.self, from: Array(text.utf8))
    }

    @Test(arguments: [
        (
            "UPDATE snapshot_bytes SET bytes = CAST(bytes || x'00' AS BLOB) WHERE length(bytes) = (SELECT MAX(length(bytes)) FROM snapshot_bytes)",
            "saved projection"
        ),
        ("UPDATE snapshot SET entry_hash = digest", "saved projection"),
        ("UPDATE snapshot SET sequence = sequence + 1", "saved projection"),
        ("DELETE FROM snapshot_part WHERE name = 'service-1'", "saved projection"),
        (
            "UPDATE lease SET expires = expires + 1 WHERE environment = 'prod'",
            "the lease of payments prod is not what was written"
        ),
        ("UPDATE lease SET holder = NULL WHERE environment = 'prod'", "the lease of payments prod is not what was written"),
        ("UPDATE lease SET fence = fence + 1 WHERE environment = 'testing'", "the lease of payments testing"),
        ("DROP INDEX entry_service", "the rule or table entry_service is gone"),
        ("UPDATE entry SET fence = 9 WHERE sequence = 7; SELECT 1", "9 was used already"),
    ])
    func `what was changed beside the chain is named`(_ sql: String, _ words: String) async throws {
        try scratch.tamper(sql)
        let found = try await findings().map(\.description)
        #expect(found.contains { $0.contains(words) }, "\(found)")
        #expect(found.allSatisfy { $0.contains(words) || $0.contains("is gone or was changed") }, "\(found)")
    }

    @Test func `an end that was kept elsewhere shows that a ledger was cut and mended`() async throws {
        let last = try #require(try await LedgerReader.open(scratch.directory).entries(after: 379, limit: 1).first)
        try scratch.tamper(
            "DELETE FROM entry WHERE sequence > 380", "UPDATE head SET sequence = 380, hash = '\(last.hash.hex)'")
        #expect(try await scratch.proof().holds)
        #expect(try await findings(kept: whole.head).first == .head(kept: whole.head))
        #expect(try await findings(kept: last.head).allSatisfy { if case .rule = $0 { true } else { false } })
    }

    @Test func `a fault names the promotions that were under way, and a cut those whose end is gone`() async throws {
        let reader = try LedgerReader.open(scratch.directory)
        let entries = try await reader.entries(after: 0, limit: 1_000)
        let middle = try #require(entries.first { $0.sequence > 200 && $0.draft.kind == "traffic.switched" })
        let number = try #require(middle.draft.promotion)
        let altered = try await reader.touched(by: .altered(sequence: middle.sequence)).map(\.text)
        #expect(altered.first?.contains("entry \(middle.sequence) is traffic.switched") == true, "\(altered)")
        #expect(altered.contains { $0.hasPrefix("promotion \(number) of v2.") && $0.contains("and the evidence for") })
        let missing = try await reader.touched(
            by: .missing(from: middle.sequence, found: middle.sequence + 1)
        ).map(\.text)
        #expect(missing.count == 1 && missing[0].hasPrefix("promotion \(number) of"), "\(missing)")
        let queue = try DatabaseQueue(path: scratch.database)
        try queue.close()
        try scratch.tamper("DELETE FROM entry WHERE sequence > \(middle.sequence)")
        let cut = try await LedgerReader.open(scratch.directory).touched(
            by: .cut(last: middle.sequence, remembered: 400)
        ).map(\.text)
        #expect(cut.count == 1, "\(cut)")
        #expect(cut.first?.contains("promotion \(number) of") == true && cut.first?.contains("had not ended") == true, "\(cut)")
    }

    /// Whatever bit of the file flips: it is found, or what is read is the same as before.
    @Test func `a flipped bit anywhere in the file is found or changes nothing`() async throws {
        let url = URL(fileURLWithPath: scratch.database)
        let bytes = try Data(contentsOf: url)
        let before = try #require(await reading())
        var random = SeededRandom(seed: 20_261_124)
        var found = 0
        for _ in 0..<80 {
            var flipped = bytes
            let bit = Int.random(in: 0..<(bytes.count * 8), using: &random)
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            try flipped.write(to: url)
            if let after = await reading() {
                #expect(after == before, "bit \(bit % 8) of byte \(bit / 8) changed what is read, and nothing was found")
            } else {
                found += 1
            }
        }
        #expect(found > 20, "\(found) of 80 were found: the rest lies in bytes that nothing reads")
    }

    /// Everything that an agent reads; nil where opening or proving finds a fault.
    private func reading() async -> [AnyHashable]? {
        guard let reader = try? LedgerReader.open(scratch.directory), let proof = try? await reader.verify(), proof.holds,
            let findings = try? await reader.findings(), findings.isEmpty,
            let entries = try? await reader.entries(after: 0, limit: 1_000),
            let history = try? await reader.history(of: .literal("service-1"), before: nil, kinds: nil, limit: 1_000),
            let ledger = try? scratch.open()
        else { return nil }
        defer { try? ledger.close() }
        guard let projection = try? await Projection.read(from: ledger).projection,
            let leases = try? await [ledger.current(.prod), ledger.current(.testing)]
        else { return nil }
        return [proof, entries, history, projection, leases]
    }
}

internal import Foundation
internal import GRDB
internal import LedgerStore
internal import PromotionCore
internal import Testing

/// Measurements, printed as lines `bench: name = value` that `make bench` judges: `BATON_BENCH=1 swift test -c release --filter
/// Benchmarks`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["BATON_BENCH"] != nil))
struct LedgerBenchmarks {
    private let clock = ContinuousClock()

    @Test func `append against a bare insert`() async throws {
        let count = 2_000
        for _ in 0..<3 {
            let bare = try bareInserts(count, in: Scratch())
            let scratch = try Scratch()
            let ledger = try scratch.open()
            let start = clock.now
            for number in 0..<count { _ = try await ledger.append(.test(number)) }
            let own = clock.now - start
            try ledger.close()
            print("bench: append against bare insert = \(own / bare) bare \(bare / count), append \(own / count)")
        }
    }

    /// The same payload in one table, with the same journal and sync, on GRDB's synchronous path.
    private func bareInserts(_ count: Int, in scratch: Scratch) throws -> Duration {
        let pool = try DatabasePool(path: scratch.path + "/bare.sqlite")
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "CREATE TABLE bare (id INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT")
        }
        let payload = Data(LedgerDraft.test(1).payload)
        let start = clock.now
        for _ in 0..<count {
            try pool.writeWithoutTransaction { db in
                try db.cachedStatement(sql: "INSERT INTO bare (payload) VALUES (?)").execute(arguments: [payload])
            }
        }
        let spent = clock.now - start
        try pool.close()
        return spent
    }

    @Test func `opening and proving a million entries`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(0)
        try fillFast(scratch, 1_000_000)
        for _ in 0..<3 {
            let start = clock.now
            let ledger = try scratch.open()
            let open = clock.now - start
            _ = try await ledger.append(.test(1))
            let history = clock.now
            _ = try await ledger.reader.history(
                of: .literal("search"), before: nil, kinds: ["promotion.started"], limit: 50)
            print("bench: open with 1,000,000 entries = \(open / .milliseconds(1)) history \(clock.now - history)")
            try ledger.close()
        }
        let start = clock.now
        let proof = try await scratch.proof()
        print("bench: proof of 1,000,000 entries = \((clock.now - start) / .seconds(1)) holds \(proof.holds)")
    }

    private func fillFast(_ scratch: Scratch, _ count: Int) throws {
        let queue = try DatabaseQueue(path: scratch.database)
        var head = LedgerHead.empty
        try queue.write { db in
            for number in 0..<count {
                let entry = LedgerEntry(.test(number), after: head)
                head = entry.head
                let draft = entry.draft
                let user: Int64? = draft.actor == .agent ? nil : 1_000
                try db.cachedStatement(
                    sql: "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                ).execute(arguments: [
                    entry.sequence, draft.at.millisecondsSinceEpoch, draft.place?.service.text,
                    draft.place?.environment.text, draft.promotion?.number, draft.fence?.number, draft.kind,
                    draft.actor.name.text, user, draft.actor.host.text, entry.previous.hex, entry.hash.hex,
                    Data(draft.payload),
                ])
            }
        }
        try queue.close()
    }
}

internal import Fixtures
internal import Foundation
internal import GRDB
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

/// Measurements, printed as lines `bench: name = value` that `make bench` judges: `BATON_BENCH=1 swift test -c release --filter
/// Benchmarks`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["BATON_BENCH"] != nil, "a benchmark: BATON_BENCH=1"))
struct LedgerBenchmarks {
    private let clock = ContinuousClock()
    /// Entries of the ledger that is opened: the budget is of a million, `BATON_BENCH_ENTRIES` names another number.
    private static let entries = ProcessInfo.processInfo.environment["BATON_BENCH_ENTRIES"].flatMap(Int64.init) ?? 1_000_000
    private static let words = entries.formatted(.number.locale(Locale(identifier: "en_US")))

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

    /// What an agent's start asks of its ledger: it is opened and its end proven, the saved projection is read, what came after
    /// is folded, and the board stands.
    @Test func `opening, projecting and proving a long ledger`() async throws {
        let scratch = try Scratch()
        try await scratch.fill(0)
        let history = try fill(scratch, Self.entries, services: Int(Self.entries / 25_000))
        let ledger = try scratch.open()
        try await save(history.projection, in: ledger)
        try ledger.close()
        for _ in 0..<9 { try await start(scratch, services: history.services, as: history.projection) }
        let start = clock.now
        let proof = try await scratch.proof()
        print("bench: proof of \(Self.words) entries = \((clock.now - start) / .seconds(1)) holds \(proof.holds)")
    }

    /// Saves whole, and again after one service has changed.
    private func save(_ projection: Projection, in ledger: SQLiteLedger) async throws {
        let start = clock.now
        let snapshot = try SavedProjection.snapshot(of: projection, after: nil)
        let made = clock.now
        try await ledger.save(snapshot)
        let bytes = snapshot.parts.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
        print(
            "bench: saving the whole projection = \((clock.now - start) / .milliseconds(1)) \(bytes / 1_024) KiB made in",
            "\(made - start)")
        var changed = projection
        try changed.apply(LedgerEntry(try .evidence(of: projection), after: projection.head))
        let again = clock.now
        let next = try SavedProjection.snapshot(of: changed, after: SavedProjection(projection, as: snapshot))
        print(
            "bench: saving it after a change = \((clock.now - again) / .milliseconds(1))",
            "\(next.parts.filter { $0.bytes != nil }.count) of \(next.parts.count) parts")
    }

    /// Processor time of this process in microseconds: on a machine with other work it tells more than a clock does.
    private static var processorTime: Int { Glibc.clock() }

    /// Begins as an agent does.
    private func start(_ scratch: Scratch, services: [Service], as expected: Projection) async throws {
        let (start, spent) = (clock.now, Self.processorTime)
        let ledger = try scratch.open()
        let opened = clock.now
        let read = try await Projection.read(from: ledger)
        let projected = clock.now
        let recent = try await ledger.entries(
            after: max(0, read.projection.head.sequence - Int64(Board.streamLimit)), limit: Board.streamLimit)
        let board = Board(services: services, projection: read.projection, agent: .test, recent: recent)
        let end = clock.now
        print(
            "bench: open with \(Self.words) entries = \((end - start) / .milliseconds(1)) open \(opened - start), project",
            "\(projected - opened), board \(end - projected), processor \((Self.processorTime - spent) / 1_000) ms,",
            "right \(board.projection == expected && read.saved != nil)")
        try ledger.close()
    }

    /// Fills an empty ledger with the history of many services.
    private func fill(_ scratch: Scratch, _ count: Int64, services: Int) throws -> LongHistory {
        let queue = try DatabaseQueue(path: scratch.database)
        defer { try? queue.close() }
        return try queue.write { db in
            var history = try LongHistory(services: services) { try insert($0, in: db) }
            try history.grow(to: count)
            return history
        }
    }

    private func insert(_ entry: LedgerEntry, in db: Database) throws {
        let draft = entry.draft
        let user: Int64? = if case .socket(let number) = draft.actor.proof { Int64(number) } else { nil }
        try db.cachedStatement(sql: "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)").execute(arguments: [
            entry.sequence, draft.at.millisecondsSinceEpoch, draft.place?.service.text, draft.place?.environment.text,
            draft.promotion?.number, draft.fence?.number, draft.kind, draft.actor.name.text, user, draft.actor.host.text,
            entry.previous.hex, entry.hash.hex, Data(draft.payload),
        ])
    }
}

extension LedgerDraft {
    /// A fact of one service, after a projection.
    fileprivate static func evidence(of projection: Projection) throws -> LedgerDraft {
        let service = try #require(projection.services.keys.min())
        let evidence = Evidence(
            digest: Digest(of: [1]), environment: .literal("testing"), source: .ci(.alice),
            at: Timestamp(millisecondsSinceEpoch: 1_787_580_131_000), passed: 1, total: 1, note: nil)
        return try LedgerDraft(.evidence(evidence), at: evidence.at, by: .alice, place: Place(service, evidence.environment))
    }
}

extension AgentDescription {
    fileprivate static let test = AgentDescription(
        version: "0", host: "bastion-1", process: 1, since: Timestamp(millisecondsSinceEpoch: 0))
}

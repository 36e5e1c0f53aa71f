internal import LedgerStore
internal import PromotionCore
internal import Testing

/// What every ledger does, whatever keeps it.
@Suite struct LedgerContractTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: StoreUnderTest.all)
    func `an empty ledger ends at the beginning of the chain`(_ subject: StoreUnderTest) async throws {
        let ledger = try await subject.open(scratch)
        #expect(try await ledger.head() == .empty)
        #expect(try await ledger.entries(after: 0, limit: 10).isEmpty)
        #expect(try await ledger.snapshot(format: 1) == nil)
    }

    @Test(arguments: StoreUnderTest.all)
    func `entries come back as they were appended and prove each other`(_ subject: StoreUnderTest) async throws {
        var ledger = try await subject.open(scratch)
        var written: [LedgerEntry] = []
        for number in 0..<25 { written.append(try await ledger.append(.test(number))) }
        for _ in 0..<2 {
            let read = try await ledger.entries(after: 0, limit: 100)
            #expect(read == written)
            var head = LedgerHead.empty
            for entry in read {
                try entry.prove(after: head)
                head = entry.head
            }
            #expect(try await ledger.head() == head)
            ledger = try await subject.reopen(ledger, in: scratch)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `the chain goes on where it ended before it was opened again`(_ subject: StoreUnderTest) async throws {
        var ledger = try await subject.open(scratch)
        let first = try await ledger.append(.test(0))
        ledger = try await subject.reopen(ledger, in: scratch)
        let second = try await ledger.append(.test(1))
        #expect(second.sequence == 2)
        #expect(second.previous == first.hash)
    }

    @Test(arguments: StoreUnderTest.all, [(0, 3), (2, 3), (4, 1), (5, 0), (9, 0), (-1, 3)])
    func `a page begins after the number and ends at the limit`(_ subject: StoreUnderTest, _ page: (Int, Int)) async throws {
        let ledger = try await subject.open(scratch)
        for number in 0..<5 { _ = try await ledger.append(.test(number)) }
        let read = try await ledger.entries(after: Int64(page.0), limit: 3)
        #expect(read.count == page.1)
        #expect(read.first?.sequence == (page.1 == 0 ? nil : Int64(max(page.0, 0) + 1)))
        #expect(try await ledger.entries(after: 0, limit: 0).isEmpty)
        #expect(try await ledger.entries(after: 0, limit: -5).isEmpty)
        #expect(try await ledger.entries(after: 0, limit: .max).count == 5)
    }

    @Test(arguments: StoreUnderTest.all)
    func `facts appended at once stand in one chain`(_ subject: StoreUnderTest) async throws {
        let ledger = try await subject.open(scratch)
        let sequences = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<50 { group.addTask { try await ledger.append(.test(number)).sequence } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(sequences == Set(1...50))
        var head = LedgerHead.empty
        for entry in try await ledger.entries(after: 0, limit: 100) {
            try entry.prove(after: head)
            head = entry.head
        }
        #expect(head.sequence == 50)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a fact that was asked for by a cancelled task is kept whole`(_ subject: StoreUnderTest) async throws {
        let ledger = try await subject.open(scratch)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ledger.append(.test(0))
        }
        #expect(try await task.value.sequence == 1)
        #expect(try await ledger.head().sequence == 1)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a fact over a bound is refused and nothing is kept`(_ subject: StoreUnderTest) async throws {
        let ledger = try await subject.open(scratch)
        let drafts = [
            draft(kind: "", actor: .alice, bytes: 0), draft(kind: "two words", actor: .alice, bytes: 0),
            draft(kind: String(repeating: "k", count: 101), actor: .alice, bytes: 0),
            draft(kind: "a.b", actor: .alice, bytes: 300_000),
        ]
        for draft in drafts {
            let fault = await #expect(throws: Fault.self) { try await ledger.append(draft) }
            #expect(fault?.kind == .refused)
        }
        #expect(try await ledger.head() == .empty)
    }

    private func draft(kind: String, actor: Account, bytes: Int) -> LedgerDraft {
        LedgerDraft(
            at: Timestamp(millisecondsSinceEpoch: 0), place: nil, promotion: nil, actor: actor, fence: nil, kind: kind,
            payload: Array(repeating: 7, count: bytes))
    }

    @Test(arguments: StoreUnderTest.all)
    func `the newest snapshot of a format comes back over a restart`(_ subject: StoreUnderTest) async throws {
        var ledger = try await subject.open(scratch)
        for number in 0..<4 { _ = try await ledger.append(.test(number)) }
        for sequence: Int64 in [0, 2, 4] {
            try await ledger.save(.test(sequence))
        }
        ledger = try await subject.reopen(ledger, in: scratch)
        #expect(try await ledger.snapshot(format: 1) == .test(4))
        #expect(try await ledger.snapshot(format: 2) == nil)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a part that has not changed is kept without its bytes, and one that was never saved is refused`(
        _ subject: StoreUnderTest
    ) async throws {
        var ledger = try await subject.open(scratch)
        for number in 0..<4 { _ = try await ledger.append(.test(number)) }
        let first = LedgerSnapshot.test(2)
        try await ledger.save(first)
        let kept = try #require(first.parts.last)
        let trunk = LedgerSnapshot.Part(name: "", bytes: [7])
        let next = LedgerSnapshot(sequence: 4, format: 1, parts: [trunk, .init(name: kept.name, kept: kept.digest)])
        try await ledger.save(next)
        let stranger = LedgerSnapshot.Part(name: "search", kept: Digest(of: [99]))
        let fault = await #expect(throws: Fault.self) {
            try await ledger.save(LedgerSnapshot(sequence: 4, format: 1, parts: [trunk, stranger]))
        }
        #expect(fault?.kind == .refused)
        ledger = try await subject.reopen(ledger, in: scratch)
        #expect(
            try await ledger.snapshot(format: 1) == LedgerSnapshot(sequence: 4, format: 1, parts: [trunk, kept]))
    }

    @Test(arguments: StoreUnderTest.all)
    func `a snapshot past the end is refused`(_ subject: StoreUnderTest) async throws {
        let ledger = try await subject.open(scratch)
        let fault = await #expect(throws: Fault.self) {
            try await ledger.save(.test(1))
        }
        #expect(fault?.kind == .refused)
    }
}

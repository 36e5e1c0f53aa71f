internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite struct KnownHeadTests {
    private let first = LedgerEntry(.test(0), after: .empty)
    private var second: LedgerEntry { LedgerEntry(.test(1), after: first.head) }

    /// What a known end makes of several ends found one after another.
    private func accepts(_ known: KnownHead, _ found: LedgerHead...) -> [Bool] {
        var known = known
        return found.map { known.accept($0) }
    }

    @Test func `a kept entry is the known end`() {
        var known = KnownHead(head: .empty)
        known.settle(.success(first), next: first.head)
        #expect(accepts(known, first.head, .empty, second.head) == [true, false, false])
    }

    @Test func `an entry that was surely not kept changes nothing`() {
        var known = KnownHead(head: first.head)
        known.settle(.failure(Fault(.broke, "full")), next: second.head)
        #expect(accepts(known, second.head, first.head) == [false, true])
    }

    @Test(arguments: [true, false])
    func `after an uncertain commit the database decides, and decides once`(_ kept: Bool) {
        var known = KnownHead(head: first.head)
        known.settle(.failure(Fault(.unknown, "sync")), next: second.head)
        let (real, other) = kept ? (second.head, first.head) : (first.head, second.head)
        #expect(accepts(known, .empty, real, other) == [false, true, false])
    }
}

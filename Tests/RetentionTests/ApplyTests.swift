import Fixtures
import PromotionCore
import RetentionWorlds
import Simulation
import Testing

@Suite struct ApplyTests {
    private func operation(seed: UInt64 = 1, deletesTags: Bool = true) -> RetentionOperation {
        let operation = RetentionOperation(seed: seed)
        operation.store.with { $0.deletesTags = deletesTags }
        operation.fill(12)
        operation.start()
        return operation
    }

    @Test(arguments: [true, false])
    func `what may go is quarantined, and deleted after its grace`(_ deletesTags: Bool) throws {
        let operation = operation(deletesTags: deletesTags)
        let first = try #require(operation.run())
        #expect(first.quarantined > 3 && first.deleted == 0 && first.stopped == nil)
        #expect(operation.run() == nil || operation.ledger?.deleted == 0, "nothing is deleted within the grace")
        operation.pass(.seconds(31))
        let second = try #require(operation.run())
        #expect(second.deleted == first.quarantined && second.stopped == nil)
        #expect(operation.plan()?.count == 0)
        #expect(operation.violations == [])
    }

    @Test(arguments: [true, false])
    func `undo brings tags and documents back, from quarantine and from the tombstone`(_ deletesTags: Bool) throws {
        for deleted in [false, true] {
            let operation = operation(deletesTags: deletesTags)
            let before = operation.world.with { $0.named }
            _ = operation.run()
            if deleted {
                operation.pass(.seconds(31))
                _ = operation.run()
            }
            let gone = Set(before.values).filter { digest in
                operation.ledger?.quarantined[digest] != nil || operation.store.with { $0.documents[digest] == nil }
            }
            #expect(!gone.isEmpty)
            for digest in gone.sorted() {
                let answer = operation.ask(.retention(.undo(Fixtures.payments, digest)))
                #expect(answer == .accepted)
            }
            #expect(operation.world.with { $0.named } == before)
            #expect(operation.violations == [] && operation.ledger?.quarantined.isEmpty == true)
        }
    }

    @Test func `a dry run changes nothing, and a hold keeps`() throws {
        let operation = operation()
        let plan = try #require(operation.plan())
        #expect(operation.store.with(\.mutations) == 0)
        let digest = try #require(plan.lines.first { $0.state == .quarantine }?.digest)
        #expect(operation.ask(.retention(.hold(Fixtures.payments, digest, reason: "wanted for a look", until: nil))) == .accepted)
        #expect(operation.plan()?.count == plan.count - 1)
        // What somebody else plans does not take a plan away; of the earlier one goes what a fresh one lets go as well.
        let order = OperatorRequest.retention(
            .apply(Fixtures.payments, plan: plan.plan, count: plan.count, reason: "of before the hold"))
        #expect(operation.ask(order) == .accepted)
        let report = try #require(operation.settle())
        #expect(report.quarantined == plan.count - 1 && operation.ledger?.quarantined[digest] == nil)
        for number in 0..<4 {
            operation.add("later-\(number)")
            _ = operation.plan()
        }
        if case .refused? = operation.ask(order) {} else { Issue.record("a plan that is forgotten was applied") }
    }

    @Test func `a registry that has lost all its releases is not cleaned before a person has looked`() throws {
        let operation = operation()
        _ = operation.run()
        operation.add("something that could go")
        operation.world.with { state in
            state.named = state.named.filter { tag, _ in
                !TagScheme.standard.isFinal(tag)
            }
        }
        operation.schedule = .minutes(1)
        for _ in 0..<2 {
            operation.start()
            #expect(operation.run() == nil, "no plan of it may be applied")
            operation.pass(.minutes(3))
            let report = try #require(operation.status?.report, "it runs by itself")
            #expect(report.quarantined + report.deleted == 0 && report.stopped?.text.contains("no final tag is left") == true)
        }
        operation.schedule = nil
        operation.start()
        #expect(operation.ask(.retention(.resume(Fixtures.payments, reason: "they were all withdrawn"))) == .accepted)
        let next = try #require(operation.run())
        #expect(next.stopped == nil && next.deleted > 0)
    }

    @Test func `what somebody brought back is as young as if it had just got its name`() throws {
        let operation = operation()
        (operation.rules.candidateCount, operation.rules.buildCount) = (0, 0)
        (operation.rules.candidateAge, operation.rules.buildAge) = (.minutes(30), .minutes(30))
        operation.start()
        _ = operation.run()
        operation.pass(.minutes(31))
        let quarantined = try #require(operation.run())
        #expect(quarantined.quarantined > 0)
        let digest = try #require(operation.ledger?.quarantined.keys.min())
        #expect(operation.ask(.retention(.undo(Fixtures.payments, digest))) == .accepted)
        for _ in 0..<2 {
            operation.pass(.minutes(10))
            _ = operation.run()
            #expect(operation.ledger?.quarantined[digest] == nil)
        }
        operation.pass(.minutes(31))
        _ = operation.run()
        #expect(operation.ledger?.quarantined[digest] != nil)
    }

    @Test func `undo takes away the tag that held a digest after its quarantine has ended too`() throws {
        let operation = operation()
        _ = operation.run()
        let (digest, known) = try #require(operation.ledger?.quarantined.min { $0.key < $1.key })
        let hold = OperatorRequest.retention(.hold(Fixtures.payments, digest, reason: "wanted for a look", until: nil))
        #expect(operation.ask(hold) == .accepted)
        operation.add("something that could go")
        _ = operation.run()
        #expect(operation.ledger?.quarantined[digest] == nil, "it is held: the quarantine has ended")
        func names() -> [String] { operation.world.with { $0.named.filter { $0.value == digest }.keys.map(\.text).sorted() } }
        #expect(names() == [try #require(Quarantine.tag(of: digest, since: known.since)).text])
        #expect(operation.ask(.retention(.undo(Fixtures.payments, digest))) == .accepted)
        #expect(names() == known.tags.map(\.text).sorted() && operation.violations == [])
    }

    @Test func `a reading that failed ends no quarantine`() throws {
        let operation = operation()
        _ = operation.run()
        let quarantined = try #require(operation.ledger?.quarantined.count)
        operation.schedule = .minutes(1)
        operation.start()
        operation.store.with { $0.breaks = 3 }
        operation.pass(.minutes(5))
        operation.store.with { $0.breaks = 0 }
        #expect(quarantined > 0 && operation.ledger?.quarantined.count == quarantined)
    }

    @Test func `a thousand holds can be let go of, and what runs out makes room`() throws {
        let operation = operation()
        let until = operation.world.now + .minutes(1)
        func hold(_ number: Int, until: Timestamp?) -> Answer? {
            let image = SimulatedStore.image("held \(number)")
            operation.store.add(image)
            return operation.ask(.retention(.hold(Fixtures.payments, image.digest, reason: "wanted for a look", until: until)))
        }
        for number in 0..<RetentionProjection.holdLimit { #expect(hold(number, until: number < 10 ? until : nil) == .accepted) }
        if case .refused? = hold(5_000, until: nil) {} else { Issue.record("one hold too many was taken") }
        #expect(hold(500, until: nil) == .accepted, "it is held already")
        let release = OperatorRequest.retention(
            .release(Fixtures.payments, SimulatedStore.image("held 999").digest, reason: "no longer wanted"))
        #expect(operation.ask(release) == .accepted)
        #expect(hold(5_000, until: nil) == .accepted)
        operation.pass(.minutes(2))
        #expect(hold(5_001, until: nil) == .accepted)
    }

    @Test func `a new name on a quarantined digest ends its quarantine`() throws {
        let operation = operation()
        _ = operation.run()
        let digest = try #require(operation.ledger?.quarantined.keys.sorted().first)
        operation.world.with { state in "wanted-again".asTag.map { state.named[$0] = digest } }
        operation.pass(.seconds(31))
        _ = operation.run()
        #expect(operation.store.isWhole(digest))
        #expect(operation.ledger?.quarantined[digest] == nil)
        #expect(operation.violations == [])
    }

    @Test(arguments: [true, false])
    func `an agent that dies at any request loses nothing, and the next finishes`(_ deletesTags: Bool) {
        for death in stride(from: 5, to: 400, by: deletesTags ? 17 : 23) {
            let operation = operation(seed: UInt64(death), deletesTags: deletesTags)
            operation.store.with { $0.diesAt = death }
            for _ in 0..<3 {
                _ = operation.run()
                #expect(operation.violations == [], "death at request \(death)")
                operation.start()
                operation.pass(.seconds(65))
            }
            for _ in 0..<3 { _ = operation.run(); operation.pass(.seconds(31)) }
            #expect(operation.violations == [], "death at request \(death)")
            #expect(operation.ledger?.quarantined.isEmpty == true, "death at request \(death) leaves something half done")
        }
    }

    @Test(arguments: [true, false])
    func `lost answers, broken lines and strangers lose nothing that is kept`(_ deletesTags: Bool) {
        for seed in UInt64(1)...6 {
            let operation = operation(seed: seed, deletesTags: deletesTags)
            var random = SeededRandom(seed: seed)
            let strangers = Set((0..<6).map { _ in random.below(700) })
            operation.store.with { state in
                state.breaks = 150
                state.losesAnswer = 80
                state.strangersAt = strangers
            }
            for _ in 0..<4 {
                _ = operation.run()
                #expect(operation.violations == [], "seed \(seed)")
                operation.pass(.seconds(31))
            }
        }
    }

    @Test func `a hole after a deletion puts back what went and stops everything, over a restart, until a person has looked`()
        throws
    {
        let operation = operation(deletesTags: false)
        let before = operation.world.with { $0.named }
        _ = operation.run()
        let quarantined = Set(operation.ledger?.quarantined.keys.map(\.self) ?? [])
        operation.pass(.seconds(31))
        let lost = RetentionOperation.serving.digest
        let document = operation.store.with { $0.documents[lost] }
        operation.store.with { $0.losesAlong = lost }
        let report = try #require(operation.run())
        #expect(report.stopped?.text.contains("is gone") == true, "\(report)")
        for digest in quarantined { #expect(operation.store.isWhole(digest), "\(digest.short()) was not put back") }
        #expect(before.allSatisfy { tag, digest in operation.world.with { $0.named[tag] } == digest })

        operation.start()
        #expect(operation.halted == report.stopped)
        #expect(operation.run() == nil, "a plan was applied although everything is stopped")
        operation.store.with { $0.documents[lost] = document }
        #expect(operation.ask(.retention(.resume(Fixtures.payments, reason: "pushed it again"))) == .accepted)
        #expect(operation.halted == nil)
        #expect(operation.run() != nil)
        if case .refused? = operation.ask(.retention(.resume(Fixtures.payments, reason: "once more, to be sure"))) {
        } else {
            Issue.record("what is not stopped was resumed")
        }
    }

    @Test(arguments: [true, false])
    func `a registry that does not delete, or an account that may not, is found before anything is changed`(
        _ isForbidden: Bool
    ) throws {
        let operation = operation(deletesTags: false)
        operation.store.with { if isForbidden { $0.mayDelete = false } else { $0.deletesDigests = false } }
        let report = try #require(operation.run())
        #expect(report.stopped?.text.contains(isForbidden ? "lacks a right" : "does not delete") == true)
        #expect(operation.store.with(\.mutations) == 0 && operation.ledger?.quarantined.isEmpty ?? true)
    }

    @Test func `tombstones go 90 days after the deletion, and not while something is quarantined by them`() throws {
        let operation = operation(deletesTags: false)
        _ = operation.run()
        operation.files.age(by: Milliseconds(91 * 86_400_000))
        operation.pass(.seconds(31))
        _ = operation.run()
        let buried = operation.files.buried
        #expect(!buried.isEmpty, "the deletion dates its tombstones anew")
        operation.files.age(by: Milliseconds(89 * 86_400_000))
        operation.add("late")
        _ = operation.run()
        #expect(operation.files.buried.isSuperset(of: buried))
        operation.files.age(by: Milliseconds(2 * 86_400_000))
        operation.pass(.seconds(31))
        _ = operation.run()
        #expect(operation.files.buried.isDisjoint(with: buried))
    }

    @Test func `an index that is pushed over something doomed keeps it`() throws {
        let operation = operation(deletesTags: false)
        _ = operation.run()
        operation.pass(.seconds(31))
        let digest = try #require(operation.ledger?.quarantined.keys.sorted().first)
        let child = try #require(operation.store.with { $0.documents[digest] })
        // Right when the first deletion is about to begin, a stranger builds upon another one.
        operation.store.with { state in
            state.pushesOnList = (SimulatedStore.index("of a stranger", over: [child]), "built-upon")
        }
        _ = operation.run()
        #expect(operation.store.isWhole(digest) && operation.violations == [])
    }
}

import Fixtures
import PromotionCore
import RetentionWorlds
import Simulation
import Testing

/// What people ask and order, and what the agent answers.
@Suite struct RequestTests {
    private func operation(_ change: (RetentionOperation) -> Void = { _ in }) -> RetentionOperation {
        let operation = RetentionOperation(seed: 1)
        operation.fill(12)
        change(operation)
        operation.start()
        return operation
    }

    private func refusal(_ answer: Answer?) -> String? {
        guard case .refused(let objections)? = answer else { return nil }
        return objections.first?.description
    }

    private func ask(_ request: OperatorRequest, _ operation: RetentionOperation, by account: Account) -> Answer? {
        guard let runner = operation.runner else { return nil }
        return operation.wait { await runner.answer(request, by: account) } ?? nil
    }

    private func hold(_ digest: Digest, until: Timestamp? = nil) -> OperatorRequest {
        .retention(.hold(Fixtures.payments, digest, reason: "wanted for a look", until: until))
    }

    @Test func `a hold of what is not in the repository, or until a time that is over, is refused`() throws {
        let operation = operation()
        #expect(refusal(operation.ask(hold(Digest(of: Array("nothing".utf8)))))?.contains("is not in") == true)
        let digest = RetentionOperation.warm.digest
        #expect(refusal(operation.ask(hold(digest, until: operation.world.now)))?.contains("is over") == true)
        #expect(operation.ask(hold(digest, until: operation.world.now + .minutes(1))) == .accepted)
        _ = operation.run()
        let quarantined = try #require(operation.ledger?.quarantined.keys.min())
        #expect(operation.ask(hold(quarantined)) == .accepted)
    }

    @Test func `a hold is kept where the registry does not say whether it has the digest`() {
        let operation = operation()
        operation.store.with { $0.breaks = 1 }
        #expect(operation.ask(hold(RetentionOperation.warm.digest)) == .accepted)
    }

    @Test func `nobody's hold is made shorter by somebody else`() throws {
        let operation = operation()
        let (digest, now) = (RetentionOperation.warm.digest, operation.world.now)
        #expect(operation.ask(hold(digest)) == .accepted)
        let shorter = hold(digest, until: now + .minutes(60))
        let said = try #require(refusal(ask(shorter, operation, by: Fixtures.bob)))
        #expect(said.contains("alice") && said.contains("until somebody lets go") && said.contains("retention release"))
        #expect(operation.ask(shorter) == .accepted, "one's own may be")
        #expect(refusal(ask(hold(digest, until: now + .minutes(30)), operation, by: Fixtures.bob)) != nil)
        #expect(ask(hold(digest, until: now + .minutes(90)), operation, by: Fixtures.bob) == .accepted, "it is longer")
        operation.pass(.minutes(91))
        #expect(operation.ask(hold(digest, until: operation.world.now + .minutes(1))) == .accepted, "that one is over")
    }

    @Test func `what removes, or lets go, needs a reason that says something`() throws {
        let operation = operation()
        let plan = try #require(operation.plan())
        let digest = RetentionOperation.warm.digest
        #expect(operation.ask(hold(digest)) == .accepted)
        let orders: [RetentionOrder] = [
            .apply(Fixtures.payments, plan: plan.plan, count: plan.count, reason: "ok      ok"),
            .release(Fixtures.payments, digest, reason: "ok"), .resume(Fixtures.payments, reason: "ok"),
        ]
        for order in orders {
            #expect(refusal(operation.ask(.retention(order)))?.contains("says too little") == true)
        }
        #expect(operation.store.with(\.mutations) == 0 && operation.ledger?.holds[digest] != nil)
    }

    @Test func `a status lists what was deleted and can be had back, and until when`() throws {
        let operation = operation()
        _ = operation.run()
        #expect(operation.status?.buried == [], "it is quarantined still")
        operation.pass(.seconds(31))
        let report = try #require(operation.run())
        let status = try #require(operation.status)
        #expect(report.deleted > 3 && status.buried.count == report.deleted && status.buriedCount == report.deleted)
        let one = try #require(status.buried.first)
        let left = one.until - operation.world.now
        #expect(left <= Tombstone.lifetime && left > Milliseconds(Tombstone.lifetime.count - 600_000))
        #expect(status.restorable.contains(one.digest))
        #expect(operation.ask(.retention(.undo(Fixtures.payments, one.digest))) == .accepted)
        #expect(operation.status?.buried.contains { $0.digest == one.digest } == false)
        #expect(operation.ask(hold(one.digest)) == .accepted)
        _ = operation.plan()
        #expect(operation.status?.buriedCount == report.deleted - 1)
    }

    @Test func `of what was deleted the newest is listed, and the number of all`() {
        let buried = (0..<1_200).map { number in
            RetentionStatus.Buried(
                digest: Digest(of: Array("\(number)".utf8)), until: Timestamp(millisecondsSinceEpoch: Int64(number)))
        }
        let status = RetentionStatus(
            repository: Fixtures.repository, rules: RetentionRules(), schedule: nil, ledger: RetentionProjection(), report: nil,
            halted: nil, buried: buried)
        #expect(status.buried.count == RetentionStatus.buriedLimit && status.buriedCount == 1_200)
        #expect(status.buried.first == buried.last)
    }

    @Test func `the age of a line is the one that decides`() throws {
        let made = try #require(Timestamp(parsing: "2020-01-01T00:00:00Z"))
        let dated = StoredDocument(
            mediaType: .ociManifest, bytes: Array("{\"dated\":1}".utf8),
            links: DocumentLinks(annotations: ["org.opencontainers.image.created": "2020-01-01T00:00:00Z"]))
        let operation = operation { operation in
            operation.rules.age = .created
            operation.store.add(dated, as: ["v1.0.0-rc.90"])
        }
        let lines = try #require(operation.plan())
        for line in lines.lines {
            #expect(line.age == (line.digest == dated.digest ? lines.made - made : nil), "\(line.digest.short())")
        }
    }

    @Test func `a line says how many documents go along`() throws {
        let lines = try #require(operation().plan()).lines
        let index = try #require(lines.first { $0.state == .quarantine && $0.parts > 0 })
        #expect(index.parts == 1 && index.words.last == "1 more document goes with it")
        let image = try #require(lines.first { $0.state == .quarantine && $0.parts == 0 })
        #expect(image.words == image.because)
    }

    @Test func `lines tell the number of tags that name nothing, and the first of them`() throws {
        var snapshot = RetentionSnapshot(
            repository: Fixtures.repository,
            capabilities: RegistryCapabilities(tagDeletion: .yes, digestDeletion: .yes, referrersAPI: .yes))
        snapshot.dangling = Set(try (10..<19).map { try PromotionCore.Tag("lost-\($0)") })
        let plan = RetentionPlan.make(snapshot, rules: RetentionRules(), now: Timestamp(millisecondsSinceEpoch: 0))
        let lines = plan.lines(from: 0, limit: 9, hash: plan.hash, total: 0, size: { _ in 0 }, age: { _ in nil })
        #expect(lines.danglingCount == 9)
        #expect(lines.dangling.map(\.text) == (10..<15).map { "lost-\($0)" })
        #expect(plan.refused.contains { !$0.bars } == false && lines.barred == plan.refused)
    }
}

import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// What is named, and pushed again, while an agent runs.
@Suite struct NamingTests {
    private static let tag = "v2.31.0-rc.2"
    private static let again = Fixtures.release("A again", tag: tag)

    private func moves(_ operation: Operation) throws -> [TagMove] {
        try operation.projection().services[Fixtures.payments]?.tagMoves ?? []
    }

    private func pushAgain(_ operation: Operation) throws {
        operation.world.pushAgain(try Tag(Self.tag), as: Self.again)
    }

    private func resolve(_ text: String, _ operation: Operation) throws -> Answer? {
        operation.ask(.view(.resolve(service: Fixtures.payments, reference: try ImageReference(parsing: text), among: nil)))
    }

    @Test func `a candidate that is pushed again is seen within a minute or so, and told once`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        operation.pass(.seconds(15))
        #expect(operation.board()?.candidates[Fixtures.payments]?.map(\.digest) == [Operation.fresh.digest])
        try pushAgain(operation)
        operation.pass(.seconds(90))
        #expect(operation.board()?.candidates[Fixtures.payments]?.map(\.digest) == [Self.again.digest])
        #expect(try moves(operation).map(\.to) == [Self.again.digest])
        operation.pass(.minutes(10))
        #expect(try moves(operation).count == 1)
    }

    @Test func `a plan asks anew: the old image has lost its name, the new one has it`() throws {
        let operation = RunnerTests.tested()
        operation.pass(.seconds(15))
        try pushAgain(operation)
        let old = operation.promote(Operation.fresh.digest, to: Operation.testing)
        guard case .refused(let objections)? = old else {
            Issue.record("the old image was promoted under a name that is another's: \(String(describing: old))")
            return
        }
        #expect(objections.map(\.kind) == [.notACandidate])
        #expect(operation.promote(Self.again.digest, to: Operation.testing) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.projection().promotion(PromotionNumber(1))?.plan.release.tag?.text == Self.tag)
    }

    @Test func `a tag that was pushed seconds ago gives a release its name and its final tag`() throws {
        let operation = RunnerTests.tested()
        operation.pass(.seconds(15))
        let pushed = Fixtures.release("just pushed", tag: "v2.32.0-rc.1")
        operation.world.push(pushed)
        _ = operation.ask(.addEvidence(Operation.staging, digest: pushed.digest, passed: 6, total: 6, note: nil))
        #expect(operation.promote(pushed.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(operation.tag("v2.32.0") == pushed.digest)
    }

    @Test func `a tag that moves before anything was changed stops the promotion`() throws {
        let operation = RunnerTests.tested()
        operation.pass(.seconds(15))
        operation.world.with { $0.delays[.sample] = .seconds(3) }
        #expect(operation.promote(Operation.fresh.digest, to: Operation.testing) == .started(PromotionNumber(1)))
        try pushAgain(operation)
        operation.wait(for: PromotionNumber(1))
        let ended = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(ended.state == .ended(.expired) && !ended.isCommitted, "\(ended.state.words)")
    }

    @Test func `automation never starts the old image under a name that is another's`() throws {
        let service = Fixtures.service(promotion: .automatic, timing: Timing(bake: .seconds(5)))
        let operation = Operation(seed: 1, service: service)
        operation.world.with { $0.outages[Operation.testing] = operation.world.now + .seconds(40) }
        operation.startAgent()
        operation.pass(.seconds(30))
        try pushAgain(operation)
        operation.pass(.minutes(6))
        let promoted = try operation.projection().services[Fixtures.payments]?.promotions.map(\.plan.release.digest) ?? []
        #expect(!promoted.isEmpty && Set(promoted) == [Self.again.digest])
    }

    @Test func `digits that are a tag and a digest are refused by the agent, and each way to say which is taken`() throws {
        let operation = RunnerTests.tested()
        let digits = Operation.serving.digest.short(4)
        operation.world.with {
            $0.tags[Fixtures.repository, default: [:]][digits.asTag ?? Tag(pointerOf: Fixtures.prod)] = Operation.fresh.digest
        }
        guard case .refused(let objections)? = try resolve(digits, operation) else {
            Issue.record("one of two was chosen")
            return
        }
        #expect(objections.first?.remedy.text.contains("tag:\(digits)") == true)
        #expect(try resolve("tag:\(digits)", operation) == .resolved(Operation.fresh.digest))
        #expect(try resolve("sha256:\(Operation.serving.digest.short(12))", operation) == .resolved(Operation.serving.digest))
    }

    @Test func `a registry that does not answer names nothing but whole digests`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.mishaps.odds = [.callBreaks: 1] }
        for text in ["1842", "tag:\(Self.tag)", "sha256:1842"] {
            guard case .refused(let objections)? = try resolve(text, operation) else {
                Issue.record("\(text) was taken for something")
                continue
            }
            #expect(objections.map(\.kind) == [.unreadableImage])
        }
        #expect(try resolve("\(Operation.fresh.digest)", operation) == .resolved(Operation.fresh.digest))
    }

    @Test func `evidence for one platform never becomes a plan of it alone`() throws {
        let operation = RunnerTests.tested()
        let members = ["amd64", "arm64"].map { name in
            DigestSet.Member(
                platform: Platform(system: "linux", architecture: SafeText(name)), manifest: Digest(of: "m \(name)".utf8),
                configuration: Digest(of: "c \(name)".utf8))
        }
        let whole = Release(
            digests: DigestSet(top: Digest(of: "index".utf8), members: members), tag: "v2.33.0-rc.1".asTag, revision: nil)
        let part = Release(
            digests: DigestSet(top: members[0].manifest, members: [members[0]]), tag: nil, revision: nil)
        operation.world.push(whole)
        operation.world.push(part)
        _ = operation.ask(.addEvidence(Operation.staging, digest: part.digest, passed: 6, total: 6, note: nil))
        guard case .refused(let objections)? = operation.promote(part.digest, to: Operation.prod) else {
            Issue.record("one platform was promoted alone")
            return
        }
        #expect(objections.map(\.kind) == [.partOfImage])
        guard case .refused(let named)? = try resolve("\(part.digest)", operation) else {
            Issue.record("one platform was taken for the image")
            return
        }
        #expect(named.first?.reason.text.contains("linux/amd64 of v2.33.0-rc.1") == true)
    }
}

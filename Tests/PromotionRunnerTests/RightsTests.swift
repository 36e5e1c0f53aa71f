import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Who may ask what: every request that there is, tried in every role. A request without a row here does not compile.
@Suite struct `Rights` {
    /// The least role that each request takes.
    private static func least(_ kind: RequestKind) -> Role {
        switch kind {
        case .subscribe, .board, .plan, .planRollback, .planUndo, .planJoint, .resolve, .papers, .compare,
            .image, .entries, .retentionPlan, .retentionLines, .retentionFile, .retentionStatus:
            .viewer
        case .addEvidence: .ci
        case .promote, .rollBack, .undoRollback, .abort, .goOn, .pause, .resume, .retry, .verify, .examineRegistries, .lock,
            .unlock,
            .stopAutomation, .letAutomationGo, .promoteJoint, .undoJoint, .retentionUndo, .retentionHold, .retentionRelease,
            .approve, .reject, .veto, .pin, .freeze:
            .operator
        case .liftVeto, .adoptPointer, .retentionApply, .retentionResume, .unpin, .unfreeze, .override, .closeOverride: .approver
        }
    }

    /// What can be asked of promotion 1, which is under way.
    private static func scene() throws -> (Operation, Runner, [OperatorRequest]) {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        let offer = operation.board()?.rollbackOffers(of: Operation.prod).first { $0.effect != nil }
        let samples = RequestSamples(place: Operation.prod, digest: Operation.fresh.digest, now: operation.world.now).all(offer)
        return (operation, try #require(operation.runner), samples)
    }

    private static func isDenied(_ answer: Answer?) -> Bool { if case .notPermitted? = answer { true } else { false } }

    @Test(arguments: RequestKind.allCases)
    func `are asked for, and what a role may not is denied`(_ kind: RequestKind) throws {
        let (operation, runner, samples) = try Self.scene()
        let sample = try #require(samples.first { RequestKind($0) == kind })
        for role in Role.allCases {
            // An unknown override is refused to anybody, whose place nobody can say.
            if kind == .closeOverride, role >= .approver { continue }
            let inProd = Grant(.viewer, environments: [Fixtures.prod: role])
            // A joint release that is unknown has no environment.
            let grants = kind == .undoJoint ? [Grant(role)] : [Grant(role), inProd]
            for grant in grants {
                let spread = Self.isSpread(kind) && grant != grants[0]
                let answer = operation.await { await runner.answer(sample, by: Fixtures.alice, with: grant) }
                #expect(
                    Self.isDenied(answer) == (role < Self.least(kind) || (spread && Self.least(kind) > .viewer)),
                    "\(role) \(grant)")
            }
            // A role somewhere else is none here.
            let elsewhere = Grant(.viewer, environments: [Fixtures.testing: role])
            let answer = operation.await { await runner.answer(sample, by: Fixtures.alice, with: elsewhere) }
            let isPlaced = kind != .undoJoint && kind != .closeOverride
            if isPlaced { #expect(Self.isDenied(answer) == (Self.least(kind) > .viewer), "\(role) in testing alone") }
        }
        operation.finish()
    }

    /// Whether it touches every environment of the service, and needs the role in each.
    private static func isSpread(_ kind: RequestKind) -> Bool {
        switch kind {
        case .examineRegistries, .retentionApply, .retentionUndo, .retentionHold, .retentionRelease, .retentionResume: true
        default: false
        }
    }

    /// A decision that stands, one that comes over it, and the least role for the second.
    struct Again: Sendable, CustomTestStringConvertible {
        let what: String
        let first: PolicyRequest
        let second: PolicyRequest
        let least: Role
        var testDescription: String { what }
    }

    private static let place = Operation.prod
    private static let everything = FreezeScope()
    private static func freeze(_ scope: FreezeScope, minutes: Int64) -> PolicyRequest {
        .freeze(scope, until: Fixtures.start + .minutes(minutes), reason: "a reason that says enough")
    }
    private static func pin(_ release: Release) -> PolicyRequest {
        .pin(place, digest: release.digest, reason: "a reason that says enough")
    }

    static let again = [
        Again(
            what: "a freeze, to the same end", first: freeze(everything, minutes: 600), second: freeze(everything, minutes: 600),
            least: .operator),
        Again(
            what: "a freeze, lengthened", first: freeze(everything, minutes: 600), second: freeze(everything, minutes: 601),
            least: .operator),
        Again(
            what: "a freeze, shortened", first: freeze(everything, minutes: 600), second: freeze(everything, minutes: 599),
            least: .approver),
        Again(
            what: "a freeze, next to a narrower one", first: freeze(everything, minutes: 600),
            second: freeze(FreezeScope(environment: Fixtures.prod), minutes: 500), least: .operator),
        Again(
            what: "a freeze of one environment, shortened", first: freeze(FreezeScope(environment: Fixtures.prod), minutes: 600),
            second: freeze(FreezeScope(environment: Fixtures.prod), minutes: 500), least: .approver),
        Again(
            what: "a freeze, lifted", first: freeze(everything, minutes: 600),
            second: .unfreeze(everything, reason: "a reason that says enough"), least: .approver),
        Again(what: "a pin, again", first: pin(Operation.serving), second: pin(Operation.serving), least: .operator),
        Again(what: "a pin, moved", first: pin(Operation.serving), second: pin(Operation.fresh), least: .approver),
        Again(
            what: "a pin, lifted", first: pin(Operation.serving), second: .unpin(place, reason: "a reason that says enough"),
            least: .approver),
    ]

    @Test(arguments: again, [Fixtures.alice, Fixtures.bob])
    func `to undo cannot be had by doing again`(_ again: Again, _ owner: Account) throws {
        for role in [Role.operator, .approver, .admin] {
            let operation = Operation(seed: 1)
            operation.startAgent()
            let runner = try #require(operation.runner)
            #expect(operation.await { await runner.answer(.policy(again.first), by: owner, with: Grant(.approver)) } == .accepted)
            let before = try operation.projection()
            let answer = operation.await { await runner.answer(.policy(again.second), by: Fixtures.alice, with: Grant(role)) }
            guard role < again.least else {
                #expect(answer == .accepted, "\(role)")
                operation.finish()
                continue
            }
            #expect(Self.isDenied(answer), "\(role): \(String(describing: answer))")
            let after = try operation.projection()
            #expect(after.freezes == before.freezes)
            let (payments, prod) = (Fixtures.payments, Fixtures.prod)
            #expect(after.services[payments]?.environments[prod]?.pin == before.services[payments]?.environments[prod]?.pin)
            #expect(operation.world.with { $0.entries.last?.draft.kind } == "request.denied")
            operation.finish()
        }
    }

    @Test func `of one account do not blind the record of another's denials`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        let runner = try #require(operation.runner)
        let ci = Account(name: "ci", proof: .socket(userID: 2_000), host: "h")
        operation.await {
            for number in 1...130 as ClosedRange<Int64> {
                _ = await runner.answer(
                    .abort(PromotionNumber(number), reason: "a reason that says enough"), by: ci, with: Grant(.ci))
                _ = await runner.answer(.verify(Place(Fixtures.payments, .literal("testing"))), by: ci, with: Grant(.ci))
                _ = await runner.answer(
                    .liftVeto(Operation.prod, digest: Digest(of: "\(number)".utf8), reason: "a reason"), by: ci,
                    with: Grant(.viewer))
            }
            for number in 1...40 { await runner.noteDenial(of: "thing \(Self.letters(number))", to: ci, at: nil, because: "no") }
            _ = await runner.answer(.verify(Operation.prod), by: Fixtures.bob, with: Grant(.viewer))
        }
        let denials = operation.world.with(\.entries).filter { $0.draft.kind == "request.denied" }
        #expect(denials.contains { $0.draft.actor == Fixtures.bob })
        #expect(denials.count { $0.draft.actor == ci } <= 20)
        #expect(denials.count { $0.draft.actor == ci } >= 3)
        operation.pass(.minutes(2))
        let told = operation.world.with(\.entries).filter {
            String(decoding: $0.draft.payload, as: UTF8.self).contains("more requests were denied")
        }
        #expect(told.count == 1)
        operation.finish()
    }

    private static func letters(_ number: Int) -> String { String(repeating: "x", count: number) }

    /// What no role lacks and is refused all the same.
    @Test func `that are not lacking leave a refusal, and every one is kept`() throws {
        let (operation, runner, samples) = try Self.scene()
        let unknown = Place(.literal("nowhere"), Fixtures.prod)
        let more = RequestSamples(place: unknown, digest: Digest(of: "nothing".utf8), now: operation.world.now).all()
        for (number, request) in (samples + more).enumerated() {
            if case .view = request { continue }
            let account = Account(name: "user \(number)", proof: .socket(userID: UInt32(3_000 + number)), host: "h")
            let answer = operation.await { await runner.answer(request, by: account, with: Grant(.admin)) }
            guard case .refused? = answer else { continue }
            #expect(operation.world.with(\.entries).contains { $0.draft.actor == account }, "\(request.name)")
        }
        operation.finish()
    }
}

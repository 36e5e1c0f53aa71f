import Fixtures
import PromotionCore
import Testing

@Suite struct AutomationTests {
    static let old = Fixtures.release("B", tag: "v2.30.3")
    static let warm = Fixtures.release("D", tag: "v2.30.1")
    static let new = Fixtures.release("A", tag: "v2.31.0-rc.2")
    static let newer = Fixtures.release("E", tag: "v2.31.0-rc.10")
    static let testing = Place(Fixtures.payments, Fixtures.testing)
    static let prod = Place(Fixtures.payments, Fixtures.prod)

    /// A board with an adopted fleet that is promoted automatically.
    static func board(
        _ promotion: EnvironmentPolicy.Promoting = .automatic, candidates: [Release] = [], _ chronicle: Chronicle? = nil,
        tags: TagScheme = .standard, serving: Release = old
    ) throws -> Board {
        var ledger = Chronicle()
        try ledger.adoptFleet(serving: serving, warm: warm)
        let service = Fixtures.service()
        let path = service.path.map { environment in
            Environment(
                name: environment.name, strategy: environment.strategy, slots: environment.slots,
                platform: environment.platform,
                policy: EnvironmentPolicy(
                    soak: .zero, candidates: .releases, switching: .automatic, onInconclusive: .rollBack, promotion: promotion),
                checks: environment.checks, timing: environment.timing)
        }
        var board = Board(
            services: [Service(name: service.name, repository: service.repository, path: path, tags: tags)],
            projection: (chronicle ?? ledger).projection,
            agent: AgentDescription(version: "test", host: "h", process: 1, since: Fixtures.start))
        try board.apply(.candidates(Fixtures.payments, candidates))
        return board
    }

    @Test func `versions of other lines are a person's to begin with`() throws {
        let scheme = try TagSchemeTests.scheme(("X.Y.Z-rcN[-suffix]", "X.Y.Z[-suffix]"))
        let serving = Fixtures.release("B", tag: "2.30.3-alpine")
        let own = Fixtures.release("A", tag: "2.31.0-rc1-alpine")
        let other = Fixtures.release("E", tag: "2.32.0-rc1-debian")
        func wish(_ candidates: [Release]) throws -> Automation.Wish? {
            Automation.wish(of: Self.testing, on: try Self.board(candidates: candidates, tags: scheme, serving: serving))
        }
        #expect(try wish([other, own]) == .plan(own))
        guard case .decided(.rest(let reason))? = try wish([other]) else {
            Issue.record("the other line is planned")
            return
        }
        #expect(reason.text.contains("2.32.0-rc1-debian is of another line"))
    }

    @Test func `a list without a candidate says what it has instead`() throws {
        var board = try Self.board()
        try board.apply(.candidatesLooked(Fixtures.payments, CandidateLook(tags: .known(1, at: Fixtures.start))))
        let words = TagScheme.standard.absence(of: [try Tag("v2.31.0-rc1")])
        try board.apply(.absence(Fixtures.payments, words))
        #expect(Automation.wish(of: Self.testing, on: board) == .decided(.rest(reason: words)))
        try board.apply(.absence(Fixtures.payments, nil))
        #expect(Automation.wish(of: Self.testing, on: board) == .decided(.rest(reason: "the registry offers no candidate")))
    }

    static func ledger(_ facts: [(Fact, Place)]) throws -> Chronicle {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: old, warm: warm)
        for (fact, place) in facts { try chronicle.record(fact, at: place) }
        return chronicle
    }

    @Test func `an environment that is promoted by hand wants nothing`() throws {
        #expect(Automation.wish(of: Self.testing, on: try Self.board(.manual, candidates: [Self.new])) == nil)
    }

    @Test func `the newest candidate by version is wanted, whatever the order of the registry`() throws {
        let board = try Self.board(candidates: [Self.new, Self.newer])
        #expect(Automation.wish(of: Self.testing, on: board) == .plan(Self.newer))
    }

    @Test func `what serves already, and what is older, is left alone`() throws {
        for candidate in [Fixtures.release("F", tag: "v2.29.0-rc.1"), Self.old] {
            guard case .decided(.rest) = Automation.wish(of: Self.testing, on: try Self.board(candidates: [candidate])) else {
                Issue.record("\(candidate.tag?.text ?? "") is wanted")
                continue
            }
        }
    }

    @Test func `an environment that was stopped rests until it is let go`() throws {
        let stop = (Fact.automation(.stopped(.byHand, reason: "holidays")), Self.testing)
        let stopped = try Self.board(candidates: [Self.new], Self.ledger([stop]))
        guard case .decided(.wait(nil, let reason)) = Automation.wish(of: Self.testing, on: stopped) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason == "stopped by alice: holidays")
        let again = try Self.ledger([stop, (.automation(.letGo(reason: "back")), Self.testing)])
        #expect(Automation.wish(of: Self.testing, on: try Self.board(candidates: [Self.new], again)) == .plan(Self.new))
    }

    static let table: [(Objection.Kind, Timestamp?, String)] = [
        (.soaking, Fixtures.start + .minutes(5), "wait"), (.busy, nil, "wait"), (.noEvidence, nil, "wait"),
        (.unhealthy, nil, "wait"), (.frozen, Fixtures.start + .minutes(9), "wait"), (.vetoed, nil, "wait"),
        (.pointerDrift, nil, "stop"), (.drifted, nil, "stop"), (.platform, nil, "call"), (.notACandidate, nil, "call"),
        (.badSignature, nil, "call"), (.unobservable, nil, "wait"), (.unreadableImage, nil, "wait"),
    ]

    @Test(arguments: table)
    func `each objection has one meaning`(kind: Objection.Kind, earliest: Timestamp?, meaning: String) throws {
        let objection = Objection(kind, "so it is", remedy: "do", earliest: earliest)
        let answer = PlanAnswer(plan: nil, conditions: [Condition("c", .unmet(objection))])
        let decision = Automation.decide(
            Self.new, at: Self.prod, on: try Self.board(), answer, silentSince: nil, now: Fixtures.start)
        switch decision {
        case .wait(let until, _):
            #expect(meaning == "wait")
            if kind != .unobservable, kind != .unreadableImage { #expect(until == earliest) }
        case .stop(let cause, _): #expect(meaning == "stop" && cause == .drift)
        case .call(let call): #expect(meaning == "call" && call.kind == .policyConflict)
        case .start, .rest: Issue.record("\(decision)")
        }
    }

    @Test func `a silence becomes a call for missing access after five minutes, not before`() throws {
        let objection = Objection(.unobservable, "the target does not answer", remedy: "start it")
        let answer = PlanAnswer(plan: nil, conditions: [Condition("c", .unmet(objection))])
        let board = try Self.board()
        func decide(_ now: Timestamp) -> Automation.Decision {
            Automation.decide(Self.new, at: Self.prod, on: board, answer, silentSince: Fixtures.start, now: now)
        }
        #expect(
            decide(Fixtures.start + .seconds(299))
                == .wait(until: Fixtures.start + .minutes(5), reason: "the target does not answer"))
        guard case .call(let call) = decide(Fixtures.start + .minutes(5)) else {
            Issue.record("nobody is called")
            return
        }
        #expect(call.kind == .missingAccess && call.role == .operator)
    }

    @Test func `a lease that is held by hand says who holds it, and is taken over only by its fence`() {
        let holder = LeaseHolder(owner: Fixtures.alice, session: "s", promotion: nil, reason: "maintenance")
        let lease = Lease(
            place: Self.prod, holder: holder, fence: Fence(7), since: Fixtures.start, expires: Fixtures.start + .minutes(1))
        let seen = Fixtures.observation([Fixtures.blue: Self.old], live: Fixtures.blue)
        func objection(_ wish: LeaseWish, _ seen: EnvironmentObservation?, after: Milliseconds) -> Objection.Kind? {
            Lease.objection(to: wish, current: lease, active: nil, seen: seen, at: Fixtures.start + after)?.kind
        }
        #expect(objection(.free, nil, after: .seconds(59)) == .busy)
        #expect(objection(.over(Fence(7)), seen, after: .seconds(59)) == .busy)
        #expect(objection(.free, nil, after: .seconds(60)) == .busy)
        #expect(objection(.over(Fence(6)), seen, after: .seconds(60)) == .busy)
        #expect(objection(.over(Fence(7)), nil, after: .seconds(60)) == .unobservable)
        #expect(objection(.over(Fence(7)), seen, after: .seconds(60)) == nil)
    }

    @Test func `the goal of a rollback is the newest that the registry still has, a warm one as the last resort`() throws {
        var board = try Self.board()
        let seen = Fixtures.observation([Fixtures.blue: Self.old, Fixtures.green: Self.warm], live: Fixtures.blue)
        try board.apply(.observed(Self.prod, seen))
        func look(_ answer: Reading<ImageHolding>) -> GoalLook {
            GoalLook(Self.warm.digest, answer: answer, for: Fixtures.linux)
        }
        try board.apply(.goals(Self.prod, [look(.known(.whole(Self.warm.digests), at: Fixtures.start))]))
        guard case .warm(Fixtures.green, let goal) = board.rollback(of: Self.prod) else {
            Issue.record("\(board.rollback(of: Self.prod))")
            return
        }
        #expect(goal.release == Self.warm && goal.provedAt != nil && Self.call(board) == nil)
        try board.apply(.goals(Self.prod, [look(.known(.absent, at: Fixtures.start))]))
        guard case .warm(_, let gone) = board.rollback(of: Self.prod) else {
            Issue.record("the slot that runs it is not offered")
            return
        }
        #expect(gone.provedAt == nil)
        try board.apply(.observed(Self.prod, Fixtures.observation([Fixtures.blue: Self.old], live: Fixtures.blue)))
        #expect(board.rollback(of: Self.prod).release == nil)
        #expect(Self.call(board)?.kind == .irreversibleRisk)
        try board.apply(.goals(Self.prod, [look(.unknown("no answer", since: Fixtures.start))]))
        #expect(board.rollback(of: Self.prod).release == Self.warm, "no answer is no proof that it is gone")
    }

    /// The call that the loss of the way back asks for; `nil` if nobody is called, or if that is not known.
    private static func call(_ board: Board) -> Call? {
        switch board.wayBackCall(at: prod) {
        case .known(let call, _): call
        case .unknown: nil
        }
    }
}

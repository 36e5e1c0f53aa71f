import Console
import Fixtures
import PromotionCore
import Testing

/// Every kind of sheet, as it is kept: whole in the smallest window in which anything can be done.
enum SheetPicture: String, CaseIterable {
    case rollback, rollbackCold, rollbackReason, which, stop, rollbackLive, takeBack, none, undo
    case abort, goOn, goOnPast, approve, reject, hold, giveBack, holdDigest, retain

    /// The screen with the sheet open.
    func screen(_ size: Size) throws -> Screen {
        var world = try start
        var screen = try Screen(world, role: self == .retain ? .approver : .operator)
        screen.state.handle(.resized(Size(columns: 80, rows: 24)), at: screen.now)
        try open(&screen, &world)
        screen.state.handle(.resized(size), at: screen.now)
        screen.wait(400)
        return screen
    }

    private func open(_ screen: inout Screen, _ world: inout World) throws {
        switch self {
        case .rollback: try screen.press(.character("R"))
        case .rollbackCold:
            try world.observe(World.prod, health: [World.blue: .unhealthy("connection refused")])
            try screen.follow(&world)
            try screen.press(.character("R"))
        case .rollbackReason:
            try screen.press(.character("R"))
            screen.wait(400)
            try screen.type("ecustomers cannot pay")
        case .which: try screen.press(.character("5"), .character("R"))
        case .stop, .rollbackLive:
            try screen.openLive(&world)
            if self == .rollbackLive {
                try world.observe(World.prod, health: [World.green: .unhealthy("status 503")])
                try screen.follow(&world)
            }
            try screen.press(.character("R"))
        case .takeBack:
            let number = try screen.openLive(&world)
            try world.carry(number, to: "baking")
            try screen.follow(&world)
            try screen.press(.character("R"))
        case .none:
            try world.record(
                .policy(.vetoed(digest: World.d.digest, reason: "it loses orders")), in: world.place(World.prod))
            try screen.follow(&world)
            try screen.press(.character("R"))
        case .undo:
            try world.rollBack(World.prod, by: World.alice)
            try screen.follow(&world)
            try screen.press(.character("u"))
        default: try openOther(&screen, &world)
        }
    }

    private func openOther(_ screen: inout Screen, _ world: inout World) throws {
        switch self {
        case .abort, .goOn, .goOnPast:
            let number = try screen.openLive(&world)
            if self == .goOn {
                try world.carry(number, to: "ready to switch")
            } else if self == .goOnPast {
                let sample = Sample(
                    at: world.now, hit: "cart", identities: [], answer: .exit(0), latency: Milliseconds(1), evidence: "")
                let measured = Measurement(sample: sample, result: .inconclusive("no data"))
                try world.happen(.measured(gate: .idle, check: .literal("cart"), measurement: measured), to: number)
            }
            try screen.follow(&world)
            try screen.press(.character(self == .abort ? "a" : "S"))
        case .approve, .reject:
            try world.begin(World.a, into: World.prod)
            try screen.follow(&world)
            try screen.receive(.welcome(Welcome(account: World.carol, role: .approver, agent: world.board.agent)))
            try screen.receive(.snapshot(world.board))
            try screen.press(.character("6"), .character(self == .approve ? "A" : "X"))
        case .hold: try screen.press(.character("L"))
        case .giveBack:
            try world.hold(World.prod, by: World.alice)
            try screen.follow(&world)
            try screen.press(.character("L"))
        case .holdDigest:
            try screen.openRetention(world)
            try screen.press(.character(" "))
        default:
            try screen.openRetention(world)
            try screen.press(.character("X"))
        }
    }

    private var start: World {
        get throws {
            switch self {
            case .retain, .holdDigest: try .retained()
            case .approve, .reject: try .sample(World.service(approval: ApprovalRule(number: 2, expires: .minutes(240))))
            default: try .sample()
            }
        }
    }
}

extension World {
    static let carol = Account(name: "carol", proof: .socket(userID: 1006), host: "bastion-1")

    /// A person orders what is offered first, and it is carried out.
    mutating func rollBack(_ environment: EnvironmentName, by account: Account, vetoes: Bool = true) throws {
        let place = place(environment)
        let offer = try #require(board.rollbackOffers(of: place).first)
        guard case .goBack(let goal)? = offer.effect, let service = board.service(place.service) else {
            Issue.record("\(offer.words) is no rollback")
            return
        }
        let snapshot = PlanningSnapshot(
            takenAt: now, service: service, projection: board.projection.services[place.service] ?? ServiceProjection(),
            lookup: .notAsked, observation: board.observations[place], lease: .known(nil, at: now))
        let plan = try #require(PromotionPlan.makeRollback(of: place, to: goal, snapshot).plan)
        let number = board.projection.nextPromotion
        try record(
            .started(.init(plan: plan, reason: nil, rollback: RollbackTerms(by: account, vetoes: vetoes))), in: place,
            of: number, by: account)
        try carryOn(number, until: { $0.outcome != nil })
        try observe(environment)
    }

    /// Somebody holds an environment by hand.
    mutating func hold(_ environment: EnvironmentName, by account: Account) throws {
        let lease = Lease(
            place: place(environment),
            holder: LeaseHolder(owner: account, session: "s1", promotion: nil, reason: "the new disk goes in"),
            fence: Fence(900), since: now, expires: now + .minutes(30))
        try record(.lease(.held(lease, from: nil)), in: place(environment), by: account)
    }
}

struct SheetPictureTests {
    static let least = Size(columns: 40, rows: 10)

    @Test(arguments: SheetPicture.allCases, [least, Size(columns: 80, rows: 24)])
    func `a sheet looks as it is kept, and is whole in a window of 40x10`(_ picture: SheetPicture, _ size: Size) throws {
        let screen = try picture.screen(size)
        #expect(screen.state.sheet != nil, "\(screen.status)")
        let drawn = screen.text(size.columns, size.rows).trimmed + "\n"
        #expect(!drawn.contains("needs a larger window"), "\(drawn)")
        let kept = KeptText.screen("sheet-\(picture.rawValue)-\(size.columns)x\(size.rows)")
        #expect(try kept.kept(writing: drawn) == drawn, "make golden writes it anew")
    }

    @Test(arguments: SheetPicture.allCases) func `in a window that is too small a sheet takes only what leaves it`(
        _ picture: SheetPicture
    ) throws {
        for size in [Size(columns: 39, rows: 10), Size(columns: 40, rows: 9), Size(columns: 20, rows: 5)] {
            var screen = try picture.screen(size)
            screen.requests = []
            #expect(screen.text(size.columns, size.rows).contains("window too small"))
            try screen.press(.character("y"), .character("n"), .enter, .character("1"), .tab, .enter, .character("y"))
            #expect(screen.requests.isEmpty && screen.state.sheet != nil)
            try screen.press(.escape)
            #expect(screen.state.sheet == nil)
        }
    }

    @Test func `a sheet that does not fit is not shown in part, and fires nothing`() throws {
        let long = String(repeating: "a reason that is long ", count: 9)
        var world = try World.sample()
        try world.apply(
            .goals(
                world.place(World.prod),
                [
                    GoalLook(
                        World.d.digest, answer: .known(.damaged(SafeText(long)), at: world.now),
                        for: Platform(system: "linux", architecture: "amd64"))
                ]))
        try world.observe(World.prod, health: [World.green: .unhealthy("status 503")])
        var screen = try Screen(world)
        let number = try screen.openLive(&world)
        #expect(world.board.projection.promotion(number)?.state == .verifyingIdle)
        try world.record(.agentStarted(version: "1.0.0"), by: World.agent)
        try screen.press(.character(":"))
        try screen.type("rollback prod")
        try screen.press(.enter)
        screen.state.handle(.resized(Self.least), at: screen.now)
        screen.wait(400)
        guard screen.text(40, 10).contains("needs a larger window") else { return }
        screen.requests = []
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty && screen.status.contains("too small for this sheet"))
    }
}

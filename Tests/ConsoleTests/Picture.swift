import Console
import PromotionCore
import Testing

/// The screens that are kept as golden text.
enum Picture: String, CaseIterable {
    case dashboard, plan, live, rollback, help, release, differences, approvals, retention, retain, lease

    /// The screen, made by a real ledger and real keys.
    func draw(_ columns: Int, _ rows: Int) throws -> String {
        var world = try start
        var screen = try Screen(world, role: self == .retain ? .approver : .operator)
        screen.state.handle(.resized(Size(columns: columns, rows: rows)), at: screen.now)
        switch self {
        case .dashboard: break
        case .plan:
            try screen.openPlan(&world, of: World.a, into: World.prod)
            screen.wait(400)
            try screen.type(World.a.digest.short(2))
        case .live: try screen.openLive(&world)
        case .rollback: try screen.press(.character("R"))
        case .help: try screen.press(.character("?"))
        case .release:
            try screen.press(.character("g"), .character("j"), .character("d"))
            try screen.answer(.papers(World.papers()))
            if rows < 30 { try screen.press(.tab, .tab) }
        case .differences:
            try screen.openPlan(&world, of: World.a, into: World.prod, change: World.change())
            screen.wait(400)
            try screen.press(.character("D"))
        case .approvals:
            try world.begin(World.a, into: World.prod)
            try screen.follow(&world)
            try screen.press(.character("6"))
        case .retention: try screen.openRetention(world)
        case .retain:
            try screen.openRetention(world)
            try screen.press(.character("X"))
            screen.wait(400)
            try screen.type("3")
        case .lease:
            try screen.press(.character("G"), .character("L"))
            screen.wait(400)
        }
        return screen.text(columns, rows)
    }

    /// The world that it begins with.
    private var start: World {
        get throws {
            switch self {
            case .retention, .retain: try .retained()
            case .approvals: try .sample(World.service(approval: ApprovalRule(number: 2, expires: .minutes(240))))
            default: try .sample()
            }
        }
    }
}

extension Screen {
    /// Asks for a plan with keys, once nothing stands against it, and gets the answer that the core makes.
    mutating func openPlan(
        _ world: inout World, of release: Release, into environment: EnvironmentName, change: ImageComparison? = nil
    ) throws {
        world.wait(.minutes(2))
        try world.observe(World.prod)
        try world.observe(World.testing)
        try follow(&world)
        if environment == World.prod {
            try press(.character("g"), .character("j"), .character("p"))
        } else {
            try press(.character("g"), .character("p"), .character("j"), .enter)
        }
        guard case .view(.plan(let request))? = requests.last else {
            Issue.record("no plan was asked for: \(status)")
            return
        }
        #expect(request == PromotionRequest(place: world.place(environment), digest: release.digest))
        try answer(.plan(world.plan(release, into: environment).with(change)))
    }

    /// View 7 with its plan and the state of no run.
    mutating func openRetention(_ world: World) throws {
        try press(.character("7"))
        try answer(.retention(.status(world.retentionStatus())))
        try receive(.answer(id: lastID - 1, .retention(.lines(world.lines(of: world.retentionPlan())))))
    }

    /// A promotion to prod whose idle slot is being verified, with one check that did not pass at first.
    @discardableResult
    mutating func openLive(_ world: inout World) throws -> PromotionNumber {
        try openPlan(&world, of: World.a, into: World.prod)
        wait(400)
        try type(World.a.digest.short(4))
        try press(.enter)
        let number = try world.start(World.a, into: World.prod)
        try follow(&world)
        try answer(.started(number))
        try world.carryOn(number, until: { $0 == .verifyingIdle })
        for _ in 0..<4 {
            guard let effect = world.board.projection.promotion(number)?.pending.first else { continue }
            world.wait(Milliseconds(400))
            try world.answer(effect, of: number)
        }
        try follow(&world)
        try press(.character("s"), .character("s"))
        return number
    }
}

import Console
import PromotionCore
import Testing

/// View 7: what it shows, what its keys ask, and what they never do.
struct RetentionViewTests {
    /// The view with a plan, the cursor on a line of that state.
    static func screen(
        _ world: World, on state: RetentionLine.State? = nil, role: Role = .admin
    ) throws -> (Screen, RetentionPlan) {
        var screen = try Screen(world, role: role)
        try screen.openRetention(world)
        let plan = try world.retentionPlan()
        let lines = world.lines(of: plan).lines
        if let state, let position = lines.firstIndex(where: { $0.state == state }) {
            for _ in 0..<position { try screen.press(.character("j")) }
        }
        screen.requests = []
        return (screen, plan)
    }

    @Test func `the view asks for a plan and says that nothing is changed meanwhile`() throws {
        var screen = try Screen(World.retained())
        try screen.press(.character("7"))
        #expect(
            screen.requests == [
                .view(.retention(.plan(World.payments, allowRatio: nil))), .view(.retention(.status(World.payments))),
            ])
        #expect(screen.text().contains("reads the repository and plans; nothing is changed"))
    }

    @Test func `opened again soon it shows the plan that it has`() throws {
        let world = try World.retained()
        var (screen, _) = try Self.screen(world)
        try screen.press(.character("2"), .character("7"))
        #expect(screen.requests.isEmpty)
        screen.wait(11 * 60_000)
        try screen.press(.character("2"), .character("7"))
        #expect(screen.requests.first == .view(.retention(.plan(World.payments, allowRatio: nil))))
    }

    @Test func `a service without retention says what to write`() throws {
        var screen = try Screen(World.retained())
        try screen.press(.character("7"))
        let objection = Objection(
            .unknownPlace, "service payments has no retention", remedy: "write retention: into its configuration")
        try screen.receive(.answer(id: screen.lastID - 1, .refused([objection])))
        #expect(screen.text().contains("no plan: service payments has no retention; write retention:"))
        #expect(screen.state.view.scope == .retention)
    }

    @Test func `a long plan comes in parts, and each follows on the last`() throws {
        let world = try World.retained()
        var screen = try Screen(world)
        let plan = try world.retentionPlan()
        try screen.press(.character("7"))
        let total = world.lines(of: plan).total
        try screen.receive(.answer(id: screen.lastID - 1, .retention(.lines(world.lines(of: plan, limit: 4)))))
        try screen.collect()
        let more = OperatorRequest.view(
            .retention(.lines(World.payments, plan: plan.hash, from: 4, limit: RetentionLines.limit)))
        #expect(screen.requests.last == more)
        try screen.answer(.retention(.lines(world.lines(of: plan, from: 4))))
        try screen.collect()
        #expect(screen.state.retention?.lines.count == total)
        #expect(screen.requests.last == more, "nothing more is asked for")
    }

    @Test func `a digest is held with Space and y, and let go the same way`() throws {
        var world = try World.retained()
        var (screen, plan) = try Self.screen(world, on: .quarantine)
        let digest = try #require(plan.quarantine.first?.digest)
        try screen.press(.character(" "))
        screen.wait(400)
        try screen.press(.character(" "), .enter)
        #expect(screen.orders.isEmpty)
        try screen.press(.character("y"))
        #expect(
            screen.orders == [.retention(.hold(World.payments, digest, reason: "held in the console", until: nil))])
        try screen.answer(.accepted)
        try screen.collect()
        #expect(screen.requests.contains(.view(.retention(.plan(World.payments, allowRatio: nil)))), "the plan is made anew")
        let hold = RetentionFact.Hold(by: World.alice, reason: "held in the console", until: nil, since: world.now)
        try world.record(.retention(.sample, .holdPlaced(digest, hold)))
        try screen.follow(&world)
        #expect(screen.text().contains("* held"))
        screen.requests = []
        try screen.press(.character(" "))
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.orders == [.retention(.release(World.payments, digest, reason: "let go in the console"))])
    }

    @Test func `u brings back what is quarantined, and nothing else`() throws {
        let world = try World.retained()
        var (screen, _) = try Self.screen(world, on: .quarantined)
        try screen.press(.character("u"))
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.orders == [.retention(.undo(World.payments, World.waiting.digest))])
        try screen.answer(.retention(.undone("its layers are there")))
        #expect(screen.state.sheet == nil && screen.status == "its layers are there")
        var (other, _) = try Self.screen(world, on: .keep)
        try other.press(.character("u"))
        #expect(other.state.sheet == nil && other.status.contains("it is not quarantined"))
    }

    @Test func `a plan is run by its count and a reason, and by nothing less`() throws {
        let world = try World.retained()
        var (screen, plan) = try Self.screen(world)
        try screen.press(.character("X"))
        screen.wait(400)
        try screen.press(.character("y"), .enter, .enter)
        #expect(screen.orders.isEmpty)
        try screen.press(.tab, .tab, .backspace)
        try screen.press(.tab, .backspace)
        try screen.type("\(plan.count + 1)")
        try screen.press(.enter)
        try screen.type("the quarter's cleaning")
        try screen.press(.enter)
        #expect(screen.orders.isEmpty && screen.status.contains("it is \(plan.count)"))
        try screen.press(.tab, .backspace)
        try screen.type("\(plan.count)")
        try screen.press(.enter, .enter)
        #expect(
            screen.orders == [
                .retention(
                    .apply(World.payments, plan: plan.hash, count: plan.count, reason: "the quarter's cleaning"))
            ])
        try screen.answer(.accepted)
        #expect(screen.state.sheet == nil && screen.status.contains("the agent runs the plan"))
    }

    @Test func `a plan that was made anew under an open sheet takes only Esc`() throws {
        let world = try World.retained()
        var screen = try Screen(world, role: .admin)
        try screen.press(.character("7"))
        let status = screen.lastID
        try screen.receive(.answer(id: status - 1, .retention(.lines(world.lines(of: world.retentionPlan())))))
        try screen.press(.character("X"))
        screen.wait(400)
        // A run by schedule was under way all the time; its end has the plan made again.
        var report = RetentionReport(repository: .sample, startedAt: world.now)
        try screen.receive(.answer(id: status, .retention(.status(world.retentionStatus(report)))))
        screen.wait(1_000)
        try screen.collect()
        report.endedAt = screen.now
        try screen.answer(.retention(.status(world.retentionStatus(report))))
        try screen.collect()
        var later = world
        later.wait(.minutes(1))
        try screen.receive(.answer(id: screen.lastID - 1, .retention(.lines(later.lines(of: later.retentionPlan())))))
        #expect(screen.text().contains("CHANGED: the plan was made anew"))
        try screen.type("3")
        try screen.press(.enter, .character("y"))
        #expect(screen.orders.isEmpty && screen.state.sheet != nil)
        try screen.press(.escape)
        #expect(screen.state.sheet == nil)
    }

    @Test(arguments: [(Role.operator, "this needs approver"), (.viewer, "this needs operator")])
    func `who may not run it sees why`(_ role: Role, _ reason: String) throws {
        var (screen, _) = try Self.screen(World.retained(), role: role)
        try screen.press(.character("X"))
        #expect(screen.state.sheet == nil && screen.status.contains(reason))
    }

    @Test func `a run under way is looked at every second, and its end brings a new plan`() throws {
        let world = try World.retained()
        var (screen, _) = try Self.screen(world)
        var report = RetentionReport(repository: .sample, startedAt: world.now)
        report.planned = 3
        report.quarantined = 1
        try screen.press(.character("p"))
        try screen.answer(.retention(.status(world.retentionStatus(report))))
        #expect(screen.text().contains("1 quarantined, 0 deleted of 3"))
        #expect(screen.state.nextWake(after: screen.now) == screen.now + .seconds(1))
        screen.requests = []
        screen.wait(1_000)
        try screen.collect()
        #expect(screen.requests == [.view(.retention(.status(World.payments)))])
        report.endedAt = screen.now
        try screen.answer(.retention(.status(world.retentionStatus(report))))
        try screen.collect()
        #expect(screen.requests.contains(.view(.retention(.plan(World.payments, allowRatio: nil)))))
        #expect(screen.text().contains("run ended"))
    }

    @Test func `x tells every reason, and the filter looks at states, tags and reasons`() throws {
        let world = try World.retained()
        var (screen, _) = try Self.screen(world)
        try screen.type("/auditors")
        try screen.press(.enter)
        #expect(screen.state.selectedDigest == World.held.digest)
        try screen.press(.character("x"))
        #expect(screen.text().contains("held by alice: the auditors look at it"))
        #expect(screen.text().contains(World.held.digest.hex.prefix(40)))
    }

    @Test func `a run that left something alone is not marked as one that passed`() throws {
        let world = try World.retained()
        let item = try #require(world.retentionPlan().quarantine.first)
        var report = RetentionReport(repository: .sample, startedAt: world.now)
        report.endedAt = world.now
        func words() throws -> String {
            var (screen, _) = try Self.screen(world)
            try screen.press(.character("p"))
            try screen.answer(.retention(.status(world.retentionStatus(report))))
            return screen.text().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(try !words().contains("? run ended"))
        report.drop(item, "somebody gave it a name")
        #expect(try words().contains("? run ended"))
        #expect(try words().contains("1 left alone: somebody gave it a name"))
    }

    @Test func `a repository that could not be read is not called empty`() throws {
        let world = try World.retained()
        for (obstacles, words) in [
            ([], "the repository is empty"),
            (["the tags could not be read: no route"], "the repository could not be read: the tags could not be read: no route"),
        ] as [([SafeText], String)] {
            var snapshot = RetentionSnapshot(
                repository: .sample,
                capabilities: RegistryCapabilities(tagDeletion: .yes, digestDeletion: .yes, referrersAPI: .yes))
            (snapshot.obstacles, snapshot.lastEntryAt) = (obstacles, world.now)
            let plan = RetentionPlan.make(snapshot, rules: RetentionRules(), now: world.now)
            var screen = try Screen(world)
            try screen.press(.character("7"))
            try screen.receive(.answer(id: screen.lastID - 1, .retention(.lines(world.lines(of: plan)))))
            #expect(screen.text().contains(words), "\(screen.text())")
            #expect(screen.text().contains("is empty") == obstacles.isEmpty)
        }
    }

    @Test func `a halted retention says so and runs nothing`() throws {
        let world = try World.retained()
        var (screen, _) = try Self.screen(world)
        try screen.press(.character("p"))
        try screen.answer(.retention(.status(world.retentionStatus(halted: "a kept digest could not be read"))))
        try screen.receive(.answer(id: screen.lastID - 1, .retention(.lines(world.lines(of: world.retentionPlan())))))
        #expect(screen.text().contains("not run: a kept digest could not be read"))
        try screen.press(.character("X"))
        #expect(screen.state.sheet == nil && screen.status.contains("could not be read"))
    }
}

/// The lease of an environment by its key.
struct LeaseTests {
    @Test func `L holds a free environment and gives it back`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        let place = world.place(World.testing)
        try screen.press(.character("g"), .character("L"))
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.requests == [.lock(place, .free, for: Lease.usualHold, reason: "held in the console")])
        try screen.answer(.accepted)
        let holder = LeaseHolder(owner: World.alice, session: "", promotion: nil, reason: "held in the console")
        let lease = Lease(place: place, holder: holder, fence: Fence(7), since: world.now, expires: world.now + .minutes(60))
        try world.record(.lease(.held(lease, from: nil)), in: place)
        try screen.follow(&world)
        screen.requests = []
        try screen.press(.character("g"), .character("L"))
        screen.wait(400)
        #expect(screen.text().contains("GIVE BACK"))
        try screen.press(.character("y"))
        #expect(screen.requests == [.unlock(place, reason: "given back in the console")])
    }

    @Test func `somebody else's lease, and an expired one, are left alone with words`() throws {
        var world = try World.sample()
        let place = world.place(World.testing)
        let holder = LeaseHolder(owner: World.bob, session: "", promotion: nil, reason: "a look at the disks")
        let lease = Lease(place: place, holder: holder, fence: Fence(7), since: world.now, expires: world.now + .minutes(60))
        try world.record(.lease(.held(lease, from: nil)), in: place, by: World.bob)
        var screen = try Screen(world)
        try screen.press(.character("g"), .character("L"))
        #expect(screen.state.sheet == nil && screen.status.contains("bob") && screen.status.contains("a look at the disks"))
        screen.wait(61 * 60_000)
        try screen.press(.character("g"), .character("L"))
        #expect(screen.state.sheet == nil && screen.status.contains("baton lock --take-over 7"))
    }
}

import Console
import Fixtures
import PromotionCore
import Testing

extension World {
    /// Carries a promotion on to a state, past the switch that a person lets go.
    mutating func carry(_ number: PromotionNumber, to words: String) throws {
        for _ in 0..<3 where board.projection.promotion(number)?.state.words != words {
            try carryOn(number, until: { $0.words == words })
        }
        #expect(board.projection.promotion(number)?.state.words == words)
    }
}

/// The rollback table: every screen, with a promotion in every state, into every environment. It is written from what the
/// console does with the keys, so that the page cannot say what the keys do not do.
struct RollbackTableTests {
    /// A promotion of the table, in one of its states.
    struct Situation {
        let environment: EnvironmentName
        let state: String
        var isUnhealthy = false

        var name: String { isUnhealthy ? "\(state), what serves is unhealthy" : state }

        static let all: [Situation] =
            ["nothing under way", "blocked", "queued", "preparing", "deploying idle", "verifying idle", "ready to switch"]
            .map { Situation(environment: World.prod, state: $0) }
            + [Situation(environment: World.prod, state: "verifying idle", isUnhealthy: true)]
            + [
                "aborting", "switching", "verifying live", "baking", "rolling back", "rollback failed", "succeeded",
                "rolled back",
            ]
            .map { Situation(environment: World.prod, state: $0) }
            + ["nothing under way", "preparing", "switching", "verifying live", "succeeded"]
            .map { Situation(environment: World.testing, state: $0) }

        func world() throws -> World {
            var world = try World.sample()
            guard state != "nothing under way" else { return world }
            let release = environment == World.prod ? World.a : World.newest
            if state == "blocked" {
                let answer = world.plan(release, into: environment)
                let plan = try #require(answer.waiting)
                try world.record(
                    .started(.init(plan: plan, reason: nil, objections: answer.objections)), in: world.place(environment),
                    of: world.board.projection.nextPromotion)
                return world
            }
            world.wait(.minutes(2))
            try world.observe(environment)
            let number = try world.start(release, into: environment)
            try reach(state, &world, number)
            if isUnhealthy { try world.observe(World.prod, health: [World.green: .unhealthy("status 503")]) }
            return world
        }

        private func reach(_ state: String, _ world: inout World, _ number: PromotionNumber) throws {
            switch state {
            case "aborting":
                try world.carry(number, to: "verifying idle")
                try world.happen(.abortRequested(reason: "no"), to: number)
            case "rolling back", "rollback failed", "rolled back":
                try world.carry(number, to: "baking")
                try world.happen(
                    .rollbackRequested(reason: "no", terms: RollbackTerms(by: World.alice, vetoes: true)), to: number)
                if state == "rolled back" { try world.carryOn(number, until: { $0.outcome != nil }) }
                guard state == "rollback failed" else { return try world.observe(environment) }
                let effect = try #require(world.board.projection.promotion(number)?.pending.first)
                if effect == .leaseHeld { try world.answer(effect, of: number) }
                let wanted = try #require(world.board.projection.promotion(number)?.pending.first)
                try world.happen(.failed(effect: wanted, fault: Fault(.broke, "the switch does not answer")), to: number)
            default:
                try world.carry(number, to: state)
                if state == "succeeded" { try world.observe(environment) }
            }
        }
    }

    /// A screen of the table: the keys that lead to it.
    static let screens: [(name: String, keys: [Key])] = [
        ("fleet", [.character("1")]), ("service, as it opens", []), ("service, cursor on testing", [.character("g")]),
        ("service, cursor on staging", [.character("g"), .character("j")]), ("live", [.character("3")]),
        ("history, newest entry", [.character("4")]), ("release", [.character("5")]), ("retention", [.character("7")]),
        ("approvals", [.character("6")]), ("why of a row", [.character("x")]),
        ("why of a promotion", [.character("3"), .character("x")]),
        ("candidates", [.character("g"), .character("p")]), ("help over live", [.character("3"), .character("?")]),
    ]

    /// Opens the sheet and reads every offer of the environment that is on it, with what its keys send.
    private func rows(_ situation: Situation) throws -> [String] {
        let world = try situation.world()
        var screen = try Screen(world)
        try screen.type(":rollback \(situation.environment)")
        try screen.press(.enter)
        var rows: [String] = []
        while let offer = screen.offer, offer.place.environment == situation.environment, rows.count < 5 {
            screen.wait(400)
            let place = rows.isEmpty ? "\(situation.environment) | \(situation.name)" : "| Tab"
            rows.append("| \(place) | \(say(offer)) | \(try fire(screen, "y")) | \(try fire(screen, "n")) |")
            try screen.press(.tab)
        }
        return rows
    }

    private func say(_ offer: RollbackOffer) -> String {
        let tags = [World.a: "A", World.b: "C", World.d: "B", World.newest: "N"]
        var text = offer.words.text
        for (release, letter) in tags { text = text.replacing(release.digest.short(), with: letter) }
        let how =
            offer.effect.map { effect in
                effect.movesTraffic ? (offer.readiness.warmSlot == nil ? ", deployed first" : ", warm") : ""
            } ?? ""
        return text + how
    }

    private func fire(_ screen: Screen, _ key: Character) throws -> String {
        var copy = screen
        copy.requests = []
        try copy.press(.character(key))
        guard case .rollBack(let order)? = copy.requests.last else {
            return "nothing: \(copy.status.split(separator: "possible: ").last ?? "")"
        }
        guard order.effect.movesTraffic else { return "stops it" }
        return order.vetoes ? "does it, with a veto" : "does it, without a veto"
    }

    static func document(_ rows: [String], _ places: [String]) -> String {
        """
        # What R offers

        Written by the tests from what the console does. C serves in prod, B is the release before it, A is promoted to prod;
        in testing N is promoted while A serves, and B was before it. `R` opens a sheet about the environment that the screen is
        about; a digit or Tab chooses another.

        ## The environment of the sheet

        | screen | a promotion into prod | a promotion into testing | nothing under way |
        |---|---|---|---|
        \(places.joined(separator: "\n"))

        ## What is offered there

        | environment | state of the promotion | offer | `y` | `n` |
        |---|---|---|---|---|
        \(rows.joined(separator: "\n"))

        """
    }

    /// The environment that the sheet of a screen opens with.
    private func place(_ keys: [Key], _ situation: Situation) throws -> String {
        var screen = try Screen(try situation.world())
        for key in keys { try screen.press(key) }
        try screen.press(.character("R"))
        #expect(screen.state.sheet != nil, "\(keys) \(situation.name): \(screen.status)")
        return screen.offer?.place.environment.text ?? "none chosen"
    }

    @Test func `the published table is what the keys do`() throws {
        let into = [
            Situation(environment: World.prod, state: "verifying idle"),
            Situation(environment: World.testing, state: "verifying live"),
            Situation(environment: World.prod, state: "nothing under way"),
        ]
        let places = try Self.screens.map { screen in
            "| \(screen.name) | \(try into.map { try place(screen.keys, $0) }.joined(separator: " | ")) |"
        }
        let text = Self.document(try Situation.all.flatMap(rows), places)
        #expect(try KeptText.document("rollback.md").kept(writing: text) == text, "make docs writes it anew")
    }

    @Test func `on every screen, in every state, what is offered is what the core offers for that environment`() throws {
        for situation in Situation.all {
            let world = try situation.world()
            for (name, keys) in Self.screens {
                var screen = try Screen(world)
                for key in keys { try screen.press(key) }
                try screen.press(.character("R"))
                guard let offer = screen.offer else { continue }
                #expect(offer == world.board.rollbackOffers(of: offer.place).first, "\(name), \(situation.name)")
                let promoted = world.board.projection.services[World.payments]?.promoted(in: offer.place.environment)
                let goal = offer.goal?.release.digest
                #expect(goal == nil || goal != promoted?.digest, "\(name), \(situation.name)")
            }
        }
    }
}

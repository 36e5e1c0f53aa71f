import Console
import Fixtures
import PromotionCore
import Testing

/// Screens while something cannot be read: each names who does not answer, in its own words, and since when.
struct UnreadPictureTests {
    enum Shown: String, CaseIterable {
        case service, fleet, candidates, why

        /// What no screen may say while something is not known.
        var lies: [String] {
            [
                "nothing waits", "READY", "name what runs", "empty", "offers no candidate", "nothing is wrong",
                "push the image again",
            ]
        }
    }

    private func screen(_ source: Unreadable.Source, _ shown: Shown) throws -> Screen {
        var world = try World.sample()
        world.wait(.minutes(24))
        try world.lose(source, since: World.start)
        if source == .registry { try world.apply(.candidates(World.payments, [])) }
        var screen = try Screen(world)
        switch shown {
        case .service: break
        case .fleet: try screen.press(.character("1"))
        case .candidates: try screen.press(.character("g"), .character("p"))
        case .why: try screen.press(.character("x"))
        }
        return screen
    }

    @Test(arguments: [Unreadable.Source.registry, .target, .trafficSwitch], Shown.allCases)
    func `a screen says who cannot be read, why and since when`(_ source: Unreadable.Source, _ shown: Shown) throws {
        let drawn = try screen(source, shown).text(80, 24).trimmed + "\n"
        let kept = KeptText.screen("unread-\(source.rawValue)-\(shown.rawValue)-80x24")
        #expect(try kept.kept(writing: drawn) == drawn, "make golden writes it anew")
        let lies = shown.lies.filter(drawn.contains)
        #expect(lies.isEmpty, "\(source): \(lies)\n\(drawn)")
        guard shown == .service || shown == .why else { return }
        #expect(drawn.contains("14:02") && drawn.contains("127.0.0.1:5000: conn"), "\(drawn)")
    }

    @Test(arguments: ["owed", "returning"]) func `a pointer that is owed, and a release that comes back, look as they are kept`(
        _ name: String
    ) throws {
        var world = try World.sample()
        world.wait(.minutes(2))
        try world.observe(World.prod)
        let number = try world.start(World.a, into: World.prod)
        try world.carryOn(number, until: { $0 == .verifyingIdle })
        if name == "owed" {
            try world.carryOn(number, refusing: PromotionCore.Tag(pointerOf: World.prod), "status 412: tag prod is immutable")
        } else {
            try world.happen(.abortRequested(reason: "wrong ticket"), to: number)
            try world.carryOn(number, until: { $0.outcome != nil })
        }
        try world.observe(World.prod)
        let screen = try Screen(world)
        let drawn = screen.text(80, 24).trimmed + "\n"
        #expect(drawn.contains(name == "owed" ? "OWED" : "coming back in blue"), "\(drawn)")
        let kept = KeptText.screen("\(name)-80x24")
        #expect(try kept.kept(writing: drawn) == drawn, "make golden writes it anew")
    }
}

extension World {
    /// Carries a promotion on to its end, while the registry refuses to move one tag.
    mutating func carryOn(_ number: PromotionNumber, refusing refused: PromotionCore.Tag, _ words: SafeText) throws {
        for _ in 0..<100 {
            guard let promotion = board.projection.promotion(number), !promotion.hasEnded, let effect = promotion.pending.first
            else { return }
            wait(Milliseconds(400))
            if case .readyToSwitch = promotion.state {
                try happen(.goOnRequested(reason: "go"), to: number)
            } else if case .pointerNames(refused, _, _) = effect {
                try happen(.pointerOwed(effect: effect, cause: .refused(words)), to: number)
            } else {
                try answer(effect, of: number)
            }
        }
    }

    /// Looks again, and one of those who are asked does not answer.
    mutating func lose(_ source: Unreadable.Source, since: Timestamp) throws {
        let cause: SafeText = "127.0.0.1:5000: connection refused"
        for environment in [World.testing, World.staging, World.prod] {
            try observe(environment)
            let place = place(environment)
            guard let seen = board.observations[place] else { continue }
            let isSplit = seen.slots.count > 1
            try apply(
                .observed(
                    place,
                    EnvironmentObservation(
                        at: now,
                        slots: source == .target ? seen.slots.mapValues { _ in .unknown(cause, since: since) } : seen.slots,
                        routing: source == .trafficSwitch && isSplit ? .unknown(cause, since: since) : seen.routing,
                        pointers: source == .registry ? .unknown(cause, since: since) : seen.pointers, front: seen.front)))
        }
        let tags: Reading<Int> = source == .registry ? .unknown(cause, since: since) : .known(11, at: now)
        try apply(.candidatesLooked(World.payments, CandidateLook(tags: tags)))
    }
}

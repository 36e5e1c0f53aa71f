internal import Fixtures
internal import PromotionCore

/// Stories of one promotion, or rollback, that is watched: what is to happen to it waits for its moment, so that corners of the
/// machine are come to which chance alone finds once in a million worlds.
extension Scene {
    /// A watched promotion, from its start to its end.
    func story(_ random: inout SeededRandom) -> [Decision] {
        let place = place(&random)
        let person = Person.allCases[random.below(3)]
        let release = random.below(Script.releaseCount)
        var waiting = recipe(&random).map { moment, happening in
            Decision.when(place, Decision.Moment(state: moment), happening(person, place, &random))
        }
        if random.onceIn(3) { waiting.append(when(&random)) }
        let promotion = Deed.promote(release: release, to: place, random.onceIn(4) ? .wait : .refuse)
        var decisions: [Decision] = []
        if random.onceIn(4) {
            // Where there is one slot, there is a way back only once something has succeeded.
            if place.environment != Fixtures.prod { decisions = [.person(person, promotion), .time(.seconds(30))] }
            decisions += waiting + [.person(person, .rollBack(place, choice: random.below(12)))]
            if random.onceIn(3) { decisions += [.time(.seconds(20)), .person(person, .undoRollback(place))] }
        } else {
            decisions = waiting + [.person(person, promotion)]
        }
        decisions.append(.time(.seconds(1)))
        let isLeftAlone = random.onceIn(5)
        for _ in 0..<(4 + random.below(8)) {
            let other = Person.allCases[random.below(3)]
            decisions.append(.time(Milliseconds(Int64(1_000 + random.below(9_000)))))
            if !isLeftAlone, !random.onceIn(3) { decisions.append(.person(other, .attend(place, choice: random.below(420)))) }
        }
        return decisions
    }

    private typealias Cause = @Sendable (Person, Place, inout SeededRandom) -> Decision.Happening
    private typealias Recipe = [(moment: String, happening: Cause)]

    private func recipe(_ random: inout SeededRandom) -> Recipe {
        Self.recipes[random.below(Self.recipes.count)]
    }

    private static func lasts(_ trouble: Trouble, _ least: Int, _ most: Int) -> Cause {
        { _, _, random in .trouble(trouble, .seconds(Int64(least + random.below(most - least)))) }
    }

    private static func one(of troubles: Trouble...) -> Cause {
        { _, _, random in .trouble(troubles[random.below(troubles.count)], .seconds(Int64(2 + random.below(70)))) }
    }

    private static let aborts: Cause = { person, place, _ in .person(person, .abort(place)) }
    private static let pauses: Cause = { person, place, _ in .person(person, .pause(place)) }
    private static let goesBack: Cause = { person, place, random in .person(person, .rollBack(place, choice: random.below(12))) }
    private static let undoes: Cause = { person, place, _ in .person(person, .undoRollback(place)) }
    /// Somebody who may, and did not start it, says yes.
    private static let agrees: Cause = { person, place, random in
        let others = [Person.bob, .carol].filter { $0 != person }
        return .person(others[random.below(others.count)], .rule(.approve, at: place))
    }
    private static let attends: Cause = { person, place, random in .person(person, .attend(place, choice: random.below(420))) }
    private static let dies: Cause = { _, _, _ in .crash }
    private static let takesOver: Cause = { _, _, _ in .takeOver }

    private static let recipes: [Recipe] = [
        [("queued", lasts(.leasesAreSilent, 28, 40))],
        [("queued", lasts(.leasesAreSilent, 5, 30)), ("queued", attends)],
        [("awaiting approval", attends), ("queued", lasts(.leasesAreSilent, 8, 24))],
        // A yes that grows old in the queue.
        [("awaiting approval", agrees), ("queued", lasts(.leasesAreSilent, 20, 27))],
        [("queued", lasts(.leasesAreSilent, 5, 30)), ("queued", aborts)],
        [("preparing", one(of: .instancesAreMute, .probesFail, .probesAreLost, .outage))],
        [("deploying idle", one(of: .targetBreaks, .changesAreRefused, .changesLinger)), ("stalled", attends)],
        // A stall that nobody attends to.
        [("deploying idle", lasts(.targetBreaks, 60, 120))],
        [("deploying idle", lasts(.changesLinger, 60, 90)), ("aborting", one(of: .targetBreaks, .changesAreRefused))],
        [("verifying idle", one(of: .instancesAreMute, .probesFail, .probesAreLost)), ("inconclusive", attends)],
        [("verifying idle", one(of: .instancesAreMute)), ("inconclusive", attends), ("inconclusive", attends)],
        [("ready to switch", pauses), ("paused", attends)],
        [("ready to switch", pauses), ("paused", one(of: .instancesAreMute, .probesFail))],
        [("ready to switch", one(of: .instancesAreMute, .probesFail)), ("inconclusive", attends)],
        [("stepping", aborts)],
        [("stepping", one(of: .switchBreaks, .changesAreRefused, .changesLinger, .outage)), ("indeterminate", attends)],
        [("stepping", dies), ("indeterminate", aborts)],
        [("analysing", one(of: .trafficIsAway, .instancesAreMute, .probesFail)), ("inconclusive", attends)],
        [("analysing", lasts(.trafficIsAway, 10, 30)), ("inconclusive", attends), ("inconclusive", attends)],
        [("analysing", pauses), ("paused", one(of: .instancesAreMute, .probesFail, .trafficIsAway))],
        [("analysing", dies), ("indeterminate", one(of: .outage))],
        [("verifying idle", lasts(.changesLinger, 5, 20)), ("switching", takesOver)],
        [("verifying idle", lasts(.changesLinger, 5, 20)), ("stepping", takesOver)],
        [("switching", aborts)],
        [("switching", goesBack)],
        [("verifying idle", goesBack), ("rolled back", undoes)],
        [("baking", goesBack), ("rolled back", undoes)],
        [("switching", lasts(.outage, 20, 90))],
        [("switching", one(of: .switchBreaks, .targetBreaks, .changesAreRefused, .changesLinger)), ("indeterminate", aborts)],
        [("switching", dies), ("indeterminate", aborts)],
        [("switching", dies), ("indeterminate", lasts(.outage, 10, 60))],
        [("switching", lasts(.changesLinger, 30, 60)), ("rolling back", attends)],
        [("verifying live", one(of: .instancesAreMute, .probesFail, .probesAreLost, .tagsAreMoved)), ("inconclusive", attends)],
        [("baking", pauses), ("paused", one(of: .instancesAreMute, .probesFail, .probesAreLost))],
        [("baking", pauses), ("paused", attends)],
        [("baking", one(of: .instancesAreMute, .probesFail, .trafficIsAway)), ("inconclusive", attends)],
        [("baking", aborts), ("verifying rollback", one(of: .instancesAreMute))],
        [("baking", aborts), ("rolling back", one(of: .instancesAreMute))],
        [("baking", goesBack), ("verifying rollback", one(of: .probesFail, .probesAreLost, .tagsAreMoved))],
        [
            ("baking", goesBack), ("rolling back", one(of: .switchBreaks, .targetBreaks, .changesAreRefused)),
            ("rollback failed", aborts),
        ],
        [
            ("analysing", aborts), ("rolling back", one(of: .switchBreaks, .changesAreRefused)), ("rollback failed", aborts),
            ("failed", goesBack),
        ],
        [("baking", aborts), ("rolling back", one(of: .switchBreaks, .targetBreaks, .outage)), ("rollback failed", attends)],
        [("closing", aborts)],
        [("deploying idle", lasts(.tagsAreRefused, 5, 200))],
        [("switching", lasts(.tagsAreRefused, 20, 200)), ("closing", one(of: .tagsAreRefused, .tagsAreMoved))],
        [("baking", goesBack), ("rolling back", lasts(.tagsAreRefused, 30, 90))],
        [("closing", one(of: .instancesAreMute, .probesFail, .probesAreLost, .tagsAreMoved)), ("inconclusive", attends)],
        [("closing", one(of: .tagsAreMoved, .instancesAreMute)), ("inconclusive", attends), ("inconclusive", attends)],
        [("rolling back", one(of: .switchBreaks, .targetBreaks, .changesAreRefused, .outage)), ("rollback failed", aborts)],
        [("rolling back", one(of: .targetBreaks, .changesAreRefused)), ("rollback failed", attends)],
        [("verifying rollback", one(of: .instancesAreMute, .probesFail, .probesAreLost))],
        [("verifying rollback", lasts(.outage, 26, 40)), ("rollback failed", aborts)],
        [("verifying rollback", one(of: .instancesAreMute)), ("rollback failed", attends)],
    ]
}

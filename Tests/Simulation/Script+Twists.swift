internal import Fixtures
internal import PromotionCore

/// Stories of people who change their minds: each leads to one corner that chance finds once in thousands of worlds.
///
/// They come before everything else in some worlds, and are drawn apart: all other worlds stay what they are.
extension Script {
    mutating func twist() {
        guard seed % 8 == 5 else { return }
        var random = SeededRandom(seed: seed ^ 0x7157)
        rules = Self.plain(rules)
        sickness = sickness.map { _ in nil }
        if !random.onceIn(4) { odds = [:] }
        let twist = Twist(rules, &random)
        decisions = twist.decisions(&random) + decisions
    }

    /// The same rules without what keeps a promotion waiting.
    private static func plain(_ rules: Rules) -> Rules {
        var plain = rules
        (plain.soaks, plain.isNew, plain.isAutomated) = (false, false, false)
        (plain.approvals, plain.switching) = (0, .automatic)
        return plain
    }
}

/// One such story, in prod.
private struct Twist {
    private let place = Operation.prod
    private let person: Person
    private let other: Person
    private let release: Int
    private let another: Int
    /// How long a promotion takes that nothing holds up.
    private let passage: Milliseconds

    init(_ rules: Script.Rules, _ random: inout SeededRandom) {
        let people = [Person.alice, .bob, .carol]
        let first = random.below(people.count)
        person = people[first]
        other = people[(first + 1 + random.below(2)) % people.count]
        release = random.below(Script.releaseCount)
        another = (release + 1 + random.below(2)) % Script.releaseCount
        passage = rules.bakesLong ? .seconds(110) : .seconds(70)
    }

    func decisions(_ random: inout SeededRandom) -> [Decision] {
        let isKnown: [Decision] = [release, another].flatMap { word(true, on: $0) }
        let story: [Decision] =
            switch random.below(10) {
            case 0: takesBackAYes(&random)
            case 1: goesBackToWhatComes(&random)
            case 2: finishesAFailedRollback(&random)
            case 3: ordersLate(&random)
            case 4: choosesAnotherGoal(&random)
            case 5: waitsUnderAName(&random)
            case 6: meetsAStranger(&random)
            default: undoes(&random)
            }
        return isKnown + story
    }

    private func word(_ isWhole: Bool, on release: Int) -> [Decision] {
        [.person(.ci, .addEvidence(release: release, at: Operation.staging, isWhole: isWhole)), .time(.seconds(1))]
    }

    private func promoted(_ release: Int) -> [Decision] {
        [.person(person, .promote(release: release, to: place, .refuse)), .time(passage)]
    }

    private func when(_ state: String, _ happening: Decision.Happening) -> Decision {
        .when(place, Decision.Moment(state: state), happening)
    }

    /// An order of the first offer, or of the one behind it.
    private func choice(first: Bool, vetoes: Bool) -> Int {
        switch (first, vetoes) {
        case (true, true): 0
        case (true, false): 3
        case (false, true): 1
        case (false, false): 7
        }
    }

    /// A result that was good is bad the second time, and somebody promotes all the same.
    private func takesBackAYes(_ random: inout SeededRandom) -> [Decision] {
        word(false, on: release) + (random.onceIn(2) ? word(true, on: another) : []) + promoted(release)
    }

    /// What served, was left without a veto and is promoted again, is no goal of a rollback meanwhile.
    private func goesBackToWhatComes(_ random: inout SeededRandom) -> [Decision] {
        let states = ["preparing", "deploying idle", "verifying idle"]
        let order = Deed.rollBack(place, choice: choice(first: false, vetoes: random.onceIn(2)))
        return promoted(release) + [.person(person, .rollBack(place, choice: choice(first: true, vetoes: false)))]
            + [.time(.seconds(40)), when(states[random.below(states.count)], .person(other, order))] + promoted(release)
    }

    /// A gate fails, the way back fails as well, and a person orders the rest of it.
    private func finishesAFailedRollback(_ random: inout SeededRandom) -> [Decision] {
        let vetoes = random.onceIn(3)
        let order = Deed.rollBack(place, choice: choice(first: true, vetoes: vetoes))
        let failing = random.onceIn(2) ? "verifying live" : "baking"
        return [
            when(failing, .trouble(.probesFail, .seconds(5))),
            when("rolling back", .trouble(random.onceIn(2) ? .switchBreaks : .outage, .seconds(Int64(24 + random.below(20))))),
            when("rollback failed", .person(other, order)),
        ] + promoted(release) + [.time(.seconds(40)), .person(other, order), .time(.seconds(40))]
    }

    /// Somebody looks at the offers, and orders one when the world has gone on.
    private func ordersLate(_ random: inout SeededRandom) -> [Decision] {
        let time = Milliseconds.seconds(Int64(2 + random.below(60)))
        let order = Deed.rollBackSlowly(
            place, choice: choice(first: !random.onceIn(3), vetoes: random.onceIn(2)), after: time)
        let states = ["preparing", "deploying idle", "verifying idle", "baking"]
        switch random.below(4) {
        case 0: return [.person(other, order)] + promoted(release)
        case 1: return promoted(release) + [.person(other, order)] + promoted(another)
        default: return [when(states[random.below(states.count)], .person(other, order))] + promoted(release)
        }
    }

    /// Of two releases that served the older is chosen.
    private func choosesAnotherGoal(_ random: inout SeededRandom) -> [Decision] {
        promoted(release) + (random.onceIn(2) ? promoted(another) : [])
            + [.person(person, .rollBack(place, choice: choice(first: false, vetoes: random.onceIn(2)))), .time(.seconds(60))]
    }

    /// While a release waits, its tag is pushed again.
    private func waitsUnderAName(_ random: inout SeededRandom) -> [Decision] {
        let silence = random.onceIn(2) ? [when("blocked", .trouble(.namesAreSilent, .seconds(60)))] : []
        return silence + [
            .person(person, .rule(.veto(release: release), at: place)), .time(.seconds(1)),
            .person(person, .promote(release: release, to: place, .wait)), .time(.seconds(3)),
            .person(.ci, .pushAgain(release: release)), .time(.seconds(3)),
            .person(.carol, .liftVeto(release: release, at: place)), .time(passage),
        ]
    }

    /// Once traffic has moved, neither the new release answers nor the one from before.
    private func meetsAStranger(_ random: inout SeededRandom) -> [Decision] {
        let states = ["verifying live", "baking", "closing"]
        let trouble = Decision.Happening.trouble(.strangerAnswers, .seconds(Int64(3 + random.below(15))))
        return [when(states[random.below(states.count)], trouble)] + promoted(release)
    }

    /// A rollback, something that somebody decides after it, and an undo.
    private func undoes(_ random: inout SeededRandom) -> [Decision] {
        let back: [Decision] = [
            .person(person, .rollBack(place, choice: choice(first: true, vetoes: !random.onceIn(3)))), .time(.seconds(30)),
        ]
        let undo: [Decision] = [.person(person, .undoRollback(place)), .time(passage)]
        let veto: (Int) -> [Decision] = { [.person(other, .rule(.veto(release: $0), at: place)), .time(.seconds(1))] }
        switch random.below(6) {
        case 0: return promoted(release) + veto(another) + back + undo
        case 1: return promoted(release) + back + veto(another) + undo
        case 2: return promoted(release) + back + veto(release) + undo
        case 3:
            return promoted(release) + back + [.person(other, .rule(.freeze(.seconds(90)), at: place)), .time(.seconds(1))] + undo
        case 4: return promoted(release) + back + [.person(other, .undoRollback(place)), .time(passage)]
        default:
            // So late that nobody may any more; most are early enough.
            let pause = Milliseconds.minutes(random.onceIn(2) ? 13 : 1)
            return promoted(release) + back + [.time(pause)] + undo
        }
    }
}

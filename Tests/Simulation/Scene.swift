internal import Fixtures
internal import PromotionCore

/// Where an episode plays, and what its people can think of there.
struct Scene {
    let services: [ServiceName]
    private let rules: Script.Rules
    /// Where things happen: mostly in prod alone, now and then everywhere.
    private let places: [Place]

    init(_ rules: Script.Rules, _ random: inout SeededRandom) {
        self.rules = rules
        services = rules.services.map(\.name)
        let names =
            switch random.below(6) {
            case 0...2: [Fixtures.prod]
            case 3: [Fixtures.testing]
            default: [Fixtures.testing, Fixtures.staging, Fixtures.prod, Fixtures.prod]
            }
        places = rules.services.flatMap { service in names.map { Place(service.name, $0) } }
    }

    /// A thing that happens, and some time after it.
    func decide(_ random: inout SeededRandom) -> [Decision] {
        let pause: Decision =
            random.onceIn(3)
            ? .work(random.below(300)) : .time(Milliseconds(Int64(random.below(random.onceIn(5) ? 20_000 : 1_500))))
        switch random.below(26) {
        case 0...1: return [.crash, pause]
        case 2: return [random.onceIn(2) ? .restart : .secondAgent, pause]
        case 3: return [random.onceIn(2) ? .takeOver : .crash, pause]
        case 4: return [.time(.seconds(Int64(random.below(20))))]
        case 5...9: return [when(&random)]
        case 10: return [.outage(place(&random), outage(&random)), pause]
        default: return [.person(Person.allCases[random.below(3)], deed(&random)), pause]
        }
    }

    func place(_ random: inout SeededRandom) -> Place { places[random.below(places.count)] }

    /// Something that waits for its moment.
    func when(_ random: inout SeededRandom) -> Decision {
        let place = place(&random)
        let moment = Decision.Moment.all[random.below(Decision.Moment.all.count)]
        let person = Person.allCases[random.below(3)]
        let happening: Decision.Happening =
            switch random.below(16) {
            case 0: .crash
            case 1...2: .person(person, .abort(place))
            case 3...4: .person(person, random.onceIn(4) ? .undoRollback(place) : .rollBack(place, choice: random.below(12)))
            case 5: .person(person, .pause(place))
            case 6...8: .person(person, .attend(place, choice: random.below(420)))
            default: .trouble(Trouble.drawn[random.below(Trouble.drawn.count)], outage(&random))
            }
        return .when(place, moment, happening)
    }

    private func outage(_ random: inout SeededRandom) -> Milliseconds {
        .seconds(Int64(3 + random.below(random.onceIn(2) ? 90 : 20)))
    }

    private func deed(_ random: inout SeededRandom) -> Deed {
        let place = place(&random)
        let release = random.below(Script.releaseCount)
        if rules.isJoint, random.onceIn(4) { return joint(&random, place.environment) }
        return switch random.below(44) {
        case 0...10: .promote(release: release, to: place, .refuse)
        case 11...12: .promote(release: release, to: place, .wait)
        case 13: .promoteUnseen(release: release, to: place)
        case 14...16:
            .addEvidence(
                release: release, at: Place(place.service, random.onceIn(2) ? Fixtures.staging : Fixtures.testing),
                isWhole: !random.onceIn(5))
        case 17...18: .rollBack(place, choice: random.below(12))
        case 19: .undoRollback(place)
        case 20: .abort(place)
        case 21: .goOn(place)
        case 22...23: .pause(place)
        case 24: .resume(place)
        case 25: .retry(place)
        case 26...34: .attend(place, choice: random.below(420))
        case 35...36: .liftVeto(release: release, at: place)
        default: .rule(ruling(&random, release), at: place)
        }
    }

    private func joint(_ random: inout SeededRandom, _ environment: EnvironmentName) -> Deed {
        guard !random.onceIn(3) else { return .undoJoint }
        return .promoteJointly(releases: services.map { _ in random.below(Script.releaseCount) }, to: environment)
    }

    private func ruling(_ random: inout SeededRandom, _ release: Int) -> Ruling {
        let time = Milliseconds.seconds(Int64(1 + random.below(random.onceIn(2) ? 60 : 15)))
        let gates = OverridableGate.allCases
        if rules.approvals > 0, random.onceIn(2) { return random.onceIn(5) ? .reject : .approve }
        if rules.isAutomated, random.onceIn(3) { return random.onceIn(2) ? .stopAutomation : .letAutomationGo }
        return switch random.below(24) {
        case 0...1: .reject
        case 2: .approve
        case 3...4: .veto(release: release)
        case 5...6: .pin
        case 7...8: .unpin
        case 9...10: .freeze(time)
        case 11: .unfreeze
        case 12...15: .override(gates[random.below(gates.count)], release: release, time)
        case 16: .closeOverride
        case 17...18: .lock(time)
        case 19: .takeLock(time)
        case 20: .unlock
        case 21: .adoptPointer
        default: .verify
        }
    }
}

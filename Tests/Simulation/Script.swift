internal import Fixtures
package import PromotionCore

/// Everything that is decided about one episode, made from its seed; a failing one is cut down to what is needed to fail.
package struct Script: Sendable {
    package let seed: UInt64
    package var rules: Rules
    /// What is wrong with each of the releases.
    package var sickness: [World.Sickness?]
    package var odds: [Mishap: Int]
    package var silenced: Set<Mishaps.Strike> = []
    package var decisions: [Decision]
    /// Whether everything goes through its bytes: slower.
    package let isThorough: Bool
    /// Whether looking at the world takes no time.
    package let looksAreQuick: Bool
    /// Whether nobody uses what is promoted, so that its traffic says nothing.
    package let isQuiet: Bool

    /// Rules that differ from run to run, with times short enough to live through.
    package struct Rules: Hashable, Sendable {
        package var hasChecks = true
        package var soaks = false
        package var switching = EnvironmentPolicy.Switching.automatic
        package var onInconclusive = EnvironmentPolicy.OnInconclusive.rollBack
        package var isNew = false
        package var isCanary = false
        package var asksApproval = false
        package var retries = false
        /// Whether prod's images are in a repository of its own.
        package var hasHome = false

        package init() {}

        package var service: Service {
            Fixtures.service(
                checks: hasChecks ? [Fixtures.health] : [], soak: soaks ? .seconds(20) : .zero, switching: switching,
                onInconclusive: onInconclusive, strategy: isCanary ? .canary : .blueGreen,
                approval: asksApproval ? Self.approval : nil, timing: timing, steps: Self.steps,
                home: hasHome ? Fixtures.prodHome : nil)
        }

        private static let approval = ApprovalRule(number: 1, leastRole: .approver, expires: .seconds(40))

        private static let steps = [(20, 1), (60, 0)].map { weight, warmUp in
            CanaryStep(weight: weight, warmUp: .seconds(warmUp), analysis: .seconds(4), minimumSamples: 1)
        }

        private var timing: Timing {
            Timing(
                blocked: .seconds(90), queue: .seconds(60), prepare: .seconds(20), copy: .seconds(30), deploy: .seconds(40),
                verify: .seconds(15),
                ready: .seconds(40), switching: .seconds(15), bake: .seconds(12), inconclusive: .seconds(30),
                rollback: .seconds(40), paused: .seconds(30), retry: retries ? .seconds(30) : .zero)
        }
    }

    package static let releaseCount = 3
    private static let thoroughOneIn = 16

    package init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        self.seed = seed
        isThorough = seed % UInt64(Self.thoroughOneIn) == 0
        looksAreQuick = seed % 4 != 0
        isQuiet = seed % 10 == 7
        rules = Self.rules(&random)
        // Not drawn: worlds without a home stay what they are.
        rules.hasHome = seed % 7 == 3
        sickness = (0..<Self.releaseCount).map { _ in
            random.onceIn(4) ? .withTraffic : random.onceIn(6) ? .always : nil
        }
        odds = Self.odds(&random)
        decisions = []
        let places = Self.places(&random)
        if !random.onceIn(3) {
            for release in 0..<Self.releaseCount {
                decisions.append(.person(.ci, .addEvidence(release: release, at: Operation.staging, isWhole: true)))
            }
            decisions.append(.time(.seconds(1)))
        }
        for _ in 0..<(6 + random.below(14)) { decisions += Self.decide(&random, places) }
    }

    private static func rules(_ random: inout SeededRandom) -> Rules {
        var rules = Rules()
        rules.hasChecks = !random.onceIn(5)
        rules.soaks = random.onceIn(6)
        rules.switching = random.onceIn(4) ? .manual : .automatic
        rules.onInconclusive = random.onceIn(5) ? .fail : .rollBack
        rules.isNew = random.onceIn(8)
        rules.isCanary = random.onceIn(3)
        rules.asksApproval = random.onceIn(12)
        rules.retries = random.onceIn(2)
        return rules
    }

    /// Some mishaps, each as often as the seed says; a world without any now and then.
    private static func odds(_ random: inout SeededRandom) -> [Mishap: Int] {
        var odds: [Mishap: Int] = [:]
        guard !random.onceIn(8) else { return odds }
        for mishap in Mishap.allCases where random.onceIn(rarity(mishap)) {
            let (least, most) = chances(mishap)
            odds[mishap] = least + random.below(most - least)
        }
        return odds
    }

    /// In how many worlds a mishap is absent for one that has it.
    private static func rarity(_ mishap: Mishap) -> Int {
        switch mishap {
        case .tagIsMoved, .moveIsLost, .wrongImageRuns: 12
        case .callBreaks, .answerIsLost, .callIsOverdue: 2
        case .callLingers, .probeIsUnlucky, .switchGoesAway, .switchHesitates: 4
        case .oldPodsAnswer, .targetIsStale: 2
        default: 3
        }
    }

    /// Once in how many chances a mishap strikes: of some there are thousands in a world, of some a handful.
    private static func chances(_ mishap: Mishap) -> (least: Int, most: Int) {
        switch mishap {
        case .oldPodsAnswer, .wrongImageRuns, .leaseIsLost, .callIsOverdue, .switchGoesAway, .switchHesitates: (1, 6)
        case .identityIsMissing: (2, 20)
        case .tagIsMoved, .moveIsLost, .oldDigestIsRead, .commitIsUncertain: (3, 20)
        default: (4, 60)
        }
    }

    /// Where things happen in one episode: mostly in prod alone, now and then everywhere.
    private static func places(_ random: inout SeededRandom) -> [Place] {
        switch random.below(6) {
        case 0...2: [Operation.prod]
        case 3: [Operation.testing]
        default: [Operation.testing, Operation.staging, Operation.prod, Operation.prod]
        }
    }

    /// A thing that happens, and some time after it.
    private static func decide(_ random: inout SeededRandom, _ places: [Place]) -> [Decision] {
        let pause: Decision =
            random.onceIn(3)
            ? .work(random.below(300)) : .time(Milliseconds(Int64(random.below(random.onceIn(5) ? 20_000 : 1_500))))
        switch random.below(24) {
        case 0...1: return [.crash, pause]
        case 2: return [random.onceIn(2) ? .restart : .secondAgent, pause]
        case 3: return [random.onceIn(2) ? .takeOver : .crash, pause]
        case 6...7:
            let length = Milliseconds.seconds(Int64(3 + random.below(random.onceIn(2) ? 90 : 20)))
            return [.outage(places[random.below(places.count)], length), pause]
        case 4...5: return [.time(.seconds(Int64(random.below(20))))]
        default: return [.person(Person.allCases[random.below(3)], deed(&random, places)), pause]
        }
    }

    private static func deed(_ random: inout SeededRandom, _ places: [Place]) -> Deed {
        let place = places[random.below(places.count)]
        let release = random.below(releaseCount)
        return switch random.below(36) {
        case 0...9: .promote(release: release, to: place, .refuse)
        case 10...11: .promote(release: release, to: place, .wait)
        case 12: .promoteUnseen(release: release, to: place)
        case 13...15:
            .addEvidence(
                release: release, at: random.onceIn(2) ? Operation.staging : Operation.testing, isWhole: !random.onceIn(5))
        case 16...18: .rollBack(place)
        case 19: .abort(place)
        case 20: .goOn(place)
        case 21...22: .pause(place)
        case 23: .resume(place)
        case 24: .retry(place)
        case 25...33: .attend(place, choice: random.below(60))
        default: .liftVeto(release: release, at: place)
        }
    }
}

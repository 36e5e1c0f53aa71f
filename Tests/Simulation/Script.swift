internal import Fixtures
internal import PromotionCore

/// Everything that is decided about one episode, made from its seed; a failing one is cut down to what is needed to fail.
package struct Script: Sendable {
    package let seed: UInt64
    package var rules: Rules
    /// What is wrong with each of the releases.
    package var sickness: [World.Sickness?]
    package var odds: [Mishap: Int]
    package var silenced: Set<Mishaps.Strike> = []
    package var decisions: [Decision]
    /// What the first agent cannot read.
    package var blindness: Blindness?
    /// Whether everything goes through its bytes: slower.
    package let isThorough: Bool
    /// Whether looking at the world takes no time.
    package let looksAreQuick: Bool
    /// Whether nobody uses what is promoted, so that its traffic says nothing.
    package let isQuiet: Bool

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
        rules.hasHome = seed % 7 == 3 && !rules.isJoint
        sickness = (0..<Self.releaseCount).map { _ in
            random.onceIn(4) ? .withTraffic : random.onceIn(6) ? .always : nil
        }
        odds = Self.odds(&random)
        let isWatched = random.onceIn(2)
        if isWatched, !random.onceIn(3) { sickness = sickness.map { _ in nil } }
        if isWatched, random.onceIn(2) { odds = [:] }
        decisions = []
        let scene = Scene(rules, &random)
        if isWatched || !random.onceIn(3) {
            for service in scene.services {
                for release in 0..<Self.releaseCount {
                    decisions.append(
                        .person(.ci, .addEvidence(release: release, at: Place(service, Fixtures.staging), isWhole: true)))
                }
            }
            decisions.append(.time(.seconds(1)))
        }
        if isWatched { decisions += scene.story(&random) }
        for _ in 0..<(isWatched ? random.below(4) : 6 + random.below(14)) { decisions += scene.decide(&random) }
        name(in: scene)
        twist()
        if seed % 8 == 6 { blindness = Blindness(seed: seed) }
        // Not drawn either: worlds whose clock nobody sets stay what they are.
        if seed % 5 == 2 { odds[.clockIsSet] = 100 + Int(seed % 11) * 40 }
        if hasReceiver {
            odds[.receiverIsAway] = 1 + Int(seed / 9 % 4)
            if seed / 9 % 3 == 1 { odds[.clockIsSet] = 60 }
            // Away for so long that what is told afterwards is told late.
            if odds[.receiverIsAway] == 1 { decisions.append(.time(.seconds(90))) }
        }
    }

    /// Whether people are told of what happens.
    package var hasReceiver: Bool { seed % 9 == 4 }

    /// Whether there is a tag that is the beginning of another image's digest: a build number, a date, a short commit.
    package var hasNumberedTag: Bool { seed % 6 == 1 }

    /// In some worlds CI pushes a tag again, or somebody names an image by its digits. Drawn apart: all else stays what it is.
    private mutating func name(in scene: Scene) {
        guard seed % 3 == 1 else { return }
        var random = SeededRandom(seed: seed ^ 0x7A65)
        for _ in 0..<(hasNumberedTag ? 3 + random.below(4) : 1 + random.below(3)) {
            let release = hasNumberedTag && random.onceIn(2) ? 0 : random.below(Self.releaseCount)
            let digits = random.onceIn(2) ? 4 : 4 + random.below(5)
            let deed: Deed =
                random.onceIn(hasNumberedTag ? 4 : 2)
                ? .pushAgain(release: release) : .promoteNamed(release: release, digits: digits, to: scene.place(&random))
            let decision: Decision
            if case .pushAgain = deed, random.onceIn(2) {
                let states = ["blocked", "awaiting approval", "queued", "preparing", "deploying idle"]
                decision = .when(
                    scene.place(&random), .init(state: states[random.below(states.count)]), .person(.ci, deed))
            } else {
                decision = .person(Person.allCases[random.below(3)], deed)
            }
            decisions.insert(decision, at: random.below(decisions.count + 1))
        }
    }

    /// Some mishaps, each as often as the seed says; a world without any now and then.
    private static func odds(_ random: inout SeededRandom) -> [Mishap: Int] {
        var odds: [Mishap: Int] = [:]
        guard !random.onceIn(8) else { return odds }
        for mishap in Mishap.allCases where ![.clockIsSet, .receiverIsAway].contains(mishap) && random.onceIn(rarity(mishap)) {
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
        case .oldPodsAnswer, .balancerLags, .wrongImageRuns, .leaseIsLost, .callIsOverdue, .switchGoesAway, .switchHesitates:
            (1, 6)
        case .identityIsMissing: (2, 20)
        case .tagIsMoved, .moveIsLost, .oldDigestIsRead, .commitIsUncertain: (3, 20)
        default: (4, 60)
        }
    }
}

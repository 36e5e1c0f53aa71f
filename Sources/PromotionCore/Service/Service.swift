/// One deployable thing: one image repository and one ordered path of environments.
package struct Service: Hashable, Sendable, Codable {
    package let name: ServiceName
    package let repository: RepositoryName
    /// In the order of promotion; the first takes candidates straight from the registry.
    package let path: [Environment]
    /// How its versions are written; `nil` if nobody said.
    private let versions: TagScheme?

    /// - Parameter tags: how its versions are written.
    package init(name: ServiceName, repository: RepositoryName, path: [Environment], tags: TagScheme = .standard) {
        versions = tags == .standard ? nil : tags
        self.name = name
        self.repository = repository
        self.path = path
    }

    /// How its versions are written.
    package var tags: TagScheme { versions ?? .standard }

    /// The environment of this name; nil where the path has none.
    package func environment(_ name: EnvironmentName) -> Environment? { path.first { $0.name == name } }

    /// The environment whose evidence counts for this one; nil for the first of the path.
    package func upstream(of name: EnvironmentName) -> Environment? {
        guard let position = path.firstIndex(where: { $0.name == name }), position > 0 else { return nil }
        return path[position - 1]
    }

    /// The next environment of the path.
    package func downstream(of name: EnvironmentName) -> Environment? {
        guard let position = path.firstIndex(where: { $0.name == name }), position + 1 < path.count else { return nil }
        return path[position + 1]
    }

    /// Whether this is the end of the path: prod.
    package func isLast(_ name: EnvironmentName) -> Bool { path.last?.name == name }
}

/// How an environment takes a new release.
package enum Strategy: String, Hashable, Sendable, Codable, CaseIterable {
    /// Two slots: the idle one is deployed and verified, then traffic moves in one change.
    case blueGreen = "blue-green"
    /// Two slots: the idle one is deployed and verified, then takes more of the traffic step by step, both slots measured.
    case canary
    /// One slot: the deploy itself is the commit point; the way back is to deploy the earlier digest.
    case replace

    /// Whether a release goes to an idle slot first, and traffic moves to it.
    package var hasIdleSlot: Bool { self != .replace }
}

/// One step of a canary.
package struct CanaryStep: Hashable, Sendable, Codable {
    /// Share of the traffic that the new slot takes, of a hundred: 1 to 99.
    package let weight: Int
    /// How long the new slot takes the share before it is measured.
    package let warmUp: Milliseconds
    /// How long both slots are measured.
    package let analysis: Milliseconds
    /// Requests that the new slot must have answered before a signal says anything.
    package let minimumSamples: Int

    package init(weight: Int, warmUp: Milliseconds, analysis: Milliseconds, minimumSamples: Int) {
        self.weight = weight
        self.warmUp = warmUp
        self.analysis = analysis
        self.minimumSamples = minimumSamples
    }
}

/// A named place on a service's path, with its slots, rules and checks.
package struct Environment: Hashable, Sendable, Codable {
    package let name: EnvironmentName
    package let strategy: Strategy
    /// Two for blue-green and canary; `SlotName.only` for replace.
    package let slots: [SlotName]
    /// How traffic moves in a canary; empty for the others.
    package let steps: [CanaryStep]
    package let platform: Platform
    package let policy: EnvironmentPolicy
    package let checks: [CheckSpecification]
    package let timing: Timing
    /// What an image must prove, and be, to come here.
    package let image: ImageRules
    /// Where its images and pointer tags are; nil where they are in the service's repository.
    package let home: ImageHome?
    /// Whether consent to a promotion here names its digest, as it does at the end of the path. `nil` if nobody said.
    package let guarded: Bool?

    package init(
        name: EnvironmentName, strategy: Strategy, slots: [SlotName], platform: Platform, policy: EnvironmentPolicy,
        checks: [CheckSpecification], timing: Timing, steps: [CanaryStep] = [], image: ImageRules = .none,
        home: ImageHome? = nil, guarded: Bool? = nil
    ) {
        self.guarded = guarded
        self.home = home
        self.steps = steps
        self.name = name
        self.strategy = strategy
        self.slots = slots
        self.platform = platform
        self.policy = policy
        self.checks = checks
        self.timing = timing
        self.image = image
    }

    /// The slot that a release would go to while `live` serves; nil where no slot is free.
    package func idleSlot(live: SlotName?) -> SlotName? {
        switch strategy {
        case .replace: slots.first
        case .blueGreen, .canary: slots.first { $0 != live }
        }
    }
}

/// What must be true before an environment takes a release.
package struct EnvironmentPolicy: Hashable, Sendable, Codable {
    /// How long the release must have run in the upstream environment.
    package let soak: Milliseconds
    /// Classes of tags that the first environment of a path takes.
    package let candidates: Candidates
    /// Whether traffic moves by itself once the idle slot is verified, or waits for a person.
    package let switching: Switching
    /// What an inconclusive gate leads to when nobody decides in time.
    package let onInconclusive: OnInconclusive
    package let evidence: EvidenceRule
    /// Times in which it takes no release.
    package let freezes: [FreezeRule]
    /// Who besides the starter has to agree; nil where nobody has to.
    package let approval: ApprovalRule?
    /// Whether a promotion begins by itself once everything else is met, or a person begins it.
    package let promotion: Promoting

    package init(
        soak: Milliseconds, candidates: Candidates, switching: Switching, onInconclusive: OnInconclusive,
        evidence: EvidenceRule = EvidenceRule(), freezes: [FreezeRule] = [], approval: ApprovalRule? = nil,
        promotion: Promoting = .manual
    ) {
        self.soak = soak
        self.candidates = candidates
        self.switching = switching
        self.onInconclusive = onInconclusive
        self.evidence = evidence
        self.freezes = freezes
        self.approval = approval
        self.promotion = promotion
    }

    /// Who begins promotions.
    package enum Promoting: String, Hashable, Sendable, Codable, CaseIterable {
        case manual, automatic
    }

    /// Which tags may enter a path.
    package enum Candidates: String, Hashable, Sendable, Codable, CaseIterable {
        /// Only candidates and releases, as the service writes them.
        case releases
        /// `sha-…` as well.
        case builds
    }

    /// Who lets traffic move.
    package enum Switching: String, Hashable, Sendable, Codable, CaseIterable {
        case automatic, manual
    }

    /// What time leads to where nobody decides.
    package enum OnInconclusive: String, Hashable, Sendable, Codable, CaseIterable {
        case rollBack = "roll-back"
        case fail
    }
}

/// How long each part of a promotion may take.
package struct Timing: Hashable, Sendable, Codable {
    /// How long the release from before may still answer if nothing else is configured.
    package static let standardSettle = Milliseconds.seconds(30)

    /// Waiting for conditions that do not hold, counted from the start.
    package let blocked: Milliseconds
    /// Waiting for the lease.
    package let queue: Milliseconds
    package let prepare: Milliseconds
    /// Copying the image to the environment's own home, beyond the rest of preparing.
    package let copy: Milliseconds
    package let deploy: Milliseconds
    /// Beyond what the checks themselves need.
    package let verify: Milliseconds
    /// Waiting for a person or policy before the switch.
    package let ready: Milliseconds
    package let switching: Milliseconds
    package let bake: Milliseconds
    /// Waiting for a person on an inconclusive gate.
    package let inconclusive: Milliseconds
    package let rollback: Milliseconds
    /// Held by a person.
    package let paused: Milliseconds
    /// Waiting for a person to have a broken deploy tried again; zero where it fails at once.
    package let retry: Milliseconds
    /// How long the release from before may still answer after traffic has moved; `nil` in a plan from before there was one.
    package let settle: Milliseconds?

    package init(
        blocked: Milliseconds = .minutes(24 * 60), queue: Milliseconds = .minutes(30), prepare: Milliseconds = .minutes(1),
        copy: Milliseconds = .minutes(30),
        deploy: Milliseconds = .minutes(5),
        verify: Milliseconds = .minutes(2), ready: Milliseconds = .minutes(60), switching: Milliseconds = .seconds(30),
        bake: Milliseconds = .minutes(10), inconclusive: Milliseconds = .minutes(15), rollback: Milliseconds = .minutes(5),
        paused: Milliseconds = .minutes(60), retry: Milliseconds = .zero, settle: Milliseconds? = Timing.standardSettle
    ) {
        self.settle = settle
        self.blocked = blocked
        self.paused = paused
        self.retry = retry
        self.queue = queue
        self.prepare = prepare
        self.copy = copy
        self.deploy = deploy
        self.verify = verify
        self.ready = ready
        self.switching = switching
        self.bake = bake
        self.inconclusive = inconclusive
        self.rollback = rollback
    }
}

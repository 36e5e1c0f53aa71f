/// One deployable thing: one image repository and one ordered path of environments.
package struct Service: Hashable, Sendable, Codable {
    package let name: ServiceName
    package let repository: RepositoryName
    /// In the order of promotion; the first takes candidates straight from the registry.
    package let path: [Environment]

    package init(name: ServiceName, repository: RepositoryName, path: [Environment]) {
        self.name = name
        self.repository = repository
        self.path = path
    }

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
    /// One slot: the deploy itself is the commit point; the way back is to deploy the earlier digest.
    case replace
}

/// A named place on a service's path, with its slots, rules and checks.
package struct Environment: Hashable, Sendable, Codable {
    package let name: EnvironmentName
    package let strategy: Strategy
    /// Two for blue-green; `SlotName.only` for replace.
    package let slots: [SlotName]
    package let platform: Platform
    package let policy: EnvironmentPolicy
    package let checks: [CheckSpecification]
    package let timing: Timing

    package init(
        name: EnvironmentName, strategy: Strategy, slots: [SlotName], platform: Platform, policy: EnvironmentPolicy,
        checks: [CheckSpecification], timing: Timing
    ) {
        self.name = name
        self.strategy = strategy
        self.slots = slots
        self.platform = platform
        self.policy = policy
        self.checks = checks
        self.timing = timing
    }

    /// The slot that a release would go to while `live` serves; nil where no slot is free.
    package func idleSlot(live: SlotName?) -> SlotName? {
        switch strategy {
        case .replace: slots.first
        case .blueGreen: slots.first { $0 != live }
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

    package init(soak: Milliseconds, candidates: Candidates, switching: Switching, onInconclusive: OnInconclusive) {
        self.soak = soak
        self.candidates = candidates
        self.switching = switching
        self.onInconclusive = onInconclusive
    }

    /// Which tags may enter a path.
    package enum Candidates: String, Hashable, Sendable, Codable, CaseIterable {
        /// Only `vX.Y.Z-rc.N`.
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
    /// Waiting for the lease.
    package let queue: Milliseconds
    package let prepare: Milliseconds
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

    package init(
        queue: Milliseconds = .minutes(30), prepare: Milliseconds = .minutes(1), deploy: Milliseconds = .minutes(5),
        verify: Milliseconds = .minutes(2), ready: Milliseconds = .minutes(60), switching: Milliseconds = .seconds(30),
        bake: Milliseconds = .minutes(10), inconclusive: Milliseconds = .minutes(15), rollback: Milliseconds = .minutes(5)
    ) {
        self.queue = queue
        self.prepare = prepare
        self.deploy = deploy
        self.verify = verify
        self.ready = ready
        self.switching = switching
        self.bake = bake
        self.inconclusive = inconclusive
        self.rollback = rollback
    }
}

/// Decides what the agent starts by itself, and why it does not. It never fights, and it never guesses.
package enum Automation {
    /// What comes next for an environment that is promoted automatically.
    package enum Decision: Hashable, Sendable, Codable {
        /// Start this release, for this reason.
        case start(Release, reason: SafeText)
        /// Nothing now. `until` is when it may be otherwise by itself; nil where something has to happen first.
        case wait(until: Timestamp?, reason: SafeText)
        /// Nothing is left to do.
        case rest(reason: SafeText)
        /// Rest until a person lets it go on.
        case stop(AutomationHalt.Cause, reason: SafeText)
        /// A person is needed.
        case call(Call)
    }

    /// What an environment wants before anything outside is asked.
    package enum Wish: Hashable, Sendable {
        /// Plan this release and decide by what stands against it.
        case plan(Release)
        case decided(Decision)
    }

    /// Tries of one release in one environment; more than one only where the agent's own end cut them off.
    static let attemptLimit = 3
    /// How long target, switch or registry may be silent before somebody is called.
    package static let silenceLimit = Milliseconds.minutes(5)

    /// What an environment wants, by what the ledger and the last looks say.
    package static func wish(of place: Place, on board: Board) -> Wish? {
        guard let service = board.service(place.service), let environment = service.environment(place.environment),
            environment.policy.promotion == .automatic
        else { return nil }
        let ledger = board.projection.services[place.service] ?? ServiceProjection()
        let there = ledger.environments[place.environment] ?? EnvironmentProjection()
        guard there.generation > 0 else { return .decided(.wait(until: nil, reason: "what runs here was never seen whole")) }
        if let halt = there.automation.halt {
            return .decided(halt.isTold ? .wait(until: nil, reason: halt.words) : .stop(halt.cause, reason: halt.reason))
        }
        if let joint = board.projection.joint(holding: place) {
            return .decided(.wait(until: nil, reason: "joint release \(joint.number) is \(joint.state.words)"))
        }
        let newest: Release
        switch candidate(for: environment, of: service, ledger, board) {
        case .success(let release): newest = release
        case .failure(let none): return .decided(none.decision)
        }
        if let decision = objection(to: newest, at: place, of: service, ledger, there) { return .decided(decision) }
        return .plan(newest)
    }

    /// Why there is no candidate.
    private struct None: Error { let decision: Decision }

    /// The newest candidate of the registry for the first environment; for any other what serves before it.
    private static func candidate(
        for environment: Environment, of service: Service, _ ledger: ServiceProjection, _ board: Board
    ) -> Result<Release, None> {
        guard let upstream = service.upstream(of: environment.name) else {
            return newest(for: environment, of: service, ledger, board)
        }
        guard let serving = ledger.environments[upstream.name]?.serving?.release else {
            return .failure(None(decision: .rest(reason: "nothing serves in \(upstream.name)")))
        }
        return .success(serving)
    }

    /// The newest candidate of the line that serves already; what has a suffix is another line, and the first of one is a person's
    /// to choose.
    private static func newest(
        for environment: Environment, of service: Service, _ ledger: ServiceProjection, _ board: Board
    ) -> Result<Release, None> {
        let candidates = (board.candidates[service.name] ?? []).compactMap { release -> (release: Release, version: Version)? in
            guard let version = service.tags.version(of: release), version.candidate != nil else { return nil }
            return (release, version)
        }
        let serving = ledger.environments[environment.name]?.serving.flatMap { service.tags.version(of: $0.release) }
        let own = candidates.filter { $0.version.suffix == serving?.suffix ?? "" }
        if let newest = own.max(by: { $0.version < $1.version }) { return .success(newest.release) }
        guard let other = candidates.first?.release.tag else {
            if let gap = board.candidateGap(of: service.name) {
                return .failure(None(decision: .rest(reason: "what the registry offers is not known: \(gap.cause)")))
            }
            return .failure(None(decision: .rest(reason: board.absence(of: service.name))))
        }
        let reason: SafeText = "\(other) is of another line than what serves: the first of a line is a person's to choose"
        return .failure(None(decision: .rest(reason: reason)))
    }

    /// What settles the question without a plan: there is nothing to do, or somebody has spoken already.
    private static func objection(
        to release: Release, at place: Place, of service: Service, _ ledger: ServiceProjection, _ there: EnvironmentProjection
    ) -> Decision? {
        let name = release.digest.short()
        if let active = ledger.active(in: place.environment), !active.yields(to: release, by: service.tags) {
            return .wait(until: nil, reason: "promotion \(active.number) is \(active.state.words)")
        }
        if let serving = there.serving?.release {
            if serving.digests.contains(release.digest) { return .rest(reason: "\(name) serves already") }
            if service.tags.isOlder(release, than: serving) {
                return .rest(reason: "\(name) is older than what serves: a way back is a person's to choose")
            }
        }
        if let veto = there.veto(on: release.digests) {
            return .wait(until: nil, reason: "\(name) is vetoed: \(veto.reason)")
        }
        if there.succeeded.contains(where: { release.digests.contains($0.digest) }) {
            return .rest(reason: "\(name) served here before: whoever replaced it decides")
        }
        if let attempt = there.automation.attempt(of: release.digests) {
            let wasCutOff = ledger.promotion(attempt.promotion).map { promotion in
                promotion.state.outcome == .cancelled && there.automation.halt == nil
            }
            guard wasCutOff == true, attempt.count < attemptLimit else {
                return .wait(
                    until: nil, reason: "\(name) was tried by promotion \(attempt.promotion): baton auto start lets it try again")
            }
        }
        return nil
    }
}

extension Promotion {
    /// Whether the agent itself may start a release in its place: what has begun, and what a person started, goes on.
    fileprivate func yields(to release: Release, by tags: TagScheme) -> Bool {
        guard canBeSuperseded, startedBy.proof == .agent, !plan.release.digests.contains(release.digest) else { return false }
        guard let old = tags.version(of: plan.release), let new = tags.version(of: release) else { return true }
        return old < new
    }
}

extension TagScheme {
    /// The version of a release's tag; `nil` if it carries no release or candidate tag.
    package func version(of release: Release) -> Version? { release.tag.flatMap(version) }

    /// Whether a release is of the line of another and comes before it.
    func isOlder(_ release: Release, than other: Release) -> Bool {
        guard let new = version(of: release), let old = version(of: other) else { return false }
        return new.isComparable(to: old) && new < old
    }
}

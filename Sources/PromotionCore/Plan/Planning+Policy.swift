/// The conditions that the policy of an environment sets, and people by hand.
extension Planning {
    var now: Timestamp { snapshot.takenAt }

    private var policy: EnvironmentPolicy { environment.policy }

    /// Whether it was tested where the policy says, by those whose word counts.
    var tested: Condition {
        let upstreams = snapshot.service.upstreams(of: environment.name)
        guard !upstreams.isEmpty else { return candidate }
        let found = upstreams.map { ($0, newestEvidence(in: $0)) }
        let present = found.compactMap { name, evidence in evidence.map { (name, $0) } }
        let isMet = policy.evidence.quorum == .all ? present.count == upstreams.count : !present.isEmpty
        guard isMet else { return untested(found.filter { $0.1 == nil }.map(\.0)) }
        let words = present.map { "\($0.0): \($0.1.summary) at \($0.1.at.hourAndMinute)" }.joined(separator: ", ")
        return Condition("evidence", .met(SafeText(words)))
    }

    private func newestEvidence(in name: EnvironmentName) -> Evidence? {
        snapshot.projection.evidence(for: release.digests, in: name).last(where: counts)
    }

    /// Whether the word of this evidence counts here. The ledger knows one key of an attestation: where more are asked for, the
    /// papers themselves are.
    private func counts(_ evidence: Evidence) -> Bool {
        guard policy.evidence.sources.contains(evidence.source.kind),
            snapshot.service.trusts(evidence.source, for: environment)
        else { return false }
        guard case .attestation(_, let type) = evidence.source else { return true }
        let rule = environment.image.evidence.first { $0.kind == .attestation(predicateType: type) }
        guard let rule, rule.threshold > 1 else { return true }
        guard case .read(let review) = snapshot.review, case .met = rule.answer(to: review.papers, of: release.digest) else {
            return false
        }
        return true
    }

    private func untested(_ missing: [EnvironmentName]) -> Condition {
        let separator = policy.evidence.quorum == .all ? " and " : " or "
        let places = SafeText(missing.map(\.text).joined(separator: separator))
        let others = missing.contains { !snapshot.projection.evidence(for: release.digests, in: $0).isEmpty }
        let sources = SafeText(policy.evidence.sources.map(\.rawValue).joined(separator: ", "))
        var reason: SafeText =
            others
            ? "\(release.digest.short()) has no evidence in \(places) from a source that counts here (\(sources))"
            : "\(release.digest.short()) has no evidence in \(places)"
        if let attestation = unattested(missing) { reason = SafeText("\(reason); \(attestation)", limit: 600) }
        let first = missing.first.map { "\($0)" } ?? ""
        let remedy: SafeText =
            policy.evidence.sources.contains(.ci)
            ? "promote it to \(SafeText(first)) first, or record CI's result with baton evidence add"
            : "promote it to \(SafeText(first)) first"
        return Condition("evidence", .unmet(.init(.noEvidence, reason, remedy: remedy)))
    }

    /// Why attestations that should speak for the environment before do not; nil where none should, or nobody looked.
    private func unattested(_ missing: [EnvironmentName]) -> SafeText? {
        guard case .read(let review) = snapshot.review, policy.evidence.sources.contains(.attestation),
            let upstream = snapshot.service.upstream(of: environment.name), missing.contains(upstream.name)
        else { return nil }
        let words = environment.image.evidence.map { rule -> SafeText in
            if let result = AttestedResult.read(rule, in: review.papers, of: release.digest) {
                return result.passed < result.total
                    ? "\(rule.title) by \(result.key) says that \(result.passed) of \(result.total) passed"
                    : "\(rule.title) by \(result.key) is outweighed by what failed or was rolled back there"
            }
            return rule.condition(on: review.papers, of: release.digest).objection?.reason
                ?? "\(rule.title): not all papers that hang on it were read"
        }
        return words.isEmpty ? nil : SafeText(words.map(\.text).joined(separator: "; "), limit: 500)
    }

    private var candidate: Condition {
        let isAllowed: Bool =
            switch release.tag.map(snapshot.service.tags.tagClass) {
            case .candidate, .final: true
            case .build: policy.candidates == .builds
            case .forbidden, .other, nil: false
            }
        guard isAllowed else {
            let versions = snapshot.service.tags.candidateWords
            let wanted: SafeText = policy.candidates == .builds ? "\(versions) or sha-…" : versions
            return Condition(
                "candidate",
                .unmet(
                    .init(
                        .notACandidate, "\(release.digest.short()) carries no candidate tag",
                        remedy: "\(environment.name) takes \(wanted): tag it so")))
        }
        return Condition("candidate", .met("\(release.tag?.text ?? "")"))
    }

    /// Whether it has served long enough, without a break, where its evidence comes from.
    var soaked: Condition? {
        let upstreams = snapshot.service.upstreams(of: environment.name)
        guard policy.soak > .zero, !upstreams.isEmpty else { return nil }
        let soaks = upstreams.map { ($0, soak(in: $0)) }
        let open = soaks.compactMap(\.1)
        let isMet = policy.evidence.quorum == .all ? open.isEmpty : open.count < soaks.count
        guard isMet else { return Condition("soak", .unmet(nearest(open))) }
        let places = soaks.filter { $0.1 == nil }.map(\.0.text).joined(separator: ", ")
        return Condition("soak", .met("\(policy.soak) in \(SafeText(places))"))
    }

    /// The objection that speaks for all of them: of *all* the last to go, of *one of* the first.
    private func nearest(_ open: [Objection]) -> Objection {
        let timed = open.filter { $0.earliest != nil }.sorted { ($0.earliest ?? now) < ($1.earliest ?? now) }
        let untimed = open.first { $0.earliest == nil }
        let chosen = policy.evidence.quorum == .all ? untimed ?? timed.last : timed.first ?? untimed
        return chosen ?? Objection(.soaking, "it has not soaked", remedy: "it must serve for \(policy.soak)")
    }

    private func soak(in name: EnvironmentName) -> Objection? {
        let wanted = policy.soak
        guard let held = snapshot.projection.environments[name].flatMap({ $0.serving(release.digests) }),
            held.holding.release.digests.isSameEverywhere(as: release.digests)
        else {
            return .init(
                .soaking, "\(release.digest.short()) does not serve in \(name)", remedy: "it must serve there for \(wanted)")
        }
        let end = held.since + wanted
        guard now < end else { return nil }
        return .init(
            .soaking, "soak in \(name): \(now - held.since) of \(wanted)", remedy: "wait until \(end.clock) UTC", earliest: end)
    }

    /// Every freeze that concerns this place.
    var freezes: Freezes { Freezes(rules: policy.freezes, byHand: snapshot.freezes.filter { $0.scope.covers(place) }) }

    /// Whether no freeze is in force; a rollback is never asked.
    var notFrozen: Condition? {
        let freezes = freezes
        guard !freezes.rules.isEmpty || !freezes.byHand.isEmpty else { return nil }
        guard let last = freezes.inForce(at: now).first else {
            let next = freezes.nextBegin(after: now).map { "none until \($0.moment(seenFrom: now)) UTC" }
            return Condition("freeze", .met(SafeText(next ?? "none in sight")))
        }
        let thaw = freezes.firstThaw(from: now)
        let who: SafeText = last.by.map { ", put on by \($0.name)" } ?? ""
        let wait = thaw.map { "wait until \($0.moment(seenFrom: now)) UTC" } ?? "no end can be told"
        let remedy: SafeText = "\(wait), or \(last.by == nil ? "override it: baton override" : "lift it: baton unfreeze")"
        return Condition(
            "freeze",
            .unmet(.init(.frozen, "\(environment.name) is frozen: \(last.reason)\(who)", remedy: remedy, earliest: thaw)))
    }

    /// Whether the environment may leave what it is pinned to.
    var notPinned: Condition? {
        guard let pin = projection.pin else { return nil }
        guard !release.digests.contains(pin.digest) else { return Condition("pin", .met("pinned to this release")) }
        return Condition(
            "pin",
            .unmet(
                .init(
                    .pinned,
                    "\(environment.name) is pinned to \(pin.digest.short()) since \(pin.since) by \(pin.by.name): \(pin.reason)",
                    remedy: "unpin it: baton unpin")))
    }

    var notVetoed: Condition {
        guard let veto = projection.veto(on: release.digests) else {
            return Condition("veto", .met("none in \(environment.name)"))
        }
        let why: SafeText =
            veto.promotion.map { "was rolled back in \(environment.name) (promotion \($0), \(veto.since))" }
            ?? "has a veto in \(environment.name) (\(veto.by?.name ?? "somebody"), \(veto.since))"
        return Condition(
            "veto",
            .unmet(
                .init(
                    .vetoed, "\(release.digest.short()) \(why): \(veto.reason)",
                    remedy: "promote a newer release, or lift the veto: baton veto lift")))
    }

    /// Who will be asked after the start.
    var approved: Condition? { policy.approval.map { Condition("approval", .asked($0.words)) } }

    /// The condition, let through where somebody answers for that.
    func overridden(_ condition: Condition) -> Condition {
        guard case .unmet(let objection) = condition.state, let override = override(of: objection) else { return condition }
        return Condition(condition.name, .overridden(objection, by: override))
    }

    private func override(of objection: Objection) -> Override? {
        guard let gate = OverridableGate(silencing: objection.kind) else { return nil }
        return projection.overrides.last { $0.opens(gate, for: release.digests, at: now) }
    }
}

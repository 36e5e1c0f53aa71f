internal import Logging
internal import PromotionCore

extension Runner {
    /// Runs the checks of an environment again on what serves there, and records what they came to.
    func verify(_ place: Place, by account: Account) async -> Answer {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            let ports = wiring.places[place.environment]
        else { return .refused([.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")]) }
        if let objection = objection(toVerifying: place) { return .refused([objection]) }
        guard let serving = serving(at: place) else {
            return .refused([.init(.noGoal, "nothing known serves in \(place)", remedy: "promote a release there first")])
        }
        let examiner = Examiner(ports: ports, slot: serving.slot, image: serving.release.digests, time: time)
        let verification = await examiner.examine(environment.verificationChecks, of: serving.release.digest)
        do {
            try await record(.verified(verification), by: account, place: place) { [self] projection in
                // What was measured was another release, or half of each.
                serving.release.digest == self.serving(at: place)?.release.digest ? objection(toVerifying: place) : .moved(place)
            }
        } catch let refused as Refused {
            return .refused([refused.objection])
        } catch {
            return .broken("\(error)")
        }
        guard verification.verdict == .fail else { return .verified(verification, Touched()) }
        let touched = board.projection.services[place.service]?.touched(
            byRevoking: serving.release.digests, in: place.environment, of: wiring.service)
        return .verified(verification, touched ?? Touched())
    }

    private func serving(at place: Place) -> Occupant? {
        let environment = board.projection.services[place.service]?.environments[place.environment]
        guard let slot = environment?.live, let holding = environment?.serving else { return nil }
        return Occupant(slot: slot, release: holding.release)
    }

    private func objection(toVerifying place: Place) -> Objection? {
        guard let active = board.projection.services[place.service]?.active(in: place.environment), !active.state.isBeforeLease
        else { return nil }
        return Objection(
            .busy, "promotion \(active.number) is \(active.state.words) in \(place.environment), with checks of its own",
            remedy: "wait for its end")
    }

    /// How often it is looked whether a verification is due.
    private static let round = Milliseconds.seconds(15)

    /// Verifies what is due: so long after the last time, or after the release came to serve.
    func keepVerifying() async {
        var counts: [Place: VerificationCount] = [:]
        while !Task.isCancelled {
            for (place, interval) in aftermath.verification.sorted(by: { $0.key < $1.key })
            where isDue(place, interval, &counts[place]) {
                _ = await verify(place, by: identity)
            }
            await time.wait(Self.round)
        }
    }

    /// Whether the interval is over on the boot clock since this agent first saw the last verification, or by the ledger's time:
    /// after a restart the smaller of both counts.
    private func isDue(_ place: Place, _ interval: Milliseconds, _ count: inout VerificationCount?) -> Bool {
        guard let known = board.projection.services[place.service]?.environments[place.environment],
            let since = known.liveSince
        else { return false }
        let last = max(since, known.verifiedAt ?? since)
        if count?.last != last { count = VerificationCount(last: last, seen: time.elapsed) }
        let isOver = time.now() >= last + interval || count.map { time.rest(of: interval, since: $0.seen) == .zero } ?? false
        return isOver && objection(toVerifying: place) == nil
    }
}

/// When a verification was first seen, on the boot clock.
private struct VerificationCount {
    let last: Timestamp
    let seen: Milliseconds
}

extension Objection {
    fileprivate static func moved(_ place: Place) -> Objection {
        Objection(.changed, "\(place) serves another release by now", remedy: "run the checks again")
    }
}

extension Environment {
    /// The checks of what serves, the running digest always among them.
    fileprivate var verificationChecks: [CheckSpecification] {
        let own = checks.filter { Gate.live.holds($0) && !$0.observeOnly && $0.name != CheckSpecification.runningDigest.name }
        return [CheckSpecification.runningDigest] + own
    }
}

/// Takes the measurements of a verification: every check beside the others, each until it has a verdict.
struct Examiner: Sendable {
    let ports: PlaceWiring
    let slot: SlotName
    let image: DigestSet
    let time: TimeSource

    func examine(_ checks: [CheckSpecification], of digest: Digest) async -> Verification {
        let tasks = checks.map { check in time.begin { await self.examine(check) } }
        var results: [Verification.Checked] = []
        for task in tasks { results.append(await task.value) }
        return Verification(digest: digest, slot: slot, checks: results)
    }

    /// Measurements beyond the check's own count that are taken before it is said that it could not tell.
    private static let spare = 10

    private func examine(_ check: CheckSpecification) async -> Verification.Checked {
        var progress = CheckProgress()
        while progress.taken < check.count + Self.spare {
            let began = time.elapsed
            progress.add(check.judge(await sample(check), expecting: image))
            if let verdict = progress.verdict(of: check, count: check.count) {
                return Verification.Checked(check, progress, verdict: verdict)
            }
            await time.wait(time.rest(of: check.interval, since: began))
        }
        return Verification.Checked(check, progress, verdict: .inconclusive)
    }

    private func sample(_ check: CheckSpecification) async -> Sample {
        let began = time.reading
        do throws(Fault) {
            let seen = try await ports.target.observe(slot)
            guard let endpoint = seen.endpoint else { return nothing(began, "the slot has no address: \(seen.health.sentence)") }
            return await ports.probe.sample(check, at: endpoint, expecting: image)
        } catch {
            return nothing(began, error.reason)
        }
    }

    private func nothing(_ began: ClockReading, _ reason: SafeText) -> Sample {
        Sample(
            at: began.wall, hit: "\(slot)", identities: [], answer: .none(reason), latency: time.span(since: began),
            evidence: reason)
    }
}

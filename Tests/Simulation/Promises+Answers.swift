internal import Fixtures
internal import PromotionCore

/// What is recorded of an answer is what was answered; what could not be read is not taken for something else.
extension Promises {
    static let ofAnswers: [Promise<Recorded>] = [signalsWereRead, thirdFailsAtOnce, nothingIsSaidGone, namesAreKept]

    static let signalsWereRead = Promise<Recorded>("What is said of a signal was read at that time") { moment in
        // The agent's time is the world's only where nobody sets the clock.
        guard moment.world.clockSetAt == nil, let (_, before, _) = moment.step,
            case .happened(.measured(_, let name, let measurement)) = moment.fact,
            before.plan.checks.first(where: { $0.name == name })?.signal != nil
        else { return nil }
        if case .error = measurement.result { return nil }
        let sample = measurement.sample
        let wasRead = (moment.world.signalReads[before.plan.place] ?? []).contains { read in
            read >= sample.at && read <= sample.at + sample.latency
        }
        return wasRead ? nil : "\(name) of \(before.number) is \(measurement.result.words), and nothing was read"
    }

    static let thirdFailsAtOnce = Promise<Recorded>("A third release that answers after a switch is a failure at once") {
        moment in
        guard let (event, before, _) = moment.step, case .measured(let gate, let check, let measurement) = event,
            before.plan.form == .current, before.plan.timing.settle != nil, before.movedAt != nil,
            let (old, new) = before.exchanged(in: gate), old.digest != new.digest
        else { return nil }
        let third = measurement.sample.identities.first { !new.digests.contains($0) && !old.digests.contains($0) }
        if case .none = measurement.sample.answer { return nil }
        guard let third else { return nil }
        if case .fail = measurement.result { return nil }
        return "\(check) of \(before.number) is \(measurement.result.words), and \(third.short()) answered"
    }

    static let nothingIsSaidGone = Promise<Recorded>("An image that is there is not said to be gone") { moment in
        let digest: Digest?
        switch moment.fact {
        case .refused(let refusal) where refusal.objections.contains { $0.kind == .unknownImage }: digest = refusal.digest
        case .happened(.conditionsEvaluated(let objections, _)) where objections.contains { $0.kind == .unknownImage }:
            digest = moment.after?.plan.release.digest
        case .happened(.failed(.imageReady(let image), let fault)) where fault.reason.text.contains("no longer in the registry"):
            digest = image.digest
        default: return nil
        }
        guard let digest, moment.world.releases[digest] != nil, moment.world.homes.values.allSatisfy({ $0.contains(digest) })
        else { return nil }
        return "\(digest.short()) is said to be gone"
    }

    static let namesAreKept = Promise<Recorded>("What has a name is promoted under it") { moment in
        guard case .started(let start) = moment.fact, start.plan.kind == .promotion, start.plan.release.tag == nil else {
            return nil
        }
        let digest = start.plan.release.digest
        let names = moment.world.places.keys.flatMap { moment.world.tags[$0] ?? [:] }
            .filter { $0.value == digest && TagScheme.standard.isMadeOnce($0.key) && moment.world.pushedAgain[$0.key] == nil }
        return names.first.map { "\(digest.short()) goes to \(start.plan.place) without the name \($0.key)" }
    }
}

extension Promotion {
    /// The release from before a switch and the one from after it, as the measurements of a gate see them; `nil` before a switch.
    fileprivate func exchanged(in gate: Gate) -> (old: Release, new: Release)? {
        switch gate {
        case .live, .bake, .closing: plan.live.map { ($0.release, plan.release) }
        case .rollback:
            plan.kind == .promotion
                ? plan.goal.map { (plan.release, $0.release) } : plan.live.map { ($0.release, plan.release) }
        case .baseline, .idle, .ready, .step: nil
        }
    }
}

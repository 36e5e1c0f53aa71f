internal import PromotionCore

extension Performer {
    /// Measures a check again and again, as long as its answer is wanted; its times are counted on the boot clock.
    func measure(_ name: CheckName, in gate: Gate, on slot: SlotName) async {
        guard let check = promotion.asked(name, in: gate), let subject = promotion.subject(of: gate) else { return }
        let start = time.reading
        let trafficSince = promotion.measuredSince(in: gate).map { Milliseconds(time.elapsed.count - (time.now() - $0).count) }
        if gate != .closing { await time.wait(check.initialDelay) }
        while !Task.isCancelled {
            let began = time.elapsed
            let sample = await sample(check, in: gate, on: slot, expecting: subject.release.digests, trafficSince)
            if Task.isCancelled { return }
            let measurement = check.judge(
                sample, expecting: subject.release.digests,
                after: promotion.settling(in: gate)?.shifted(by: time.shift(since: start)))
            report(.measured(gate: gate, check: name, measurement: measurement))
            await time.wait(time.rest(of: check.interval, since: began))
        }
    }

    private func sample(
        _ check: CheckSpecification, in gate: Gate, on slot: SlotName, expecting image: DigestSet, _ trafficSince: Milliseconds?
    ) async -> Sample {
        let began = time.reading
        do throws(Fault) {
            let seen = try await wiring.target.observe(slot)
            switch check.kind {
            case .container: return self.sample(began, seen, on: slot, answer: .health(seen.health))
            case .signal(let signal, let window, _):
                let age = trafficSince.map { Milliseconds(max(1_000, time.elapsed.count - $0.count)) } ?? window
                return try await read(signal, over: min(window, age), in: gate, on: slot, seen, began)
            case .runningDigest where seen.saysEverything || seen.instances.count > 1:
                let said = seen.instances.compactMap(\.self).count
                return self.sample(began, seen, on: slot, answer: .instances(said: said, of: seen.instances.count))
            case .http, .runningDigest, .smoke, .tcp: break
            }
            guard let endpoint = seen.endpoint else {
                return nothing(began, hit: "\(slot)", reason: "the slot has no address: \(seen.health.sentence)")
            }
            return await wiring.probe.sample(check, at: endpoint, expecting: image)
        } catch {
            return nothing(began, hit: "\(slot)", reason: error.reason)
        }
    }

    private func sample(
        _ began: ClockReading, _ seen: SlotObservation, on slot: SlotName, answer: Sample.Answer, evidence: SafeText? = nil
    ) -> Sample {
        Sample(
            at: began.wall, hit: "\(slot)", identities: seen.instances.compactMap(\.self), answer: answer,
            latency: time.span(since: began),
            evidence: evidence ?? seen.health.sentence)
    }

    private func nothing(_ began: ClockReading, hit: SafeText, reason: SafeText) -> Sample {
        Sample(
            at: began.wall, hit: hit, identities: [], answer: .none(reason), latency: time.span(since: began), evidence: reason)
    }

    /// Reads a signal of the slot, beside the one of the slot that it is compared with. A signal is of the release only while
    /// traffic is split as the step wants it, and while both slots run what they are to run.
    private func read(
        _ signal: Signal, over span: Milliseconds, in gate: Gate, on slot: SlotName, _ seen: SlotObservation,
        _ began: ClockReading
    ) async throws(Fault) -> Sample {
        guard let signals = wiring.signals else { throw Fault(.refused, "nothing measures the traffic of this environment") }
        if let wanted = promotion.wantedSplit, let routing = try await wiring.trafficSwitch?.routing(),
            !routing.agrees(with: wanted)
        {
            throw Fault(.broke, "traffic is \(routing.words), the step wants \(wanted.words)")
        }
        let reference = promotion.reference(in: gate)
        if let reference, !(try await wiring.target.observe(reference.slot).runs(reference.release.digests)) {
            throw Fault(
                .broke, "\(reference.slot) does not run \(reference.release.digest.short()): there is nothing to compare with")
        }
        let slots = [slot] + (reference.map { [$0.slot] } ?? [])
        let reading = try await signals.read(signal, over: span, of: slots)
        guard let own = reading[slot] else { throw Fault(.broke, "nothing is known of the traffic of \(slot)") }
        let other = reference.flatMap { reading[$0.slot] }
        return sample(
            began, seen, on: slot, answer: .signal(own, beside: other),
            evidence: words(signal, own, other, of: slot, reference?.slot, over: span))
    }

    private func words(
        _ signal: Signal, _ own: SlotSignal, _ other: SlotSignal?, of slot: SlotName, _ reference: SlotName?,
        over window: Milliseconds
    ) -> SafeText {
        func part(_ name: SlotName, _ read: SlotSignal) -> String {
            "\(name) \(read.value.map { signal.words($0).text } ?? "-") of \(read.requests)"
        }
        let parts = [part(slot, own)] + [other].compactMap { read in read.flatMap { read in reference.map { part($0, read) } } }
        return SafeText("\(parts.joined(separator: ", ")) in \(window)", limit: 200)
    }
}

extension SlotObservation {
    /// Whether there is an instance, and every one says what it runs.
    fileprivate var saysEverything: Bool { !instances.isEmpty && instances.allSatisfy { $0 != nil } }
}

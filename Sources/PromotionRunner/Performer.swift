internal import PromotionCore

/// Makes one effect true through the ports and says what came of it.
struct Performer: Sendable {
    let promotion: Promotion
    let wiring: PlaceWiring
    let registry: any Registry
    let image: ImageGate
    let leases: any LeaseStore
    let holder: LeaseHolder
    let time: TimeSource
    let wish: Wish
    /// Makes the promotion's plan again, through the core.
    let plan: @Sendable () async -> PlanAnswer
    let report: @Sendable (PromotionEvent) -> Void
    /// Shows how far a copy is.
    let show: @Sendable (CopyProgress) -> Void

    /// Tries of an effect that broke before anything changed.
    private static let tries = 5
    /// How long a lease lasts without a heartbeat.
    static let leaseTerm = Milliseconds.seconds(30)

    /// Performs until the effect is true, has failed for good, or is no longer wanted (the task is cancelled).
    @concurrent
    func perform(_ effect: Effect) async {
        switch effect {
        case .conditionsHold: await evaluate()
        case .leaseHeld: await takeLease()
        case .deadline(let moment): await wait(until: moment, then: .deadlinePassed(moment))
        case .elapsed(let moment): await wait(until: moment, then: .achieved(effect: effect, detail: "\(moment.clock)"))
        case .checkAnswered(let gate, let check, let slot): await measure(check, in: gate, on: slot)
        case .routingObserved, .slotObserved: await observeUntilSettled(effect)
        case .pointerNames: await moveInTime(effect)
        case .imageCopied, .imageReady, .slotRuns, .slotStopped, .trafficOn, .trafficSplit: await makeTrue(effect)
        }
    }

    /// How long a registry may take over a tag before it is said that it does not answer.
    private static let pointerPatience = Milliseconds.seconds(20)

    /// Moves a tag; a registry that hangs keeps nobody waiting, though what was sent to it may still be carried out.
    private func moveInTime(_ effect: Effect) async {
        let alarm = time.begin {
            await time.wait(Self.pointerPatience)
            if Task.isCancelled { return }
            tell(.failed(effect: effect, fault: Fault(.unknown, "the registry did not answer in \(Self.pointerPatience)")))
        }
        await makeTrue(effect)
        alarm.cancel()
    }

    private func makeTrue(_ effect: Effect) async {
        var pause = Milliseconds(200)
        for attempt in 1... {
            // What is no longer wanted is not begun, nor begun again after a pause: it would land beside what came after it.
            guard wish.isAlive, !Task.isCancelled else { return }
            do throws(Fault) {
                return tell(try await outcome(of: effect))
            } catch {
                let isFinal = error.kind == .refused || attempt >= Self.tries || isUncertainSwitch(effect, error)
                if isFinal || !wish.isAlive || Task.isCancelled { return tell(.failed(effect: effect, fault: error)) }
            }
            await time.wait(pause)
            pause = pause + pause
        }
    }

    /// Says what came of it, as long as anybody asks: what was refused under a lease that is lost says nothing about what the
    /// one after it can do.
    private func tell(_ event: PromotionEvent) {
        if wish.isAlive { report(event) }
    }

    /// A forward switch whose outcome is unknown is never repeated: the machine asks the switch first.
    private func isUncertainSwitch(_ effect: Effect, _ fault: Fault) -> Bool {
        switch effect {
        case .trafficOn: fault.kind == .unknown && promotion.state == .switching
        case .trafficSplit: fault.kind == .unknown
        default: false
        }
    }

    private func outcome(of effect: Effect) async throws(Fault) -> PromotionEvent {
        guard let fence = promotion.lease?.fence else { throw Fault(.refused, "no lease is held") }
        switch effect {
        case .imageCopied(let image, _):
            guard let copier = wiring.copier else {
                throw Fault(.refused, "nothing copies images to the home of \(promotion.plan.place.environment)")
            }
            return .imageCopied(
                try await copier.copy(image.digest, knownAs: promotion.plan.release.tag, under: fence, report: show))
        case .imageReady(let image): return .achieved(effect: effect, detail: try await prove(image))
        case .slotRuns(let slot, let image):
            // A promotion goes back to the slot that it left: that one may take traffic, and runs the goal.
            if promotion.state == .deployingIdle || (promotion.plan.kind == .rollback && promotion.plan.strategy.hasIdleSlot) {
                try await refuseTraffic(on: slot, unlessRunning: image, under: fence)
            }
            let seen = try await wiring.target.run(image, in: slot, under: fence)
            try prove(seen, of: slot, runs: image)
            let running: SafeText = seen.digest.map { "\($0.short())" } ?? "unknown"
            return .achieved(
                effect: effect, detail: "\(slot) runs \(running) in \(seen.instances.count) of \(seen.instances.count)")
        case .slotStopped(let slot):
            try await refuseTraffic(on: slot, unlessRunning: nil, under: fence)
            try await wiring.target.stop(slot, under: fence)
            return .achieved(effect: effect, detail: "\(slot) is empty")
        case .pointerNames(let tag, let digest, let expected):
            return try await move(tag, to: digest, expecting: expected, under: fence, for: effect)
        case .trafficOn(let slot):
            return try await route(Routing(all: slot), under: fence, for: effect)
        case .trafficSplit(let routing):
            return try await route(routing, under: fence, for: effect)
        default: throw Fault(.refused, "not an effect on the world")
        }
    }

    /// The image as it is where the environment takes its images from, with the rules about it.
    private func prove(_ image: PinnedImage) async throws(Fault) -> SafeText {
        guard let release = try await registry.release(image.digest, in: image.repository) else {
            throw Fault(.refused, "\(image.digest.short()) is no longer in the registry")
        }
        guard release.digests == promotion.plan.release.digests else {
            throw Fault(.refused, "\(image.digest.short()) resolves to other manifests than planned")
        }
        let proved = try await self.image.prove(image.digest).map { "; \($0)" } ?? ""
        return SafeText("\(release.digests.members.count) platforms, whole in the registry\(proved)", limit: 500)
    }

    /// The plan's word that a slot is idle may be old by now: what takes traffic is never touched on that word.
    /// - Parameter image: what may go on to run there.
    private func refuseTraffic(
        on slot: SlotName, unlessRunning image: PinnedImage?, under fence: Fence
    ) async throws(Fault) {
        if let weight = try await routing(under: fence)?.weights[slot], weight > 0 {
            let running = image == nil ? nil : try await wiring.target.observe(slot).digest
            guard let image, running == image.digest else {
                throw Fault(.refused, "the switch sends traffic to \(slot), which was idle when this was planned")
            }
        }
        // What was no longer wanted when that was answered is not begun.
        guard wish.isAlive else { throw Fault(.refused, "\(slot) is not to be touched any more") }
    }

    /// Where traffic goes, once no call of an earlier lease can change it any more; nil where the environment has no switch.
    private func routing(under fence: Fence) async throws(Fault) -> Routing? {
        try await wiring.trafficSwitch?.bar(before: fence)
        return try await wiring.trafficSwitch?.routing()
    }

    /// What a slot runs, once no call of an earlier lease can change it any more.
    private func observation(of slot: SlotName, under fence: Fence) async throws(Fault) -> SlotObservation {
        try await wiring.target.bar(before: fence)
        return try await wiring.target.observe(slot)
    }

    /// What the target saw after the deploy; instances that do not say what they run are left to the checks.
    private func prove(_ seen: SlotObservation, of slot: SlotName, runs image: PinnedImage) throws(Fault) {
        guard !seen.instances.isEmpty else { throw Fault(.broke, "nothing runs in \(slot) after the deploy") }
        let known = [promotion.plan.release, promotion.plan.goal?.release].compactMap(\.self)
        guard let expected = known.first(where: { $0.digest == image.digest })?.digests else { return }
        guard let stranger = seen.instances.compactMap(\.self).first(where: { !expected.contains($0) }) else { return }
        throw Fault(.broke, "\(slot) runs \(stranger.short()) after the deploy, expected \(image.digest.short())")
    }

    /// A registry knows no fences, and whoever keeps them for it knows only those of this tag: an agent that was taken over
    /// from would be let in. So the lease is looked at before every try.
    private func move(
        _ tag: Tag, to digest: Digest, expecting expected: Digest?, under fence: Fence, for effect: Effect
    ) async throws(Fault) -> PromotionEvent {
        let current = try await leases.current(promotion.plan.place)
        guard current?.fence == fence else { return .leaseLost(reason: "the lease is another's: tag \(tag) was left as it is") }
        // What was no longer wanted when that was answered is not begun.
        guard wish.isAlive else { throw Fault(.refused, "tag \(tag) is not to be moved any more") }
        return switch try await registry.move(tag, in: promotion.plan.repository, from: expected, to: digest, under: fence) {
        case .moved: .achieved(effect: effect, detail: "\(tag) names \(digest.short())")
        case .conflict(let observed): .pointerConflict(tag: tag, expected: expected, observed: observed)
        case .lost(let observed): .pointerConflict(tag: tag, expected: digest, observed: observed)
        }
    }

    private func route(_ wanted: Routing, under fence: Fence, for effect: Effect) async throws(Fault) -> PromotionEvent {
        guard let trafficSwitch = wiring.trafficSwitch else { throw Fault(.refused, "the environment has no switch") }
        let routing = try await trafficSwitch.route(wanted, under: fence)
        guard routing.agrees(with: wanted) else {
            throw Fault(.unknown, "the switch says that traffic goes to \(routing.words), wanted was \(wanted.words)")
        }
        return .achieved(effect: effect, detail: "read back: \(routing.words)")
    }

    /// Between two looks at conditions that do not hold.
    private static let evaluationPause = Milliseconds.seconds(5)

    /// Has the plan made again, and again while it waits; what stands against it is told once, and when it is another thing.
    private func evaluate() async {
        var told: Set<Objection.Wait>?
        var toldHash: Digest?
        while !Task.isCancelled {
            let answer = await plan()
            if Task.isCancelled { return }
            let found = Set(answer.objections.map(\.wait))
            let hash = answer.proposed?.hash
            if found != told || hash != toldHash {
                let again = answer.plan.flatMap { $0.hash != promotion.plan.hash && promotion.takes($0) ? $0 : nil }
                report(again.map(PromotionEvent.planMadeAgain) ?? .conditionsEvaluated(answer.objections, plan: hash))
            }
            (told, toldHash) = (found, hash)
            let next = answer.objections.compactMap(\.earliest).max() ?? time.now() + Self.evaluationPause
            await time.wait(max(Milliseconds(10), min(Self.evaluationPause, next - time.now())))
        }
    }

    private func takeLease() async {
        var told: Lease?
        while !Task.isCancelled {
            let (place, now) = (promotion.plan.place, time.reading)
            do throws(Fault) {
                switch try await leases.take(place, for: holder, lasting: Self.leaseTerm, now: now, on: .boot) {
                case .taken(let lease): return Task.isCancelled ? await giveBack(lease) : report(.leaseTaken(lease))
                case .held(let lease):
                    if lease.fence != told?.fence { report(.leaseRefused(holder: lease)) }
                    told = lease
                }
            } catch {
                if error.kind == .refused { return report(.failed(effect: .leaseHeld, fault: error)) }
            }
            await time.wait(.seconds(1))
        }
    }

    /// Gives a lease back that came after it was wanted; in a task of its own, since this one is cancelled.
    private func giveBack(_ lease: Lease) async {
        await time.begin { [leases] in try? await leases.release(lease) }.value
    }

    /// Waits on the boot clock for what is left until a moment of the promotion's state, at most for the whole length of it.
    private func wait(until moment: Timestamp, then event: PromotionEvent) async {
        let due = time.elapsed + min(moment - time.now(), max(.zero, moment - promotion.enteredAt))
        while time.elapsed < due, !Task.isCancelled {
            await time.wait(Milliseconds(max(1, due.count - time.elapsed.count)))
        }
        if !Task.isCancelled { report(event) }
    }

    /// Asks until the answer settles the doubt; the machine ignores what does not.
    private func observeUntilSettled(_ effect: Effect) async {
        guard let fence = promotion.lease?.fence else { return }
        var last: Routing?
        while !Task.isCancelled {
            if case .slotObserved(let slot) = effect, let seen = try? await observation(of: slot, under: fence) {
                return report(.slotObserved(slot: slot, digest: seen.digest))
            }
            if case .routingObserved = effect, let routing = try? await routing(under: fence), routing != last {
                last = routing
                report(.routingObserved(routing))
            }
            await time.wait(.seconds(1))
        }
    }
}

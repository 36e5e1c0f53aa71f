internal import Logging
internal import PromotionCore
internal import Synchronization

extension Runner {
    /// Goes on with a promotion until it has ended.
    func run(_ number: PromotionNumber) {
        guard mailboxes[number] == nil else { return }
        let mailbox = Mailbox()
        mailboxes[number] = mailbox
        Task(executorPreference: time.executor) { await self.keepGoing(number, mailbox) }
    }

    /// The loop: look at what is pending, have it performed, record what came of it.
    private func keepGoing(_ number: PromotionNumber, _ mailbox: Mailbox) async {
        var underWay: [Effect: Work] = [:]
        var heartbeat: (fence: Fence, task: Task<Void, Never>)?
        var lastLease: Lease?
        mailbox.put(.changed)
        for await letter in mailbox.letters {
            mailbox.took(letter)
            switch letter {
            case .happened(let event):
                // Also one that comes too late, after the end: it has to be given back.
                if case .leaseTaken(let lease) = event { lastLease = lease }
                await recordUntilDurable(event, of: number)
            case .finished(let effect, let work):
                if underWay[effect]?.number == work { underWay[effect] = nil }
                if effect.changesWorld { hasChanged(underWay, of: number) }
            case .copying(let progress): show(.copying(number, progress))
            case .changed: break
            case .clockStepped: letGoOfWaits(&underWay)
            }
            guard let promotion = board.projection.promotion(number) else { break }
            // After the end too, while a change of the world is still under way: nobody else may begin beside it.
            let lease = promotion.hasEnded ? lastLease : promotion.lease
            if heartbeat?.fence != lease?.fence {
                heartbeat?.task.cancel()
                heartbeat = lease.map { ($0.fence, beat($0, mailbox)) }
            }
            if promotion.state.isBeforeLease, let held = lastLease {
                lastLease = nil
                try? await leases.release(held)
            }
            start(promotion, mailbox, &underWay)
            note(underWay, of: number)
            if promotion.hasEnded && underWay.isEmpty { break }
        }
        for work in underWay.values { work.task.cancel() }
        heartbeat?.task.cancel()
        mailboxes[number] = nil
        changes[number] = nil
        guard let ended = board.projection.promotion(number), ended.hasEnded else { return }
        if let lastLease { try? await leases.release(lastLease) }
        settleDebts(after: ended)
    }

    /// Ends waits for a moment, so that they begin again with what is left of them by the clocks as they are now.
    private func letGoOfWaits(_ underWay: inout [Effect: Work]) {
        for (effect, work) in underWay where effect.isWait {
            work.task.cancel()
            underWay[effect] = nil
        }
    }

    /// Notes what a promotion changes now, and wakes those of its place that waited for the end of it: a lease can be lost while
    /// what was begun under it is still on its way.
    private func note(_ underWay: [Effect: Work], of number: PromotionNumber) {
        guard let place = board.projection.promotion(number)?.plan.place else { return }
        let effects = underWay.keys.filter(\.changesWorld)
        let hasFewer = effects.count < changes[number]?.effects.count ?? 0
        changes[number] = effects.isEmpty ? nil : (place, effects)
        guard hasFewer else { return }
        for (other, mailbox) in mailboxes where other != number && board.projection.promotion(other)?.plan.place == place {
            mailbox.put(.changed)
        }
    }

    /// What was changed is looked at beside the promotion, so that nobody is shown for seconds what is no longer so.
    private func hasChanged(_ underWay: [Effect: Work], of number: PromotionNumber) {
        note(underWay, of: number)
        guard let place = board.projection.promotion(number)?.plan.place else { return }
        Task(executorPreference: time.executor) { [weak self] in await self?.look(at: place, pointers: .anew) }
    }

    /// Starts what is pending and lets go of what no longer is. A change of the world under way is never cut off, and
    /// nothing that touches or looks at the same begins beside it. One that was begun under another lease than the promotion's
    /// is wanted no longer: once it has come to its end, the same begins anew under the fence of now.
    private func start(_ promotion: Promotion, _ mailbox: Mailbox, _ underWay: inout [Effect: Work]) {
        let pending = promotion.pending
        let fence = promotion.lease?.fence
        for (effect, work) in underWay {
            work.wish.keep(pending.contains(effect) && (!effect.changesWorld || work.fence == fence))
            guard !effect.changesWorld, !pending.contains(effect) else { continue }
            work.task.cancel()
            underWay[effect] = nil
        }
        guard let wiring = wirings[promotion.plan.place.service], let place = wiring.places[promotion.plan.place.environment]
        else { return }
        let others = changes.filter { $0.key != promotion.number && $0.value.place == promotion.plan.place }
        let lingering = underWay.filter { $0.key.changesWorld && !$0.value.wish.isAlive }.keys + others.values.flatMap(\.effects)
        for effect in pending where underWay[effect] == nil && !lingering.contains(where: effect.waits) {
            let wish = Wish()
            let performer = Performer(
                promotion: promotion, wiring: place,
                registry: wiring.home(of: promotion.plan.place.environment).registry,
                image: wiring.imageGate(of: promotion.plan.place.environment), leases: leases, holder: holder(of: promotion),
                time: time, wish: wish, plan: { [weak self] in await self?.planAgain(promotion) ?? .none },
                report: { mailbox.put(.happened($0)) }, show: showing(in: mailbox))
            lastWork += 1
            let number = lastWork
            let task = Task(executorPreference: time.executor) {
                await performer.perform(effect)
                mailbox.put(.finished(effect, number))
            }
            underWay[effect] = Work(number: number, fence: fence, wish: wish, task: task)
        }
    }

    /// Between two looks at a copy under way.
    private static let copyRefresh = Milliseconds(250)

    /// Shows progress as often as an eye can follow, and its end.
    private func showing(in mailbox: Mailbox) -> @Sendable (CopyProgress) -> Void {
        let shown = Mutex<Milliseconds?>(nil)
        return { [time] progress in
            let now = time.elapsed
            let isDue = shown.withLock { last in
                if let last, now.count - last.count < Self.copyRefresh.count, progress.blobs < progress.allBlobs { return false }
                last = now
                return true
            }
            if isDue { mailbox.put(.copying(progress)) }
        }
    }

    private func holder(of promotion: Promotion) -> LeaseHolder {
        LeaseHolder(
            owner: promotion.startedBy, session: session, promotion: promotion.number,
            reason: "\(promotion.plan.kind.rawValue) \(promotion.number)")
    }

    /// Renews a lease in time; a lease that is another's by now stops the promotion.
    private func beat(_ lease: Lease, _ mailbox: Mailbox) -> Task<Void, Never> {
        Task(executorPreference: time.executor) { [leases, time] in
            while !Task.isCancelled {
                await time.wait(Milliseconds(Performer.leaseTerm.count / 3))
                if Task.isCancelled { return }
                do throws(Fault) {
                    _ = try await leases.renew(lease, lasting: Performer.leaseTerm, now: time.reading)
                } catch {
                    // A word on a lease that is not the promotion's any more says nothing about the one after it.
                    if Task.isCancelled { return }
                    if error.kind == .refused { return mailbox.put(.happened(.leaseLost(reason: error.reason))) }
                }
            }
        }
    }

    /// No durable fact, no further step: while the ledger cannot be written the promotion stands still, and says so.
    private func recordUntilDurable(_ event: PromotionEvent, of number: PromotionNumber) async {
        while let promotion = board.projection.promotion(number), mailboxes[number] != nil {
            do {
                try await record(
                    .happened(promotion.recorded(event)), by: identity, place: promotion.plan.place, promotion: number,
                    fence: promotion.lease?.fence)
                return
            } catch let fault as PromotionFault {
                logger.debug("an outcome came too late", metadata: ["promotion": "\(number)", "reason": "\(fault)"])
                return
            } catch {
                await time.wait(.seconds(1))
            }
        }
    }
}

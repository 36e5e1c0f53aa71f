internal import Logging
internal import PromotionCore

// What an end leaves to be done in its environment: it neither delays the promotion nor fails it, and outlives the agent.
extension Runner {
    /// The longest wait between two tries.
    private static let longestPause = Milliseconds.minutes(2)

    /// Begins to settle the debts of every place.
    func settleDebts() {
        for (service, wiring) in wirings {
            for environment in wiring.places.keys { settleDebts(of: Place(service, environment)) }
        }
    }

    /// Begins to settle what a promotion leaves behind; the last member of a set that ends frees the places of all.
    func settleDebts(after ended: Promotion) {
        if ended.joint == nil { settleDebts(of: ended.plan.place) } else { settleDebts() }
    }

    /// Begins to settle the debts of a place, if anything is owed there; a task that waits for its next try goes on at once.
    func settleDebts(of place: Place) {
        guard hasDebts(place), isFree(place) else { return }
        nudges[place, default: 0] += 1
        guard settling[place] == nil else { return }
        settling[place] = Task(executorPreference: time.executor) { [weak self] in await self?.keepSettling(place) }
    }

    /// Tries again and again, until nothing is owed or a promotion begins there; its end begins it anew.
    private func keepSettling(_ place: Place) async {
        var patience = Patience(limit: Self.longestPause)
        while !Task.isCancelled, hasDebts(place), isFree(place) {
            if await settle(place) { patience.restore() } else { await pause(patience.grow(), at: place) }
        }
        if !Task.isCancelled { settling[place] = nil }
    }

    /// Waits for the next try; the end of a promotion ends the wait.
    private func pause(_ pause: Milliseconds, at place: Place) async {
        let (nudge, began) = (nudges[place], time.elapsed)
        while !Task.isCancelled, nudges[place] == nudge, time.rest(of: pause, since: began) > .zero {
            await time.wait(min(.seconds(1), time.rest(of: pause, since: began)))
        }
    }

    /// What the ledger says of a place.
    func known(_ place: Place) -> EnvironmentProjection {
        board.projection.services[place.service]?.environments[place.environment] ?? EnvironmentProjection()
    }

    /// Whether something is owed, or a person is still called for something that was.
    private func hasDebts(_ place: Place) -> Bool {
        !known(place).debts.isEmpty || known(place).dueSlot != nil || known(place).automation.call(.pointer) != nil
    }

    /// Whether no promotion has a claim to the place, and nothing that one began is still on its way.
    private func isFree(_ place: Place) -> Bool {
        board.projection.joint(holding: place) == nil
            && !board.projection.unfinished.contains { $0.plan.place == place }
            && !mailboxes.keys.contains { board.projection.promotion($0)?.plan.place == place }
    }

    /// Tries once to bring back what the idle slot held, and to move every tag that is due.
    /// - Returns: whether everything that was tried is done.
    private func settle(_ place: Place) async -> Bool {
        guard let environment = wirings[place.service]?.service.environment(place.environment) else { return false }
        if let slot = known(place).dueSlot { return await bringBack(slot, at: place) }
        let due = known(place).duePointers(in: environment)
        var isDone = !due.isEmpty
        if let first = due.first, let lease = await borrow(place, for: first.promotion, "tag \(first.tag)") {
            let heartbeat = keep(lease)
            for pointer in due where isFree(place) { isDone = await move(pointer, at: place, under: lease) && isDone }
            heartbeat.cancel()
            try? await leases.release(lease)
        } else if !due.isEmpty {
            isDone = false
        }
        await settle(
            .pointer, board.pointerCall(at: place), at: place, closing: "every tag names what it should")
        return isDone
    }

    /// The lease of a place for a moment; `nil` while another holds it.
    private func borrow(_ place: Place, for promotion: PromotionNumber, _ reason: SafeText) async -> Lease? {
        let holder = LeaseHolder(owner: identity, session: session, promotion: promotion, reason: reason)
        let answer = try? await leases.take(place, for: holder, lasting: Performer.leaseTerm, now: time.reading, on: .boot)
        guard case .taken(let lease)? = answer else { return nil }
        return lease
    }

    /// Renews a lease until it is cancelled. A promotion that begins outranks it: the lease is given back at once, and the fence of
    /// the next one bars what is still on its way.
    private func keep(_ lease: Lease) -> Task<Void, Never> {
        Task(executorPreference: time.executor) { [weak self, leases, time] in
            var renewed = time.elapsed
            while !Task.isCancelled {
                await time.wait(Milliseconds(250))
                if Task.isCancelled { return }
                guard await self?.isUnclaimed(lease.place) ?? false else {
                    try? await leases.release(lease)
                    return
                }
                guard time.rest(of: Milliseconds(Performer.leaseTerm.count / 3), since: renewed) <= .zero else { continue }
                renewed = time.elapsed
                _ = try? await leases.renew(lease, lasting: Performer.leaseTerm, now: time.reading)
            }
        }
    }

    /// Whether no promotion waits for a place.
    private func isUnclaimed(_ place: Place) -> Bool {
        !board.projection.unfinished.contains { $0.plan.place == place }
    }

    /// Deploys the release again that a stopped promotion took out of the idle slot.
    /// - Returns: whether it is there.
    private func bringBack(_ owed: OwedSlot, at place: Place) async -> Bool {
        guard let wiring = wirings[place.service], let ports = wiring.places[place.environment],
            let lease = await borrow(place, for: owed.promotion, "\(owed.release.digest.short()) back in \(owed.slot)")
        else { return false }
        guard isFree(place), known(place).dueSlot == owed else {
            try? await leases.release(lease)
            return false
        }
        let image = PinnedImage(repository: wiring.home(of: place.environment).repository, digest: owed.release.digest)
        changes[owed.promotion] = (place, [.slotRuns(slot: owed.slot, image: image)])
        let heartbeat = keep(lease)
        let event: OwedEvent
        do throws(Fault) {
            try await deploy(image, owed, through: ports, under: lease.fence)
            event = .slotReturned(owed.slot, owed.release.digest)
        } catch {
            event = .slotOwed(owed.failed(because: error.reason))
        }
        heartbeat.cancel()
        changes[owed.promotion] = nil
        for (number, mailbox) in mailboxes where board.projection.promotion(number)?.plan.place == place { mailbox.put(.changed) }
        let isDone = await note(event, of: owed, at: place, under: lease)
        try? await leases.release(lease)
        return isDone
    }

    private func deploy(
        _ image: PinnedImage, _ owed: OwedSlot, through ports: PlaceWiring, under fence: Fence
    ) async throws(Fault) {
        try await ports.trafficSwitch?.bar(before: fence)
        if let weight = try await ports.trafficSwitch?.routing().weights[owed.slot], weight > 0 {
            throw Fault(.refused, "the switch sends traffic to \(owed.slot)")
        }
        let seen = try await ports.target.run(image, in: owed.slot, under: fence)
        guard seen.runs(owed.release.digests) else {
            throw Fault(.broke, "\(owed.slot) does not run \(image.digest.short()) yet")
        }
    }

    /// Records what became of a try; the same failure is recorded once.
    private func note(_ event: OwedEvent, of owed: OwedSlot, at place: Place, under lease: Lease) async -> Bool {
        if case .slotOwed = event, owed.fault != nil { return false }
        do {
            try await record(.owed(event), by: identity, place: place, promotion: owed.promotion, fence: lease.fence) {
                let known = $0.services[place.service]?.environments[place.environment]
                let isClaimed = $0.unfinished.contains { $0.plan.place == place }
                return known?.owedSlot == owed && !isClaimed
                    ? nil : Objection(.changed, "\(owed.slot) is another promotion's by now", remedy: "nothing has to be done")
            }
        } catch {
            logger.warning("a slot was not recorded", metadata: ["slot": "\(owed.slot)", "error": "\(error)"])
            return false
        }
        return event.isSettled
    }

    /// - Returns: whether the tag names what it should.
    private func move(_ pointer: OwedPointer, at place: Place, under lease: Lease) async -> Bool {
        guard let home = wirings[place.service]?.home(of: place.environment) else { return false }
        let outcome: Result<PointerMove, Fault>
        do throws(Fault) {
            outcome = .success(
                try await home.registry.move(
                    pointer.tag, in: home.repository, from: pointer.before, to: pointer.digest, under: lease.fence))
        } catch {
            outcome = .failure(error)
        }
        let event = pointer.after(outcome)
        if case .pointerOwed(let again) = event, again.cause.isLike(pointer.cause) { return false }
        do {
            try await record(.owed(event), by: identity, place: place, promotion: pointer.promotion, fence: lease.fence) {
                // A promotion that began meanwhile moves the tag itself.
                $0.services[place.service]?.environments[place.environment]?.owed[pointer.tag] == pointer
                    ? nil : Objection(.changed, "\(pointer.tag) is owed no longer", remedy: "nothing has to be done")
            }
        } catch {
            logger.warning("a debt was not recorded", metadata: ["tag": "\(pointer.tag)", "error": "\(error)"])
            return false
        }
        return event.isSettled
    }
}

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
        !known(place).debts.isEmpty || known(place).automation.call(.pointer) != nil
    }

    /// Whether no promotion has a claim to the place, and nothing that one began is still on its way.
    private func isFree(_ place: Place) -> Bool {
        board.projection.joint(holding: place) == nil
            && !board.projection.unfinished.contains { $0.plan.place == place }
            && !mailboxes.keys.contains { board.projection.promotion($0)?.plan.place == place }
    }

    /// Tries once to move every tag that is due.
    /// - Returns: whether everything that was tried is done.
    private func settle(_ place: Place) async -> Bool {
        guard let environment = wirings[place.service]?.service.environment(place.environment) else { return false }
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

    /// Renews a lease until it is cancelled; a lease that is another's by now is left to it, and its fence bars what was begun.
    private func keep(_ lease: Lease) -> Task<Void, Never> {
        Task(executorPreference: time.executor) { [leases, time] in
            while !Task.isCancelled {
                await time.wait(Milliseconds(Performer.leaseTerm.count / 3))
                if Task.isCancelled { return }
                _ = try? await leases.renew(lease, lasting: Performer.leaseTerm, now: time.reading)
            }
        }
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

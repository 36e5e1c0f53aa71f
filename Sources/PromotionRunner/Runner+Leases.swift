internal import PromotionCore

extension Runner {
    /// Holds an environment for a person. What runs there is looked at before an expired lease is taken over.
    func lock(
        _ place: Place, _ wish: LeaseWish, for term: Milliseconds, _ reason: SafeText, by account: Account
    ) async -> Answer {
        guard wirings[place.service]?.places[place.environment] != nil else {
            return .refused([.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")])
        }
        guard term > .zero, term <= Lease.longestHold else {
            return .refused([
                .init(.changed, "a lease of \(term) is none", remedy: "hold it for up to \(Lease.longestHold)")
            ])
        }
        if let joint = board.projection.joint(holding: place) {
            return .refused([
                .init(.busy, "joint release \(joint.number) holds \(place)", remedy: "wait for its end, or undo it")
            ])
        }
        do {
            let current = try await leases.current(place)?.asSeen(at: time.reading)
            let seen = if case .over = wish { await observation(of: place) } else { nil as EnvironmentObservation? }
            if let seen { show(.observed(place, seen)) }
            let now = time.now()
            let active = board.projection.services[place.service]?.active(in: place.environment)
            if let objection = Lease.objection(to: wish, current: current, active: active, seen: seen, at: now) {
                return .refused([objection])
            }
            let holder = LeaseHolder(owner: account, session: session, promotion: nil, reason: reason)
            switch try await leases.take(place, for: holder, lasting: term, now: time.reading, on: .wall) {
            case .held(let other):
                return .refused([
                    .init(.busy, "\(other.holder.owner) was faster: \(other.holder.reason)", remedy: "see baton status")
                ])
            case .taken(let lease): return try await keep(lease, from: current, at: place, by: account)
            }
        } catch {
            return .broken("\(error)")
        }
    }

    /// Records a lease that was taken; where that is not possible, nobody holds it.
    private func keep(_ lease: Lease, from earlier: Lease?, at place: Place, by account: Account) async throws -> Answer {
        do {
            try await record(.lease(.held(lease, from: earlier)), by: account, place: place, fence: lease.fence) { projection in
                projection.services[place.service]?.active(in: place.environment).map {
                    Objection(.busy, "promotion \($0.number) by \($0.startedBy) was faster", remedy: "wait for its end")
                }
            }
            return .accepted
        } catch let refused as Refused {
            try? await leases.release(lease)
            return .refused([refused.objection])
        } catch {
            try? await leases.release(lease)
            throw error
        }
    }

    /// Gives back what a person holds: only its holder may, until it has expired.
    func unlock(_ place: Place, _ reason: SafeText, by account: Account) async -> Answer {
        let held = board.projection.services[place.service]?.environments[place.environment]?.lease
        guard let held else {
            return .refused([.init(.changed, "nobody holds \(place) by hand", remedy: "there is nothing to give back")])
        }
        guard held.holder.owner.name == account.name || !held.holds(at: time.now()) else {
            return .refused([
                .init(
                    .busy, "\(held.holder.owner) holds it until \(held.expires.clock) UTC: \(held.holder.reason)",
                    remedy: "ask \(held.holder.owner), or wait", earliest: held.expires)
            ])
        }
        return await giveBack(held, reason, by: account)
    }

    /// Records that a lease held by hand is over, then lets go of it.
    func giveBack(_ lease: Lease, _ reason: SafeText, by account: Account) async -> Answer {
        do {
            try await record(.lease(.returned(lease, reason: reason)), by: account, place: lease.place, fence: lease.fence)
            try await leases.release(lease)
            return .accepted
        } catch {
            return .broken("\(error)")
        }
    }

    /// A rollback outranks what a person holds by hand: it is given back first, and the ledger says so.
    func outrank(at place: Place, by account: Account) async {
        guard let held = board.projection.services[place.service]?.environments[place.environment]?.lease else { return }
        _ = await giveBack(held, "outranked by a rollback of \(account.name)", by: account)
    }
}

internal import PromotionCore

extension Runner {
    /// Everything a plan needs, read once.
    /// - Parameter asker: the promotion whose conditions are evaluated again; nil for a new plan.
    func snapshot(of place: Place, digest: Digest?, for asker: PromotionNumber? = nil) async -> PlanningSnapshot? {
        guard let wiring = wirings[place.service] else { return nil }
        let pointers = known(place).pointers
        let seen = time.begin { await self.observation(of: place) }
        let planned = asker.flatMap { board.projection.promotion($0)?.plan.release }
        let lookup = time.begin { await self.lookup(digest, planned: planned, into: place, wiring) }
        let lease = await Reading(time.now) { [leases, time] () throws(Fault) in
            try await leases.current(place)?.asSeen(at: time.reading)
        }
        var observation = await seen.value
        if let observation {
            show(.observed(place, observation))
            // What the ledger knows wrongly would be planned wrongly.
            try? await adopt(place, observation)
        }
        let (found, part) = await lookup.value
        let review: PlanningSnapshot.Review = if let digest { await review(of: digest, into: place) } else { .notAsked }
        // A tag that was owed has been moved since it was looked at.
        if known(place).pointers != pointers { observation = await self.observation(of: place) }
        let projection = board.projection.services[place.service] ?? ServiceProjection()
        return PlanningSnapshot(
            takenAt: time.now(), service: wiring.service,
            projection: projection.counting(attested(review, found, into: place)), lookup: found,
            observation: observation, lease: lease, freezes: board.projection.freezes, asker: asker, review: review,
            gone: board.goneGoals(of: place), joint: jointHolding(place, except: asker), part: part)
    }

    /// The joint release that holds a place against whoever asks; a member is not held up by its own set.
    private func jointHolding(_ place: Place, except asker: PromotionNumber?) -> JointNumber? {
        let joint = board.projection.joint(holding: place)?.number
        return asker.flatMap { board.projection.promotion($0)?.joint } == joint ? nil : joint
    }

    /// The plan of a promotion that has been started, made again from the world as it is.
    func planAgain(_ promotion: Promotion) async -> PlanAnswer {
        let place = promotion.plan.place
        let digest = promotion.plan.release.digest
        guard let snapshot = await snapshot(of: place, digest: digest, for: promotion.number) else {
            return unknownService(place)
        }
        if promotion.plan.undoes != nil { return undoAgain(promotion, snapshot) }
        let answer = PromotionPlan.make(PromotionRequest(place: place, digest: digest), snapshot)
        return promotion.joint == nil ? answer : answer.heldAtSwitch
    }

    /// The plan of an undo, made again: the rollback must still be the newest.
    private func undoAgain(_ promotion: Promotion, _ snapshot: PlanningSnapshot) -> PlanAnswer {
        let place = promotion.plan.place
        guard let rollback = snapshot.projection.environments[place.environment]?.manualRollback,
            rollback.number == promotion.plan.undoes
        else { return noUndo(of: promotion.plan.undoes ?? promotion.number) }
        return PromotionPlan.makeUndo(of: rollback, at: place, snapshot)
    }

    /// The wanted image with the tag that names it now, and what it is a part of where it is no image itself.
    /// - Parameter planned: the release as it was planned, which keeps its tag as long as that names it, and gains none.
    private func lookup(
        _ digest: Digest?, planned: Release?, into place: Place, _ wiring: ServiceWiring
    ) async -> (PlanningSnapshot.Lookup, ImagePart?) {
        guard let digest else { return (.notAsked, nil) }
        let source = wiring.source(of: place.environment)
        do throws(Fault) {
            guard let found = try await source.release(digest) else { return (.absent, nil) }
            let isNameless = planned != nil && planned?.tag == nil
            let named = isNameless ? nil : try await tag(of: digest, knownAs: planned?.tag, in: source, of: wiring)
            let release = Release(digests: found.digests, tag: named, revision: found.revision)
            return (.found(release), try await part(digest, tagged: named, in: source, of: wiring))
        } catch {
            return (.unreadable(error), nil)
        }
    }

    /// The plan of a promotion now.
    func plan(_ request: PromotionRequest) async -> PlanAnswer {
        let upstream = wirings[request.place.service]?.service.upstream(of: request.place.environment)
        let serving = upstream.flatMap { board.projection.services[request.place.service]?.environments[$0.name]?.serving }
        let digest = request.digest ?? serving?.release.digest
        guard let snapshot = await snapshot(of: request.place, digest: digest) else { return unknownService(request.place) }
        return PromotionPlan.make(PromotionRequest(place: request.place, digest: digest), snapshot)
    }

    /// The plan of a rollback now.
    /// - Parameter goal: the release that a person chose; nil for the goal that was computed in advance.
    func planRollback(of place: Place, to goal: Digest? = nil) async -> PlanAnswer {
        guard let snapshot = await snapshot(of: place, digest: nil) else { return unknownService(place) }
        return PromotionPlan.makeRollback(of: place, to: goal, snapshot)
    }

    func unknownService(_ place: Place) -> PlanAnswer {
        let known = board.services.map(\.name.text).joined(separator: ", ")
        return PlanAnswer(
            plan: nil,
            conditions: [
                Condition(
                    "service",
                    .unmet(
                        .init(
                            .unknownPlace, "there is no service \(place.service)",
                            remedy: "the configuration has \(SafeText(known))")))
            ])
    }
}

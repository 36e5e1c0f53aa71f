internal import Logging
internal import PromotionCore

/// What people decide by hand about what is promoted: checked by the core, recorded here.
extension Runner {
    func answer(_ request: PolicyRequest, by account: Account, with grant: Grant) async -> Answer {
        switch request {
        case .approve(let number, let hash): await approve(number, hash, by: account, with: grant)
        case .reject(let number, let reason): await reject(number, reason, by: account)
        case .veto(let place, let digest, let reason): await veto(place, digest, reason, by: account)
        case .pin(let place, let digest, let reason): await pin(place, digest, reason, by: account, with: grant)
        case .unpin(let place, let reason): await keep(.unpinned(reason: reason), at: place, reason, by: account)
        case .freeze(let scope, let until, let reason):
            await keep(.frozen(scope, until: until, reason: reason), at: nil, reason, by: account, with: grant)
        case .unfreeze(let scope, let reason): await keep(.thawed(scope, reason: reason), at: nil, reason, by: account)
        case .override(let place, let request): await override(place, request, by: account)
        case .closeOverride(let number, let reason): await closeOverride(number, reason, by: account, with: grant)
        }
    }

    /// Takes somebody's consent to the plan that was shown, if it is still the plan.
    private func approve(_ number: PromotionNumber, _ hash: Digest, by account: Account, with grant: Grant) async -> Answer {
        guard let promotion = board.projection.promotion(number) else { return await unknown(number, by: account) }
        let place = promotion.plan.place
        let role = grant.role(in: place.environment)
        // Read again at this moment: what was agreed to must be what would be done now, under the rules of now.
        let current = await planAgain(promotion).proposed?.hash
        let approval = Approval(by: account, role: role, at: time.now(), plan: hash)
        if let objection = promotion.objection(to: approval, plan: current) {
            return await refuse(.promotion, place, promotion.plan.release.digest, [objection], by: account)
        }
        return await tell(number, .approved(approval), by: account)
    }

    private func reject(_ number: PromotionNumber, _ reason: SafeText, by account: Account) async -> Answer {
        guard let promotion = board.projection.promotion(number) else { return await unknown(number, by: account) }
        if let objection = Reason.objection(to: reason) {
            return await refuse(.promotion, promotion.plan.place, promotion.plan.release.digest, [objection], by: account)
        }
        return await tell(number, .rejected(by: account, reason: reason), by: account)
    }

    private func unknown(_ number: PromotionNumber, by account: Account) async -> Answer {
        let objection = Objection(.unknownPlace, "there is no promotion \(number)", remedy: "see baton history")
        await noteDenial(of: "promotion \(number)", to: account, at: nil, because: objection.reason)
        return .refused([objection])
    }

    /// Records a decision unless the core objects to it as things are at that moment.
    private func keep(
        _ fact: PolicyFact, at place: Place?, _ reason: SafeText, by account: Account, with grant: Grant? = nil,
        concerning shown: Place? = nil
    ) async -> Answer {
        let (services, now) = (board.services, time.now())
        var denial: SafeText?
        do {
            try await record(.policy(fact), by: account, place: place) { projection in
                if let grant, let undoing = fact.undoing(at: place, in: projection, now: now),
                    let lack = self.lack(of: .policy(undoing.request), grant, account)
                {
                    denial = "\(lack): \(undoing.words)"
                    return Objection(.changed, denial ?? "", remedy: "ask an approver")
                }
                return fact.objection(at: place, reason: reason, in: projection, services: services, now: now)
            }
            return .accepted
        } catch is Refused where denial != nil {
            let reason = denial ?? ""
            await noteDenial(of: SafeText(fact.kind), to: account, at: place, because: reason)
            return .notPermitted(reason)
        } catch let refused as Refused {
            return await refuse(.promotion, place ?? shown, fact, [refused.objection], by: account)
        } catch {
            return .broken("\(error)")
        }
    }

    /// Every refusal is kept, with what was wanted.
    private func refuse(
        _ kind: PromotionPlan.Kind, _ place: Place?, _ fact: PolicyFact, _ objections: [Objection], by account: Account
    ) async -> Answer {
        guard let place else {
            let reason = objections.first?.reason ?? ""
            await noteDenial(of: SafeText(fact.kind), to: account, at: nil, because: reason)
            return .refused(objections)
        }
        return await refuse(kind, place, fact.digest, objections, by: account)
    }

    func liftVeto(on digest: Digest, at place: Place, _ reason: SafeText, by account: Account) async -> Answer {
        let objection: (Projection) -> Objection? = { projection in
            let vetoes = projection.services[place.service]?.environments[place.environment]?.vetoes ?? []
            if let objection = Reason.objection(to: reason) { return objection }
            guard vetoes.contains(where: { $0.digest == digest }) else {
                return Objection(.changed, "\(digest.short()) has no veto in \(place)", remedy: "see baton plan")
            }
            return nil
        }
        do {
            try await record(.vetoLifted(digest: digest, reason: reason), by: account, place: place, unless: objection)
            return .accepted
        } catch let refused as Refused {
            return await refuse(.promotion, place, digest, [refused.objection], by: account)
        } catch {
            return .broken("\(error)")
        }
    }

    private func veto(_ place: Place, _ digest: Digest, _ reason: SafeText, by account: Account) async -> Answer {
        switch await known(digest, of: place) {
        case .success(let release):
            await keep(.vetoed(digest: release.digest, reason: reason), at: place, reason, by: account)
        case .failure(let refused): await refuse(.promotion, place, digest, [refused.objection], by: account)
        }
    }

    private func pin(
        _ place: Place, _ digest: Digest?, _ reason: SafeText, by account: Account, with grant: Grant
    ) async -> Answer {
        let serving = board.projection.services[place.service]?.environments[place.environment]?.serving?.release.digest
        guard let wanted = digest ?? serving else {
            let nothing = Objection(.noDigest, "nothing serves in \(place)", remedy: "name what it is to stay on with --digest")
            return await refuse(.promotion, place, nil, [nothing], by: account)
        }
        switch await known(wanted, of: place) {
        case .success(let release):
            return await keep(
                .pinned(digest: release.digest, reason: reason), at: place, reason, by: account, with: grant)
        case .failure(let refused): return await refuse(.promotion, place, wanted, [refused.objection], by: account)
        }
    }

    private func override(_ place: Place, _ request: OverrideRequest, by account: Account) async -> Answer {
        switch await known(request.digest, of: place) {
        case .success(let release):
            let exact = OverrideRequest(
                gate: request.gate, digest: release.digest, owner: request.owner, reason: request.reason,
                expires: request.expires)
            return await keep(.overridden(exact), at: place, request.reason, by: account)
        case .failure(let refused): return await refuse(.promotion, place, request.digest, [refused.objection], by: account)
        }
    }

    private func closeOverride(
        _ number: Int64, _ reason: SafeText, by account: Account, with grant: Grant
    ) async -> Answer {
        guard let place = board.projection.place(ofOverride: number) else {
            return .refused([
                .init(.changed, "there is no open override \(number)", remedy: "baton status lists those that are")
            ])
        }
        if let reason = grant.denial(of: .policy(.closeOverride(number, reason: reason)), to: account, at: place) {
            await noteDenial(of: "close override \(number)", to: account, at: place, because: reason)
            return .notPermitted(reason)
        }
        return await keep(.overrideClosed(number: number, reason: reason), at: place, reason, by: account)
    }

    /// The release of a digest in the registry; what a person bars, keeps or opens must exist.
    private func known(_ digest: Digest, of place: Place) async -> Result<Release, Refused> {
        guard let wiring = wirings[place.service], wiring.service.environment(place.environment) != nil else {
            return .failure(Refused(objection: .init(.unknownPlace, "there is no \(place)", remedy: "see baton status")))
        }
        do throws(Fault) {
            let home = wiring.home(of: place.environment)
            if let release = try await home.release(digest) { return .success(release) }
            // It may be on its way there: what has not come yet can be barred too.
            let source = wiring.source(of: place.environment)
            if let release = try await source.release(digest) { return .success(release) }
            return .failure(
                Refused(objection: .init(.unknownImage, "\(digest.short()) is not in the registry", remedy: "see baton status")))
        } catch {
            return .failure(
                Refused(
                    objection: .init(.unreadableImage, "\(digest.short()) cannot be read: \(error.reason)", remedy: "try again")))
        }
    }
}

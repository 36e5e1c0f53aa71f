internal import Logging
package import PromotionCore

extension Runner {
    /// Answers a request. Every refusal of what would change something is in the ledger, whoever refused it.
    package func answer(_ request: OperatorRequest, by account: Account, with grant: Grant) async -> Answer {
        if let denial = await deny(request, to: account, with: grant) { return denial }
        let note = RefusalNote()
        let answer = await RefusalNote.$current.withValue(note) { await carryOut(request, by: account, with: grant) }
        if case .view = request { return answer }
        if case .refused(let objections) = answer, !note.isKept {
            let reason = objections.first.map(\.reason) ?? "refused"
            await noteDenial(of: request.name, to: account, at: request.place, because: reason)
        }
        return answer
    }

    private func carryOut(_ request: OperatorRequest, by account: Account, with grant: Grant) async -> Answer {
        switch request {
        case .view(let request): await answer(request)
        case .promote(let request, let hash): await promote(request, hash, by: account)
        case .rollBack(let order): await rollBack(order, by: account)
        case .undoRollback(let number, let reason): await undoRollback(number, reason, by: account)
        case .abort(let number, let reason): await tell(number, .abortRequested(reason: reason), by: account)
        case .goOn(let number, let reason): await goOn(number, reason, by: account)
        case .pause(let number, let reason): await tell(number, .pauseRequested(by: account, reason: reason), by: account)
        case .resume(let number, let reason): await tell(number, .resumeRequested(reason: reason), by: account)
        case .retry(let number, let reason): await tell(number, .retryRequested(reason: reason), by: account)
        case .addEvidence(let place, let digest, let passed, let total, let note):
            await addEvidence(place, digest, passed: passed, total: total, note, by: account)
        case .verify(let place): await verify(place, by: account)
        case .liftVeto(let place, let digest, let reason): await liftVeto(on: digest, at: place, reason, by: account)
        case .adoptPointer(let place, let tag, let reason): await adoptPointer(tag, at: place, reason, by: account)
        case .retention(let order): await carryOut(order, by: account)
        case .examineRegistries(let name): await registryReports(of: name)
        case .policy(let request): await answer(request, by: account, with: grant)
        case .lock(let place, let wish, let term, let reason): await lock(place, wish, for: term, reason, by: account)
        case .unlock(let place, let reason): await unlock(place, reason, by: account)
        case .stopAutomation(let place, let reason):
            await tellAutomation(.stopped(.byHand, reason: reason), at: place, by: account)
        case .letAutomationGo(let place, let reason): await tellAutomation(.letGo(reason: reason), at: place, by: account)
        case .promoteJoint(let request, let hash): await promoteJoint(request, hash, by: account)
        case .undoJoint(let number, let reason): await undoJoint(number, reason, by: account)
        }
    }

    /// A member of a joint release is let go by its set alone.
    private func goOn(_ number: PromotionNumber, _ reason: SafeText, by account: Account) async -> Answer {
        let event = PromotionEvent.goOnRequested(reason: reason)
        if let promotion = board.projection.promotion(number),
            let joint = promotion.joint.flatMap({ board.projection.joint($0) }),
            let objection = joint.objection(to: event, for: promotion)
        {
            return .refused([objection])
        }
        return await tell(number, event, by: account)
    }

    private func answer(_ request: ViewerRequest) async -> Answer {
        switch request {
        case .subscribe: return .board(board)
        case .board:
            await firstLook()
            return .board(board)
        case .plan(let request):
            let answer = await plan(request)
            return .plan(answer.with(await change(in: answer, to: request.digest, at: request.place)))
        case .papers(let service, let digest): return await papers(of: digest, in: service)
        case .compare(let service, let old, let new): return await comparison(from: old, to: new, in: service)
        case .retention(let question): return await answer(question)
        case .image(let name, let reference):
            return await Urgency.inBackground { await imageReport(reference, of: name) }
        case .planRollback(let place): return .plan(await planRollback(of: place))
        case .planUndo(let number): return .plan(await planUndo(of: number))
        case .planJoint(let request): return .jointPlan(await planJoint(request))
        case .resolve(let service, let reference, let scope): return await resolve(reference, of: service, among: scope)
        case .entries(let after, let limit):
            do throws(Fault) {
                return .entries(try await ledger.entries(after: max(0, after), limit: min(max(1, limit), 1_000)))
            } catch {
                return .broken(error.reason)
            }
        }
    }

    private func promote(_ request: PromotionRequest, _ hash: Digest, by account: Account) async -> Answer {
        let answer = await plan(request)
        guard let plan = request.whenUnmet == .wait ? answer.waiting : answer.plan else {
            return await refuse(.promotion, request.place, request.digest, answer.objections, by: account)
        }
        guard plan.hash == hash else {
            let changed = Objection(
                .changed, "the world moved: the plan is now \(plan.hash.short()), confirmed was \(hash.short())",
                remedy: "look at the plan again")
            return await refuse(.promotion, request.place, plan.release.digest, [changed], by: account)
        }
        return await start(
            .init(
                plan: plan, reason: nil, objections: answer.objections, behind: queuedBehind(answer, at: request.place),
                overrides: answer.overrides), by: account)
    }

    /// The promotion that runs in a place, where it stands against another.
    private func queuedBehind(_ answer: PlanAnswer, at place: Place) -> PromotionNumber? {
        guard answer.objections.contains(where: { $0.kind == .busy }) else { return nil }
        return board.projection.services[place.service]?.running(in: place.environment)?.number
    }

    /// Starts whose number another promotion, of whatever place, took in the same moment.
    private static let startTries = 10

    /// Records the start unless another promotion of the place came first, then runs it.
    func start(_ start: Fact.Start, by account: Account, tries: Int = startTries) async -> Answer {
        let plan = start.plan
        if plan.kind == .promotion { await recordAttested(plan) }
        let number = board.projection.nextPromotion
        let superseded = board.projection.services[plan.place.service]?.waiting(in: plan.place.environment)?.number
        do {
            try await record(.started(start), by: account, place: plan.place, promotion: number) {
                Self.objection(to: start, as: number, by: account, $0)
            }
        } catch let refused as Refused {
            if board.projection.nextPromotion != number, tries > 1, Self.objection(to: start, board.projection) == nil {
                return await self.start(start, by: account, tries: tries - 1)
            }
            return await refuse(plan.kind, plan.place, plan.release.digest, [refused.objection], by: account)
        } catch {
            return .broken("\(error)")
        }
        if let superseded { mailboxes[superseded]?.put(.changed) }
        run(number)
        return .started(number)
    }

    /// What came up between the plan and its start.
    static func objection(
        to start: Fact.Start, as number: PromotionNumber? = nil, by account: Account? = nil, _ projection: Projection
    ) -> Objection? {
        let plan = start.plan
        let service = projection.services[plan.place.service]
        if account?.proof == .agent, start.joint == nil,
            let halt = service?.environments[plan.place.environment]?.automation.halt
        {
            return Objection(
                .changed, "the automation of \(plan.place) rests: \(halt.words)", remedy: "let it go on: baton auto start")
        }
        if let joint = projection.joint(holding: plan.place), joint.number != start.joint, plan.kind == .promotion {
            return Objection(
                .busy, "joint release \(joint.number) holds \(plan.place): \(joint.state.words)",
                remedy: "wait for its end, or undo it: baton joint undo \(joint.number)")
        }
        if let other = service?.running(in: plan.place.environment), !start.objections.contains(where: { $0.kind == .busy }) {
            return Objection(
                .busy, "promotion \(other.number) by \(other.startedBy) is \(other.state.words) in \(plan.place.environment)",
                remedy: "wait for its end, or abort it")
        }
        guard (service?.environments[plan.place.environment]?.generation ?? 0) == plan.generation else {
            return Objection(.changed, "\(plan.place) was changed since the plan was made", remedy: "look at the plan again")
        }
        guard number == nil || number == projection.nextPromotion else {
            return Objection(.changed, "another promotion was started at the same moment", remedy: "try again")
        }
        return nil
    }

    /// Passes a person's word on to a promotion.
    /// - Parameter objection: asked once nothing else is being written; a reason keeps the word back.
    func tell(
        _ number: PromotionNumber, _ event: PromotionEvent, by account: Account,
        unless objection: (Projection) -> Objection? = { _ in nil }
    ) async -> Answer {
        guard let promotion = board.projection.promotion(number) else {
            return .refused([.init(.unknownPlace, "there is no promotion \(number)", remedy: "see baton history")])
        }
        do {
            try await record(
                .happened(event), by: account, place: promotion.plan.place, promotion: number, fence: promotion.lease?.fence,
                unless: objection)
        } catch let refused as Refused {
            return await refuse(
                promotion.plan.kind, promotion.plan.place, promotion.plan.release.digest, [refused.objection], by: account)
        } catch let fault as PromotionFault {
            let objection = Objection(.changed, "\(fault)", remedy: "see baton status")
            return await refuse(
                promotion.plan.kind, promotion.plan.place, promotion.plan.release.digest, [objection], by: account)
        } catch {
            return .broken("\(error)")
        }
        mailboxes[number]?.put(.changed)
        return .started(number)
    }

    func refuse(
        _ wanted: PromotionPlan.Kind, _ place: Place, _ digest: Digest?, _ objections: [Objection], by account: Account
    ) async -> Answer {
        guard board.service(place.service)?.environment(place.environment) != nil else { return .refused(objections) }
        RefusalNote.current?.keep()
        do {
            try await record(.refused(.init(wanted: wanted, digest: digest, objections: objections)), by: account, place: place)
        } catch {
            logger.warning("a refusal was not recorded", metadata: ["error": "\(error)"])
        }
        return .refused(objections)
    }

    private func addEvidence(
        _ place: Place, _ digest: Digest, passed: Int, total: Int, _ note: SafeText?, by account: Account
    ) async -> Answer {
        guard let wiring = wirings[place.service], wiring.service.environment(place.environment) != nil else {
            return .refused([.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")])
        }
        guard total > 0, (0...total).contains(passed) else {
            return .refused([
                .init(.changed, "\(passed) of \(total) is no result", remedy: "0 <= passed <= total, total at least 1")
            ])
        }
        let found = await lookup(digest, of: place)
        guard case .found(let release) = found else {
            return .refused([.init(.unknownImage, "\(digest.short()) is not in the registry", remedy: "push it first")])
        }
        let evidence = Evidence(
            digest: release.digest, environment: place.environment, source: .ci(account), at: time.now(), passed: passed,
            total: total,
            note: note)
        do {
            try await record(.evidence(evidence), by: account, place: place)
            return .accepted
        } catch {
            return .broken("\(error)")
        }
    }

    private func lookup(_ digest: Digest, of place: Place) async -> PlanningSnapshot.Lookup {
        await snapshot(of: place, digest: digest)?.lookup ?? .absent
    }
}

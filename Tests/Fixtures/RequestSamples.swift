package import PromotionCore

/// Every kind of request that the agent understands. A request without a kind here does not compile, and a kind without a sample
/// fails the tests that try all of them.
package enum RequestKind: String, CaseIterable, Sendable {
    case subscribe, board, plan, planRollback, planUndo, planJoint, resolve, papers, compare, image, entries
    case retentionPlan, retentionLines, retentionFile, retentionStatus
    case promote, rollBack, undoRollback, abort, goOn, pause, resume, retry, addEvidence, verify, liftVeto, adoptPointer
    case examineRegistries, lock, unlock, stopAutomation, letAutomationGo, promoteJoint, undoJoint
    case retentionApply, retentionUndo, retentionHold, retentionRelease, retentionResume
    case approve, reject, veto, pin, unpin, freeze, unfreeze, override, closeOverride

    package init(_ request: OperatorRequest) {
        self =
            switch request {
            case .view(let request): RequestKind(request)
            case .promote: .promote
            case .rollBack: .rollBack
            case .undoRollback: .undoRollback
            case .abort: .abort
            case .goOn: .goOn
            case .pause: .pause
            case .resume: .resume
            case .retry: .retry
            case .addEvidence: .addEvidence
            case .verify: .verify
            case .liftVeto: .liftVeto
            case .adoptPointer: .adoptPointer
            case .retention(let order): RequestKind(order)
            case .policy(let request): RequestKind(request)
            case .examineRegistries: .examineRegistries
            case .lock: .lock
            case .unlock: .unlock
            case .stopAutomation: .stopAutomation
            case .letAutomationGo: .letAutomationGo
            case .promoteJoint: .promoteJoint
            case .undoJoint: .undoJoint
            }
    }

    private init(_ request: ViewerRequest) {
        self =
            switch request {
            case .subscribe: .subscribe
            case .board: .board
            case .plan: .plan
            case .planRollback: .planRollback
            case .planUndo: .planUndo
            case .planJoint: .planJoint
            case .resolve: .resolve
            case .papers: .papers
            case .compare: .compare
            case .retention(.plan): .retentionPlan
            case .retention(.lines): .retentionLines
            case .retention(.file): .retentionFile
            case .retention(.status): .retentionStatus
            case .image: .image
            case .entries: .entries
            }
    }

    private init(_ order: RetentionOrder) {
        self =
            switch order {
            case .apply: .retentionApply
            case .undo: .retentionUndo
            case .hold: .retentionHold
            case .release: .retentionRelease
            case .resume: .retentionResume
            }
    }

    private init(_ request: PolicyRequest) {
        self =
            switch request {
            case .approve: .approve
            case .reject: .reject
            case .veto: .veto
            case .pin: .pin
            case .unpin: .unpin
            case .freeze: .freeze
            case .unfreeze: .unfreeze
            case .override: .override
            case .closeOverride: .closeOverride
            }
    }
}

/// One request of every kind, about one place and one image.
package struct RequestSamples {
    let place: Place
    let digest: Digest
    let now: Timestamp

    package init(place: Place, digest: Digest, now: Timestamp) {
        (self.place, self.digest, self.now) = (place, digest, now)
    }

    private var reason: SafeText { "a reason that says enough" }
    private var number: PromotionNumber { PromotionNumber(1) }

    /// - Parameter offer: what a rollback of the place would do; `nil` for none, and then no sample orders one.
    package func all(_ offer: RollbackOffer? = nil) -> [OperatorRequest] {
        views.map(OperatorRequest.view) + orders + policy.map(OperatorRequest.policy) + retention.map(OperatorRequest.retention)
            + [offer.flatMap { RollbackOrder($0, reason: reason) }.map(OperatorRequest.rollBack)].compactMap(\.self)
    }

    private var wanted: PromotionRequest { PromotionRequest(place: place, digest: digest) }
    private var joint: JointRequest { JointRequest(set: nil, members: [wanted]) }

    private var views: [ViewerRequest] {
        [
            .subscribe, .board, .plan(wanted), .planRollback(place), .planUndo(number), .planJoint(joint),
            .resolve(service: place.service, reference: .digest(digest), among: .retained),
            .papers(service: place.service, digest: digest), .compare(service: place.service, from: digest, to: digest),
            .retention(.plan(place.service, allowRatio: 30)),
            .retention(.lines(place.service, plan: digest, from: 0, limit: 10)),
            .retention(.file(place.service, plan: digest, from: 0)), .retention(.status(place.service)),
            .image(service: place.service, reference: .digest(digest)),
            .entries(after: 0, limit: 10),
        ]
    }

    private var orders: [OperatorRequest] {
        [
            .promote(wanted, planHash: digest), .undoRollback(number, reason: reason), .abort(number, reason: reason),
            .goOn(number, reason: reason), .pause(number, reason: reason), .resume(number, reason: reason),
            .retry(number, reason: reason), .addEvidence(place, digest: digest, passed: 1, total: 2, note: "a note"),
            .verify(place), .liftVeto(place, digest: digest, reason: reason),
            .adoptPointer(place, tag: Tag(pointerOf: place.environment), reason: reason),
            .examineRegistries(place.service), .lock(place, .over(Fence(1)), for: .minutes(10), reason: reason),
            .unlock(place, reason: reason),
            .stopAutomation(place, reason: reason), .letAutomationGo(place, reason: reason),
            .promoteJoint(joint, planHash: digest), .undoJoint(JointNumber(1), reason: reason),
        ]
    }

    private var policy: [PolicyRequest] {
        let scope = FreezeScope(service: place.service, environment: place.environment)
        let until = now + .minutes(60)
        return [
            .approve(number, planHash: digest), .reject(number, reason: reason),
            .veto(place, digest: digest, reason: reason), .pin(place, digest: digest, reason: reason),
            .unpin(place, reason: reason), .freeze(scope, until: until, reason: reason), .unfreeze(scope, reason: reason),
            .override(
                place, OverrideRequest(gate: .soak, digest: digest, owner: "alice", reason: reason, expires: until)),
            .closeOverride(1, reason: reason),
        ]
    }

    private var retention: [RetentionOrder] {
        [
            .apply(place.service, plan: digest, count: 1, reason: reason), .undo(place.service, digest),
            .hold(place.service, digest, reason: reason, until: now + .minutes(60)),
            .release(place.service, digest, reason: reason), .resume(place.service, reason: reason),
        ]
    }
}

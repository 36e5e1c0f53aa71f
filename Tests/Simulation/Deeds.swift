internal import Fixtures
internal import PromotionCore
internal import PromotionRunner

/// A person in front of a console: what is shown is looked at first, then asked for.
struct Desk: Sendable {
    let runner: Runner
    let person: Person
    let releases: [Release]
    let services: [Service]
    let world: World

    /// Whatever a person does has a reason that is long enough.
    static let reason: SafeText = "simulated, for a reason"
    private var reason: SafeText { Self.reason }

    /// Does what the person wants, as the console or a command would.
    func carry(out deed: Deed) async -> Answer {
        switch deed {
        case .promote(let release, let place, let whenUnmet):
            return await runner.promote(
                releases[release].digest, to: place, whenUnmet, by: person.account, with: person.grant)
        case .promoteNamed(let release, let digits, let place):
            return await promote(named: releases[release].digest.short(digits), to: place)
        case .pushAgain(let release):
            guard let tag = releases[release].tag else { return .refused([]) }
            world.pushAgain(tag, as: Fixtures.release("another \(release) at \(world.now)", tag: tag.text))
            return .accepted
        case .promoteUnseen(let release, let place):
            let digest = releases[release].digest
            return await ask(.promote(PromotionRequest(place: place, digest: digest), planHash: digest))
        case .addEvidence(let release, let place, let isWhole):
            return await ask(
                .addEvidence(place, digest: releases[release].digest, passed: isWhole ? 6 : 5, total: 6, note: nil))
        case .rollBack(let place, let choice): return await rollBack(place, choice)
        case .rollBackSlowly(let place, let choice, let time): return await rollBack(place, choice, after: time)
        case .undoRollback(let place): return await undoRollback(in: place)
        case .abort(let place): return await tell(place) { .abort($0, reason: reason) }
        case .goOn(let place): return await tell(place) { .goOn($0, reason: reason) }
        case .pause(let place): return await tell(place) { .pause($0, reason: reason) }
        case .resume(let place): return await tell(place) { .resume($0, reason: reason) }
        case .retry(let place): return await tell(place) { .retry($0, reason: reason) }
        case .attend(let place, let choice): return await attend(place, choice)
        case .liftVeto(let release, let place):
            return await ask(.liftVeto(place, digest: releases[release].digest, reason: reason))
        case .rule(let ruling, let place): return await rule(ruling, at: place)
        case .promoteJointly(let numbers, let environment): return await promoteJointly(numbers, to: environment)
        case .undoJoint:
            guard let joint = await shown()?.projection.joints.last else { return .refused([]) }
            return await ask(.undoJoint(joint.number, reason: reason))
        }
    }

    func ask(_ request: OperatorRequest) async -> Answer {
        await runner.answer(request, by: person.account, with: person.grant)
    }

    func shown() async -> Board? {
        guard case .board(let board) = await ask(.view(.board)) else { return nil }
        return board
    }

    /// Says something about what runs in a place.
    private func tell(_ place: Place, _ request: (PromotionNumber) -> OperatorRequest) async -> Answer {
        guard let number = await shown()?.projection.services[place.service]?.active(in: place.environment)?.number else {
            return .refused([])
        }
        return await ask(request(number))
    }

    private func attend(_ place: Place, _ choice: Int) async -> Answer {
        let promotion = await shown()?.projection.services[place.service]?.active(in: place.environment)
        guard let answers = promotion?.answers, !answers.isEmpty else { return .refused([]) }
        return await ask(answers[choice % answers.count])
    }

    private func promoteJointly(_ numbers: [Int], to environment: EnvironmentName) async -> Answer {
        let request = JointRequest(
            set: nil,
            members: zip(services, numbers).map { service, number in
                PromotionRequest(place: Place(service.name, environment), digest: releases[number].digest)
            })
        guard case .jointPlan(let answer) = await ask(.view(.planJoint(request))) else { return .accepted }
        guard let plan = answer.plan else { return .refused(answer.objections) }
        return await ask(.promoteJoint(request, planHash: plan.hash))
    }
}

extension Answer {
    /// The answer as a person hears it.
    var words: String {
        switch self {
        case .started(let number): "promotion \(number)"
        case .jointStarted(let number): "joint release \(number)"
        case .accepted: "accepted"
        case .refused(let objections): "refused: \(objections.first.map { "\($0)" } ?? "nothing to do")"
        case .broken(let reason): "broken: \(reason)"
        case .notPermitted(let reason): "not permitted: \(reason)"
        default: "shown"
        }
    }
}

extension Promotion {
    /// What a person can say to a promotion as it stands.
    fileprivate var answers: [OperatorRequest] {
        let reason = Desk.reason
        let (abort, goOn) = (OperatorRequest.abort(number, reason: reason), OperatorRequest.goOn(number, reason: reason))
        let (pause, resume) = (OperatorRequest.pause(number, reason: reason), OperatorRequest.resume(number, reason: reason))
        let retry = OperatorRequest.retry(number, reason: reason)
        let approve = OperatorRequest.policy(.approve(number, planHash: plan.hash))
        let reject = OperatorRequest.policy(.reject(number, reason: reason))
        switch state {
        case .planned, .blocked: return [approve, approve, abort, reject]
        case .awaitingApproval: return [approve, approve, approve, approve, approve, abort, reject]
        case .queued: return [reject, abort]
        case .readyToSwitch: return [goOn, goOn, goOn, pause, abort]
        case .inconclusive: return [goOn, retry, abort, goOn, retry]
        case .paused: return [resume, resume, abort]
        case .stalled: return [retry, retry, abort]
        case .rollbackFailed: return [goOn, abort]
        case .analysing, .baking: return [pause, abort]
        case .preparing, .deployingIdle, .stepping, .switching, .indeterminate, .verifyingLive, .closing: return [abort, goOn]
        default: return [goOn, abort, retry, resume, pause]
        }
    }
}

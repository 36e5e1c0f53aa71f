internal import Fixtures
internal import PromotionCore
internal import PromotionRunner

extension Runner {
    /// Does what a person wants, as the console or a command would: what is shown is looked at first.
    func carry(out deed: Deed, _ releases: [Release], by account: Account) async -> Answer {
        switch deed {
        case .promote(let release, let place, let whenUnmet):
            return await promote(releases[release].digest, to: place, whenUnmet, by: account)
        case .promoteUnseen(let release, let place):
            let digest = releases[release].digest
            return await answer(.promote(PromotionRequest(place: place, digest: digest), planHash: digest), by: account)
        case .addEvidence(let release, let place, let isWhole):
            return await answer(
                .addEvidence(place, digest: releases[release].digest, passed: isWhole ? 6 : 5, total: 6, note: nil), by: account)
        case .rollBack(let place):
            guard let goal = await shown(to: account)?.rollback(of: place).release else { return .refused([]) }
            return await answer(.rollBack(place, goal: goal.digest, reason: "simulated"), by: account)
        case .abort(let place): return await tell(place, account) { .abort($0, reason: "simulated") }
        case .goOn(let place): return await tell(place, account) { .goOn($0, reason: "simulated") }
        case .pause(let place): return await tell(place, account) { .pause($0, reason: "simulated") }
        case .resume(let place): return await tell(place, account) { .resume($0, reason: "simulated") }
        case .retry(let place): return await tell(place, account) { .retry($0, reason: "simulated") }
        case .attend(let place, let choice):
            let promotion = await shown(to: account)?.projection.services[place.service]?.active(in: place.environment)
            guard let promotion else { return .refused([]) }
            let answers = promotion.answers
            return await answer(answers[choice % answers.count], by: account)
        case .liftVeto(let release, let place):
            return await answer(.liftVeto(place, digest: releases[release].digest, reason: "simulated"), by: account)
        }
    }

    private func shown(to account: Account) async -> Board? {
        guard case .board(let board) = await answer(.view(.board), by: account) else { return nil }
        return board
    }

    /// Says something about what runs in a place.
    private func tell(_ place: Place, _ account: Account, _ request: (PromotionNumber) -> OperatorRequest) async -> Answer {
        let board = await shown(to: account)
        guard let number = board?.projection.services[place.service]?.active(in: place.environment)?.number else {
            return .refused([])
        }
        return await answer(request(number), by: account)
    }
}

extension Answer {
    /// The answer as a person hears it.
    var words: String {
        switch self {
        case .started(let number): "promotion \(number)"
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
        let (abort, goOn) = (
            OperatorRequest.abort(number, reason: "simulated"), OperatorRequest.goOn(number, reason: "simulated")
        )
        let (pause, resume) = (
            OperatorRequest.pause(number, reason: "simulated"), OperatorRequest.resume(number, reason: "simulated")
        )
        let retry = OperatorRequest.retry(number, reason: "simulated")
        switch state {
        case .readyToSwitch: return [goOn, goOn, goOn, pause, abort]
        case .inconclusive: return [goOn, retry, abort, goOn, retry]
        case .paused: return [resume, resume, abort]
        case .stalled: return [retry, retry, abort]
        case .rollbackFailed: return [goOn, abort]
        case .analysing, .baking: return [pause, abort]
        default: return [goOn, abort, retry, resume, pause]
        }
    }
}

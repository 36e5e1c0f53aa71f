internal import Logging
package import PromotionCore

/// Who asked in vain for what, where: the key under which repetitions are told.
struct Denial: Hashable {
    let account: SafeText
    let wanted: SafeText
    let place: Place?
}

extension Runner {
    /// How long a repetition of the same denial is not kept again: nobody fills the ledger by asking in vain.
    private static let denialPause = Milliseconds.minutes(1)
    /// Denials that are remembered; a flood of different ones is kept as far as this within the pause.
    private static let denialLimit = 100

    package func noteDenial(of wanted: SafeText, to account: Account, at place: Place?, because reason: SafeText) async {
        let denial = Denial(account: account.name, wanted: wanted, place: place)
        let now = time.elapsed
        denials = denials.filter { time.rest(of: Self.denialPause, since: $0.value) > .zero }
        guard denials[denial] == nil, denials.count < Self.denialLimit else { return }
        denials[denial] = now
        let known = place.flatMap { board.service($0.service)?.environment($0.environment) } == nil ? nil : place
        do {
            try await record(.policy(.denied(wanted: wanted, reason: reason)), by: account, place: known)
        } catch {
            logger.warning("a denial was not recorded", metadata: ["error": "\(error)"])
        }
    }

    /// The answer to a request that the account may not ask here; nil where it may.
    func deny(_ request: OperatorRequest, to account: Account, with grant: Grant) async -> Answer? {
        if let reason = covering(request, grant, account) {
            await noteDenial(of: request.name, to: account, at: request.place, because: reason)
            return .notPermitted(reason)
        }
        let place = request.place ?? request.promotion.flatMap { board.projection.promotion($0)?.plan.place }
        guard let reason = grant.denial(of: request, to: account, at: place) else { return nil }
        await noteDenial(of: request.name, to: account, at: place, because: reason)
        return .notPermitted(reason)
    }

    /// What covers several environments needs the role in each of them.
    private func covering(_ request: OperatorRequest, _ grant: Grant, _ account: Account) -> SafeText? {
        let covered: [EnvironmentName]
        switch request {
        case .policy(.freeze(let scope, _, _)), .policy(.unfreeze(let scope, _)):
            covered = scope.environment.map { [$0] } ?? board.services.flatMap { $0.path.map(\.name) }
        case .promoteJoint(let wanted, _): covered = wanted.members.map(\.place.environment)
        case .undoJoint(let number, _): covered = board.projection.joint(number).map { [$0.environment] } ?? []
        default: return nil
        }
        let role = grant.role(over: Set(covered))
        guard role < request.leastRole else { return nil }
        return "\(account.name) is \(role.rawValue) in some of it; \(request.name) needs \(request.leastRole.rawValue) in all"
    }
}

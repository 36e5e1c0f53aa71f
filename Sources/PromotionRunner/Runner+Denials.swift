internal import Logging
package import PromotionCore
internal import Synchronization

/// Who asked in vain for what, where: the key under which repetitions are told.
struct Denial: Hashable {
    /// Whose account it counts on: a gateway's for all whom it names.
    let bearer: SafeText
    /// The account that was denied.
    let account: SafeText
    /// The kind of request, without the number that it names.
    let wanted: SafeText
    let place: Place?
}

/// Denials of one account that were not kept one by one.
struct UnkeptDenials {
    var count = 0
    let account: Account
    let first: SafeText
    var last: SafeText
}

/// Whether the refusal of one request is in the ledger already.
final class RefusalNote: Sendable {
    @TaskLocal static var current: RefusalNote?

    private let kept = Mutex(false)

    var isKept: Bool { kept.withLock(\.self) }

    func keep() { kept.withLock { $0 = true } }
}

extension Runner {
    /// How long a repetition of the same denial is not kept again: nobody fills the ledger by asking in vain.
    private static let denialPause = Milliseconds.minutes(1)
    /// Denials of one account that are kept within the pause; of the rest, one entry says how many there were.
    private static let denialBudget = 20
    /// Accounts that are remembered at a time.
    private static let bearerLimit = 1_000

    package func noteDenial(of wanted: SafeText, to account: Account, at place: Place?, because reason: SafeText) async {
        RefusalNote.current?.keep()
        let kind = SafeText(wanted.text.prefix { !$0.isNumber }, limit: 60)
        let bearer = account.gateway ?? account.name
        let denial = Denial(bearer: bearer, account: account.name, wanted: kind, place: place)
        let now = time.elapsed
        denials = denials.filter { time.rest(of: Self.denialPause, since: $0.value) > .zero }
        guard denials[denial] == nil else { return }
        guard denials.keys.count(where: { $0.bearer == bearer }) < Self.denialBudget else {
            return count(wanted, of: account, as: bearer)
        }
        denials[denial] = now
        let known = place.flatMap { board.service($0.service)?.environment($0.environment) } == nil ? nil : place
        await keep(.denied(wanted: wanted, reason: reason), of: account, at: known)
    }

    private func keep(_ fact: PolicyFact, of account: Account, at place: Place?) async {
        do {
            try await record(.policy(fact), by: account, place: place)
        } catch {
            logger.warning("a denial was not recorded", metadata: ["error": "\(error)"])
        }
    }

    /// Counts what is beyond an account's budget; at the end of the pause the ledger is told.
    private func count(_ wanted: SafeText, of account: Account, as bearer: SafeText) {
        if unkeptDenials[bearer] == nil {
            guard unkeptDenials.count < Self.bearerLimit else { return }
            unkeptDenials[bearer] = UnkeptDenials(account: account, first: wanted, last: wanted)
            Task(executorPreference: time.executor) { [weak self, time] in
                await time.wait(Self.denialPause)
                await self?.tellUnkept(of: bearer)
            }
        }
        unkeptDenials[bearer]?.count += 1
        unkeptDenials[bearer]?.last = wanted
    }

    private func tellUnkept(of bearer: SafeText) async {
        guard let unkept = unkeptDenials.removeValue(forKey: bearer) else { return }
        let reason: SafeText =
            "\(unkept.count) more requests were denied within \(Self.denialPause) and not kept one by one: first \(unkept.first), last \(unkept.last)"
        await keep(.denied(wanted: "\(unkept.count) more", reason: reason), of: unkept.account, at: nil)
    }

    /// The answer to a request that the account may not ask here; nil where it may.
    func deny(_ request: OperatorRequest, to account: Account, with grant: Grant) async -> Answer? {
        guard let reason = lack(of: request, grant, account) else { return nil }
        await noteDenial(of: request.name, to: account, at: placeOf(request), because: reason)
        return .notPermitted(reason)
    }

    /// The role that an account lacks for a request, as a sentence; `nil` if it may ask this.
    func lack(of request: OperatorRequest, _ grant: Grant, _ account: Account) -> SafeText? {
        covering(request, grant, account) ?? grant.denial(of: request, to: account, at: placeOf(request))
    }

    private func placeOf(_ request: OperatorRequest) -> Place? {
        request.place ?? request.promotion.flatMap { board.projection.promotion($0)?.plan.place }
    }

    /// What covers several environments needs the role in each of them.
    private func covering(_ request: OperatorRequest, _ grant: Grant, _ account: Account) -> SafeText? {
        let covered: [EnvironmentName]
        switch request {
        case .policy(.freeze(let scope, _, _)), .policy(.unfreeze(let scope, _)):
            covered = scope.environment.map { [$0] } ?? board.services.flatMap { $0.path.map(\.name) }
        case .promoteJoint(let wanted, _): covered = wanted.members.map(\.place.environment)
        case .undoJoint(let number, _): covered = board.projection.joint(number).map { [$0.environment] } ?? []
        case .retention(let order): covered = environments(sharingRepositoryOf: order.service)
        case .examineRegistries(let service): covered = environments(sharingRepositoryOf: service)
        case .view, .promote, .rollBack, .undoRollback, .abort, .goOn, .pause, .resume, .retry, .addEvidence, .verify, .liftVeto,
            .adoptPointer, .policy, .lock, .unlock, .stopAutomation, .letAutomationGo:
            return nil
        }
        let role = grant.role(over: Set(covered))
        guard role < request.leastRole else { return nil }
        return "\(account.name) is \(role.rawValue) in some of it; \(request.name) needs \(request.leastRole.rawValue) in all"
    }

    /// The environments of every service whose images are in the repository that retention of a service is about.
    private func environments(sharingRepositoryOf service: ServiceName) -> [EnvironmentName] {
        guard let repository = wirings[service]?.service.repository else { return board.services.flatMap { $0.path.map(\.name) } }
        return board.services.filter { other in
            other.repository == repository || other.path.contains { other.home(of: $0.name).repository == repository }
        }.flatMap { $0.path.map(\.name) }
    }
}

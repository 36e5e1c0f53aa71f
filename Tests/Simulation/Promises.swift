internal import Fixtures
internal import PromotionCore

/// What must hold, as sentences about a world and its ledger. Each function is one promise of the design, section 13.
enum Promises {
    /// What holds at every moment.
    static func always(_ operation: Operation) -> [String] {
        guard let projection = try? operation.projection() else { return ["the ledger cannot be folded"] }
        return oneAtATime(projection) + boardIsTheLedger(operation, projection) + onlyTestedServes(operation, projection)
    }

    /// What holds once nothing is under way and nothing goes wrong any more.
    static func atRest(_ operation: Operation, _ projection: Projection, hasStranger: Bool) -> [String] {
        let pointers = hasStranger ? [] : pointersNameWhatServes(operation, projection)
        return failedGatesWereUndone(projection) + pointers + ledgerIsTheWorld(operation, projection)
            + leasesAreGivenBack(operation, projection)
    }

    /// Two promotions never change one environment.
    private static func oneAtATime(_ projection: Projection) -> [String] {
        projection.services.flatMap { name, service in
            Dictionary(grouping: service.promotions.filter { !$0.hasEnded }, by: \.plan.place.environment)
                .filter { $0.value.count > 1 }
                .map { "\($0.value.count) promotions of \(name) \($0.key) at once" }
        }
    }

    /// What viewers are shown is what the ledger says.
    private static func boardIsTheLedger(_ operation: Operation, _ projection: Projection) -> [String] {
        guard let board = operation.board() else { return [] }
        return board.projection == projection ? [] : ["the board is not the fold of the ledger"]
    }

    /// Traffic of prod goes only to what was there at first, or to what has evidence upstream.
    private static func onlyTestedServes(_ operation: Operation, _ projection: Projection) -> [String] {
        guard let serving = operation.serving(), let service = projection.services[Fixtures.payments] else { return [] }
        let isOld = [Operation.serving, Operation.warm].contains(serving)
        let isTested = !service.evidence(for: serving.digests, in: Fixtures.staging).isEmpty
        return isOld || isTested ? [] : ["prod serves \(serving.digest.short()), which was never tested"]
    }

    /// A failed gate after the switch ends in a rollback, or in a loud alarm; never in silence.
    private static func failedGatesWereUndone(_ projection: Projection) -> [String] {
        projection.services.values.flatMap(\.promotions).compactMap { promotion in
            guard promotion.plan.kind == .promotion, promotion.isCommitted, let failure = promotion.failure, failure.check != nil
            else { return nil }
            switch promotion.state {
            case .ended(.rolledBack), .ended(.rolledBackUnverified), .rollbackFailed: return nil
            case .ended(.failed) where promotion.plan.goal == nil || promotion.plan.onInconclusive == .fail: return nil
            case .ended(.failed) where promotion.passage.contains { $0.state == .rollbackFailed }: return nil
            default:
                return "promotion \(promotion.number) failed \(failure.reason) after the switch and is \(promotion.state.words)"
            }
        }
    }

    /// The environment's pointer tag names what serves.
    private static func pointersNameWhatServes(_ operation: Operation, _ projection: Projection) -> [String] {
        guard let serving = operation.serving(), isSettled(Fixtures.prod, projection) else { return [] }
        let named = operation.tag("prod")
        return named == serving.digest ? [] : ["tag prod names \(named?.short() ?? "nothing"), \(serving.digest.short()) serves"]
    }

    /// Where the ledger says that traffic goes, it goes; what it says that the live slot runs, it runs.
    private static func ledgerIsTheWorld(_ operation: Operation, _ projection: Projection) -> [String] {
        guard isSettled(Fixtures.prod, projection), let prod = projection.services[Fixtures.payments]?.environments[Fixtures.prod]
        else { return [] }
        var found: [String] = []
        if prod.live != operation.live() {
            found.append("the ledger has \(prod.live?.text ?? "nothing") live, the switch \(operation.live()?.text ?? "nothing")")
        }
        if let serving = operation.serving(), prod.serving?.release.digest != serving.digest {
            found.append(
                "the ledger has \(prod.serving?.release.digest.short() ?? "nothing") serving, the slot runs \(serving.digest.short())"
            )
        }
        return found
    }

    /// Nobody holds an environment that nothing is done in.
    private static func leasesAreGivenBack(_ operation: Operation, _ projection: Projection) -> [String] {
        let now = operation.world.now
        return operation.world.with { state in
            state.leases.values.filter { $0.expires > now && isSettled($0.place.environment, projection) }
                .map { "the lease of \($0.place) is still held: \($0.holder.reason)" }
        }
    }

    /// Whether every promotion of an environment has ended well: nothing under way, no alarm, no deploy that broke half-way.
    private static func isSettled(_ name: EnvironmentName, _ projection: Projection) -> Bool {
        let promotions = projection.services[Fixtures.payments]?.promotions.filter { $0.plan.place.environment == name } ?? []
        return promotions.allSatisfy { promotion in
            promotion.hasEnded && !promotion.passage.contains { $0.state == .rollbackFailed }
                && promotion.state != .ended(.rolledBackUnverified)
                && !(promotion.state == .ended(.failed) && promotion.isCommitted)
        }
    }
}

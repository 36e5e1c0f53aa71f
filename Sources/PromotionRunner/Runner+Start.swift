package import Logging
package import PromotionCore

extension Runner {
    /// Opens the ledger, adopts environments that it has never seen, and goes on with every promotion that has not ended.
    /// - Throws: `Fault` of the ledger, `ChainFault` where its tail does not hold.
    package static func start(
        wirings: [ServiceWiring], ledger: any Ledger, leases: any LeaseStore, time: TimeSource, agent: AgentDescription,
        identity: Account, session: String, trust: Trust = Trust(), jointSets: [JointSet] = [],
        aftermath: Aftermath = Aftermath(), logger: Logger
    ) async throws -> Runner {
        let (projection, saved) = try await Projection.read(from: ledger)
        let recent = try await ledger.entries(
            after: max(0, projection.head.sequence - Int64(Board.streamLimit)), limit: Board.streamLimit)
        let board = Board(
            services: wirings.map(\.service), jointSets: jointSets, projection: projection, agent: agent, recent: recent)
        let runner = Runner(
            wirings: wirings, ledger: ledger, leases: leases, time: time, identity: identity, session: session, trust: trust,
            aftermath: aftermath, logger: logger, board: board, saved: saved)
        try await runner.doubtClock()
        try await runner.beginCounting(version: agent.version)
        try await runner.adoptAll()
        try await runner.resume()
        await runner.observe()
        await runner.watchClock()
        await runner.attend()
        await runner.settleDebts()
        await runner.followJoints()
        await runner.automate()
        return runner
    }

    private func resume() async throws {
        for promotion in board.projection.unfinished {
            guard wirings[promotion.plan.place.service]?.places[promotion.plan.place.environment] != nil else {
                logger.error(
                    "promotion \(promotion.number) of \(promotion.plan.place) is no longer configured; it stays as it is")
                continue
            }
            try await record(
                .happened(.resumed), by: identity, place: promotion.plan.place, promotion: promotion.number)
            run(promotion.number)
        }
        await giveBackLeases()
    }

    /// Whether nobody knows of a lease any more: its promotion has ended, or it was never recorded that a person holds it.
    private func isLeftBehind(_ lease: Lease) -> Bool {
        if let number = lease.holder.promotion { return board.projection.promotion(number)?.hasEnded == true }
        return board.projection.services[lease.place.service]?.environments[lease.place.environment]?.lease?.fence != lease.fence
    }

    /// A promotion that ended while its agent died, or because it did, leaves a lease behind that nobody would give back.
    private func giveBackLeases() async {
        for (service, wiring) in wirings {
            for environment in wiring.places.keys {
                guard let lease = try? await leases.current(Place(service, environment)), isLeftBehind(lease)
                else { continue }
                try? await leases.release(lease)
            }
        }
    }
}

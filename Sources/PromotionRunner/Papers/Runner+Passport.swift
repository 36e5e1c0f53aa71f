internal import Logging
internal import PromotionCore

/// The record of a promotion that travels with its image. It is written after the end and beside everything else: it can
/// neither delay nor fail a promotion, and where it cannot be written the ledger says so and remains the truth.
extension Runner {
    /// Begins a passport where this entry ended a promotion that succeeded.
    func issuePassport(after entry: LedgerEntry) {
        if case .none = trust.signing { return }
        guard let number = entry.draft.promotion, let promotion = board.projection.promotion(number),
            promotion.state == .ended(.succeeded), promotion.plan.kind == .promotion, case .happened? = try? entry.fact()
        else { return }
        let record = PromotionRecord(of: promotion, endedBy: entry, evidence: upstreamEvidence(of: promotion))
        Task(executorPreference: time.executor) {
            let outcome = await self.passport(record, of: promotion)
            await self.keep(PassportResult(digest: promotion.plan.release.digest, outcome: outcome), of: promotion)
        }
    }

    private func passport(_ record: PromotionRecord, of promotion: Promotion) async -> PassportResult.Outcome {
        switch trust.signing {
        case .none: return .failed("no key is configured")
        case .broken(let reason): return .failed(reason)
        case .by(let signer):
            let place = promotion.plan.place
            guard let store = wirings[place.service]?.home(of: place.environment).artifacts else {
                return .failed("nothing can be stored beside the image in this registry")
            }
            let office = PassportOffice(
                store: store, leases: leases, signer: signer, time: time, holder: passportHolder(of: promotion))
            return await office.attach(record, to: promotion.plan.image)
        }
    }

    private func passportHolder(of promotion: Promotion) -> LeaseHolder {
        LeaseHolder(
            owner: identity, session: session, promotion: promotion.number, reason: "passport of promotion \(promotion.number)")
    }

    private func upstreamEvidence(of promotion: Promotion) -> [Evidence] {
        guard let upstream = promotion.plan.from else { return [] }
        let ledger = board.projection.services[promotion.plan.place.service]
        return ledger?.evidence(for: promotion.plan.release.digests, in: upstream) ?? []
    }

    private func keep(_ result: PassportResult, of promotion: Promotion) async {
        if case .failed(let reason) = result.outcome {
            logger.warning(
                "a passport was not attached", metadata: ["promotion": "\(promotion.number)", "reason": "\(reason)"])
        }
        do {
            try await record(
                .passport(result), by: identity, place: promotion.plan.place, promotion: promotion.number)
        } catch {
            logger.warning("what became of a passport was not recorded", metadata: ["error": "\(error)"])
        }
    }
}

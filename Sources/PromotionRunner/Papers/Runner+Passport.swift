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

/// Attaches passports to images, one at a time in one repository, whoever writes there.
struct PassportOffice: Sendable {
    let store: any ArtifactStore
    let leases: any LeaseStore
    let signer: any Signer
    let time: TimeSource
    let holder: LeaseHolder

    /// The place whose lease keeps two writers of one fallback tag apart. It is no environment's: nothing that changes what
    /// runs ever waits for a passport.
    static let desk: EnvironmentName = .literal("passport-desk")
    private static let tries = 5
    private static let term = Milliseconds.seconds(60)

    /// Writes the passport, and reads back that the image's referrers hold it.
    @concurrent
    func attach(_ record: PromotionRecord, to image: PinnedImage) async -> PassportResult.Outcome {
        var last = Fault(.broke, "nobody tried")
        for attempt in 0..<Self.tries {
            if attempt > 0 { await time.wait(Milliseconds(500 << Int64(attempt))) }
            do throws(Fault) {
                return try await underLease(of: record.service) { fence throws(Fault) in
                    try await write(record, to: image, under: fence)
                }
            } catch {
                last = error
                if error.kind == .refused { break }
            }
        }
        return .failed(last.reason)
    }

    private func underLease(
        of service: ServiceName, _ work: (Fence) async throws(Fault) -> PassportResult.Outcome
    ) async throws(Fault) -> PassportResult.Outcome {
        let now = time.now()
        switch try await leases.take(Place(service, Self.desk), for: holder, until: now + Self.term, now: now) {
        case .held(let other): throw Fault(.broke, "\(other.holder.owner) writes another passport: \(other.holder.reason)")
        case .taken(let lease):
            do throws(Fault) {
                let outcome = try await work(lease.fence)
                try? await leases.release(lease)
                return outcome
            } catch {
                try? await leases.release(lease)
                throw error
            }
        }
    }

    private func write(
        _ record: PromotionRecord, to image: PinnedImage, under fence: Fence
    ) async throws(Fault) -> PassportResult.Outcome {
        guard let subject = try await store.document(image.digest, in: image.repository) else {
            throw Fault(.refused, "\(image.digest.short()) is no longer in the registry")
        }
        let draft = try Passport.draft(record, on: subject.descriptor, by: signer)
        for blob in draft.blobs { try await store.upload(blob, in: image.repository) }
        try await store.put(draft.document, as: nil, in: image.repository, under: fence)
        let listed = try await store.referrers(to: image.digest, in: image.repository)
        guard listed.contains(where: { $0.digest == draft.document.digest }) else {
            throw Fault(.broke, "it was stored, but the image's referrers do not list it")
        }
        let key = KeyIdentity(fingerprint: signer.publicKey.fingerprint, name: "this agent")
        return .attached(manifest: draft.document.digest, key: key)
    }
}

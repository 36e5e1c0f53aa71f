package import PromotionCore

/// Attaches passports to images, one at a time in one repository, whoever writes there.
package struct PassportOffice: Sendable {
    let store: any ArtifactStore
    let leases: any LeaseStore
    let signer: any Signer
    let time: TimeSource
    let holder: LeaseHolder

    /// - Parameter holder: what the lease of the desk says of who writes.
    package init(
        store: any ArtifactStore, leases: any LeaseStore, signer: any Signer, time: TimeSource, holder: LeaseHolder
    ) {
        self.store = store
        self.leases = leases
        self.signer = signer
        self.time = time
        self.holder = holder
    }

    /// The place whose lease keeps two writers of one fallback tag apart. It is no environment's: nothing that changes what
    /// runs ever waits for a passport.
    package static let desk: EnvironmentName = .literal("passport-desk")
    /// Tries of one passport, all told.
    package static let tries = 5
    private static let term = Milliseconds.seconds(60)

    /// Writes the passport, and reads back that the image's referrers hold it.
    ///
    /// It is signed once, whatever is tried again: two signatures over one record would be two passports.
    @concurrent
    package func attach(_ record: PromotionRecord, to image: PinnedImage) async -> PassportResult.Outcome {
        var draft: Passport.Draft?
        var last = Fault(.broke, "nobody tried")
        for attempt in 0..<Self.tries {
            if attempt > 0 { await time.wait(Milliseconds(500 << Int64(attempt))) }
            do throws(Fault) {
                let signed = if let draft { draft } else { try await self.draft(record, for: image) }
                draft = signed
                return try await underLease(of: record.service) { fence throws(Fault) in
                    try await put(signed, on: image, under: fence)
                }
            } catch {
                last = error
                if error.kind == .refused { break }
            }
        }
        return .failed(last.reason)
    }

    private func draft(_ record: PromotionRecord, for image: PinnedImage) async throws(Fault) -> Passport.Draft {
        guard let subject = try await store.document(image.digest, in: image.repository) else {
            throw Fault(.refused, "\(image.digest.short()) is no longer in the registry")
        }
        return try Passport.draft(record, on: subject.descriptor, by: signer)
    }

    private func underLease(
        of service: ServiceName, _ work: (Fence) async throws(Fault) -> PassportResult.Outcome
    ) async throws(Fault) -> PassportResult.Outcome {
        let desk = Place(service, Self.desk)
        switch try await leases.take(desk, for: holder, lasting: Self.term, now: time.reading, on: .boot) {
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

    private func put(
        _ draft: Passport.Draft, on image: PinnedImage, under fence: Fence
    ) async throws(Fault) -> PassportResult.Outcome {
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

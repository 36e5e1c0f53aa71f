internal import PromotionCore

/// Changes one repository while the leases last. A registry may ask to be left alone for minutes: what still waits to be sent when
/// they are over is given up, and nothing is begun shortly before.
struct RetentionChanges: Sendable {
    let ground: RetentionGround
    let time: TimeSource
    let fence: Fence
    /// Until when something may be changed under the leases as they are held.
    let term: RetentionLeases.Term

    /// Puts a document, and names it where it shall have a name.
    func put(_ document: StoredDocument, as tag: Tag?) async throws(Fault) {
        try await change { () throws(Fault) in
            try await ground.store.put(document, as: tag, in: ground.repository, under: fence)
        }
    }

    /// Takes a tag away; one that names something else by now is left.
    func delete(_ tag: Tag, naming digest: Digest) async throws(Fault) {
        _ = try await change { () throws(Fault) in
            try await ground.store.delete(tag, naming: digest, in: ground.repository, under: fence)
        }
    }

    /// Deletes a document.
    func delete(_ digest: Digest) async throws(Fault) {
        _ = try await change { () throws(Fault) in try await ground.store.delete(digest, in: ground.repository, under: fence) }
    }

    private func change<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        guard time.elapsed < term.beginning else { throw Fault(.refused, "its leases end, and nothing more is begun under them") }
        let task = time.begin { () -> Result<Value, Fault> in
            do throws(Fault) { return .success(try await work()) } catch { return .failure(error) }
        }
        let watch = time.begin {
            await time.wait(Milliseconds(term.giving.count - time.elapsed.count))
            task.cancel()
        }
        let result = await task.value
        let isGivenUp = task.isCancelled
        watch.cancel()
        guard case .failure(let fault) = result, isGivenUp else { return try result.get() }
        throw Fault(fault.kind, "its leases end, and it was given up: \(fault.reason)")
    }
}

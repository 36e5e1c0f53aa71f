internal import PromotionCore

/// Digests that people want kept.
extension Runner {
    /// Keeps a digest, whatever the rules say.
    func hold(
        _ digest: Digest, _ hold: RetentionFact.Hold, of service: ServiceName, _ account: Account
    ) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        guard await isThere(digest, ground) else {
            let reason: SafeText = "\(digest.short()) is not in \(ground.repository)"
            return .refused([.init(.unknownImage, reason, remedy: "name one that baton retention plan lists")])
        }
        if let objection = objection(to: hold, of: digest, ground) { return .refused([objection]) }
        return await keep(.holdPlaced(digest, hold), of: service, account)
    }

    /// Whether a digest is in the repository. Where the registry does not say so it is held all the same: that only keeps.
    private func isThere(_ digest: Digest, _ ground: RetentionGround) async -> Bool {
        if retention.shelf[ground.repository]?[digest] != nil, retention.gone[ground.repository]?.contains(digest) != true {
            return true
        }
        if board.projection.retention[ground.repository]?.quarantined[digest] != nil { return true }
        do { return try await ground.store.document(digest, in: ground.repository) != nil } catch { return true }
    }

    private func objection(to hold: RetentionFact.Hold, of digest: Digest, _ ground: RetentionGround) -> Objection? {
        let now = time.now()
        if let until = hold.until, until <= now {
            return Objection(.changed, "\(until) is over", remedy: "name a time that is still to come")
        }
        let standing = (board.projection.retention[ground.repository]?.holds ?? [:]).filter { _, hold in
            hold.until.map { $0 > now } ?? true
        }
        if let other = standing[digest], other.by != hold.by, let until = hold.until, other.until.map({ until < $0 }) ?? true {
            let end = other.until.map { "until \($0)" } ?? "until somebody lets go"
            return Objection(
                .changed, "\(other.by) holds \(digest.short()) \(end), which is longer",
                remedy: "let go of it first: baton retention release")
        }
        let count = standing.keys.count { $0 != digest }
        guard count < RetentionProjection.holdLimit else {
            return Objection(.busy, "\(count) digests are held already", remedy: "let go of some first")
        }
        return nil
    }

    /// Writes down what a person decided.
    func keep(_ fact: RetentionFact, of service: ServiceName, _ account: Account) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        do {
            try await note(fact, in: ground.repository, by: account)
            return .accepted
        } catch {
            return .broken("\(error)")
        }
    }

    /// Lets go of a digest that is held.
    func letGo(_ digest: Digest, of service: ServiceName, _ reason: SafeText, _ account: Account) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        guard board.projection.retention[ground.repository]?.holds[digest] != nil else {
            return .refused([.init(.changed, "\(digest.short()) is not held", remedy: "see baton retention status")])
        }
        return await keep(.holdReleased(digest, reason: reason), of: service, account)
    }
}

package import PromotionCore

extension DistributionRegistry {
    /// Makes a tag name a digest by the protocol for registries that know no conditions: fence, read, prove, put the exact
    /// bytes, read back. Two round trips change the tag, the third proves it.
    ///
    /// A release tag is only ever created.
    package func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove {
        let move = TagMove(registry: self, tag: tag, repository: repository, expected: expected, digest: digest)
        // The fence is kept while the registry is asked; nothing is put before it is.
        async let admitted: Void = fences(of: repository).admit(.tag(tag), under: fence)
        async let found = move.read()
        let result: Result<TagMove.Reading, Fault>
        do { result = .success(try await found) } catch { result = .failure(TagMove.fault(error)) }
        do { try await admitted } catch { throw TagMove.fault(error) }
        memory.see(tag, as: nil, in: repository)
        return try await move.run(try result.get())
    }
}

/// One move of one tag.
struct TagMove: Sendable {
    let registry: DistributionRegistry
    let tag: Tag
    let repository: RepositoryName
    let expected: Digest?
    let digest: Digest

    private var client: RegistryClient { registry.client }
    private var scopes: [TokenScope] { [.writing(repository)] }
    private var what: String { "\(repository):\(tag)" }

    /// Beginnings, where an outcome was unknown and proved to be nothing.
    private static let attempts = 2

    /// What was read before anything changes.
    struct Reading: Sendable {
        let look: Look
        let document: StoredDocument?
    }

    /// What the tag named, and when.
    struct Look: Sendable {
        let named: Digest?
        let at: Timestamp
    }

    /// Reads the tag and, beside it, the bytes that it shall name.
    func read() async throws(Fault) -> Reading {
        async let look = look()
        async let document = wanted()
        do { return Reading(look: try await look, document: try await document) } catch {
            throw Self.fault(error)
        }
    }

    static func fault(_ error: any Error) -> Fault { error as? Fault ?? Fault(.broke, SafeText("\(error)")) }

    private func look() async throws(Fault) -> Look {
        try await registry.asking(what) { () throws(RegistryError) in
            let named = try await client.head(tag, in: repository, scopes: scopes)
            let at = registry.now
            if case .digest(let digest, _) = named { return Look(named: digest, at: at) }
            return Look(named: nil, at: at)
        }
    }

    private func wanted() async throws(Fault) -> StoredDocument? {
        if let held = registry.memory.document(digest), registry.memory.proof(of: digest, in: repository) != nil { return held }
        let document = try await registry.asking("\(repository)@\(digest)") { () throws(RegistryError) in
            try await client.document(.digest(digest), in: repository, scopes: scopes)
        }
        if let document { registry.memory.keep(document) }
        return document
    }

    func run(_ first: Reading) async throws(Fault) -> PointerMove {
        var reading = first
        for attempt in 1...Self.attempts {
            if reading.look.named == digest { return try await confirm() }
            if expected != nil, registry.scheme(of: repository).isFinal(tag) {
                throw Fault(.refused, SafeText("\(tag) is a release tag: it is created once and never moved"))
            }
            guard reading.look.named == expected else { return .conflict(observed: reading.look.named) }
            guard let document = reading.document else {
                throw Fault(
                    .refused, SafeText("\(digest) does not exist in \(client.address.name)/\(repository); \(tag) stays as it is"))
            }
            try await prove()
            switch try await put(document, after: reading.look) {
            case .moved(let look): return look.named == digest ? try await confirm() : .conflict(observed: look.named)
            case .put(.created): return try await confirm()
            case .put(.conditionFailed(let words)):
                return try await explain(registry.fault(.unexpected(status: 412, words: words), of: what))
            case .refused(let fault): return try await explain(fault)
            case .put(.notSent): throw registry.fault(.notSent, of: what)
            case .put(.unknown(let error)):
                let settled = try await settle(after: error)
                if settled == digest { return try await confirm() }
                guard settled == expected else { return .lost(observed: settled) }
                guard attempt < Self.attempts else { throw registry.fault(error, of: what, kind: .unknown) }
                reading = try await read()
            }
        }
        throw Fault(.unknown, SafeText("\(what): nobody knows what it names"))
    }

    /// Every platform's manifest and configuration was read within the last minutes.
    private func prove() async throws(Fault) {
        if let proof = registry.memory.proof(of: digest, in: repository), registry.now - proof.at < DistributionRegistry.proofLife
        {
            return
        }
        guard try await registry.image(of: digest, in: repository) != nil else {
            throw Fault(
                .refused, SafeText("\(digest) does not exist in \(client.address.name)/\(repository); \(tag) stays as it is"))
        }
    }

    /// Looks at a tag that the registry refused to move: another tool may have moved it, and otherwise the refusal stands.
    /// - Throws: the refusal, if the tag names what it named, or cannot be read.
    private func explain(_ refusal: Fault) async throws(Fault) -> PointerMove {
        guard let seen = try? await look() else { throw refusal }
        if seen.named == digest { return try await confirm() }
        guard seen.named == expected else { return .conflict(observed: seen.named) }
        throw refusal
    }

    /// What came of putting the tag.
    private enum Putting {
        case put(PutOutcome)
        /// The registry said no, for a reason of its own.
        case refused(Fault)
        /// Somebody else moved it before it was put.
        case moved(Look)
    }

    /// Puts the tag right after a look at it: a registry may ask to be left alone, or for a new token, in between, and then it is
    /// looked at again.
    private func put(_ document: StoredDocument, after first: Look) async throws(Fault) -> Putting {
        let condition = expected.map(RegistryClient.Expectation.digest) ?? .absent
        var seen = first
        for _ in 1...DistributionRegistry.looks {
            if registry.now - seen.at > DistributionRegistry.lookLife {
                seen = try await look()
                guard seen.named == expected else { return .moved(seen) }
            }
            let sentBy = seen.at + DistributionRegistry.lookLife
            let outcome: PutOutcome
            do throws(Fault) {
                outcome = try await registry.asking(what) { () throws(RegistryError) in
                    try await client.put(document, as: .tag(tag), in: repository, expecting: condition, sentBy: sentBy)
                }
            } catch {
                guard error.kind == .refused else { throw error }
                return .refused(error)
            }
            guard case .notSent = outcome else { return .put(outcome) }
        }
        return .put(.notSent)
    }

    /// Reads the bytes behind the tag back. From here on it has been moved, so every surprise is *unknown* or *lost*.
    private func confirm() async throws(Fault) -> PointerMove {
        var last: Digest?
        for pause in [Milliseconds.zero] + client.limits.readBacks {
            if pause > .zero { try? await Task.sleep(for: pause.duration) }
            do throws(RegistryError) {
                last = try await client.document(.tag(tag), in: repository, scopes: scopes)?.digest
            } catch {
                throw Fault(
                    .unknown, SafeText("\(client.address.name)/\(what) was moved, but cannot be read back: \(error)", limit: 900))
            }
            if last == digest { return .moved }
            // A third digest was put by somebody else; the one from before, or none, may be a copy that is behind.
            if last != expected && last != nil { break }
        }
        return .lost(observed: last)
    }

    /// What the tag names once two looks agree after nobody knew whether it was put: a request that was given up may still be
    /// carried out.
    private func settle(after error: RegistryError) async throws(Fault) -> Digest? {
        let pause = client.limits.readBacks.last ?? .seconds(2)
        var last: Digest??
        for _ in 1...5 {
            let named: Digest?
            do throws(Fault) { named = try await look().named } catch let fault {
                throw Fault(
                    .unknown,
                    SafeText("\(what) was to be moved, and the outcome is unknown: \(error); then: \(fault.reason)", limit: 900))
            }
            if named == digest || last == .some(named) { return named }
            last = .some(named)
            try? await Task.sleep(for: pause.duration)
        }
        throw registry.fault(error, of: what, kind: .unknown)
    }
}

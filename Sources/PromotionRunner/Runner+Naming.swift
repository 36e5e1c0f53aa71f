internal import PromotionCore

/// What a person's words name.
extension Runner {
    /// The digest that a reference names, with what its tags name now.
    func resolve(_ reference: ImageReference, of name: ServiceName, among scope: ImageScope?) async -> Answer {
        guard let wiring = wirings[name] else { return .refused(unknownService(Place(name, .literal("any"))).objections) }
        let homes = wiring.allHomes
        switch KnownImages.home(of: reference, among: homes.map(\.home)) {
        case .failure(let objection): return .refused([objection])
        case .success(let position):
            let source = homes[position].wiring
            let retained = scope == .retained ? await restorable(of: name) : []
            let known = KnownImages(
                homes: homes.map(\.home), tags: await tags(for: reference, in: source, wiring.service.tags),
                releases: knownReleases(of: name),
                others: others(of: wiring).union(retained), remedy: Self.remedy(retained, scope))
            switch known.image(reference) {
            case .failure(let objection): return .refused([objection])
            case .success(let digest):
                if retained.contains(digest) { return .resolved(digest) }
                if let part = await unnamedPart(digest, known, in: source, of: wiring) { return .refused([part.objection]) }
                return .resolved(digest)
            }
        }
    }

    /// What a digest is a part of that no tag named just now. A registry that does not answer keeps nobody from naming an image
    /// by its whole digest: a plan asks again, and needs the answer.
    private func unnamedPart(
        _ digest: Digest, _ known: KnownImages, in source: RepositoryWiring, of wiring: ServiceWiring
    ) async -> ImagePart? {
        let tag = try? known.tags.get().first { $0.value == digest && wiring.service.tags.isMadeOnce($0.key) }?.key
        do throws(Fault) { return try await part(digest, tagged: tag, in: source, of: wiring) } catch { return nil }
    }

    /// As much of the tags as the reference is about, each that it could name resolved anew.
    private func tags(
        for reference: ImageReference, in source: RepositoryWiring, _ scheme: TagScheme
    ) async -> Result<[Tag: Digest], Fault> {
        do throws(Fault) {
            switch reference {
            case .digest: return .success([:])
            case .tag(let tag): return .success(try await named(by: tag, in: source))
            case .image(let written):
                guard let tag = written.tag ?? written.word else { return .success([:]) }
                return .success(try await named(by: tag, in: source))
            case .prefix: return .success(try await self.named(in: source, scheme))
            case .tagOrPrefix(let tag):
                var tags = try await self.named(in: source, scheme)
                tags[tag] = try await source.resolve(tag)
                return .success(tags)
            }
        } catch {
            return .failure(error)
        }
    }

    private func named(by tag: Tag, in source: RepositoryWiring) async throws(Fault) -> [Tag: Digest] {
        try await source.resolve(tag).map { [tag: $0] } ?? [:]
    }

    /// Digests that are known beside those of tags and releases.
    private func others(of wiring: ServiceWiring) -> Set<Digest> {
        var digests = board.projection.services[wiring.service.name]?.spokenOf ?? []
        if let retained = board.projection.retention[wiring.service.repository] {
            digests.formUnion(retained.holds.keys)
            digests.formUnion(retained.quarantined.keys)
        }
        return digests
    }

    /// What retention holds, has quarantined or has deleted.
    private func restorable(of name: ServiceName) async -> [Digest] {
        guard case .retention(.status(let status)) = await answer(.status(name)) else { return [] }
        return status.restorable
    }

    private static func remedy(_ retained: [Digest], _ scope: ImageScope?) -> SafeText {
        guard scope == .retained else { return "see baton status" }
        let first = retained.prefix(10).map { $0.short(12) }.joined(separator: ", ")
        return retained.isEmpty ? "there is nothing that could be brought back" : "there is \(SafeText(first))"
    }
}

internal import Logging
internal import PromotionCore

/// What tags name now, asked anew before anything is decided by it.
extension Runner {
    /// The most telling tag that names a digest now; `nil` if none does.
    /// - Parameter known: what it was known by; where that still names it, nothing else is asked.
    func tag(
        of digest: Digest, knownAs known: Tag?, in source: RepositoryWiring, of wiring: ServiceWiring
    ) async throws(Fault) -> Tag? {
        if let known, try await source.resolve(known) == digest { return known }
        let listed = try await source.registry.tags(in: source.repository)
        let spoken = knownReleases(of: wiring.service.name).filter { $0.digest == digest }.compactMap(\.tag)
        let first = wiring.service.tags.toResolve(for: digest, among: listed)
        var (named, fault) = await resolve(first + Set(spoken).subtracting(first).sorted(), in: source)
        if !named.values.contains(digest) {
            let rest = await resolve(wiring.service.tags.toResolve(after: Set(named.keys), among: listed), in: source)
            named.merge(rest.named) { $1 }
            fault = fault ?? rest.fault
        }
        if source.repository == wiring.home.repository { await note(named, of: wiring) }
        let tag = wiring.service.tags.mostTelling(of: named.filter { $0.value == digest }.keys)
        // A tag that does not answer says nothing against one that does; where none names the digest, it could be that one.
        if tag == nil, let fault { throw fault }
        return tag
    }

    /// What version tags are known to name, once those that were never asked are, within a bound.
    func named(in source: RepositoryWiring, _ scheme: TagScheme) async throws(Fault) -> [Tag: Digest] {
        let listed = try await source.registry.tags(in: source.repository)
        let (asked, _) = await resolve(scheme.unasked(among: listed), in: source)
        return listed.known.merging(asked.compactMapValues(\.self)) { $1 }
    }

    /// What each of some tags names now, `nil` for one that does not exist; and why the first of the others could not be asked.
    private func resolve(_ tags: [Tag], in source: RepositoryWiring) async -> (named: [Tag: Digest?], fault: Fault?) {
        let answers = tags.map { tag in
            (
                tag,
                time.begin { () -> Result<Digest?, Fault> in
                    do throws(Fault) { return .success(try await source.resolve(tag)) } catch { return .failure(error) }
                }
            )
        }
        var named: [Tag: Digest?] = [:]
        var fault: Fault?
        for (tag, answer) in answers {
            switch await answer.value {
            case .success(let digest): named[tag] = .some(digest)
            case .failure(let reason):
                logger.warning("a tag cannot be read", metadata: ["tag": "\(tag)", "reason": "\(reason.reason)"])
                fault = fault ?? reason
            }
        }
        return (named, fault)
    }

    /// Records tags that name another image than they were last known to name.
    func note(_ named: [Tag: Digest?], of wiring: ServiceWiring) async {
        let name = wiring.service.name
        guard let first = wiring.service.path.first else { return }
        for (tag, digest) in named.sorted(by: { $0.key < $1.key }) {
            guard wiring.service.tags.isMadeOnce(tag), let digest, let before = board.lastNamed(by: tag, of: name),
                before != digest
            else { continue }
            let move = TagMove(tag: tag, from: before, to: digest, at: time.now())
            do {
                try await record(.tagMoved(move), by: identity, place: Place(name, first.name)) { projection in
                    let known = projection.services[name]?.tagMoves.last { $0.tag == tag }?.to
                    return known == digest ? Objection(.changed, "it is known", remedy: "nothing has to be done") : nil
                }
                // Who looks at the candidates is not shown for a minute what is no longer so.
                candidateWatches[name]?.due = .zero
            } catch is Refused {
                continue
            } catch {
                logger.warning("a moved tag was not recorded", metadata: ["tag": "\(tag)", "error": "\(error)"])
            }
        }
    }

    /// Images that are searched for a digest that no tag names and the ledger does not know.
    private static let wholeLimit = 60

    /// What a digest is a part of; `nil` if it is an image of its own.
    ///
    /// What is known is asked first; a digest that nothing is known of, and that no version tag names, is looked for in the
    /// newest images of the repository.
    func part(
        _ digest: Digest, tagged tag: Tag?, in source: RepositoryWiring, of wiring: ServiceWiring
    ) async throws(Fault) -> ImagePart? {
        let known = knownReleases(of: wiring.service.name)
        if let part = ImagePart(digest, of: known) { return part }
        guard tag == nil, !known.contains(where: { $0.digest == digest }) else { return nil }
        let named = try await named(in: source, wiring.service.tags)
        for top in wiring.service.tags.newestDigests(of: named, Self.wholeLimit) where top != digest {
            // An image that cannot be read is no reason against another one.
            guard let release = try? await source.release(top), let part = ImagePart(digest, of: [release]) else { continue }
            return part
        }
        return nil
    }

    /// Releases whose parts are known without asking anybody.
    func knownReleases(of name: ServiceName) -> [Release] {
        (board.projection.services[name]?.releases ?? []) + (board.candidates[name] ?? [])
    }
}

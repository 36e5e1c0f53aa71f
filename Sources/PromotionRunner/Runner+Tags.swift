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
        var named = await resolve(wiring.service.tags.toResolve(for: digest, among: listed), in: source)
        if !named.values.contains(digest) {
            named.merge(await resolve(wiring.service.tags.toResolve(after: Set(named.keys), among: listed), in: source)) { $1 }
        }
        if source.repository == wiring.home.repository { await note(named, of: wiring) }
        return wiring.service.tags.mostTelling(of: named.filter { $0.value == digest }.keys)
    }

    /// What each of some tags names now. One that cannot be read is left out and told: another image's name decides nothing here.
    private func resolve(_ tags: [Tag], in source: RepositoryWiring) async -> [Tag: Digest?] {
        let answers = tags.map { tag in
            (
                tag,
                time.begin { () -> Result<Digest?, Fault> in
                    do throws(Fault) { return .success(try await source.resolve(tag)) } catch { return .failure(error) }
                }
            )
        }
        var named: [Tag: Digest?] = [:]
        for (tag, answer) in answers {
            switch await answer.value {
            case .success(let digest): named[tag] = .some(digest)
            case .failure(let fault):
                logger.warning("a tag cannot be read", metadata: ["tag": "\(tag)", "reason": "\(fault.reason)"])
            }
        }
        return named
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
            } catch is Refused {
                continue
            } catch {
                logger.warning("a moved tag was not recorded", metadata: ["tag": "\(tag)", "error": "\(error)"])
            }
        }
    }

    /// A candidate is looked at again after this time.
    private static let tagLookLife = Milliseconds.minutes(1)
    /// Candidates that are looked at again in one round.
    private static let looksInOneRound = 2

    /// The list of tags with the newest candidates as they are now: each is looked at again in its turn, once a minute at most.
    /// - Parameter urgent: a tag that is looked at now in any case.
    func lookAgain(_ listed: [Tag: Digest], of wiring: ServiceWiring, urgent: Tag? = nil) async -> [Tag: Digest] {
        let name = wiring.service.name
        let now = time.elapsed
        let newest = wiring.service.tags.newestCandidates(of: listed.keys)
        var looked = tagLooks[name, default: [:]].filter { newest.contains($0.key) }
        let due = newest.filter { tag in looked[tag].map { now >= $0 + Self.tagLookLife } ?? false }
            .sorted { (looked[$0] ?? now, $0) < (looked[$1] ?? now, $1) }
        // What the list says of a tag that it has named for the first time was asked just now.
        for tag in newest where looked[tag] == nil { looked[tag] = now }
        var tags = listed
        for tag in Set(due.prefix(Self.looksInOneRound) + [urgent].compactMap(\.self)) {
            do throws(Fault) {
                tags[tag] = try await wiring.home.resolve(tag)
                looked[tag] = now
            } catch {
                logger.debug("a tag was not looked at again", metadata: ["tag": "\(tag)", "reason": "\(error.reason)"])
            }
        }
        tagLooks[name] = looked
        await note(tags.mapValues(Optional.some), of: wiring)
        return tags
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
        let listed = try await source.registry.tags(in: source.repository)
        for top in wiring.service.tags.newestDigests(of: listed, Self.wholeLimit) where top != digest {
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

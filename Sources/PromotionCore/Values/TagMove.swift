/// A version tag that was pushed again: it names another image than before.
///
/// Evidence, soak and approvals belong to the digest that it named; none of them is passed on to the new one.
package struct TagMove: Hashable, Sendable, Codable {
    package let tag: Tag
    package let from: Digest
    package let to: Digest
    /// When it was first seen to name the new image.
    package let at: Timestamp

    package init(tag: Tag, from: Digest, to: Digest, at: Timestamp) {
        self.tag = tag
        self.from = from
        self.to = to
        self.at = at
    }

    /// The move in words: `v2.31.0-rc.2 named d066fa19 until 13:40, it names 3583ed47 now`.
    package func words(seenFrom now: Timestamp) -> SafeText {
        "\(tag) named \(from.short()) until \(at.moment(seenFrom: now)), it names \(to.short()) now"
    }
}

extension ServiceProjection {
    /// Moves of tags that are remembered.
    private static let tagMoveLimit = 20

    mutating func take(_ move: TagMove) {
        tagMoves.removeAll { $0.tag == move.tag && $0.from == move.from }
        tagMoves.append(move, keepingLast: Self.tagMoveLimit)
    }

    /// The tag that an image was known by and that names another image now; `nil` if none does.
    package func lostTag(of image: DigestSet) -> TagMove? {
        tagMoves.last { move in image.contains(move.from) && !image.contains(named(by: move.tag) ?? move.to) }
    }

    /// The move by which an image got a tag that named another image before; `nil` if none of its tags ever did.
    package func gainedTag(of image: DigestSet) -> TagMove? {
        tagMoves.last { move in
            image.contains(move.to) && !image.contains(move.from) && image.contains(named(by: move.tag) ?? move.to)
        }
    }

    /// What a tag was last seen to name after it had moved; `nil` if it never moved.
    private func named(by tag: Tag) -> Digest? { tagMoves.last { $0.tag == tag }?.to }
}

extension Board {
    /// What a version tag of a service was last known to name, by its moves, the candidates and the ledger.
    package func lastNamed(by tag: Tag, of name: ServiceName) -> Digest? {
        let ledger = projection.services[name]
        if let move = ledger?.tagMoves.last(where: { $0.tag == tag }) { return move.to }
        if let candidate = candidates[name]?.first(where: { $0.tag == tag }) { return candidate.digest }
        let planned = ledger?.promotions.reversed().lazy.map(\.plan.release).first { $0.tag == tag }
        return planned?.digest ?? ledger?.releases.first { $0.tag == tag }?.digest
    }

    /// Moves of a service's tags that are news: of the last day, and those whose earlier image still runs somewhere.
    package func shownTagMoves(of name: ServiceName, at now: Timestamp) -> [TagMove] {
        guard let ledger = projection.services[name] else { return [] }
        let running = ledger.environments.values.flatMap { $0.slots.values.map(\.release.digests) }
        return ledger.tagMoves.filter { move in
            now - move.at < .minutes(24 * 60) || running.contains { $0.contains(move.from) }
        }
    }
}

extension ServiceProjection {
    /// Every release that the ledger can still tell of, each once, in no order that means anything.
    package var releases: [Release] {
        let held = environments.values.flatMap { $0.slots.values.map(\.release) + $0.succeeded }
        let planned = promotions.map(\.plan.release)
        var seen: Set<Digest> = []
        return (held + planned).filter { seen.insert($0.digest).inserted }
    }

    /// Digests that the ledger knows and that may be of no release it can tell of: vetoed, pinned, or spoken of by evidence.
    package var spokenOf: Set<Digest> {
        var digests = Set(evidence.map(\.digest))
        for environment in environments.values {
            digests.formUnion(environment.vetoes.map(\.digest))
            if let pin = environment.pin { digests.insert(pin.digest) }
            digests.formUnion(environment.overrides.map(\.digest))
        }
        return digests
    }
}

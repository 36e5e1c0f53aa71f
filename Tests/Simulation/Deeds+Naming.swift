internal import Fixtures
internal import PromotionCore

/// People who name an image by what they have at hand.
extension Desk {
    /// Promotes what a text names; that nothing else was taken for it is held against the world itself.
    func promote(named text: String, to place: Place) async -> Answer {
        guard let reference = try? ImageReference(parsing: text), let tag = try? Tag(text) else { return .refused([]) }
        let before = world.with { Self.known(by: text, tag, in: $0) }
        let answer = await ask(.view(.resolve(service: place.service, reference: reference, among: nil)))
        let after = world.with { Self.known(by: text, tag, in: $0) }
        guard case .resolved(let digest) = answer else { return answer }
        let isOther = before == after && !before.subtracting([digest]).isEmpty
        let isStranger = !digest.hex.hasPrefix(text) && !before.union(after).contains(digest)
        if isOther || isStranger {
            world.with {
                $0.check("The image that was named is the image that is taken: \(text) was taken for \(digest.short())")
            }
        }
        return await runner.promote(digest, to: place, .refuse, by: person.account, with: person.grant)
    }

    /// Every digest that a text can mean to whoever knows the registry's tags and the ledger.
    private static func known(by text: String, _ tag: Tag, in state: World.State) -> Set<Digest> {
        let tags = state.tags[Fixtures.repository] ?? [:]
        let ledger = state.witness.projection.services[Fixtures.payments] ?? ServiceProjection()
        let releases = tags.values.compactMap { state.releases[$0] } + ledger.releases
        let parts = releases.flatMap(\.digests.members).flatMap { [$0.manifest, $0.configuration] }
        let all = Array(tags.values) + releases.map(\.digest) + parts + ledger.spokenOf
        return Set(all.filter { $0.hex.hasPrefix(text) } + [tags[tag]].compactMap(\.self))
    }
}

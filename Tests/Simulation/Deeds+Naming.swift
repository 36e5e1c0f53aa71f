internal import Fixtures
internal import PromotionCore

/// People who name an image by what they have at hand.
extension Desk {
    /// Promotes what a text names; that nothing else was taken for it is held against the world itself.
    func promote(named text: String, to place: Place) async -> Answer {
        guard let reference = try? ImageReference(parsing: text), let tag = try? Tag(text) else { return .refused([]) }
        let before = world.with { Self.meant(by: text, tag, in: $0) }
        let answer = await ask(.view(.resolve(service: place.service, reference: reference, among: nil)))
        let after = world.with { Self.meant(by: text, tag, in: $0) }
        guard case .resolved(let digest) = answer else { return answer }
        if before == after, before != [digest] {
            world.with {
                $0.check("The image that was named is the image that is taken: \(text) was taken for \(digest.short())")
            }
        }
        return await runner.promote(digest, to: place, .refuse, by: person.account, with: person.grant)
    }

    /// Every digest that a text can mean: by the tag of that name, and by its first digits.
    private static func meant(by text: String, _ tag: Tag, in state: World.State) -> Set<Digest> {
        let parts = state.releases.values.flatMap(\.digests.members).flatMap { [$0.manifest, $0.configuration] }
        let named = state.tags[Fixtures.repository]?[tag]
        return Set((Array(state.releases.keys) + parts).filter { $0.hex.hasPrefix(text) } + [named].compactMap(\.self))
    }
}

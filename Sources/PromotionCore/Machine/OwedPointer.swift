/// A tag that should name a digest and does not yet, because it could not be moved.
///
/// It never changes what serves: the promotion goes on to its end, and the tag is tried again afterwards.
package struct OwedPointer: Hashable, Sendable, Codable {
    /// Why the tag could not be moved.
    package enum Cause: Hashable, Sendable, Codable {
        /// The registry said no, in its own words; the tag names what it named before.
        case refused(SafeText)
        /// The registry gave no answer that settles it.
        case unanswered(SafeText)
        /// Another tool moved the tag.
        case moved(observed: Digest?)
        /// It is moved once the pointer tags of its environment name what serves.
        case waits

        /// The registry took the change, and the tag names what it named.
        package static let unmoved = Cause.unanswered("the registry took the change, and the tag names what it named")

        /// Whether both are the same for a reader, whatever words the registry chose.
        package func isLike(_ other: Cause) -> Bool {
            switch (self, other) {
            case (.refused, .refused), (.unanswered, .unanswered), (.waits, .waits): true
            case (.moved(let one), .moved(let two)): one == two
            case (.refused, _), (.unanswered, _), (.moved, _), (.waits, _): false
            }
        }
    }

    /// Most tags that one environment can owe; the oldest final tags beyond it are let go.
    package static let limit = 20

    package let tag: Tag
    /// What the tag should name.
    package let digest: Digest
    /// What the tag named when it was to be moved; `nil` if it did not exist.
    package let before: Digest?
    package let cause: Cause
    package let since: Timestamp
    package let promotion: PromotionNumber
    /// Whether it is a release's final tag; `nil` in a ledger from before a service could write its versions in its own way.
    private let release: Bool?

    /// - Parameter isFinal: whether it is a release's final tag, which is created once and never moved.
    package init(
        tag: Tag, digest: Digest, before: Digest?, cause: Cause, since: Timestamp, promotion: PromotionNumber, isFinal: Bool
    ) {
        release = isFinal
        self.tag = tag
        self.digest = digest
        self.before = before
        self.cause = cause
        self.since = since
        self.promotion = promotion
    }

    /// Whether it is a release's final tag, which is created once and never moved.
    package var isFinal: Bool { release ?? TagScheme.standard.isFinal(tag) }

    /// The same tag, owed for another reason.
    package func owed(because cause: Cause) -> OwedPointer {
        OwedPointer(
            tag: tag, digest: digest, before: before, cause: cause, since: since, promotion: promotion, isFinal: isFinal)
    }

    /// The same debt as it stands after an earlier one of the tag: what was never set is not what the tag names, and that it names
    /// what it named before the first debt is no other tool's doing.
    func following(_ earlier: OwedPointer?) -> OwedPointer {
        guard let earlier, earlier.digest != digest, before == earlier.digest else { return self }
        let isUnmoved = if case .moved(let observed) = cause { observed == earlier.before } else { false }
        return OwedPointer(
            tag: tag, digest: digest, before: earlier.before, cause: isUnmoved ? earlier.cause : cause, since: since,
            promotion: promotion, isFinal: isFinal)
    }

    /// What has to be done before the tag can be moved, in words; `nil` if nothing has to.
    package func remedy(among pointers: [Tag]) -> SafeText? {
        let names = SafeText(pointers.map(\.text).joined(separator: ", "), limit: 300)
        return switch cause {
        case .refused: "exclude \(names) from the registry's rule; the tag is tried again by itself"
        case .unanswered: "see whether the registry answers; the tag is tried again by itself"
        case .moved: "find out who moved it; put it back, or: baton pointer adopt"
        case .waits: nil
        }
    }

    /// The debt in words: "tag prod names 3583ed47, not 4be1c0de: refused by the registry: …".
    package var words: SafeText {
        let named: SafeText = before.map { "\($0.short())" } ?? "nothing"
        return switch cause {
        case .refused(let reason): "tag \(tag) names \(named), not \(digest.short()): refused by the registry: \(reason)"
        case .unanswered(let reason): "tag \(tag) should name \(digest.short()), and it is not known whether it does: \(reason)"
        case .moved(let observed):
            "tag \(tag) names \(observed?.short() ?? "nothing"), not \(digest.short()): another tool moved it"
        case .waits: "tag \(tag) is made once the pointer tags name what serves"
        }
    }
}

extension OwedPointer.Cause {
    /// Why an effect that moves a tag was let go, in words.
    func words(of effect: Effect) -> SafeText {
        guard case .pointerNames(let tag, let digest, let before) = effect else { return "" }
        // A moment and a number that the words leave out.
        return OwedPointer(
            tag: tag, digest: digest, before: before, cause: self, since: Timestamp(millisecondsSinceEpoch: 0),
            promotion: PromotionNumber(0), isFinal: false
        ).words
    }
}

/// What the registry said, in the background, of a release that an environment could go back to.
package struct GoalLook: Hashable, Sendable, Codable {
    /// What became of the look.
    package enum Presence: Hashable, Sendable, Codable {
        /// It is there, every byte as its digest says, for the environment's platform.
        case whole
        case withoutPlatform
        case absent
        /// Its bytes are not what its digest says.
        case damaged(SafeText)
        /// The registry did not answer; nothing is known.
        case unanswered(SafeText)

        /// Whether it cannot be deployed again. No answer is no proof of that.
        package var isGone: Bool {
            switch self {
            case .withoutPlatform, .absent, .damaged: true
            case .whole, .unanswered: false
            }
        }
    }

    package let digest: Digest
    package let at: Timestamp
    package let presence: Presence

    package init(digest: Digest, at: Timestamp, presence: Presence) {
        self.digest = digest
        self.at = at
        self.presence = presence
    }

    /// What an answer of the registry proves.
    package init(_ digest: Digest, answer: Reading<ImageHolding>, for platform: Platform) {
        switch answer {
        case .known(.whole(let digests), let at):
            self.init(digest: digest, at: at, presence: digests.offers(platform) ? .whole : .withoutPlatform)
        case .known(.absent, let at): self.init(digest: digest, at: at, presence: .absent)
        case .known(.damaged(let reason), let at): self.init(digest: digest, at: at, presence: .damaged(reason))
        case .unknown(let cause, let since): self.init(digest: digest, at: since, presence: .unanswered(cause))
        }
    }

    /// The looks to keep after a new one: without an answer, what was known before stands, with its time.
    package static func keep(_ look: GoalLook, over earlier: GoalLook?) -> GoalLook {
        if case .unanswered = look.presence, let earlier { return earlier }
        return look
    }
}

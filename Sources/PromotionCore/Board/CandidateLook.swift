/// What the last looks at a service's registry came to, of what it offers to the first environment.
package struct CandidateLook: Hashable, Sendable, Codable {
    /// A candidate that could not be read.
    package struct Unread: Hashable, Sendable, Codable {
        package let tag: Tag
        /// Why, in the registry's words.
        package let cause: SafeText
        package let since: Timestamp

        package init(tag: Tag, cause: SafeText, since: Timestamp) {
            self.tag = tag
            self.cause = cause
            self.since = since
        }
    }

    /// How many tags were listed, or why they could not be.
    package let tags: Reading<Int>
    /// When each of the newest candidates was last asked what it names.
    package let seen: [Tag: Timestamp]
    package let unread: [Unread]

    package init(tags: Reading<Int>, seen: [Tag: Timestamp] = [:], unread: [Unread] = []) {
        self.tags = tags
        self.seen = seen
        self.unread = unread
    }

    /// The look, told as the next after another: what was unknown before has been so since then.
    package func after(_ earlier: CandidateLook?) -> CandidateLook {
        guard let earlier else { return self }
        let since = Dictionary(earlier.unread.map { ($0.tag, $0.since) }, uniquingKeysWith: min)
        return CandidateLook(
            tags: tags.after(earlier.tags), seen: seen,
            unread: unread.map { Unread(tag: $0.tag, cause: $0.cause, since: min($0.since, since[$0.tag] ?? $0.since)) })
    }

    /// Whether two looks say the same, but for when the tags were listed.
    package func says(sameAs other: CandidateLook) -> Bool {
        tags.says(sameAs: other.tags) && seen == other.seen && unread == other.unread
    }
}

extension Board {
    /// Why what the registry offers to a service is not known, and since when; `nil` if it is.
    /// The time is `nil` before the first look.
    package func candidateGap(of name: ServiceName) -> (cause: SafeText, since: Timestamp?)? {
        switch candidateLooks[name]?.tags {
        case .known?: nil
        case .unknown(let cause, let since)?: (cause, since)
        case nil: ("the registry has not been looked at yet", nil)
        }
    }
}

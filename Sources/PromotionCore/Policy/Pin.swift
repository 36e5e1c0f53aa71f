/// An environment that stays on one image until somebody unpins it.
package struct Pin: Hashable, Sendable, Codable {
    package let digest: Digest
    package let since: Timestamp
    package let by: Account
    package let reason: SafeText

    package init(digest: Digest, since: Timestamp, by: Account, reason: SafeText) {
        self.digest = digest
        self.since = since
        self.by = by
        self.reason = reason
    }
}

/// What the words that weaken or bar something must hold.
package enum Reason {
    /// Fewest columns: a character of Chinese, Japanese or Korean says as much as two letters.
    package static let least = 10
    /// Most characters.
    package static let most = 200

    /// The objection to a reason that says too little; nil for one that is long enough.
    package static func objection(to reason: SafeText) -> Objection? {
        let words = reason.text.split(separator: " ").joined(separator: " ")
        guard words.columns < least else { return nil }
        return Objection(
            .noReason, "the reason \"\(reason)\" says too little",
            remedy: "the ledger keeps it: write \(least) characters or more")
    }
}

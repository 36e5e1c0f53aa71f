/// What became of a passport. It changes nothing about the promotion: the ledger is the truth.
package struct PassportResult: Hashable, Sendable, Codable {
    /// Whether it hangs on the image.
    package enum Outcome: Hashable, Sendable, Codable {
        /// The manifest that was stored and read back, and the key that signed it.
        case attached(manifest: Digest, key: KeyIdentity)
        case failed(SafeText)
    }

    package let digest: Digest
    package let outcome: Outcome

    package init(digest: Digest, outcome: Outcome) {
        self.digest = digest
        self.outcome = outcome
    }
}

extension PassportResult.Outcome {
    /// The name of the fact in the ledger.
    var kind: String {
        switch self {
        case .attached: "passport.attached"
        case .failed: "passport.failed"
        }
    }

    /// The outcome in words.
    package var words: SafeText {
        switch self {
        case .attached(let manifest, let key): "\(manifest.short()) signed by \(key)"
        case .failed(let reason): "not attached: \(reason)"
        }
    }
}

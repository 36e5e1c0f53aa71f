package import PromotionCore

/// The keys that an agent verifies with, and the one that it signs with.
package struct Trust: Sendable {
    /// Whether and by whom passports are signed.
    package enum Signing: Sendable {
        case none
        case by(any Signer)
        /// They should be, and cannot: every promotion's record says so.
        case broken(SafeText)
    }

    package let signing: Signing
    /// Every configured key.
    package let keys: [TrustedKey]
    /// Keys of agents whose passports count; this agent's own is one of them.
    package let passportKeys: [TrustedKey]

    package init(signing: Signing = .none, keys: [TrustedKey] = [], passportKeys: [TrustedKey] = []) {
        self.signing = signing
        self.keys = keys
        guard case .by(let signer) = signing else {
            self.passportKeys = passportKeys
            return
        }
        self.passportKeys = passportKeys + [TrustedKey(name: "this agent", key: signer.publicKey)]
    }
}

/// Images that were read, by digest: what a digest names never changes.
struct ImageShelf {
    private var contents: [Digest: ImageContents] = [:]
    private var order: [Digest] = []

    static let limit = 64

    subscript(digest: Digest) -> ImageContents? { contents[digest] }

    mutating func keep(_ image: ImageContents) {
        guard contents.updateValue(image, forKey: image.digest) == nil else { return }
        order.append(image.digest)
        if order.count > Self.limit { contents[order.removeFirst()] = nil }
    }
}

/// How somebody who sees no screen consents to a plan: what a command was given in place of a typed digest.
package struct Consent: Hashable, Sendable {
    /// The first digits of the digest, which whoever typed them has read (`--confirm 4be1`). `nil` if none were given.
    package let digits: String?
    /// Whether any plan was consented to (`--yes`).
    package let isBlanket: Bool
    /// What the image was named by; `nil` if it is what serves upstream.
    package let named: ImageReference?

    package init(digits: String?, isBlanket: Bool, named: ImageReference?) {
        self.digits = digits
        self.isBlanket = isBlanket
        self.named = named
    }

    /// Why this is no consent to promoting a digest; `nil` if it is.
    ///
    /// Into a guarded environment consent names the digest: a tag, the first digits of a digest, or what serves upstream may
    /// be another image by now than the one that was meant.
    /// - Parameter plan: the plan's digest.
    package func objection(to plan: Digest, isGuarded: Bool, at place: Place) -> ConsentError? {
        if let digits {
            let wanted = Self.bare(digits)
            return wanted.utf8.count >= 4 && plan.hex.hasPrefix(wanted)
                ? nil : .otherDigits(SafeText(digits, limit: 80), plan: plan)
        }
        guard isBlanket else { return .missing(plan: plan, isGuarded: isGuarded) }
        guard isGuarded, named?.wholeDigest == nil else { return nil }
        return .unnamed(place, plan: plan)
    }

    /// The digits without `sha256:`, a line's end and other white space around them, in lower case.
    package static func bare(_ digits: String) -> String {
        var lowered = digits.lowercased()[...]
        lowered = lowered.drop(while: \.isWhitespace)
        while lowered.last?.isWhitespace == true { lowered.removeLast() }
        return lowered.hasPrefix("sha256:") ? String(lowered.dropFirst(7)) : String(lowered)
    }
}

/// Why nothing is started yet.
package enum ConsentError: Error, Hashable, CustomStringConvertible {
    case missing(plan: Digest, isGuarded: Bool)
    case otherDigits(SafeText, plan: Digest)
    case unnamed(Place, plan: Digest)

    package var description: String {
        switch self {
        case .missing(let plan, false): "nothing was started: confirm with --confirm \(plan.short(4)), or --yes"
        case .missing(let plan, true):
            "nothing was started: confirm with --confirm \(plan.short(4)), or --yes and --digest \(plan)"
        case .otherDigits(let digits, let plan): "--confirm \(digits) is not how the digest of the plan begins: \(plan.short())"
        case .unnamed(let place, let plan):
            "nothing was started: \(place) is guarded, and --yes is consent there only to a whole digest. "
                + "Write --digest \(plan), or --confirm \(plan.short(4)) in place of --yes"
        }
    }
}

extension ImageReference {
    /// The digest where all of it was written; `nil` if the reference was a tag or a beginning.
    package var wholeDigest: Digest? {
        switch self {
        case .digest(let digest): digest
        case .image(let written): written.digest
        case .prefix, .tag, .tagOrPrefix: nil
        }
    }
}

extension Service {
    /// Whether consent to a promotion into this environment has to name the digest: the end of the path, and what the
    /// configuration guards.
    package func isGuarded(_ name: EnvironmentName) -> Bool { isLast(name) || environment(name)?.guarded == true }
}

/// What retention takes a tag for, by its whole name and the configuration; classes are total and disjoint.
package enum RetentionClass: Hashable, Sendable {
    /// A name that the configuration of any service of the repository gives to an environment or slot.
    case pointer
    /// What the tag schema of referrers and cosign hang on a digest: `sha256-<hex>`, alone or with `.sig`, `.att`, `.sbom`.
    case attached(subject: Digest)
    /// `quarantine-<yyyymmdd>-<hex>`.
    case quarantine(subject: Digest)
    /// `vX.Y.Z`, or as every service of the repository writes it.
    case final(Version)
    /// `vX.Y.Z-rc.N`, or as every service of the repository writes it.
    case candidate(Version)
    /// `sha-` and 7 to 64 hexadecimal digits.
    case build
    /// Everything else, `latest` and `dev` too.
    case other

    /// The class of a tag: the first that matches its whole name, case counted.
    /// - Parameters:
    ///   - pointers: names that the configuration gives to environments and slots.
    ///   - schemes: how each service of the repository writes its versions. A tag that they do not agree about is *other*: it may go
    ///     only if all of them let it go.
    package init(of tag: Tag, pointers: Set<Tag>, schemes: [TagScheme]) {
        if pointers.contains(tag) {
            self = .pointer
        } else if let digest = Self.subject(ofAttached: tag.text) {
            self = .attached(subject: digest)
        } else if let digest = Self.subject(ofQuarantine: tag.text) {
            self = .quarantine(subject: digest)
        } else {
            self = Self.agreed(tag, schemes)
        }
    }

    private static func agreed(_ tag: Tag, _ schemes: [TagScheme]) -> RetentionClass {
        guard let first = schemes.first?.tagClass(of: tag),
            schemes.dropFirst().allSatisfy({ $0.tagClass(of: tag) == first })
        else { return .other }
        return switch first {
        case .final(let version): .final(version)
        case .candidate(let version): .candidate(version)
        case .build: .build
        case .forbidden, .other: .other
        }
    }

    /// The word that plans and screens use.
    package var word: String {
        switch self {
        case .pointer: "pointer"
        case .attached: "attached"
        case .quarantine: "quarantine"
        case .final: "final"
        case .candidate: "candidate"
        case .build: "build"
        case .other: "other"
        }
    }

    /// Whether such a tag decides who is among the newest, or whether a version is released.
    var isWindow: Bool {
        switch self {
        case .final, .candidate, .build: true
        case .pointer, .attached, .quarantine, .other: false
        }
    }

    private static func subject(ofAttached text: String) -> Digest? {
        guard text.hasPrefix("sha256-"), text.utf8.count >= 71 else { return nil }
        let rest = text.dropFirst(7)
        guard ["", ".sig", ".att", ".sbom"].contains(rest.dropFirst(64)) else { return nil }
        return try? Digest(parsing: "sha256:" + rest.prefix(64))
    }

    private static func subject(ofQuarantine text: String) -> Digest? {
        guard text.hasPrefix("quarantine-"), text.utf8.count == 84 else { return nil }
        let rest = text.dropFirst(11)
        guard rest.prefix(8).utf8.allSatisfy(Numeral.isDigit), rest.dropFirst(8).first == "-" else { return nil }
        return try? Digest(parsing: "sha256:" + rest.dropFirst(9))
    }
}

/// What retention takes a tag for, by its whole name and the configuration; classes are total and disjoint.
package enum RetentionClass: Hashable, Sendable {
    /// A name that the configuration of any service of the repository gives to an environment or slot.
    case pointer
    /// What the tag schema of referrers and cosign hang on a digest: `sha256-<hex>`, alone or with `.sig`, `.att`, `.sbom`.
    case attached(subject: Digest)
    /// `quarantine-<yyyymmdd>-<hex>`.
    case quarantine(subject: Digest)
    /// `vX.Y.Z`.
    case final(RetentionVersion)
    /// `vX.Y.Z-rc.N`.
    case candidate(RetentionVersion, number: Numeral)
    /// `sha-` and 7 to 64 hexadecimal digits.
    case build
    /// Everything else, `latest` and `dev` too.
    case other

    /// The class of a tag: the first that matches its whole name, case counted.
    /// - Parameter pointers: names that the configuration gives to environments and slots.
    package init(of tag: Tag, pointers: Set<Tag>) {
        if pointers.contains(tag) {
            self = .pointer
        } else if let digest = Self.subject(ofAttached: tag.text) {
            self = .attached(subject: digest)
        } else if let digest = Self.subject(ofQuarantine: tag.text) {
            self = .quarantine(subject: digest)
        } else if let version = Self.version(tag.text) {
            self = version
        } else {
            self = tag.tagClass == .build ? .build : .other
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

    private static func version(_ text: String) -> RetentionClass? {
        guard text.utf8.first == UInt8(ascii: "v") else { return nil }
        let halves = text.dropFirst().split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let major = Numeral(parts[0]), let minor = Numeral(parts[1]), let patch = Numeral(parts[2])
        else { return nil }
        let version = RetentionVersion(major: major, minor: minor, patch: patch)
        guard halves.count == 2 else { return .final(version) }
        guard halves[1].hasPrefix("rc."), let number = Numeral(halves[1].dropFirst(3)) else { return nil }
        return .candidate(version, number: number)
    }
}

/// A whole number of any length, without leading zeros, as version tags write it.
package struct Numeral: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number; the largest value for one that is too large.
    let value: UInt64
    /// The digits of a number that is too large for `value`; empty for all others.
    private let digits: String

    /// Parses decimal digits; nil for anything else, and for leading zeros.
    package init?(_ text: Substring) {
        guard !text.isEmpty, text.utf8.allSatisfy(Self.isDigit), text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        let short = UInt64(text)
        value = short ?? .max
        digits = short == nil ? String(text) : ""
    }

    package static func < (left: Numeral, right: Numeral) -> Bool {
        let (a, b) = (left.digits.utf8.count, right.digits.utf8.count)
        if a != b { return a < b }
        return a == 0 ? left.value < right.value : left.digits < right.digits
    }

    package var description: String { digits.isEmpty ? "\(value)" : digits }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// `X.Y.Z` of a final or candidate tag, compared with unbounded precision.
package struct RetentionVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let major: Numeral
    package let minor: Numeral
    package let patch: Numeral

    package static func < (left: RetentionVersion, right: RetentionVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    package var description: String { "v\(major).\(minor).\(patch)" }
}

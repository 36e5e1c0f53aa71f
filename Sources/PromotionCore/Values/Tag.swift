/// A tag of a repository (OCI distribution-spec, "Pulling manifests": `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`).
package struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Parses a tag.
    /// - Throws: `TagError` with the text.
    package init(_ text: some StringProtocol) throws(TagError) {
        let bytes = text.utf8
        guard (1...128).contains(bytes.count), bytes.first.map(Self.isWord) ?? false,
            bytes.allSatisfy({ Self.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else { throw .notATag(SafeText(text, limit: 140)) }
        self.text = String(text)
    }

    /// The pointer tag that says what serves in an environment.
    package init(pointerOf environment: EnvironmentName) { text = environment.text }

    /// The pointer tag that says what a slot of an environment runs.
    package init(pointerOf environment: EnvironmentName, slot: SlotName) { text = "\(environment)-\(slot)" }

    /// A text that the caller has made so that it is a tag.
    init(unchecked text: String) { self.text = text }

    package var description: String { text }

    package static func < (left: Tag, right: Tag) -> Bool { left.text < right.text }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Why a text is not a tag, or not one that may be deployed.
package enum TagError: Error, Equatable, CustomStringConvertible {
    case notATag(SafeText)
    case forbidden(Tag)

    package var description: String {
        switch self {
        case .notATag(let text): "\"\(text)\" is not a tag: 1 to 128 of a-z, A-Z, 0-9, \"_\", \".\", \"-\""
        case .forbidden(let tag):
            "\"\(tag)\" is never deployed: it moves without a trace; name a digest, a candidate vX.Y.Z-rc.N or a release vX.Y.Z"
        }
    }
}

extension Tag: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var codingKey: any CodingKey { TextKey(text) }

    package init?(codingKey: some CodingKey) {
        guard let tag = try? Tag(codingKey.stringValue) else { return nil }
        self = tag
    }
}

/// What a tag's name says it is, by whole name and case (`Resources/docs/retention.md`, "Classes of tags").
package enum TagClass: Hashable, Sendable {
    /// `vX.Y.Z`: set once, never moved.
    case final(ReleaseVersion)
    /// `vX.Y.Z-rc.N`.
    case candidate(ReleaseVersion)
    /// `sha-` and 7 to 64 hexadecimal digits.
    case build
    /// `latest` and `dev`: refused as deployment references.
    case forbidden
    /// Everything else; whether it is a pointer, the configuration says.
    case other
}

extension Tag {
    /// The class of this tag.
    package var tagClass: TagClass {
        if text == "latest" || text == "dev" { return .forbidden }
        if let version = ReleaseVersion(self) { return version.candidate == nil ? .final(version) : .candidate(version) }
        let digits = text.dropFirst(4).utf8
        let isHex = digits.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        return text.hasPrefix("sha-") && (7...64).contains(digits.count) && isHex ? .build : .other
    }
}

/// The numbers of a release tag `vX.Y.Z` or candidate tag `vX.Y.Z-rc.N`.
package struct ReleaseVersion: Hashable, Comparable, Sendable {
    package let major: UInt64
    package let minor: UInt64
    package let patch: UInt64
    /// N of `-rc.N`; nil for a final release.
    package let candidate: UInt64?

    /// The numbers of a tag; nil where the tag is no release or candidate tag.
    package init?(_ tag: Tag) {
        guard tag.text.hasPrefix("v") else { return nil }
        let halves = tag.text.dropFirst().split(separator: "-rc.", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else { return nil }
        (self.major, self.minor, self.patch) = (major, minor, patch)
        if halves.count == 2 {
            guard let number = Self.number(halves[1]) else { return nil }
            candidate = number
        } else {
            candidate = nil
        }
    }

    /// The final tag that this version ends in: `v2.31.0` for `v2.31.0-rc.2`.
    package var finalTag: Tag? { try? Tag("v\(major).\(minor).\(patch)") }

    package static func < (left: ReleaseVersion, right: ReleaseVersion) -> Bool {
        (left.major, left.minor, left.patch, left.candidate ?? .max) < (
            right.major, right.minor, right.patch, right.candidate ?? .max
        )
    }

    /// A number without leading zeros.
    private static func number(_ text: some StringProtocol) -> UInt64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            text == "0" || !text.hasPrefix("0")
        else { return nil }
        return UInt64(text)
    }
}

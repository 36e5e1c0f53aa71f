/// A tag of a repository (OCI distribution-spec, "Pulling manifests": `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`).
package struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Parses a tag.
    /// - Throws: `TagError` with the text.
    package init(_ text: some StringProtocol) throws(TagError) {
        let bytes = text.utf8
        guard (1...128).contains(bytes.count), bytes.first.map(Self.isWord) ?? false,
            bytes.allSatisfy(Self.isAllowed)
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

    /// Whether a tag may have this character, beyond its first.
    static func isAllowed(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

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
            "\"\(tag)\" is never deployed: it moves without a trace; name a digest, or the tag of a candidate or a release"
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

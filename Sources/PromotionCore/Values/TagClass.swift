/// What a tag's name says it is, by whole name and case (`Resources/docs/retention.md`, "Classes of tags").
package enum TagClass: Hashable, Sendable {
    /// `vX.Y.Z`, or as the service writes it: set once, never moved.
    case final(Version)
    /// `vX.Y.Z-rc.N`, or as the service writes it.
    case candidate(Version)
    /// `sha-` and 7 to 64 hexadecimal digits.
    case build
    /// `latest` and `dev`: refused as deployment references.
    case forbidden
    /// Everything else; whether it is a pointer, the configuration says.
    case other

    /// The version that it names; `nil` if it names none.
    package var version: Version? {
        switch self {
        case .final(let version), .candidate(let version): version
        case .build, .forbidden, .other: nil
        }
    }

    /// Whether a tag of this class is meant to be put once. Nothing keeps CI from pushing it again.
    package var isMadeOnce: Bool {
        switch self {
        case .final, .candidate, .build: true
        case .forbidden, .other: false
        }
    }
}

extension Tag {
    /// Whether it is `latest` or `dev`, which nothing is deployed from.
    package var isForbidden: Bool { text == "latest" || text == "dev" }

    /// Whether it is `sha-` and 7 to 64 hexadecimal digits.
    package var isBuild: Bool {
        let digits = text.dropFirst(4).utf8
        return text.hasPrefix("sha-") && (7...64).contains(digits.count) && digits.allSatisfy { Digest.nibble($0) != nil }
    }
}

extension TagScheme {
    /// The class of a tag.
    package func tagClass(of tag: Tag) -> TagClass {
        if tag.isForbidden { return .forbidden }
        if tag.isBuild { return .build }
        guard let best = best(of: tag) else { return .other }
        if best.isFinal {
            return .final(Version(best.match.numbers, suffix: best.match.suffix, final: tag, isCandidate: false))
        }
        var final: Tag?
        if let pattern = best.form.final {
            // One whose final tag would be no tag, or another candidate, becomes nothing.
            guard let tag = pattern.tag(best.match), self.best(of: tag)?.isFinal == true else { return .other }
            final = tag
        }
        return .candidate(Version(best.match.numbers, suffix: best.match.suffix, final: final, isCandidate: true))
    }

    /// What a tag is written as.
    private struct Best {
        let form: TagForm
        let isFinal: Bool
        let match: TagPattern.Match
    }

    /// The pattern that leaves least of a tag to a suffix: `1.2.3-rc.4` is a candidate, and no final tag with the suffix `rc.4`.
    private func best(of tag: Tag) -> Best? {
        guard !Self.reserved.contains(where: tag.text.hasPrefix) else { return nil }
        var best: Best?
        for form in forms {
            for (pattern, isFinal) in [(form.final, true), (form.candidate, false)] {
                guard let match = pattern?.match(tag),
                    best.map({ match.suffix.utf8.count < $0.match.suffix.utf8.count }) ?? true
                else { continue }
                best = Best(form: form, isFinal: isFinal, match: match)
            }
        }
        return best
    }

    /// What tags begin with that Baton and registries make themselves.
    static let reserved = ["sha-", "sha256-", "quarantine-"]

    /// The version that a tag names; `nil` if it names none.
    package func version(of tag: Tag) -> Version? { tagClass(of: tag).version }

    /// The final tag that a candidate becomes; `nil` for other tags, and if the service makes none.
    package func finalTag(of tag: Tag) -> Tag? {
        guard case .candidate(let version) = tagClass(of: tag) else { return nil }
        return version.final
    }

    /// Whether a tag is meant to be put once.
    package func isMadeOnce(_ tag: Tag) -> Bool { tagClass(of: tag).isMadeOnce }

    /// Whether a tag names a release, which is created once and never moved.
    package func isFinal(_ tag: Tag) -> Bool { if case .final = tagClass(of: tag) { true } else { false } }
}

extension TagScheme: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(unchecked: try decoder.singleValueContainer().decode([TagForm].self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(forms)
    }
}

extension TagForm: Codable {
    private enum CodingKeys: String, CodingKey {
        case candidate, final
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            candidate: TagPattern(container.decode(String.self, forKey: .candidate)),
            final: container.decodeIfPresent(String.self, forKey: .final).map { text in try TagPattern(text) })
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(candidate.text, forKey: .candidate)
        try container.encodeIfPresent(final?.text, forKey: .final)
    }
}

/// A repository's name in its registry, such as `shop/payments` (OCI distribution-spec, `<name>`).
package struct RepositoryName: Hashable, Sendable, CustomStringConvertible, Codable, CodingKeyRepresentable {
    package let text: String

    /// Parses a repository name, with or without a registry host in front.
    /// - Throws: `ImageError.repository` with the text.
    package init(_ text: some StringProtocol) throws(ImageError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let allowed = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":")].contains(byte)
                }
        }
        guard text.utf8.count <= 255, allowed else { throw .repository(SafeText(text, limit: 255)) }
        self.text = String(text)
    }

    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var codingKey: any CodingKey { TextKey(text) }

    package init?(codingKey: some CodingKey) {
        guard let name = try? RepositoryName(codingKey.stringValue) else { return nil }
        self = name
    }

    package var description: String { text }
}

/// Why a text names no image.
package enum ImageError: Error, Equatable, CustomStringConvertible {
    case repository(SafeText)

    package var description: String {
        switch self {
        case .repository(let text): "\"\(text)\" is not a repository: lower-case words separated by \"/\", at most 255 characters"
        }
    }
}

/// A repository and a digest: the only thing that can be promoted.
package struct PinnedImage: Hashable, Sendable, Codable, CustomStringConvertible {
    package let repository: RepositoryName
    package let digest: Digest

    package init(repository: RepositoryName, digest: Digest) {
        self.repository = repository
        self.digest = digest
    }

    package var description: String { "\(repository)@\(digest)" }
}

/// An operating system and architecture, as an index names it: `linux/amd64`.
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    package let system: SafeText
    package let architecture: SafeText

    package init(system: SafeText, architecture: SafeText) {
        self.system = system
        self.architecture = architecture
    }

    package var description: String { "\(system)/\(architecture)" }
}

/// All digests by which one image is known: its index, its platform manifests, their configurations.
///
/// Runtimes report different members for the same image (`Resources/docs/glossary.md`, "digest set"), so images compare by membership.
package struct DigestSet: Hashable, Sendable, Codable {
    /// One platform of the image.
    package struct Member: Hashable, Sendable, Codable {
        package let platform: Platform?
        package let manifest: Digest
        package let configuration: Digest

        package init(platform: Platform?, manifest: Digest, configuration: Digest) {
            self.platform = platform
            self.manifest = manifest
            self.configuration = configuration
        }
    }

    /// Which kind of digest a runtime reported.
    package enum Kind: String, Hashable, Sendable, Codable {
        case index, manifest, configuration
    }

    /// What is promoted: the index, or the only manifest.
    package let top: Digest
    package let members: [Member]

    package init(top: Digest, members: [Member]) {
        self.top = top
        self.members = members
    }

    /// Which member a digest is; nil where it belongs to another image.
    package func kind(of digest: Digest) -> Kind? {
        if members.contains(where: { $0.manifest == digest }) { return .manifest }
        if digest == top { return .index }
        return members.contains { $0.configuration == digest } ? .configuration : nil
    }

    /// Whether a digest is a member.
    package func contains(_ digest: Digest) -> Bool { kind(of: digest) != nil }

    /// Whether two sets name one image, whichever of its members stands at the top.
    package func isSameImage(as other: DigestSet) -> Bool { contains(other.top) || other.contains(top) }

    /// Whether whatever platform pulls one of two images gets the same: what was found of one holds for the other then. An index
    /// that merely lists what was tested is another image.
    package func isSameEverywhere(as other: DigestSet) -> Bool {
        top == other.top || (!members.isEmpty && Set(members.map(\.manifest)) == Set(other.members.map(\.manifest)))
    }

    /// Whether whatever platform pulls the image gets what this digest names.
    package func isOnly(_ digest: Digest) -> Bool {
        digest == top || (!members.isEmpty && members.allSatisfy { $0.manifest == digest || $0.configuration == digest })
    }

    /// Whether the image can run there; an image that names no platform is taken to run anywhere.
    package func offers(_ platform: Platform) -> Bool {
        members.contains { $0.platform == nil || $0.platform == platform }
    }
}

/// What the registry knows about one image: identity, and the builder's words about it.
package struct Release: Hashable, Sendable, Codable {
    package let digests: DigestSet
    /// The most telling tag at the time it was read: candidate, release, or build.
    package let tag: Tag?
    /// `org.opencontainers.image.revision`, the builder's word.
    package let revision: SafeText?

    package init(digests: DigestSet, tag: Tag?, revision: SafeText?) {
        self.digests = digests
        self.tag = tag
        self.revision = revision
    }

    package var digest: Digest { digests.top }
}

/// What an image's configuration says about how it runs (OCI image-spec, config).
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// Empty means root.
    package let user: SafeText
    /// Environment variables as `NAME=value`; values may be secrets, so none of this is shown or recorded.
    package let environment: [String]
    package let labels: [String: SafeText]

    package init(user: SafeText, environment: [String], labels: [String: SafeText]) {
        self.user = user
        self.environment = environment
        self.labels = labels
    }
}

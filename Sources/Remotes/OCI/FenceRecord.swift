package import PromotionCore

/// The highest fence that each tag was moved under, kept beside a layout so that a stale one is refused after a restart too.
package struct FenceRecord: Hashable, Sendable {
    /// The file's name in the layout directory; a layout may hold files that the format does not know.
    package static let fileName = "baton-fences.json"
    /// Bytes of the file that are read: some 30,000 tags.
    package static let byteLimit = 1 << 20

    private var fences: [JSONValue.Member]
    /// How the repository's versions are written.
    private let tags: TagScheme

    /// What a fence stands before.
    package enum Subject: Hashable, Sendable, CustomStringConvertible {
        case tag(Tag)
        /// Everything that is removed from the repository.
        case deletions
        /// Images that are brought here for one environment.
        case copies(EnvironmentName)

        /// What a tag's fence stands before. Names that only retention sets and takes away share the one of its deletions: there
        /// is no end of them.
        init(of tag: Tag, in tags: TagScheme) {
            switch RetentionClass(of: tag, pointers: [], schemes: [tags]) {
            case .candidate, .build, .quarantine, .attached: self = .deletions
            case .pointer, .final, .other: self = .tag(tag)
            }
        }

        /// No tag has a space in it.
        fileprivate var key: String {
            switch self {
            case .tag(let tag): tag.text
            case .deletions: "all deletions"
            case .copies(let environment): "copies for \(environment)"
            }
        }

        package var description: String {
            switch self {
            case .tag(let tag): "\(tag) was moved"
            case .deletions: "something was deleted"
            case .copies(let environment): "an image was copied for \(environment)"
            }
        }
    }

    /// A record that has seen nothing.
    package init(tags: TagScheme) {
        fences = []
        self.tags = tags
    }

    /// Parses a record.
    /// - Throws: `ImageDocumentError`; a record that cannot be read is never taken for an empty one.
    package init(parsing bytes: [UInt8], tags: TagScheme) throws(ImageDocumentError) {
        self.tags = tags
        let root = DocumentField(value: try JSONParser.document(bytes), path: "")
        fences = try root.object().filter { fence in (try? Tag(fence.name)).map { Subject(of: $0, in: tags) == .tag($0) } ?? true
        }
        for fence in fences where fence.value.integer == nil {
            throw .notA("a whole number", at: SafeText(fence.name))
        }
    }

    package var bytes: [UInt8] { JSONValue.object(fences).bytes }

    /// The highest fence seen; nil where there was none.
    package func highest(of subject: Subject) -> Fence? {
        fences.first { $0.name == subject.key }?.value.integer.map(Fence.init)
    }

    /// Takes a fence.
    /// - Returns: whether the record changed and must be kept before anything else happens.
    /// - Throws: `Fault.refused` for a fence that is older than one seen.
    package mutating func admit(_ subject: Subject, under fence: Fence) throws(Fault) -> Bool {
        var subject = subject
        if case .tag(let tag) = subject { subject = Subject(of: tag, in: tags) }
        if let highest = highest(of: subject) {
            guard fence >= highest else {
                throw Fault(.refused, SafeText("fence \(fence) is stale: \(subject) under \(highest)"))
            }
            if fence == highest { return false }
        }
        // A release tag is created once: what protects it is that it exists, and it would stay in the record for ever.
        if case .tag(let tag) = subject, tags.isFinal(tag) { return false }
        let value = JSONValue.number("\(fence.number)")
        if let position = fences.firstIndex(where: { $0.name == subject.key }) {
            fences[position].value = value
        } else {
            fences.append(.init(subject.key, value))
        }
        return true
    }
}

package import PromotionCore

/// The `index.json` of an image layout: which tag names which digest (OCI image-spec, "Image Layout").
///
/// It keeps the whole document, so that a changed tag changes nothing else.
package struct LayoutIndex: Hashable, Sendable {
    /// The annotation that holds an entry's tag.
    package static let nameAnnotation = "org.opencontainers.image.ref.name"
    /// Bytes of one `index.json` that are read.
    package static let byteLimit = 32 << 20
    /// Entries that are read.
    package static let entryLimit = 100_000

    private var document: JSONValue
    private var entries: [JSONValue]

    /// Parses an `index.json`. Entries are parsed where they are asked for: one bad entry of another tag harms nobody.
    /// - Throws: `ImageDocumentError` where it is no list of entries.
    package init(parsing bytes: [UInt8]) throws(ImageDocumentError) {
        document = try JSONParser.document(bytes)
        let root = DocumentField(value: document, path: "")
        _ = try root.object()
        entries = try root.optional("manifests")?.elements(limit: Self.entryLimit).map(\.value) ?? []
    }

    /// The whole document.
    package var bytes: [UInt8] { document.bytes }

    /// What a tag names; nil where no entry has its name.
    /// - Throws: `LayoutIndexError` where two entries have it, or its entry is none.
    package func descriptor(of tag: Tag) throws(LayoutIndexError) -> Descriptor? {
        let named = entries.indices.filter { name(of: entries[$0]) == tag.text }
        guard named.count < 2 else { throw .nameTwice(tag, count: named.count) }
        return try named.first.map { position throws(LayoutIndexError) in try descriptor(at: position, of: tag) }
    }

    /// All tags and what they name; names that are no tags, such as a whole reference, are left out.
    /// - Throws: `LayoutIndexError` where one of them cannot be told: a list with a gap would look like an absent tag.
    package func tags() throws(LayoutIndexError) -> [Tag: Digest] {
        var tags: [Tag: Digest] = [:]
        for (position, entry) in entries.enumerated() {
            guard let name = name(of: entry), let tag = try? Tag(name) else { continue }
            guard tags[tag] == nil else { throw .nameTwice(tag, count: 2) }
            tags[tag] = try descriptor(at: position, of: tag).digest
        }
        return tags
    }

    /// The descriptor of a digest, with or without a name; nil where no entry has it.
    /// - Throws: `LayoutIndexError` where two entries describe it differently.
    package func descriptor(of digest: Digest) throws(LayoutIndexError) -> Descriptor? {
        var found: Descriptor?
        for entry in entries where entry["digest"]?.text == digest.description {
            guard let descriptor = try? Descriptor(parsing: entry) else { continue }
            if let found, (found.mediaType, found.size) != (descriptor.mediaType, descriptor.size) {
                throw .describedTwice(digest)
            }
            found = found ?? descriptor
        }
        return found
    }

    private func name(of entry: JSONValue) -> String? { entry["annotations"]?[Self.nameAnnotation]?.text }

    private func descriptor(at position: Int, of tag: Tag) throws(LayoutIndexError) -> Descriptor {
        do { return try Descriptor(DocumentField(value: entries[position], path: "manifests[\(position)]")) } catch {
            throw .entry(tag, error)
        }
    }
}

extension LayoutIndex {
    /// The same index with one tag naming something else.
    ///
    /// Like skopeo, what the tag named before stays as an entry without a name, unless another entry holds it: nothing
    /// that could be a way back becomes unreferenced. Annotations that describe the old content stay with it.
    package func naming(_ tag: Tag, _ descriptor: Descriptor) -> LayoutIndex {
        let old = entries.firstIndex { name(of: $0) == tag.text }
        let entry = self.entry(naming: tag, descriptor, carrying: old.map { entries[$0] })
        var changed = self
        if let old {
            let digest = entries[old]["digest"]?.text
            let isHeldElsewhere = entries.indices.contains { $0 != old && entries[$0]["digest"]?.text == digest }
            changed.entries[old] = entry
            if !isHeldElsewhere { changed.entries.append(unnamed(entries[old])) }
        } else {
            changed.entries.append(entry)
        }
        changed.document = document.replacing("manifests", with: .array(changed.entries))
        return changed
    }

    /// The same index with one more document that has no name; nothing changes where an entry holds it already.
    package func holding(_ descriptor: Descriptor) -> LayoutIndex {
        guard !entries.contains(where: { $0["digest"]?.text == descriptor.digest.description }) else { return self }
        let entry = JSONValue.object([])
            .replacing("mediaType", with: .string(descriptor.mediaType.text))
            .replacing("digest", with: .string(descriptor.digest.description))
            .replacing("size", with: .number("\(descriptor.size)"))
        return replacingEntries(entries + [entry])
    }

    /// The same index without a tag. What it named stays as an entry without a name, unless another entry holds it.
    package func removing(_ tag: Tag) -> LayoutIndex {
        guard let old = entries.firstIndex(where: { name(of: $0) == tag.text }) else { return self }
        let digest = entries[old]["digest"]?.text
        var left = entries
        let isHeldElsewhere = entries.indices.contains { $0 != old && entries[$0]["digest"]?.text == digest }
        if isHeldElsewhere { left.remove(at: old) } else { left[old] = unnamed(entries[old]) }
        return replacingEntries(left)
    }

    /// The same index without a document and all tags that name it.
    package func removing(_ digest: Digest) -> LayoutIndex {
        replacingEntries(entries.filter { $0["digest"]?.text != digest.description })
    }

    private func replacingEntries(_ entries: [JSONValue]) -> LayoutIndex {
        var changed = self
        changed.entries = entries
        changed.document = document.replacing("manifests", with: .array(entries))
        return changed
    }

    /// Names of entries that are no tags, such as a whole reference.
    package var strangers: [SafeText] {
        entries.compactMap(name(of:)).filter { (try? Tag($0)) == nil }.map { SafeText($0, limit: 140) }
    }

    /// Made from another entry of the same digest where there is one, so that members which Baton does not know are kept.
    ///
    /// Annotations of the format's own (`org.opencontainers.image.…`) describe content and come with the digest; all others
    /// belong to the tag and stay with it.
    private func entry(naming tag: Tag, _ descriptor: Descriptor, carrying old: JSONValue?) -> JSONValue {
        let known = entries.first { $0["digest"]?.text == descriptor.digest.description }
        let ofContent = annotations(of: known).filter { $0.name.hasPrefix(Self.contentPrefix) }
        let ofTag = annotations(of: old).filter { !$0.name.hasPrefix(Self.contentPrefix) }
        let name = JSONValue.Member(Self.nameAnnotation, .string(tag.text))
        return (known ?? .object([]))
            .replacing("mediaType", with: .string(descriptor.mediaType.text))
            .replacing("digest", with: .string(descriptor.digest.description))
            .replacing("size", with: .number("\(descriptor.size)"))
            .replacing("annotations", with: .object(ofContent + ofTag + [name]))
    }

    private static let contentPrefix = "org.opencontainers.image."

    /// The annotations of an entry without its name.
    private func annotations(of entry: JSONValue?) -> [JSONValue.Member] {
        (entry?["annotations"]?.members ?? []).filter { $0.name != Self.nameAnnotation }
    }

    private func unnamed(_ entry: JSONValue) -> JSONValue {
        let annotations = annotations(of: entry)
        return entry.replacing("annotations", with: annotations.isEmpty ? nil : .object(annotations))
    }
}

extension JSONValue {
    /// The same object with a member set, in its place or at the end; nil removes it.
    func replacing(_ name: String, with value: JSONValue?) -> JSONValue {
        var members = members ?? []
        let position = members.firstIndex { $0.name == name }
        switch (position, value) {
        case (let position?, let value?): members[position].value = value
        case (let position?, nil): members.remove(at: position)
        case (nil, let value?): members.append(.init(name, value))
        case (nil, nil): break
        }
        return .object(members)
    }
}

/// Why an `index.json` does not tell what a tag names.
package enum LayoutIndexError: Error, Equatable, CustomStringConvertible {
    case nameTwice(Tag, count: Int)
    case entry(Tag, ImageDocumentError)
    case describedTwice(Digest)

    package var description: String {
        switch self {
        case .nameTwice(let tag, let count): "\(count) entries are named \(tag): remove the name from all but one"
        case .entry(let tag, let error): "the entry of \(tag) is wrong: \(error)"
        case .describedTwice(let digest): "two entries describe \(digest) with different types or sizes"
        }
    }
}

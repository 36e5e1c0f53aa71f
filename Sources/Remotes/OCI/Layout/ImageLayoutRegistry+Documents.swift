internal import Platform
package import PromotionCore

extension ImageLayoutRegistry: ArtifactStore {
    package func tagList(in repository: RepositoryName) async throws(Fault) -> TagList {
        try await reading(repository) { layout throws(Fault) in
            let index = try layout.index()
            return TagList(tags: try index.allTags(in: layout.path).keys.sorted(), strangers: index.strangers)
        }
    }

    package func document(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> StoredDocument? {
        try await reading(repository) { layout throws(Fault) in try layout.document(digest, in: try layout.index()) }
    }

    package func blob(_ digest: Digest, limit: Int, in repository: RepositoryName) async throws(Fault) -> [UInt8]? {
        try await reading(repository) { layout throws(Fault) in try layout.provenBlob(digest, limit: limit) }
    }

    package func referrers(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [StoredDocument] {
        try await reading(repository) { layout throws(Fault) in
            let index = try layout.index()
            var found: [StoredDocument] = []
            var bytes = 0
            for descriptor in try layout.fallbackList(of: digest, in: index).index.descriptors {
                guard let document = try layout.document(descriptor.digest, in: index),
                    document.links?.subject?.digest == digest, !found.contains(where: { $0.digest == document.digest })
                else { continue }
                bytes += document.bytes.count
                guard bytes <= ImageWalk.byteLimit else {
                    throw Fault(
                        .refused,
                        SafeText("\(layout.path): all that refers to \(digest) is larger than \(ImageWalk.byteLimit) bytes"))
                }
                found.append(document)
            }
            return found
        }
    }

    package func upload(_ bytes: [UInt8], in repository: RepositoryName) async throws(Fault) {
        try await changing(repository) { layout throws(Fault) in try layout.store(bytes) }
    }

    package func put(
        _ document: StoredDocument, as tag: Tag?, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) {
        let parsed: StoredDocument
        do { parsed = try StoredDocument(parsing: document.bytes, as: document.mediaType) } catch {
            throw .refused(error, in: "\(repository)@\(document.digest)")
        }
        try await changing(repository) { layout throws(Fault) in
            if let tag {
                try layout.admit(.tag(tag), under: fence)
                let named = try layout.index().digest(of: tag, in: layout.path)
                if layout.scheme.isMadeOnce(tag), let named, named != document.digest {
                    throw Fault(.refused, SafeText("\(tag) is put once: it names \(named) and is never moved"))
                }
            }
            try layout.store(document.bytes)
            try layout.rewrite { index in
                tag.map { index.naming($0, document.descriptor) } ?? index.holding(document.descriptor)
            }
            guard let subject = parsed.links?.subject?.digest else { return }
            let listed = try layout.referrerIndex(of: subject, in: try layout.index()).adding(parsed).stored
            try layout.store(listed.bytes)
            try layout.rewrite { index in index.naming(Tag(referrersOf: subject), listed.descriptor) }
        }
    }

    package func time() async throws(Fault) -> Timestamp? { nil }

    /// Changes the layout under its lock.
    func changing<Value: Sendable>(
        _ repository: RepositoryName, _ change: @escaping @Sendable (borrowing ImageLayout) throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let patience = lockPatience
        return try await reading(repository) { layout throws(Fault) in
            try layout.directory.locked(by: Self.lockName, within: patience) { () throws(Fault) in try change(layout) }
        }
    }
}

extension ImageLayout {
    /// A document whose bytes have its digest, with the type that the index gives it, else its own.
    func document(_ digest: Digest, in index: LayoutIndex) throws(Fault) -> StoredDocument? {
        guard let bytes = try provenBlob(digest, limit: ImageDocument.byteLimit) else { return nil }
        let announced: Descriptor?
        do { announced = try index.descriptor(of: digest) } catch { throw Fault(.refused, SafeText("\(path): \(error)")) }
        do { return try StoredDocument(parsing: bytes, as: announced?.mediaType) } catch {
            throw .refused(error, in: "\(path)@\(digest.description)")
        }
    }

    /// The bytes of a blob that have its digest.
    func provenBlob(_ digest: Digest, limit: Int) throws(Fault) -> [UInt8]? {
        guard let bytes = try blob(digest, limit: limit) else { return nil }
        let found = Digest(of: bytes)
        guard found == digest else { throw .refused(.wrongDigest(wanted: digest, found: found), in: path) }
        return bytes
    }

    /// What stands under the fallback tag of a subject.
    func fallbackList(of subject: Digest, in index: LayoutIndex) throws(Fault) -> FallbackList {
        let tag = Tag(referrersOf: subject)
        let named = try index.digest(of: tag, in: path)
        let document = if let named { try document(named, in: index) } else { nil as StoredDocument? }
        if let named, document == nil {
            throw Fault(.refused, SafeText("\(path): \(tag) names \(named), which is missing"))
        }
        do throws(ImageDocumentError) { return try FallbackList(document, of: subject) } catch {
            throw .refused(error, in: "\(path):\(tag)")
        }
    }

    /// The list under the fallback tag of a subject, to be written anew.
    func referrerIndex(of subject: Digest, in index: LayoutIndex) throws(Fault) -> ReferrerIndex {
        let list = try fallbackList(of: subject, in: index)
        guard let reason = list.reasonNotToWrite else { return list.index }
        throw Fault(.refused, SafeText("\(path): \(Tag(referrersOf: subject)) \(reason): nothing can be listed there"))
    }

    /// Writes a blob; one that is there and whole is left alone.
    func store(_ bytes: [UInt8]) throws(Fault) {
        let digest = Digest(of: bytes)
        guard let blobs = try directory.directory("blobs"), let sha256 = try blobs.directory("sha256") else {
            throw Fault(.refused, SafeText("\(path) is no image layout: it has no directory blobs/sha256"))
        }
        let current = try sha256.read(digest.hex, limit: max(bytes.count, ImageDocument.byteLimit))
        if current == bytes { return }
        let replacement = try sha256.replace(
            digest.hex, with: bytes, ifStill: current, limit: max(bytes.count, ImageDocument.byteLimit))
        guard case .replaced = replacement else {
            throw Fault(.broke, SafeText("\(path): the blob \(digest) was written by somebody else at the same time"))
        }
    }

    /// Replaces the index by a changed one, again where others write it meanwhile.
    func rewrite(_ change: (LayoutIndex) -> LayoutIndex) throws(Fault) {
        for _ in 1...ImageLayoutRegistry.attemptLimit {
            let bytes = try indexBytes()
            let index = try LayoutIndex(bytes, in: path)
            let changed = change(index)
            if changed == index { return }
            let replacement = try directory.replace(
                "index.json", with: changed.bytes, ifStill: bytes, limit: LayoutIndex.byteLimit)
            if case .replaced = replacement { return }
        }
        throw Fault(
            .broke, SafeText("\(path)/index.json changed \(ImageLayoutRegistry.attemptLimit) times while it was to be written"))
    }
}

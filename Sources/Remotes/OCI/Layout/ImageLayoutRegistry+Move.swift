internal import Platform
package import PromotionCore

extension ImageLayoutRegistry {
    /// The file that is locked between processes while a tag moves.
    package static let lockName = "baton.lock"
    /// Beginnings of one move, when others who do not take the lock write the index meanwhile.
    package static let attemptLimit = 3

    /// Makes a tag name a digest, by the steps of decision 6 as far as a directory has them: fence, read,
    /// compare, prove the image whole, replace the index, read back.
    ///
    /// A release tag is only ever created.
    package func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove {
        let patience = lockPatience
        return try await reading(repository) { layout throws(Fault) in
            try layout.directory.locked(by: Self.lockName, within: patience) { () throws(Fault) in
                try layout.admit(.tag(tag), under: fence)
                for _ in 1...Self.attemptLimit {
                    if let outcome = try layout.tryMove(tag, from: expected, to: digest) { return outcome }
                }
                throw Fault(
                    .broke,
                    SafeText("\(layout.path)/index.json changed \(Self.attemptLimit) times while \(tag) was to be moved"))
            }
        }
    }
}

extension ImageLayout {
    /// Refuses a fence that is older than one seen, and remembers a newer one before anything changes.
    func admit(_ subject: FenceRecord.Subject, under fence: Fence) throws(Fault) {
        let file = "\(path)/\(FenceRecord.fileName)"
        let bytes = try directory.read(FenceRecord.fileName, limit: FenceRecord.byteLimit)
        var record = FenceRecord(tags: scheme)
        do {
            if let bytes { record = try FenceRecord(parsing: bytes, tags: scheme) }
        } catch { throw .refused(error, in: file) }
        guard try record.admit(subject, under: fence) else { return }
        let replacement = try directory.replace(
            FenceRecord.fileName, with: record.bytes, ifStill: bytes, limit: FenceRecord.byteLimit)
        guard case .replaced = replacement else { throw Fault(.broke, SafeText("\(file) changed under the lock")) }
    }

    /// One attempt.
    /// - Returns: nil where somebody else wrote the index meanwhile.
    func tryMove(_ tag: Tag, from expected: Digest?, to digest: Digest) throws(Fault) -> PointerMove? {
        let bytes = try indexBytes()
        let index = try LayoutIndex(bytes, in: path)
        let observed = try index.digest(of: tag, in: path)
        if observed == digest { return .moved }
        if expected != nil, scheme.isFinal(tag) {
            throw Fault(.refused, SafeText("\(tag) is a release tag: it is created once and never moved"))
        }
        guard observed == expected else { return .conflict(observed: observed) }
        guard let (walk, _) = try image(of: digest, in: index), let type = walk.mediaType, let size = walk.size else {
            throw Fault(.refused, SafeText("\(digest) does not exist in \(path); \(tag) stays as it is"))
        }
        let descriptor = Descriptor(mediaType: type, digest: digest, size: Int64(size))
        let replacement = try directory.replace(
            "index.json", with: index.naming(tag, descriptor).bytes, ifStill: bytes, limit: LayoutIndex.byteLimit)
        guard case .replaced = replacement else { return nil }
        try confirm(tag, names: digest)
        return .moved
    }

    /// Reads back; from here on the tag has been moved, so every surprise is *unknown*.
    private func confirm(_ tag: Tag, names digest: Digest) throws(Fault) {
        let found: Digest?
        do { found = try index().digest(of: tag, in: path) } catch {
            throw Fault(.unknown, SafeText("\(tag) was moved, but cannot be read back: \(error.reason)"))
        }
        guard found == digest else {
            let what = found.map(\.description) ?? "nothing"
            throw Fault(.unknown, SafeText("\(tag) was moved to \(digest), but names \(what) by now"))
        }
    }
}

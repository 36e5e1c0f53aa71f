package import PromotionCore

extension ImageLayoutRegistry {
    package func delete(
        _ tag: Tag, naming digest: Digest, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) -> Deletion {
        try await changing(repository) { layout throws(Fault) in
            try layout.admit(.deletions, under: fence)
            guard let named = try layout.index().digest(of: tag, in: layout.path) else { return .absent }
            guard named == digest else { return .conflict(observed: named) }
            try layout.rewrite { index in index.removing(tag) }
            return .deleted
        }
    }

    /// Removes a document: its entries in the index, with every tag, and its own file. Configurations and layers stay, since
    /// nothing here tells whether another image needs them.
    package func delete(_ digest: Digest, in repository: RepositoryName, under fence: Fence) async throws(Fault) -> Deletion {
        try await changing(repository) { layout throws(Fault) in
            try layout.admit(.deletions, under: fence)
            let document = try layout.document(digest, in: try layout.index())
            try layout.rewrite { index in index.removing(digest) }
            guard let document else { return .absent }
            try layout.removeBlob(digest)
            try layout.unlist(document)
            return .deleted
        }
    }

    package func capabilities(in repository: RepositoryName) async throws(Fault) -> RegistryCapabilities {
        try await reading(repository) { layout throws(Fault) in
            _ = try layout.index()
            return RegistryCapabilities(tagDeletion: .yes, digestDeletion: .yes, referrersAPI: .no)
        }
    }

    package func probeDeletion(in repository: RepositoryName, under fence: Fence) async throws(Fault) -> RegistryCapabilities {
        // A directory that is not this account's to write is found out by what every deletion writes first.
        try await changing(repository) { layout throws(Fault) in try layout.admit(.deletions, under: fence) }
        return try await capabilities(in: repository)
    }
}

extension ImageLayout {
    func removeBlob(_ digest: Digest) throws(Fault) {
        guard let blobs = try directory.directory("blobs"), let sha256 = try blobs.directory("sha256") else { return }
        try sha256.remove(digest.hex)
    }

    /// Takes a removed referrer out of the list of its subject; a list that is empty then goes with its tag.
    func unlist(_ referrer: StoredDocument) throws(Fault) {
        guard let subject = referrer.links?.subject?.digest else { return }
        let tag = Tag(referrersOf: subject)
        let index = try index()
        guard let listed = try index.digest(of: tag, in: path) else { return }
        let left = try referrerIndex(of: subject, in: index).removing(referrer.digest)
        if left.isEmpty {
            try rewrite { index in index.removing(tag).removing(listed) }
            return try removeBlob(listed)
        }
        try store(left.stored.bytes)
        try rewrite { index in index.naming(tag, left.stored.descriptor).removing(listed) }
        if listed != left.stored.digest { try removeBlob(listed) }
    }
}

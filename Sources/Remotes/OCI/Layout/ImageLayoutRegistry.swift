internal import Platform
package import PromotionCore

/// An OCI image layout directory as the registry of one repository (OCI image-spec, "Image Layout").
///
/// Reads need no lock: `index.json` is only ever replaced as a whole, and blobs are named by their digest.
package struct ImageLayoutRegistry: Registry {
    package let directory: String
    package let repository: RepositoryName
    /// How long a move waits for another process that changes the same layout.
    package let lockPatience: Milliseconds
    /// How its versions are written.
    package let scheme: TagScheme

    package init(
        directory: String, repository: RepositoryName, tags scheme: TagScheme = .standard,
        lockPatience: Milliseconds = .seconds(10)
    ) {
        self.scheme = scheme
        self.directory = directory
        self.repository = repository
        self.lockPatience = lockPatience
    }

    package func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await reading(repository) { layout throws(Fault) in try layout.index().digest(of: tag, in: layout.path) }
    }

    package func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags {
        try await reading(repository) { layout throws(Fault) in
            ListedTags(try layout.index().allTags(in: layout.path).mapValues(Optional.some), requests: 0)
        }
    }

    package func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? {
        try await reading(repository) { layout throws(Fault) in
            let index = try layout.index()
            guard let image = try layout.image(of: digest, in: index)?.image else { return nil }
            let tags = try index.allTags(in: layout.path).filter { $0.value == digest }.keys
            return Release(digests: image.digests, tag: layout.scheme.mostTelling(of: tags), revision: image.revision)
        }
    }

    package func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding {
        try await reading(repository) { layout throws(Fault) in
            switch try layout.walk(digest, in: try layout.index()) {
            case .image(_, let image): .whole(image.digests)
            case .absent: .absent
            case .damaged(let fault): .damaged(fault.reason)
            }
        }
    }

    package func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        try await reading(repository) { layout throws(Fault) in
            guard let image = try layout.image(of: digest, in: try layout.index())?.image else {
                throw Fault(.refused, SafeText("\(repository)@\(digest) does not exist in \(layout.path)"))
            }
            return try image.configuration(for: platform)
        }
    }

    /// Opens the layout and reads on a thread of its own: a slow disk delays nobody else.
    func reading<Value: Sendable>(
        _ repository: RepositoryName, _ read: @escaping @Sendable (borrowing ImageLayout) throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        guard repository == self.repository else {
            throw Fault(.refused, SafeText("\(directory) holds the repository \(self.repository), not \(repository)"))
        }
        let (directory, scheme) = (directory, scheme)
        let result = await OwnThread.run { () -> Result<Value, Fault> in
            do throws(Fault) { return .success(try read(try ImageLayout(directory, scheme))) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension WalkedImage {
    /// The configuration for a platform; that of an image that names no platform fits every one.
    /// - Throws: `Fault.refused` with the platforms there are.
    package func configuration(for platform: Platform) throws(Fault) -> ImageConfiguration {
        let member = digests.members.first { $0.platform == platform } ?? digests.members.first { $0.platform == nil }
        guard let member, let configuration = configurations[member.configuration] else {
            let offered = Set(digests.members.compactMap(\.platform?.description)).sorted().joined(separator: ", ")
            let lacking =
                missing.contains(platform) ? "lists \(platform), whose manifest is missing here" : "does not offer \(platform)"
            throw Fault(.refused, SafeText("\(digests.top) \(lacking); it offers \(offered)"))
        }
        return configuration
    }
}

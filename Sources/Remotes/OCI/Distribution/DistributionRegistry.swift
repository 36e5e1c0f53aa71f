package import PromotionCore

/// A registry that speaks the OCI distribution specification, behind the core's ports.
///
/// What a digest names is read once and kept, within bounds. What a tag names is asked each time.
package struct DistributionRegistry: Sendable {
    let client: RegistryClient
    let memory = RegistryMemory()
    /// The agent's state directory, where fences are kept.
    let state: String

    /// How long an image that was read whole counts as whole: it may be collected meanwhile.
    static let proofLife = Milliseconds.minutes(10)
    /// The oldest that a look at a tag may be when the tag is changed.
    static let lookLife = Milliseconds.seconds(1)
    /// Looks before a change that waits again and again is given up.
    static let looks = 5

    package init(client: RegistryClient, state: String) {
        self.client = client
        self.state = state
    }

    var now: Timestamp { client.now() }

    /// Says that a repository comes into being with what is brought into it: until then that it does not exist is an answer.
    package func expect(_ repository: RepositoryName) { client.existence.expect(repository) }

    /// Says how the versions of a repository are written: what is made once is then never moved.
    package func know(_ tags: TagScheme, in repository: RepositoryName) { memory.know(tags, in: repository) }

    func scheme(of repository: RepositoryName) -> TagScheme { memory.scheme(of: repository) }

    func fences(of repository: RepositoryName) -> FenceFile {
        FenceFile(state: state, registry: client.address, repository: repository, tags: scheme(of: repository))
    }

    /// Asks, and names the place in the fault of an answer that is of no use.
    /// - Parameter what: `shop/payments:prod`.
    func asking<Value: Sendable>(
        _ what: @autoclosure () -> String, _ ask: () async throws(RegistryError) -> Value
    ) async throws(Fault) -> Value {
        do throws(RegistryError) { return try await ask() } catch { throw fault(error, of: what()) }
    }

    func fault(_ error: RegistryError, of what: String, kind: Fault.Kind? = nil) -> Fault {
        Fault(kind ?? error.kindOfRead, SafeText("\(client.address.name)/\(what): \(error)", limit: 900))
    }
}

extension DistributionRegistry: Registry {
    package func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await asking("\(repository):\(tag)") { () throws(RegistryError) in
            let known = memory.seen(tag, in: repository)
            switch try await client.head(tag, in: repository, unless: known?.etag) {
            case .unchanged:
                return known?.digest
            case .absent:
                memory.see(tag, as: nil, in: repository)
                return nil
            case .digest(let digest, let etag):
                // Only a validator that is the digest itself says anything (distribution sends it so).
                let usable = etag == "\"\(digest)\"" ? etag : nil
                memory.see(tag, as: .init(digest: digest, etag: usable), in: repository)
                return digest
            }
        }
    }

    /// The names of all tags, asked afresh; what they named when they were last asked about comes from memory. A repository has
    /// as many tags as CI has ever pushed branches, and nobody decides anything about most of them.
    package func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags {
        let list = try await tagList(in: repository)
        return ListedTags(memory.named(by: list.tags, in: repository), requests: list.pages)
    }

    package func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? {
        guard let image = try await image(of: digest, in: repository) else { return nil }
        let tag = scheme(of: repository).mostTelling(of: memory.tags(naming: digest, in: repository))
        return Release(digests: image.digests, tag: tag, revision: image.revision)
    }

    package func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding {
        switch try await walk(digest, in: repository) {
        case .image(let image): .whole(image.digests)
        case .absent: .absent
        case .damaged(let fault): .damaged(fault.reason)
        }
    }

    package func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        guard let image = try await image(of: digest, in: repository) else {
            throw Fault(.refused, SafeText("\(repository)@\(digest) does not exist in \(client.address.name)"))
        }
        return try image.configuration(for: platform)
    }

    /// An image whose every document down to the configurations was read and proven, not longer ago than `proofLife`; that its
    /// top still exists is asked each time.
    /// - Throws: `Fault.refused` where anything on the way is missing or lies.
    func image(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> WalkedImage? {
        switch try await walk(digest, in: repository) {
        case .image(let image): return image
        case .absent: return nil
        case .damaged(let fault): throw fault
        }
    }

    /// Where a walk from a digest down to the configurations ended.
    private enum Walked {
        case image(WalkedImage)
        case absent
        case damaged(Fault)
    }

    /// Reads an image from its top.
    /// - Throws: `Fault` if something could not be read, which says nothing of the image.
    private func walk(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Walked {
        let what = "\(repository)@\(digest)"
        if let proof = memory.proof(of: digest, in: repository), now - proof.at < Self.proofLife {
            let isThere = try await asking(what) { () throws(RegistryError) in
                try await client.exists(digest, in: repository)
            }
            if isThere { return .image(proof.image) }
            memory.forgetProof(of: digest, in: repository)
            return .absent
        }
        var walk = ImageWalk(top: digest)
        while !walk.wanted.isEmpty {
            // A few at a time: what they come to is counted before more is held.
            for (wanted, part) in try await fetch(Array(walk.wanted.prefix(client.limits.connections)), in: repository) {
                switch part {
                case .absent where wanted.digest == digest: return .absent
                case .absent:
                    do { try walk.miss(wanted) } catch {
                        return .damaged(.refused(error, in: "\(client.address.name)/\(what)"))
                    }
                case .damaged(let fault): return .damaged(fault)
                case .bytes(let bytes):
                    do { try walk.receive(bytes, for: wanted) } catch {
                        return .damaged(.refused(error, in: "\(client.address.name)/\(what)"))
                    }
                }
            }
        }
        let image: WalkedImage
        do { image = try walk.image() } catch { return .damaged(.refused(error, in: "\(client.address.name)/\(what)")) }
        memory.keep(.init(image: image, at: now), of: digest, in: repository)
        return .image(image)
    }

    /// One blob of an image, as the registry gave it.
    private enum Part {
        case bytes([UInt8])
        case absent
        case damaged(Fault)
    }

    /// Reads what a walk wants, beside each other.
    private func fetch(
        _ wanted: [ImageWalk.Wanted], in repository: RepositoryName
    ) async throws(Fault) -> [(ImageWalk.Wanted, Part)] {
        Array(zip(wanted, try await abreast(wanted) { wanted in await self.bytes(of: wanted, in: repository) }))
    }

    /// Does the same for each, as many beside each other as there are connections; what came of it is in their order.
    /// - Throws: the fault of the first, in their order, that failed.
    func abreast<Key: Sendable, Value: Sendable>(
        _ keys: [Key], _ body: @escaping @Sendable (Key) async -> Result<Value, Fault>
    ) async throws(Fault) -> [Value] {
        let results = await withTaskGroup(of: (Int, Result<Value, Fault>).self) { group in
            var found = [Result<Value, Fault>?](repeating: nil, count: keys.count)
            var next = 0
            func begin(_ group: inout TaskGroup<(Int, Result<Value, Fault>)>) {
                guard next < keys.count else { return }
                let (position, key) = (next, keys[next])
                group.addTask { (position, await body(key)) }
                next += 1
            }
            for _ in 0..<client.limits.connections { begin(&group) }
            for await (position, result) in group {
                found[position] = result
                begin(&group)
            }
            return found
        }
        var values: [Value] = []
        for result in results {
            guard let result else { continue }
            values.append(try result.get())
        }
        return values
    }

    private func bytes(of wanted: ImageWalk.Wanted, in repository: RepositoryName) async -> Result<Part, Fault> {
        do throws(RegistryError) {
            let bytes: [UInt8]?
            if wanted.isConfiguration {
                bytes = try await client.blob(wanted.digest, limit: ImageDocument.byteLimit, in: repository)
            } else {
                let document = try await client.document(.digest(wanted.digest), in: repository)
                if let document { memory.keep(document) }
                bytes = document?.bytes
            }
            return .success(bytes.map(Part.bytes) ?? .absent)
        } catch {
            let fault = fault(error, of: "\(repository)@\(wanted.digest)")
            return error.isOfTheBytes ? .success(.damaged(fault)) : .failure(fault)
        }
    }
}

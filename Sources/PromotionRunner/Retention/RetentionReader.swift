package import PromotionCore

/// Reads a whole repository: every tag afresh, every manifest that anything leads to. It judges nothing, and what it could not
/// read is an obstacle, never an absence.
package struct RetentionReader: Sendable {
    let store: any ArtifactStore
    let repository: RepositoryName
    let time: TimeSource

    /// A reader of one repository.
    package init(store: any ArtifactStore, repository: RepositoryName, time: TimeSource) {
        self.store = store
        self.repository = repository
        self.time = time
    }

    /// Requests beside each other; how many of them a registry is sent at a time, its own connections say.
    private static let width = 16
    /// Manifests of one repository that are held.
    private static let manifestLimit = 1_000_000
    private static let attempts = 2

    /// What one reading came to.
    package struct Reading {
        /// What every tag names.
        package internal(set) var tags: [Tag: Digest] = [:]
        /// Tags that are listed and name nothing, asked twice.
        package internal(set) var dangling: Set<Tag> = []
        /// Every document that anything leads to.
        package internal(set) var manifests: [Digest: StoredManifest] = [:]
        /// What refers to a document.
        package internal(set) var referrers: [Digest: [Digest]] = [:]
        /// What could not be read: nothing is deleted then.
        package internal(set) var obstacles: [SafeText] = []
    }

    /// Reads everything that tags, referrers and the given digests lead to.
    /// - Parameters:
    ///   - extra: digests that are known from elsewhere; one that is gone is no obstacle.
    ///   - known: manifests of earlier readings; bytes of a digest never change.
    package func read(
        extra: Set<Digest>, known: [Digest: StoredManifest], asksReferrers: Bool, readsBuildDates: Bool
    ) async -> Reading {
        var reading = Reading()
        do throws(Fault) {
            try await readTags(&reading)
        } catch {
            reading.obstacles.append("the tags could not be read: \(error.reason)")
            return reading
        }
        let named = Dictionary(reading.tags.map { ($1, $0) }) { min($0, $1) }
        var wanted = Set(named.keys).union(extra)
        var certain = wanted
        var asked: Set<Digest> = []
        while !wanted.isEmpty, reading.obstacles.isEmpty {
            asked.formUnion(wanted)
            let fresh = wanted.filter { known[$0] == nil }
            for digest in wanted { reading.manifests[digest] = known[digest] }
            let read = await inParallel(fresh.sorted()) { [certain] digest in
                await manifest(digest, readsBuildDates, isCertain: certain.contains(digest))
            }
            for (digest, result) in read { take(result, of: digest, namedBy: named[digest], &reading) }
            if asksReferrers { await readReferrers(of: wanted.filter { reading.manifests[$0] != nil }, &reading) }
            var below: Set<Digest> = []
            for digest in wanted {
                let (found, referrers) = (reading.manifests[digest], reading.referrers[digest] ?? [])
                let sure = (found?.children ?? []).filter { found?.doubtful.contains($0) == false }
                certain.formUnion(sure + referrers + [found?.subject].compactMap(\.self))
                below.formUnion((found?.children ?? []) + referrers + [found?.subject].compactMap(\.self))
            }
            wanted = below.subtracting(asked)
            if asked.count + wanted.count > Self.manifestLimit {
                reading.obstacles.append("there are more than \(Self.manifestLimit) manifests")
            }
        }
        return reading
    }

    private func readTags(_ reading: inout Reading) async throws(Fault) {
        let list = try await store.tagList(in: repository)
        if let stranger = list.strangers.first {
            reading.obstacles.append(
                "\(list.strangers.count) names are no tags, such as \"\(stranger)\": what they hold cannot be told")
        }
        let resolved = await inParallel(list.tags) { tag in await resolve(tag) }
        for (tag, result) in resolved {
            switch result {
            case .success(let digest?): reading.tags[tag] = digest
            case .success(nil): reading.dangling.insert(tag)
            case .failure(let fault):
                reading.obstacles.append(
                    "\(tag) could not be resolved: \(fault.reason); have the registry answer for it, or delete the tag")
            }
        }
        reading.obstacles = Array(reading.obstacles.prefix(20))
    }

    /// What every one of these tags names now; nil for one that names nothing, asked twice.
    func resolve(all tags: [Tag]) async throws(Fault) -> [Tag: Digest] {
        var named: [Tag: Digest] = [:]
        for (tag, result) in await inParallel(tags, { tag in await resolve(tag) }) {
            if let digest = try result.get() { named[tag] = digest }
        }
        return named
    }

    /// What a few tags name, one after the other; those that name nothing are left out.
    func digests(of tags: [Tag]) async throws(Fault) -> [Tag: Digest] {
        var named: [Tag: Digest] = [:]
        for tag in tags { named[tag] = try await resolve(tag).get() }
        return named
    }

    private func resolve(_ tag: Tag) async -> Result<Digest?, Fault> {
        var last: Result<Digest?, Fault> = .success(nil)
        for _ in 0..<Self.attempts {
            do throws(Fault) {
                if let digest = try await store.resolve(tag, in: repository) { return .success(digest) }
                last = .success(nil)
            } catch {
                last = .failure(error)
            }
        }
        return last
    }

    /// What a document names; nil where it does not exist.
    /// - Parameter isCertain: whether it is a document, as far as those say that name it.
    func manifest(
        _ digest: Digest, _ readsBuildDates: Bool, isCertain: Bool = true
    ) async -> Result<StoredManifest?, Fault> {
        do throws(Fault) {
            let found = isCertain ? try await store.document(digest, in: repository) : try await whatever(digest)
            guard let document = found else { return .success(nil) }
            var manifest = StoredManifest(document)
            if readsBuildDates, manifest.created == nil, let configuration = document.links?.configuration {
                manifest.created = await created(in: configuration)
            }
            return .success(manifest)
        } catch {
            return .failure(error)
        }
    }

    /// A document that may be none; nil where it does not exist, or is a blob that makes no document. Asked for a layer as for a
    /// document, distribution 2.8 answers 500: then its bytes tell.
    private func whatever(_ digest: Digest) async throws(Fault) -> StoredDocument? {
        do throws(Fault) { return try await store.document(digest, in: repository) } catch {
            guard let bytes = try? await store.blob(digest, limit: 4 << 20, in: repository) else { throw error }
            let isObject = (try? JSONParser.parse(bytes))?.members != nil
            return isObject ? StoredDocument(mediaType: MediaType("unknown"), bytes: bytes) : nil
        }
    }

    /// The builder's date in an image's configuration; nil where there is none: then the age is unknown, and that keeps.
    private func created(in configuration: Descriptor) async -> Timestamp? {
        guard configuration.mediaType.isImageConfiguration, configuration.size <= 4 << 20,
            let bytes = try? await store.blob(configuration.digest, limit: 4 << 20, in: repository),
            let value = try? JSONParser.parse(bytes)
        else { return nil }
        return value["created"]?.text.flatMap(Timestamp.init(build:))
    }

    private func take(
        _ result: Result<StoredManifest?, Fault>, of digest: Digest, namedBy tag: Tag?, _ reading: inout Reading
    ) {
        guard reading.obstacles.count < 20 else { return }
        switch result {
        case .success(let manifest?): reading.manifests[digest] = manifest
        case .success(nil):
            guard let tag else { return }
            reading.obstacles.append("\(tag) names \(digest.short()), which cannot be had: push it again, or delete that tag")
        case .failure(let fault):
            let name: SafeText = tag.map { "\(digest.short()), which \($0) names," } ?? "\(digest.short())"
            let cure: SafeText = tag == nil ? "have the registry answer for it" : "push it again, or delete that tag"
            reading.obstacles.append("\(name) could not be read: \(fault.reason); \(cure)")
        }
    }

    private func readReferrers(of digests: some Collection<Digest>, _ reading: inout Reading) async {
        let lists = await inParallel(digests.sorted()) { digest in await referrers(to: digest) }
        for (digest, result) in lists where reading.obstacles.count < 20 {
            switch result {
            case .success(let documents):
                guard !documents.isEmpty else { continue }
                reading.referrers[digest] = documents.map(\.digest)
                for document in documents where reading.manifests[document.digest] == nil {
                    reading.manifests[document.digest] = StoredManifest(document)
                }
            case .failure(let fault):
                reading.obstacles.append("referrers of \(digest.short()) could not be read: \(fault.reason)")
            }
        }
    }

    func referrers(to digest: Digest) async -> Result<[StoredDocument], Fault> {
        do throws(Fault) { return .success(try await store.referrers(to: digest, in: repository)) } catch {
            return .failure(error)
        }
    }

    /// Does the same for each, a bounded number beside each other; what came of it is in the order of the keys.
    func inParallel<Key: Sendable, Value: Sendable>(
        _ keys: [Key], _ body: @escaping @Sendable (Key) async -> Value
    ) async -> [(Key, Value)] {
        let width = min(Self.width, keys.count)
        let tasks = (0..<width).map { lane in
            time.begin {
                var done: [Value] = []
                for position in stride(from: lane, to: keys.count, by: width) { done.append(await body(keys[position])) }
                return done
            }
        }
        var lanes: [[Value]] = []
        for task in tasks { lanes.append(await task.value) }
        return keys.indices.map { (keys[$0], lanes[$0 % width][$0 / width]) }
    }
}

extension StoredManifest {
    /// What a document names. Of a type that is not known, whatever digests its bytes hold may be meant.
    init(_ document: StoredDocument) {
        self.init(mediaType: SafeText(document.mediaType.text, limit: 100))
        guard let links = document.links else {
            isOpaque = true
            // What a manifest of schema 1 names is layers alone.
            if MediaType.schema1.contains(document.mediaType) { return }
            children = Digest.mentioned(in: document.bytes)
            doubtful = Set(children)
            return
        }
        let documents = links.documents.filter { MediaType.documents.contains($0.mediaType) || $0.size <= 4 << 20 }
        children = documents.map(\.digest)
        doubtful = Set(documents.filter { !MediaType.documents.contains($0.mediaType) }.map(\.digest))
        configuration = links.configuration?.digest
        blobs = links.blobs.map { Blob(digest: $0.digest, size: $0.size) }
        subject = links.subject?.digest
        created = links.annotations["org.opencontainers.image.created"].flatMap(Timestamp.init(build:))
    }
}

extension Timestamp {
    /// A builder's date: RFC 3339 in UTC, with or without fractions of a second.
    init?(build text: String) {
        guard text.utf8.count >= 20, text.hasSuffix("Z"), let time = Timestamp(parsing: text.prefix(19) + "Z") else { return nil }
        self = time
    }
}

extension Digest {
    /// Every digest that is written out in a text.
    static func mentioned(in bytes: [UInt8]) -> [Digest] {
        var found: [Digest] = []
        var run = 0
        for (position, byte) in (bytes + [0]).enumerated() {
            let isHex = (48...57).contains(byte) || (97...102).contains(byte)
            if isHex {
                run += 1
                continue
            }
            if run == 64,
                let digest = try? Digest(
                    parsing: "sha256:" + String(decoding: bytes[(position - 64)..<position], as: UTF8.self))
            {
                found.append(digest)
            }
            run = 0
        }
        return found
    }
}

package import PromotionCore
internal import Synchronization

/// Takes an image from one repository into another, of the same registry or of another one.
///
/// Blobs first, then what names them, the top last: at no moment does the destination hold a document whose parts are missing.
/// Within a registry blobs are mounted. Between registries they stream through, a piece at a time, hashed on the way; the last
/// piece is only sent on when the whole is right. No word of the destination that it has a blob already is believed.
package struct ImageCopy: Sendable {
    package let source: RegistryClient
    package let from: RepositoryName
    package let destination: RegistryClient
    package let to: RepositoryName
    private let report: @Sendable (Progress) -> Void

    /// How far a copy has come.
    package struct Progress: Hashable, Sendable {
        /// Blobs that are there, of all.
        package var blobs = 0
        package var allBlobs = 0
        /// Bytes that went through, of those that have to.
        package var bytes: Int64 = 0
        package var allBytes: Int64 = 0
        /// Blobs that were mounted instead.
        package var mounted = 0

        package init() {}
    }

    /// Blobs that stream beside each other.
    private static let streams = 4

    /// - Parameter report: is told of every piece.
    package init(
        from source: RegistryClient, _ from: RepositoryName, to destination: RegistryClient, _ to: RepositoryName,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.source = source
        self.from = from
        self.destination = destination
        self.to = to
        self.report = report
    }

    /// Copies everything that a digest names.
    /// - Throws: `Fault`; the destination may hold parts then, and nothing that names them.
    package func run(_ digest: Digest) async throws(Fault) {
        let documents = try await documents(below: digest)
        var blobs: [Digest: Descriptor] = [:]
        for document in documents {
            guard let links = document.links else {
                throw refusal("\(document.digest) is of the unknown type \(document.mediaType)")
            }
            for blob in [links.configuration].compactMap(\.self) + links.layers { blobs[blob.digest] = blob }
        }
        let meter = Meter(blobs: blobs.count, bytes: blobs.values.reduce(0) { $0 + $1.size }, report: report)
        try await copy(blobs.values.sorted { $0.digest < $1.digest }, meter)
        for document in documents { try await put(document) }
    }

    private func refusal(_ words: String) -> Fault { Fault(.refused, SafeText("\(source.address.name)/\(from): \(words)")) }

    /// The documents from the bottom up, each after what it names.
    private func documents(below top: Digest) async throws(Fault) -> [StoredDocument] {
        var found: [Digest: StoredDocument] = [:]
        var wanted: [(digest: Digest, depth: Int)] = [(top, 1)]
        var seen: Set<Digest> = []
        var bytes = 0
        while !wanted.isEmpty {
            let next = wanted.removeFirst()
            guard seen.insert(next.digest).inserted else { continue }
            guard next.depth <= ImageWalk.depthLimit, seen.count <= ImageDocument.childLimit else {
                throw refusal(
                    "\(top) has more than \(ImageDocument.childLimit) parts, or deeper than \(ImageWalk.depthLimit) levels")
            }
            let document = try await asking(source, from, next.digest) { () throws(RegistryError) in
                try await source.document(.digest(next.digest), in: from)
            }
            guard let document else { throw refusal("\(next.digest) is missing") }
            bytes += document.bytes.count
            guard bytes <= ImageWalk.byteLimit else {
                throw refusal("the documents of \(top) are larger than \(ImageWalk.byteLimit) bytes")
            }
            found[document.digest] = document
            wanted += (document.links?.children ?? []).map { ($0.digest, next.depth + 1) }
        }
        return Self.ordered(from: top, found)
    }

    private static func ordered(from top: Digest, _ found: [Digest: StoredDocument]) -> [StoredDocument] {
        var order: [StoredDocument] = []
        var done: Set<Digest> = []
        func visit(_ digest: Digest) {
            guard done.insert(digest).inserted, let document = found[digest] else { return }
            for child in document.links?.children ?? [] { visit(child.digest) }
            order.append(document)
        }
        visit(top)
        return order
    }

    private func copy(_ blobs: [Descriptor], _ meter: Meter) async throws(Fault) {
        let result = await withTaskGroup(of: Result<Void, Fault>.self) { group in
            var left = blobs[...]
            for _ in 0..<Self.streams {
                guard let blob = left.popFirst() else { break }
                group.addTask { await self.copy(blob, meter) }
            }
            for await result in group {
                if case .failure = result {
                    group.cancelAll()
                    return result
                }
                guard let blob = left.popFirst() else { continue }
                group.addTask { await self.copy(blob, meter) }
            }
            return .success(())
        }
        try result.get()
    }

    private func copy(_ blob: Descriptor, _ meter: Meter) async -> Result<Void, Fault> {
        do throws(Fault) {
            try await asking(destination, to, blob.digest) { () throws(RegistryError) in
                var place: String?
                if source.address == destination.address {
                    place = try await destination.mount(blob.digest, from: from, to: to)
                    if place == nil { return meter.mounted(blob) }
                }
                try await stream(blob, to: place, meter)
                meter.copied()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Streams one blob, again from its beginning where the way broke.
    private func stream(_ blob: Descriptor, to first: String?, _ meter: Meter) async throws(RegistryError) {
        var (place, attempt) = (first, 1)
        while true {
            let passed = Passed()
            do throws(RegistryError) {
                guard let opened = try await source.open(blob, in: from) else {
                    throw .unexpected(status: 404, words: "\(blob.digest) is missing in \(source.address.name)/\(from.text)")
                }
                if place == nil { place = try await destination.begin(in: to) }
                let body = BlobStream(body: opened.body, expected: blob) { count in
                    passed.add(count)
                    meter.passed(count)
                }
                let extra = Milliseconds(blob.size / max(1, destination.limits.slowest) * 1_000)
                return try await destination.finish(
                    place ?? "", blob.size == 0 ? .bytes([]) : .stream(body, length: blob.size), blob.digest, extra, in: to)
            } catch {
                meter.passed(-passed.count)
                let rule = RetryRule(destination.limits)
                let decision = rule.decide(after: error, attempt: attempt, isRepeatable: true, chance: Double.random(in: 0...1))
                guard case .again(let pause) = decision, !Task.isCancelled else { throw error }
                (attempt, place) = (attempt + 1, nil)
                try? await Task.sleep(for: pause.duration)
            }
        }
    }

    private func put(_ document: StoredDocument) async throws(Fault) {
        try await asking(destination, to, document.digest) { () throws(RegistryError) in
            let outcome = try await destination.put(document, as: .digest(document.digest), in: to, expecting: .anything)
            if case .unknown(let error) = outcome, try await destination.document(.digest(document.digest), in: to) == nil {
                throw error
            }
            guard try await destination.document(.digest(document.digest), in: to)?.digest == document.digest else {
                throw .unexpected(status: 404, words: "it was stored, and cannot be read back")
            }
        }
    }

    private func asking<Value: Sendable>(
        _ client: RegistryClient, _ repository: RepositoryName, _ digest: Digest, _ ask: () async throws(RegistryError) -> Value
    ) async throws(Fault) -> Value {
        do throws(RegistryError) { return try await ask() } catch {
            throw Fault(error.kindOfRead, SafeText("\(client.address.name)/\(repository)@\(digest): \(error)", limit: 900))
        }
    }
}

/// Bytes of one try.
private final class Passed: Sendable {
    private let bytes = Mutex(0)

    var count: Int { bytes.withLock(\.self) }

    func add(_ count: Int) { bytes.withLock { $0 += count } }
}

/// Counts for all blobs of a copy, and tells.
private final class Meter: Sendable {
    private let progress: Mutex<ImageCopy.Progress>
    private let report: @Sendable (ImageCopy.Progress) -> Void

    init(blobs: Int, bytes: Int64, report: @escaping @Sendable (ImageCopy.Progress) -> Void) {
        var start = ImageCopy.Progress()
        (start.allBlobs, start.allBytes) = (blobs, bytes)
        progress = Mutex(start)
        self.report = report
    }

    func passed(_ count: Int) { change { $0.bytes += Int64(count) } }
    func copied() { change { $0.blobs += 1 } }

    func mounted(_ blob: Descriptor) {
        change { progress in
            progress.blobs += 1
            progress.mounted += 1
            progress.allBytes -= blob.size
        }
    }

    private func change(_ change: (inout ImageCopy.Progress) -> Void) {
        let now = progress.withLock { progress in
            change(&progress)
            return progress
        }
        report(now)
    }
}

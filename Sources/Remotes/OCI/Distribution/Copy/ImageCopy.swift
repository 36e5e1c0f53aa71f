package import PromotionCore
internal import Synchronization

/// Takes an image from one repository into another, of the same registry or of another one.
///
/// Blobs first, then what names them, the top last: at no moment does the destination hold a document whose parts are missing.
/// Within a registry blobs are mounted. Between registries they stream through, a piece at a time, hashed on the way; the last
/// piece is only sent on when the whole is right. No word of the destination that it has a blob is believed: its last byte is
/// read, before anything is moved and after.
package struct ImageCopy: Sendable {
    package let source: RegistryClient
    package let from: RepositoryName
    package let destination: RegistryClient
    package let to: RepositoryName
    private let report: @Sendable (CopyProgress) -> Void

    /// Blobs that stream beside each other.
    private static let streams = 4

    /// - Parameter report: is told of every piece.
    package init(
        from source: RegistryClient, _ from: RepositoryName, to destination: RegistryClient, _ to: RepositoryName,
        report: @escaping @Sendable (CopyProgress) -> Void = { _ in }
    ) {
        self.source = source
        self.from = from
        self.destination = destination
        self.to = to
        self.report = report
    }

    /// Copies everything that a digest names.
    /// - Throws: `Fault`; the destination may hold parts then, and nothing that names them.
    @discardableResult
    package func run(_ digest: Digest) async throws(Fault) -> CopyReport {
        var report = CopyReport()
        let documents = try await documents(below: digest, &report)
        let meter = try meter(for: documents)
        try await copyBlobs(of: documents, meter, &report)
        for document in documents { try await put(document) }
        report.documents = documents.count
        return report
    }

    /// What counts a copy of these documents.
    func meter(for documents: [StoredDocument]) throws(Fault) -> CopyMeter {
        let blobs = try blobs(of: documents)
        return CopyMeter(blobs: blobs.count, bytes: ByteCount.sum(blobs.map(\.size)), report: report)
    }

    /// What documents name that is no document, each once.
    private func blobs(of documents: [StoredDocument]) throws(Fault) -> [Descriptor] {
        var blobs: [Digest: Descriptor] = [:]
        for document in documents {
            guard let links = document.links else {
                throw refusal("\(document.digest) is of the unknown type \(document.mediaType)")
            }
            for blob in links.blobs { blobs[blob.digest] = blob }
        }
        return blobs.values.sorted { $0.digest < $1.digest }
    }

    /// Makes the destination hold every blob of these documents.
    func copyBlobs(of documents: [StoredDocument], _ meter: CopyMeter, _ report: inout CopyReport) async throws(Fault) {
        try await copy(try blobs(of: documents).filter { !meter.hasArrived($0) }, meter, &report)
    }

    private func refusal(_ words: String) -> Fault { Fault(.refused, SafeText("\(source.address.name)/\(from): \(words)")) }

    /// The documents from the bottom up, each after what it names.
    ///
    /// A child that the source does not hold, as a mirror leaves platforms out, is noted and left: whether the destination takes an
    /// index with a hole, it says itself.
    func documents(below top: Digest, _ report: inout CopyReport) async throws(Fault) -> [StoredDocument] {
        var found: [Digest: StoredDocument] = [:]
        var wanted: [(digest: Digest, depth: Int)] = [(top, 1)]
        var seen: Set<Digest> = [top]
        var (bytes, position) = (0, 0)
        while position < wanted.count {
            let next = wanted[position]
            position += 1
            guard next.depth <= ImageWalk.depthLimit, position <= ImageDocument.childLimit else {
                throw refusal(
                    "\(top) has more than \(ImageDocument.childLimit) parts, or deeper than \(ImageWalk.depthLimit) levels")
            }
            let document = try await asking(source, from, next.digest) { () throws(RegistryError) in
                try await source.document(.digest(next.digest), in: from)
            }
            guard let document else {
                guard next.depth > 1 else { throw refusal("\(next.digest) is missing") }
                report.leave("\(next.digest.short(12)), which the index lists, is missing at the source")
                continue
            }
            bytes += document.bytes.count
            guard bytes <= ImageWalk.byteLimit else {
                throw refusal("the documents of \(top) are larger than \(ImageWalk.byteLimit) bytes")
            }
            let sorted = try await sorted(document)
            found[sorted.digest] = sorted
            for child in sorted.links?.documents ?? [] where seen.insert(child.digest).inserted {
                wanted.append((child.digest, next.depth + 1))
            }
        }
        return Self.ordered(from: top, found)
    }

    /// The same document, its children of unknown type that the source holds as blobs counted among its layers: as such they travel.
    private func sorted(_ document: StoredDocument) async throws(Fault) -> StoredDocument {
        guard let links = document.links else { return document }
        var loose: Set<Digest> = []
        for child in links.documents where !MediaType.documents.contains(child.mediaType) {
            let isBlob = try await asking(source, from, child.digest) { () throws(RegistryError) in
                try await source.holds(child, in: from)
            }
            if isBlob { loose.insert(child.digest) }
        }
        guard !loose.isEmpty else { return document }
        return StoredDocument(
            mediaType: document.mediaType, bytes: document.bytes,
            links: DocumentLinks(
                children: links.children.filter { !loose.contains($0.digest) }, configuration: links.configuration,
                layers: links.layers + links.children.filter { loose.contains($0.digest) }, subject: links.subject,
                artifactType: links.artifactType, annotations: links.annotations))
    }

    private static func ordered(from top: Digest, _ found: [Digest: StoredDocument]) -> [StoredDocument] {
        var order: [StoredDocument] = []
        var done: Set<Digest> = []
        func visit(_ digest: Digest) {
            guard done.insert(digest).inserted, let document = found[digest] else { return }
            for child in document.links?.documents ?? [] { visit(child.digest) }
            order.append(document)
        }
        visit(top)
        return order
    }

    /// How a blob came to be where it is.
    private enum Arrival {
        case present, mounted, streamed
        /// It is no registry's to hold, and whoever runs the image fetches it from its own address.
        case elsewhere
    }

    private func copy(_ blobs: [Descriptor], _ meter: CopyMeter, _ report: inout CopyReport) async throws(Fault) {
        let result = await withTaskGroup(of: Result<(Descriptor, Arrival), Fault>.self) { group in
            var (left, arrived): (_, [(Descriptor, Arrival)]) = (blobs[...], [])
            for _ in 0..<Self.streams {
                guard let blob = left.popFirst() else { break }
                group.addTask { await self.copy(blob, meter) }
            }
            for await result in group {
                switch result {
                case .success(let arrival): arrived.append(arrival)
                case .failure(let fault):
                    group.cancelAll()
                    return Result<[(Descriptor, Arrival)], Fault>.failure(fault)
                }
                guard let blob = left.popFirst() else { continue }
                group.addTask { await self.copy(blob, meter) }
            }
            return .success(arrived)
        }
        for (blob, arrival) in try result.get() {
            switch arrival {
            case .present: report.present += 1
            case .mounted: report.mounted += 1
            case .elsewhere:
                report.leave("layer \(blob.digest.short(12)) is in no registry: the manifest says where it is fetched from")
            case .streamed:
                report.streamed += 1
                report.bytes = ByteCount.sum([report.bytes, blob.size])
            }
        }
    }

    private func copy(_ blob: Descriptor, _ meter: CopyMeter) async -> Result<(Descriptor, Arrival), Fault> {
        do throws(Fault) {
            let arrival = try await asking(destination, to, blob.digest) { () throws(RegistryError) in
                try await bring(blob, meter)
            }
            meter.arrive(blob)
            return .success((blob, arrival))
        } catch {
            return .failure(error)
        }
    }

    /// Brings one blob by the shortest way there is.
    private func bring(_ blob: Descriptor, _ meter: CopyMeter) async throws(RegistryError) -> Arrival {
        if try await destination.holds(blob, in: to) {
            meter.spared(blob)
            return .present
        }
        if blob.mediaType.isForeignLayer, try await !source.holds(blob, in: from) {
            meter.spared(blob)
            return .elsewhere
        }
        var place: String?
        if source.address == destination.address {
            place = await placeAfterMounting(blob)
            if place == nil, try await destination.holds(blob, in: to) {
                meter.mounted(blob)
                return .mounted
            }
        }
        try await stream(blob, to: place, meter)
        guard try await destination.holds(blob, in: to) else {
            throw .unexpected(status: 404, words: "\(blob.digest) was stored, and cannot be read back")
        }
        meter.copied()
        return .streamed
    }

    /// Mounts a blob. What stands against that (no right to the source with the account of the destination, or a registry that
    /// cannot) stands against nothing else: it is streamed then.
    /// - Returns: a place to upload to, where the registry offers one instead.
    private func placeAfterMounting(_ blob: Descriptor) async -> String? {
        do throws(RegistryError) { return try await destination.mount(blob.digest, from: from, to: to) } catch { return nil }
    }

    /// Streams one blob, again from its beginning where the way broke.
    private func stream(_ blob: Descriptor, to first: String?, _ meter: CopyMeter) async throws(RegistryError) {
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
                return try await destination.finish(
                    place ?? "", blob.size == 0 ? .bytes([]) : .stream(body, length: blob.size), blob.digest,
                    destination.limits.time(for: blob.size), in: to)
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

    /// Stores a document by its digest, where it is not there yet, and reads it back.
    func put(_ document: StoredDocument) async throws(Fault) {
        try await asking(destination, to, document.digest) { () throws(RegistryError) in
            if try await destination.document(.digest(document.digest), in: to) != nil { return }
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

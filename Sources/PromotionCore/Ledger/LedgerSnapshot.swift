/// A projection as it was at one entry, in parts: a store keeps a part once, however many snapshots share it.
package struct LedgerSnapshot: Hashable, Sendable {
    /// The bytes of one part, under the name of what they tell of.
    package struct Part: Hashable, Sendable {
        package let name: String
        package let digest: Digest
        /// Nil where the store has these bytes already.
        package let bytes: [UInt8]?

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
            digest = Digest(of: bytes)
        }

        /// A part that was saved before, and has not changed.
        package init(name: String, kept digest: Digest) {
            self.name = name
            self.digest = digest
            bytes = nil
        }
    }

    package let sequence: Int64
    package let format: Int
    /// Sorted by their names.
    package let parts: [Part]

    package init(sequence: Int64, format: Int, parts: [Part]) {
        self.sequence = sequence
        self.format = format
        self.parts = parts.sorted { $0.name < $1.name }
    }

    /// Names every part with its bytes, so that none can be left out or exchanged unseen.
    package var digest: Digest { Self.digest(of: parts.map { ($0.name, $0.digest) }) }

    /// Names these parts.
    /// - Parameter parts: names and digests, sorted by name.
    package static func digest(of parts: [(name: String, digest: Digest)]) -> Digest {
        Digest(of: parts.map { "\($0.name) \($0.digest.hex)\n" }.joined().utf8)
    }
}

/// A projection that a store holds, part by part; what has not changed since need not be saved again.
package struct SavedProjection: Sendable {
    package let projection: Projection
    private let digests: [ServiceName: Digest]

    /// The part that belongs to no service; no service has this name.
    private static let trunk = ""

    /// The snapshot that tells a projection.
    /// - Parameter saved: what the store holds already.
    /// - Throws: `EncodingError`; no projection leads to one.
    package static func snapshot(of projection: Projection, after saved: SavedProjection?) throws -> LedgerSnapshot {
        var trunk = projection
        trunk.services = [:]
        var parts = [LedgerSnapshot.Part(name: Self.trunk, bytes: try Packed.encode(trunk))]
        for (name, service) in projection.services {
            if let saved, let digest = saved.digests[name], saved.projection.services[name] == service {
                parts.append(LedgerSnapshot.Part(name: name.text, kept: digest))
            } else {
                parts.append(LedgerSnapshot.Part(name: name.text, bytes: try Packed.encode(service)))
            }
        }
        return LedgerSnapshot(sequence: projection.head.sequence, format: Projection.format, parts: parts)
    }

    /// What a store holds once it has taken a snapshot of this projection.
    package init(_ projection: Projection, as snapshot: LedgerSnapshot) {
        self.projection = projection
        digests = Dictionary(
            snapshot.parts.compactMap { part in (try? ServiceName(part.name)).map { ($0, part.digest) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The projection that a snapshot tells, its parts read beside each other.
    /// - Throws: `DecodingError` for what no projection was saved as.
    package init(_ snapshot: LedgerSnapshot) async throws {
        guard snapshot.format == Projection.format, let trunk = snapshot.parts.first, trunk.name == Self.trunk,
            let bytes = trunk.bytes
        else { throw Packed.fault("no projection of format \(Projection.format)") }
        var projection = try Packed.decode(Projection.self, from: bytes)
        guard projection.head.sequence == snapshot.sequence else { throw Packed.fault("it stands at another entry") }
        projection.services = try await Self.services(snapshot.parts.dropFirst())
        self.init(projection, as: snapshot)
    }

    private static func services(_ parts: ArraySlice<LedgerSnapshot.Part>) async throws -> [ServiceName: ServiceProjection] {
        try await withThrowingTaskGroup(of: (ServiceName, ServiceProjection).self) { group in
            for part in parts {
                group.addTask { @concurrent in
                    guard let bytes = part.bytes else { throw Packed.fault("a part without its bytes") }
                    return (try ServiceName(part.name), try Packed.decode(ServiceProjection.self, from: bytes))
                }
            }
            var services: [ServiceName: ServiceProjection] = [:]
            for try await (name, service) in group { services[name] = service }
            return services
        }
    }
}

extension Projection {
    /// The state of everything, from the newest saved projection and every entry after it.
    /// - Returns: the projection, and what the ledger holds of it.
    /// - Throws: `Fault` of the ledger or for an entry of another version, `ChainFault` where its tail does not hold.
    package static func read(from ledger: any Ledger) async throws -> (projection: Projection, saved: SavedProjection?) {
        var saved: SavedProjection?
        if let snapshot = try await ledger.snapshot(format: format) { saved = try? await SavedProjection(snapshot) }
        var projection = saved?.projection ?? Projection()
        while true {
            let entries = try await ledger.entries(after: projection.head.sequence, limit: 1_000)
            if entries.isEmpty { return (projection, saved) }
            for entry in entries {
                do { try projection.apply(entry) } catch let error as DecodingError {
                    throw Fault(.refused, "entry \(entry.sequence) of the ledger is of another version than this agent: \(error)")
                }
            }
        }
    }
}

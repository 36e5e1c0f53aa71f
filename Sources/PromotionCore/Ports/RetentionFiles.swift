/// Where retention keeps what is too large for the ledger and named by it: tombstones and what was seen so far.
package protocol RetentionFiles: Sendable {
    /// Keeps a file whole, or not at all; when this returns, it is durable and for this account alone.
    func keep(_ bytes: [UInt8], as file: RetentionFile) async throws(Fault)
    /// The bytes of a file; nil where there is none.
    func read(_ file: RetentionFile) async throws(Fault) -> [UInt8]?
    /// Removes a file; one that is gone already is no error.
    func remove(_ file: RetentionFile) async throws(Fault)
    /// Notes that a file counts from now on, as a tombstone does from the deletion.
    func date(_ file: RetentionFile, _ time: Timestamp) async throws(Fault)
    /// The tombstones of a repository, with the time that was noted last, or when each was kept.
    func tombstones(of repository: RepositoryName) async throws(Fault) -> [Digest: Timestamp]
}

/// A file of retention's own.
package enum RetentionFile: Hashable, Sendable {
    case tombstone(RepositoryName, Digest)
    /// What was seen so far, under its own hash: the ledger says which one counts.
    case sightings(Digest)

    /// Its path below the directory of all of them.
    package var path: String {
        switch self {
        case .tombstone(let repository, let digest): Self.tombstones(of: repository) + "/\(digest.hex).json"
        case .sightings(let hash): "sightings/\(hash.hex).json"
        }
    }

    /// The directory of a repository's tombstones, below that of all files.
    package static func tombstones(of repository: RepositoryName) -> String {
        "tombstones/\(Digest(of: repository.text.utf8).short(16))"
    }
}

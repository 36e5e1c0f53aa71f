internal import Platform
package import PromotionCore

/// Tombstones and sightings as files of a directory, for this account alone: each is whole, or not there.
package struct RetentionDirectory: RetentionFiles {
    private let path: String

    /// The directory at a path; it is made with the first file.
    package init(_ path: String) { self.path = path }

    /// Bytes of one file that are read.
    private static let limit = 256 << 20

    package func keep(_ bytes: [UInt8], as file: RetentionFile) async throws(Fault) {
        let whole = path + "/" + file.path
        let directory = PathText.directory(of: whole)
        try SystemFault.mapped(Self.fault) { () throws(SystemFault) in
            try Directories.make(directory)
            // The ledger's owner is the only one who writes here.
            try OpenDirectory(directory).replace(PathText.name(of: whole), with: bytes, draft: .ofLockHolder)
        }
    }

    package func read(_ file: RetentionFile) async throws(Fault) -> [UInt8]? {
        let whole = path + "/" + file.path
        return try SystemFault.mapped(Self.fault) { () throws(SystemFault) in
            try BoundedRead.whole(whole, limit: Self.limit, links: .refused)
        }
    }

    package func remove(_ file: RetentionFile) async throws(Fault) {
        let whole = path + "/" + file.path
        try SystemFault.mapped(Self.fault) { () throws(SystemFault) in try DurableFile.remove(whole) }
    }

    package func date(_ file: RetentionFile, _ time: Timestamp) async throws(Fault) {
        let whole = path + "/" + file.path
        try SystemFault.mapped(Self.fault) { () throws(SystemFault) in
            try DurableFile.date(whole, time.millisecondsSinceEpoch * 1_000_000)
        }
    }

    package func tombstones(of repository: RepositoryName) async throws(Fault) -> [Digest: Timestamp] {
        let whole = path + "/" + RetentionFile.tombstones(of: repository)
        let names = try SystemFault.mapped(Self.fault) { () throws(SystemFault) in
            try DurableFile.names(in: whole, suffix: ".json", limit: .max)
        }
        var found: [Digest: Timestamp] = [:]
        for name in names {
            // What else lies there, as the rest of a write that a crash cut, is none.
            guard let digest = try? Digest(parsing: "sha256:" + name.dropLast(5)),
                let status = try? FileStatus(whole + "/" + name, links: .itself)
            else { continue }
            found[digest] = Timestamp(millisecondsSinceEpoch: status.modified / 1_000_000)
        }
        return found
    }

    private static func fault(_ fault: SystemFault) -> Fault {
        guard case .number = fault.cause else { return Fault(.refused, SafeText(fault.description)) }
        return Fault(.broke, SafeText(fault.description))
    }
}

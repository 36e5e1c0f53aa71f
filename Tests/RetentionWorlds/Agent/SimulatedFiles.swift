package import PromotionCore
package import Simulation
import Synchronization

/// Files that outlive every agent of a world.
package final class SimulatedFiles: RetentionFiles {
    private struct File {
        var bytes: [UInt8]
        var date: Timestamp
    }

    private let world: World
    private let files = Mutex<[RetentionFile: File]>([:])

    package init(_ world: World) { self.world = world }

    package func keep(_ bytes: [UInt8], as file: RetentionFile) async throws(Fault) {
        files.withLock { $0[file] = File(bytes: bytes, date: world.now) }
    }

    package func read(_ file: RetentionFile) async throws(Fault) -> [UInt8]? { files.withLock { $0[file]?.bytes } }
    package func remove(_ file: RetentionFile) async throws(Fault) { files.withLock { _ = $0.removeValue(forKey: file) } }
    package func date(_ file: RetentionFile, _ time: Timestamp) async throws(Fault) { files.withLock { $0[file]?.date = time } }

    package func tombstones(of repository: RepositoryName) async throws(Fault) -> [Digest: Timestamp] {
        files.withLock { files in
            var found: [Digest: Timestamp] = [:]
            for case (.tombstone(repository, let digest), let file) in files { found[digest] = file.date }
            return found
        }
    }

    /// Digests that have a tombstone.
    package var buried: Set<Digest> {
        files.withLock { files in
            Set(files.keys.compactMap { if case .tombstone(_, let digest) = $0 { digest } else { nil } })
        }
    }

    /// Makes everything older, as if so much time had passed.
    package func age(by time: Milliseconds) {
        files.withLock { files in
            files = files.mapValues { File(bytes: $0.bytes, date: $0.date + Milliseconds(-time.count)) }
        }
    }
}

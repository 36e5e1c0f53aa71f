internal import PromotionCore
internal import Synchronization

/// Counts for all blobs of a copy, and tells.
final class CopyMeter: Sendable {
    private let progress: Mutex<CopyProgress>
    private let report: @Sendable (CopyProgress) -> Void
    /// Blobs that are at the destination, whichever document named them.
    private let arrived = Mutex(Set<Digest>())

    init(blobs: Int, bytes: Int64, report: @escaping @Sendable (CopyProgress) -> Void) {
        var start = CopyProgress()
        (start.allBlobs, start.allBytes) = (blobs, bytes)
        progress = Mutex(start)
        self.report = report
        report(start)
    }

    /// Whether a blob was brought before, for another document that names it.
    func hasArrived(_ blob: Descriptor) -> Bool { arrived.withLock { $0.contains(blob.digest) } }

    /// A blob is at the destination, and was read there.
    func arrive(_ blob: Descriptor) { arrived.withLock { _ = $0.insert(blob.digest) } }

    /// Bytes went through; fewer than none where a try has to begin again.
    func passed(_ count: Int) { change { $0.bytes += Int64(count) } }
    func copied() { change { $0.blobs += 1 } }

    /// A blob was there: its bytes need not go through.
    func spared(_ blob: Descriptor) {
        change { progress in
            progress.blobs += 1
            progress.spare(blob.size)
        }
    }

    func mounted(_ blob: Descriptor) {
        change { progress in
            progress.blobs += 1
            progress.mounted += 1
            progress.spare(blob.size)
        }
    }

    private func change(_ change: (inout CopyProgress) -> Void) {
        let now = progress.withLock { progress in
            change(&progress)
            return progress
        }
        report(now)
    }
}

extension CopyProgress {
    /// Counts bytes off that need not go through. What documents announce may be more than anybody has.
    fileprivate mutating func spare(_ size: Int64) { allBytes = max(bytes, allBytes - size) }
}

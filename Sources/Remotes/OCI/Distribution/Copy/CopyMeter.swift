internal import PromotionCore
internal import Synchronization

/// Counts for all blobs of a copy, and tells.
final class CopyMeter: Sendable {
    private let progress: Mutex<CopyProgress>
    private let report: @Sendable (CopyProgress) -> Void
    /// Blobs that somebody has taken in hand.
    private let begun = Mutex(Set<Digest>())

    init(blobs: Int, bytes: Int64, report: @escaping @Sendable (CopyProgress) -> Void) {
        var start = CopyProgress()
        (start.allBlobs, start.allBytes) = (blobs, bytes)
        progress = Mutex(start)
        self.report = report
        report(start)
    }

    /// Takes a blob in hand; false where that was done before, for another document that names it.
    func begin(_ blob: Descriptor) -> Bool { begun.withLock { $0.insert(blob.digest).inserted } }

    /// Bytes went through; fewer than none where a try has to begin again.
    func passed(_ count: Int) { change { $0.bytes += Int64(count) } }
    func copied() { change { $0.blobs += 1 } }

    /// A blob was there: its bytes need not go through.
    func spared(_ blob: Descriptor) {
        change { progress in
            progress.blobs += 1
            progress.allBytes -= blob.size
        }
    }

    func mounted(_ blob: Descriptor) {
        change { progress in
            progress.blobs += 1
            progress.mounted += 1
            progress.allBytes -= blob.size
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

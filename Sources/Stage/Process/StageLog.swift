internal import Platform
internal import PromotionCore

/// Lines on standard output, which a detached process has as its log file; the file starts anew when it is full.
enum StageLog {
    private static let limitInBytes: Int64 = 256 * 1_024

    static func line(_ text: SafeText) {
        LogFile.write("\(Timestamp.now) \(text)", startingAnewAt: limitInBytes)
    }
}

extension Timestamp {
    /// The wall time of this machine.
    static var now: Timestamp { Timestamp(millisecondsSinceEpoch: SystemClock.wall) }
}

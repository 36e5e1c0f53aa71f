internal import Glibc
internal import Platform
internal import PromotionCore

/// Lines on standard output, which a detached process has as its log file; the file starts anew when it is full.
enum StageLog {
    private static let limitInBytes: off_t = 256 * 1_024

    static func line(_ text: SafeText) {
        var state = stat()
        if fstat(1, &state) == 0, state.st_mode & S_IFMT == S_IFREG, state.st_size > limitInBytes { ftruncate(1, 0) }
        let bytes = Array("\(Timestamp.now) \(text)\n".utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
    }
}

extension Timestamp {
    /// The wall time of this machine.
    static var now: Timestamp { Timestamp(millisecondsSinceEpoch: SystemClock.wall) }
}

internal import CNcurses
internal import Glibc

/// Bytes on their way from ncurses to the terminal, which may be slow, stalled or gone.
///
/// ncurses writes to a file in memory; from there one write(2) takes a whole repaint. What the terminal does not take stays
/// here, and nothing is painted until it has left: so there is never more than one picture under way.
final class TerminalOutput {
    /// What became of an attempt to write.
    enum Outcome: Hashable {
        case sent
        /// The terminal takes no more for now; try again when it can be written to.
        case stalled
        case gone
    }

    /// Where ncurses writes.
    let file: UnsafeMutablePointer<FILE>
    private let descriptor: CInt
    private var pending: [UInt8] = []
    private var sentCount = 0

    /// Makes the file in memory; nil when the process has no room or descriptors left.
    init?(descriptor: CInt) {
        guard let file = cn_memory_file() else { return nil }
        self.file = file
        self.descriptor = descriptor
    }

    deinit { fclose(file) }

    var isEmpty: Bool { sentCount == pending.count }

    /// Moves what ncurses has written behind what is still pending.
    func collect() {
        let memory = fileno(file)
        let count = Int(lseek(memory, 0, SEEK_CUR))
        guard count > 0 else { return }
        if isEmpty { discard() }
        let start = pending.count
        pending.append(contentsOf: repeatElement(0, count: count))
        let got = pending.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { pread(memory, $0 + start, count, 0) } ?? 0
        }
        pending.removeLast(count - max(0, got))
        lseek(memory, 0, SEEK_SET)
    }

    func append(_ bytes: [UInt8]) {
        if isEmpty { discard() }
        pending.append(contentsOf: bytes)
    }

    /// Forgets what was not sent.
    func discard() {
        pending.removeAll(keepingCapacity: pending.capacity <= 256 * 1024)
        sentCount = 0
    }

    /// Writes as much as the terminal takes at once.
    func send() -> Outcome {
        while !isEmpty {
            let written = pending.withUnsafeBytes { bytes in
                bytes.baseAddress.map { write(descriptor, $0 + sentCount, bytes.count - sentCount) } ?? 0
            }
            if written > 0 {
                sentCount += written
            } else if written < 0 && errno == EINTR {
                continue
            } else {
                return written < 0 && errno == EAGAIN ? .stalled : .gone
            }
        }
        return .sent
    }

    /// Writes all of it, but gives up after that many milliseconds. A full terminal is emptied first of what it has not shown
    /// yet: the last words matter more than a picture that is about to vanish.
    func sendLast(within milliseconds: CInt) {
        guard send() == .stalled else { return }
        tcflush(descriptor, TCOFLUSH)
        guard send() == .stalled else { return }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&waiting, 1, milliseconds) == 1 { _ = send() }
    }
}

internal import Glibc
internal import Testing

/// A terminal whose far end the test holds, as sshd would.
final class PseudoTerminal {
    /// The near end, for a session.
    let path: String
    /// All that was written on it so far.
    private(set) var output: [UInt8] = []
    private var far: CInt
    /// Kept open, so that the settings outlive a session.
    private var near: CInt

    init(columns: UInt16 = 120, rows: UInt16 = 40) throws {
        // The calls behind posix_openpt, unlockpt and ptsname (ioctl_tty(2)), which glibc hides without feature macros.
        far = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        var unlocked: CInt = 0
        var number: CInt = 0
        try #require(far >= 0 && ioctl(far, 0x4004_5431, &unlocked) == 0 && ioctl(far, 0x8004_5430, &number) == 0)
        path = "/dev/pts/\(number)"
        near = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(near >= 0)
        resize(columns: columns, rows: rows)
    }

    deinit { hangUp() }

    /// Lets go of both ends, the far one last: the moment a link is gone.
    func hangUp() {
        if near >= 0 { close(near) }
        if far >= 0 { close(far) }
        near = -1
        far = -1
    }

    func resize(columns: UInt16, rows: UInt16) {
        var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(far, UInt(TIOCSWINSZ), &window)
    }

    func type(_ text: String) {
        var bytes = Array(text.utf8)
        _ = write(far, &bytes, bytes.count)
    }

    /// The settings that a shell would notice.
    var settings: [UInt32] {
        var now = termios()
        tcgetattr(near, &now)
        return [now.c_iflag, now.c_oflag, now.c_lflag]
    }

    /// Reads until the output since `start` holds the text, or five seconds are over.
    func shows(_ text: String, since start: Int = 0) -> Bool {
        let wanted = Array(text.utf8)
        return wait(within: 5_000) { self.output[start...].firstRange(of: wanted) != nil }
    }

    /// Reads what comes within a quiet time that follows the last byte.
    func drain(quiet: CInt = 60) {
        while read(within: quiet) {}
    }

    var text: String { String(decoding: output, as: UTF8.self) }

    private func wait(within milliseconds: Int, _ condition: () -> Bool) -> Bool {
        let limit = ContinuousClock.now + .milliseconds(milliseconds)
        while !condition() {
            guard ContinuousClock.now < limit else { return false }
            _ = read(within: 20)
        }
        return true
    }

    private func read(within milliseconds: CInt) -> Bool {
        var polled = pollfd(fd: far, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, milliseconds) == 1 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(far, &bytes, bytes.count)
        guard count > 0 else { return false }
        output += bytes[..<count]
        return true
    }
}

internal import CNcurses
internal import Console
internal import Glibc
internal import Platform
internal import PromotionCore

/// Which terminal a session takes.
package enum TerminalPlace: Hashable, Sendable {
    /// The terminal this process was started from; standard output must be one.
    case controlling
    /// A device by its path, such as `/dev/pts/3`.
    case path(String)
}

/// A terminal's descriptor and the settings it came with.
///
/// It is opened anew, not taken from standard input: not to block is a property of the open file, and the shell shares ours.
struct TerminalDevice {
    let descriptor: CInt
    let before: termios

    /// Opens the terminal and remembers its settings; changes nothing yet.
    init(_ place: TerminalPlace) throws(TerminalError) {
        let flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        var opened: CInt = -1
        var name = "/dev/tty"
        switch place {
        case .controlling:
            guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
            opened = open(name, flags)
            // A process without a controlling terminal (setsid, some containers) still has the one on its output.
            if opened < 0 { opened = open("/proc/self/fd/1", flags) }
        case .path(let path):
            name = path
            opened = open(path, flags)
        }
        guard opened >= 0 else {
            throw .cannotOpen(path: SafeText(name), reason: SafeText(SystemFault.words(errno)))
        }
        var settings = termios()
        guard tcgetattr(opened, &settings) == 0 else {
            Glibc.close(opened)
            throw .notATerminal
        }
        descriptor = opened
        before = settings
    }

    /// Every byte as it comes: no echo, no lines, no signals from keys, no flow control, no translation.
    func makeRaw() {
        var raw = before
        raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | IGNBRK | PARMRK | INPCK | ISTRIP | IXON)
        raw.c_oflag &= ~tcflag_t(OPOST)
        raw.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        withUnsafeMutableBytes(of: &raw.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        tcsetattr(descriptor, TCSANOW, &raw)
    }

    /// Puts the settings back and drops what was typed for the console, so that a shell does not get it. Never waits for output.
    func makeAsBefore() {
        var settings = before
        tcflush(descriptor, TCIFLUSH)
        tcsetattr(descriptor, TCSANOW, &settings)
    }

    /// The window, between 1x1 and `largest`; 80x24 where the terminal does not know.
    var size: Size {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return Size(columns: 80, rows: 24)
        }
        return Size(
            columns: min(Int(window.ws_col), Self.largest.columns), rows: min(Int(window.ws_row), Self.largest.rows))
    }

    /// Bound on a picture: a window that claims more is painted in its upper left.
    static let largest = Size(columns: 512, rows: 256)
}

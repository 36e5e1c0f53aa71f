"""One run of a program on a pty of its own."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from terminal.keys import key_bytes, parse_script
from terminal.modes import ANSWERS
from terminal.session import open_pidfds

# Silence that ends the first paint, and how long it may take to come.
SETTLE_SECONDS, START_LIMIT_SECONDS = 0.25, 15
# Leaves the program.
QUIT = "q"


class Burst:
    """What one spell of listening heard: times of the first and last byte, size, longest gap."""

    def __init__(self):
        self.first = self.last = None
        self.size, self.longest_gap = 0, 0.0

    def add(self, when, size):
        if self.last is not None:
            self.longest_gap = max(self.longest_gap, when - self.last)
        self.first = when if self.first is None else self.first
        self.last = when
        self.size += size


class Program:
    """One run of the command on a pty of its own, in a session of its own."""

    def __init__(self, options, ignore_hangup=False):
        self.options = options
        self.unread, self.output, self.written = [], b"", 0
        self.application_cursor = False
        self.exit = self.ended = None                       # what waitid(2) says, and when it was
        self.master, self.slave = pty.openpty()
        self.connected = True
        size = struct.pack("HHHH", options.rows, options.cols, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self.terminal_before = termios.tcgetattr(self.slave)
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self.become_command(ignore_hangup)
        self.pidfd = os.pidfd_open(self.pid)

    def become_command(self, ignore_hangup):
        """In the child: the slave becomes its terminal, then the command replaces it."""
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for descriptor in (0, 1, 2):
                os.dup2(self.slave, descriptor)
            os.closerange(3, 256)
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_DFL)       # a shell's "&" hands down INT and QUIT ignored
            if ignore_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execvpe(self.options.command[0], self.options.command, environment())
        except OSError as error:
            os.write(2, f"ptybench: {error}\n".encode())
        finally:
            os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def alive(self):
        """Looks without reaping: its number stays its own until end()."""
        if self.exit is None:
            self.exit = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return self.exit is None

    def exit_text(self):
        if self.alive():
            return None
        how = "exit" if self.exit.si_code == os.CLD_EXITED else "signal"
        return f"{how} {self.exit.si_status}"

    def write(self, data):
        try:
            os.write(self.master, data)
        except OSError:
            pass                                            # it has gone; alive() says so

    def press(self, key):
        self.write(key_bytes(key, self.application_cursor))

    def play(self, script, settle_s=0.1):
        """Plays a key script without measuring."""
        for kind, value in parse_script(script):
            if kind == "wait":
                self.listen(limit_s=value / 1000)
                continue
            self.press(value) if kind == "key" else self.write(value.encode())
            self.listen(settle_s, 1.0)

    def listen(self, quiet_s=None, limit_s=10.0, one_chunk=False):
        """Reads until quiet_s of silence, limit_s in all, one chunk if asked, or the program's end."""
        burst, began = Burst(), time.monotonic()
        heard = began
        while True:
            now = time.monotonic()
            wait = limit_s - (now - began)
            if quiet_s is not None:
                wait = min(wait, quiet_s - (now - heard))
            if wait <= 0:
                return burst
            ready, _, _ = select.select([self.master, self.pidfd], [], [], wait)
            if self.pidfd in ready:
                self.ended = self.ended or time.monotonic()
            if self.master not in ready and not (ready and self.has_last_words()):
                return burst
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return burst
            heard = time.monotonic()
            burst.add(heard, len(data))
            self.take(data)
            if one_chunk:
                return burst

    def has_last_words(self):
        """Whether the pty still passes on something after the program's end: that takes a moment."""
        return bool(select.select([self.master], [], [], 0.05)[0])

    def take(self, data):
        self.unread.append(data)
        self.written += len(data)
        if b"\x1b" in data:
            for question, answer in ANSWERS.items():
                if question in data:
                    self.write(answer)
            if b"\x1b[?1h" in data:
                self.application_cursor = True

    def digest(self):
        """Puts what was read to the output, never while a time is measured. Returns it."""
        data, self.unread = b"".join(self.unread), []
        self.output += data
        return data

    def first_paint(self):
        """Waits for the first stable paint: (ms to first byte, ms to its last byte), or None."""
        first, limit = None, self.started + START_LIMIT_SECONDS
        while time.monotonic() < limit:
            burst = self.listen(SETTLE_SECONDS, limit - time.monotonic())
            first = first or burst.first
            self.digest()
            if burst.last:
                return (first - self.started) * 1000, (burst.last - self.started) * 1000
            if not self.alive():
                return None
        return None

    def terminal_restored(self):
        now, then = termios.tcgetattr(self.slave), self.terminal_before
        watched = (termios.ICRNL | termios.IXON, termios.OPOST, 0,
                   termios.ECHO | termios.ICANON | termios.ISIG)
        return all(a & mask == b & mask for a, b, mask in zip(now, then, watched))

    def end(self):
        """Ends the program, politely while it has a terminal, and what stayed in its session."""
        if self.connected:
            self.play(QUIT, 0.05)
            self.listen(limit_s=1.0)
            if self.alive():
                signal.pidfd_send_signal(self.pidfd, signal.SIGTERM)
                self.listen(limit_s=1.0)
            self.hang_up()
        for pidfd in open_pidfds(self.pid):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            os.close(pidfd)
        os.waitpid(self.pid, 0)
        os.close(self.pidfd)

    def hang_up(self):
        """Closes the pty, the master last: that is the moment the link is gone."""
        self.connected = False
        os.close(self.slave)
        os.close(self.master)


def environment():
    """The environment of a fresh terminal in the C.UTF-8 locale."""
    hidden = ("LINES", "COLUMNS", "TMUX", "STY", "SSH_TTY")
    chosen = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**chosen, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

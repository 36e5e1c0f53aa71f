"""What a terminal may expect: gone at once, left as it was found, no glyph that it cannot draw."""
import os
import pty
import re
import signal
import time

import processes
from case import case, expect, expect_equal, until
from screen import Screen
from stage import GOOD, Stage

GONE_SECONDS = 0.3


def in_shell(stage, command, **environment):
    """A console that a shell started, as a person would: what is left behind can be seen."""
    screen = Screen(stage, ["/bin/sh", "-i"], environment={"PS1": "ready> ", **environment})
    screen.shows("ready>")
    screen.type(f"stty -a > {stage.root}/before")
    screen.keys("Enter")
    screen.type(command)
    screen.keys("Enter")
    screen.shows("payments", "LIVE 100 %")
    expect_equal((screen.value("alternate_on"), screen.value("cursor_flag")), ("1", "0"), "alternate screen and cursor, console open")
    return screen


def left_in_order(stage, screen, status):
    screen.shows("ready>")
    screen.type(f"echo status=$?; stty -a > {stage.root}/after; echo over")
    screen.keys("Enter")
    # The prompt may come after what is typed: then it stands before the answer.
    screen.shows(f"status={status}\nover", within=5)
    expect_equal((screen.value("alternate_on"), screen.value("cursor_flag")), ("0", "1"), "alternate screen and cursor, console gone")
    with open(stage.root + "/before") as before, open(stage.root + "/after") as after:
        expect_equal(after.read(), before.read(), "stty -a")
    expect_equal(screen.value("mouse_any_flag"), "0", "mouse reporting")
    expect(stage.agent(), "the agent went with the console")


def signalled(name):
    def body(stage: Stage):
        stage.prepare()
        screen = in_shell(stage, f"{stage.binary} console --config {stage.config}")
        console = screen.child(" console ")
        begun = time.monotonic()
        os.kill(console, getattr(signal, name))
        until("the console is gone", lambda: not processes.is_running(console), within=5, every=0.001)
        seconds = time.monotonic() - begun
        print(f"gone {seconds * 1000:.0f} ms after {name}")
        left_in_order(stage, screen, 128 + getattr(signal, name))
        expect(seconds < GONE_SECONDS, f"it took {seconds * 1000:.0f} ms, allowed are {GONE_SECONDS * 1000:.0f}")

    return body


for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"):
    case(f"terminal-{name.lower()}", f"{name}: the console is gone within 300 ms, the terminal as it was", seconds=5)(signalled(name))


@case("terminal-quit", "Q leaves with status 0, the terminal as it was, the agent running", seconds=5)
def quit(stage: Stage):
    stage.prepare()
    screen = in_shell(stage, f"{stage.binary} console --config {stage.config}")
    screen.keys("Q")
    left_in_order(stage, screen, 0)


@case("terminal-pty-closed", "the other end of the terminal is closed: the console is gone within 300 ms", seconds=5)
def pty_closed(stage: Stage):
    stage.prepare()
    console, master = in_pty(stage, "console", "--config", stage.config)
    shown = read_until(master, b"payments")
    expect(b"payments" in shown, "the console did not come up")
    begun = time.monotonic()
    os.close(master)
    status = until("the console is gone", lambda: reaped(console), within=5, every=0.001)
    seconds = time.monotonic() - begun
    print(f"gone {seconds * 1000:.0f} ms after the close, {'by signal ' + str(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else 'status ' + str(status >> 8)}")
    expect(seconds < GONE_SECONDS, f"it took {seconds * 1000:.0f} ms")
    expect(stage.agent(), "the agent went with the console")


@case("terminal-types", "an unknown, missing or too simple TERM: exit 1 with what to do, nothing drawn", seconds=5)
def types(stage: Stage):
    stage.prepare()
    for term, words in (("no-such-terminal", b"is unknown to this machine"), ("", b"TERM is not set"), ("dumb", b"cannot place a cursor")):
        console, master = in_pty(stage, "console", "--config", stage.config, TERM=term)
        shown = read_until(master, b"--plain")
        status = until("it ends", lambda: reaped(console), within=5)
        os.close(master)
        expect(words in shown and b"--plain" in shown, f"TERM={term!r}: it says {shown!r}")
        expect(b"\x1b" not in shown, f"TERM={term!r}: escape sequences were written: {shown!r}")
        expect_equal(os.waitstatus_to_exitcode(status), 1, f"exit status with TERM={term!r}")


@case("terminal-ascii", "LC_ALL=C draws ASCII only, the same picture", seconds=5)
def ascii_only(stage: Stage):
    stage.prepare()
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config], environment={"LC_ALL": "C", "LANG": "C"})
    shown = screen.shows("payments", "LIVE 100 %", "* LIVE")
    for key in ("p", "1", "4", "5", "?", "R"):
        screen.keys(key)
        time.sleep(0.1)
        shown += screen.last()
    expect(shown.isascii(), f"not ASCII: {sorted({one for one in shown if ord(one) > 126})}")


@case("history-export", "V proves the chain in the console; e writes what ledger export prints, for the operator alone; not for who may only look", seconds=8)
def history_export(stage: Stage):
    stage.prepare()
    stage.promote("testing", GOOD, "--wait").ended(0)
    directory = f"{stage.root}/taken away"
    os.mkdir(directory)
    begin = f"cd '{directory}' && {stage.binary} console --config {stage.config}"
    screen = in_shell(stage, begin)
    screen.keys("h", "V")
    screen.shows("entries, the chain holds to ")
    screen.keys("e")
    screen.shows("entries, the chain holds: ")
    (name,) = os.listdir(directory)
    path = f"{directory}/{name}"
    expect_equal(os.stat(path).st_mode & 0o777, 0o600, "mode of the file")
    with open(path) as file:
        written = file.read().splitlines()
    whole = stage.baton("ledger", "export").ended(0).out.splitlines()
    # The agent may have written on meanwhile.
    expect_equal(written[:-1], whole[: len(written) - 1], "entries")
    expect(written[-1].startswith('{"head":'), f"the last line is {written[-1]}")
    screen.keys("Q")
    screen.shows("ready>")
    screen.type(begin + " --read-only")
    screen.keys("Enter")
    screen.shows("payments", "LIVE 100 %")
    screen.keys("h", "e")
    screen.shows("read-only")
    expect_equal(os.listdir(directory), [name], "files")


@case("terminal-no-color", "NO_COLOR and --no-color: no colour is sent; without them there is some", seconds=6)
def no_color(stage: Stage):
    stage.prepare()
    coloured = drawn(stage)
    expect(colours(coloured), "no colour is drawn at all: this case could not fail")
    expect_equal(colours(drawn(stage, NO_COLOR="1")), [], "colours under NO_COLOR")
    expect_equal(colours(drawn(stage, "--no-color")), [], "colours under --no-color")


@case("terminal-resize", "resized while a promotion runs: 20x5, 200x60, 40x10, 80x24, and everything is there again", seconds=12)
def resize(stage: Stage):
    stage.prepare()
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("LIVE 100 %")
    stage.promote("testing", GOOD).ended(0)
    screen.keys("l")
    screen.shows("LIVE", "promotion 1")
    for size in ((20, 5), (200, 60), (1, 1), (40, 10), (5, 40), (300, 3), (80, 24)):
        screen.resize(*size)
        until(f"{size} is taken", lambda: screen.value("pane_width") == str(size[0]), within=5)
        expect(screen.value("pane_dead") != "1", f"the console died at {size}")
    screen.shows("promotion 1", "succeeded", "s follow", within=30)
    screen.keys("2")
    screen.shows("LIVE 100 %", "ENV      SLOT")


@case("terminal-tiny", "a terminal of 20x5 from the beginning: no crash, and Q leaves", seconds=5)
def tiny(stage: Stage):
    stage.prepare()
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config], size=(20, 5))
    until("something is drawn", lambda: screen.last().strip())
    for key in ("j", "p", "R", "Escape", "5", "?", "1", "4", "3"):
        screen.keys(key)
    expect(screen.value("pane_dead") != "1", "the console died")
    for _ in range(3):
        # A key right after Escape would be taken for the two together.
        screen.keys("Escape")
        time.sleep(0.2)
    screen.keys("Q")
    until("it leaves", lambda: screen.value("pane_dead") != "0", within=5)


# pseudo-terminals without tmux

def in_pty(stage, *words, **environment):
    changes = stage.environment(**environment)
    if not changes.get("TERM"):
        changes.pop("TERM")
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(stage.root)
        os.execve(stage.binary, [stage.binary, *words], changes)
    return pid, master


def read_until(master, text, within=10):
    shown = b""
    end = time.monotonic() + within
    while text not in shown and time.monotonic() < end:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    return shown


def reaped(pid):
    """The wait status as a string that is true; nil while it runs."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return Status(status) if done else None


class Status(int):
    def __bool__(self):
        return True


def drawn(stage, *words, **environment):
    console, master = in_pty(stage, "console", "--config", stage.config, *words, **environment)
    shown = read_until(master, b"LIVE 100")
    os.kill(console, signal.SIGTERM)
    shown += read_until(master, b"\0never\0", within=2)
    os.close(master)
    until("it ends", lambda: reaped(console), within=5)
    expect(b"payments" in shown, f"nothing was drawn with {words} {environment}: {shown!r}")
    return shown


def colours(shown):
    """SGR parameters that set a foreground or background (ECMA-48, 8.3.117)."""
    found = []
    for sequence in re.findall(rb"\x1b\[([0-9;]*)m", shown):
        found += [part for part in sequence.split(b";") if re.fullmatch(rb"3[0-8]|4[0-8]|9[0-7]|10[0-7]", part)]
    return found

"""Warm rollback: from the key that fires it to the first user who is answered by the old release."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from figures import median, spread
from load import Load
from stage import Stage

REPETITIONS = 10
RATE = 300
SLACK_MS = 50


def measure(baton, table):
    keyed, bare, requests, failures = [], [], 0, []
    for _ in range(REPETITIONS):
        with Stage(baton) as stage, Load(stage.route("prod")["port"], RATE) as load:
            time.sleep(0.5)
            bare += switch_alone(stage, load)
            keyed.append(roll_back(stage, load))
            time.sleep(0.7)
        requests += len(load.answers) + len(load.failures)
        failures += load.failures
    missing = keyed.count(None)
    keyed = [value for value in keyed if value is not None]
    alone = median(bare)
    table.add("bare switch under load", alone, "ms", note=f"{spread(bare)}; the router's table changed by hand")
    note = f"{spread(keyed)}; the limit is the bare switch + {SLACK_MS} ms" if keyed else ""
    table.add("warm rollback, key to traffic flipped", median(keyed) if keyed else None, "ms", alone + SLACK_MS, note)
    table.add("rollbacks that never flipped", missing, limit=0)
    table.add("failed requests", len(failures), limit=0, note=f"of {requests} at {RATE} a second; {failures[:1] or ''}".rstrip("; "))


def switch_alone(stage, load):
    """The switch's own latency, there and back: from the change to the first answer of the other slot."""
    row = stage.route("prod")
    there = {slot: 100 - weight for slot, weight in row["weights"].items()}
    spent = []
    for weights in [there, row["weights"]]:
        before, began = load.serving(), time.monotonic()
        stage.change_route(row, weights)
        flipped = load.other(before, since=began)
        if flipped is None:
            raise RuntimeError("the bare switch does not flip traffic")
        spent.append((flipped - began) * 1000)
        time.sleep(0.3)
        load.take()
    # The agent looks every 2 s: it has to see the old table again before a rollback is asked for.
    time.sleep(3)
    return spent


def roll_back(stage, load):
    """R, a look at the sheet, y: milliseconds from the last key to the first answer of the old release."""
    load.take()
    before = load.serving()
    with Console(stage.console) as console:
        console.listen(0.3)
        console.press("R")
        console.listen(0.6)
        pressed = time.monotonic()
        console.press("y")
        flipped = load.other(before, since=pressed)
        console.listen(0.2)
    return None if flipped is None else (flipped - pressed) * 1000


class Console:
    """The console on a pty of its own."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execv(self.command[0], self.command)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.master)

    def press(self, key):
        os.write(self.master, key.encode())

    def listen(self, quiet):
        """Reads until it paints no more."""
        while select.select([self.master], [], [], quiet)[0]:
            os.read(self.master, 65536)

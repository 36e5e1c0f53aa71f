"""What a case is, and how it says what it expects."""
import json
import os
import time

CASES = {}


class Failed(Exception):
    """The program did not do what it should."""


class Skipped(Exception):
    """The case cannot be made here, and why."""


class Case:
    def __init__(self, name, words, seconds, body, needs_root):
        self.name, self.words, self.seconds, self.body, self.needs_root = name, words, seconds, body, needs_root


def case(name, words, seconds=10, needs_root=False):
    """Registers a case: its name, what it proves, about how long it takes, and whether only root can make all of it."""

    def register(body):
        CASES[name] = Case(name, words, seconds, body, needs_root)
        return body

    return register


def expect(condition, words):
    if not condition:
        raise Failed(words)


def expect_equal(found, wanted, what):
    if found != wanted:
        raise Failed(f"{what}: found {found!r}, wanted {wanted!r}")


def until(what, probe, within=20.0, every=0.05):
    """Asks until the answer is true, and gives it back; fails when the time is over."""
    began = time.monotonic()
    end = began + within
    while True:
        answer = probe()
        if answer:
            note_wait(what, time.monotonic() - began, within)
            return answer
        if time.monotonic() > end:
            raise Failed(f"not within {within:g} s: {what}")
        time.sleep(every)


def note_wait(what, seconds, within):
    """Appends a wait to the file that BATON_WAITS names, with the share of its limit that it took."""
    if os.environ.get("BATON_WAITS"):
        with open(os.environ["BATON_WAITS"], "a") as file:
            name = os.environ.get("BATON_CASE", "")
            file.write(json.dumps({"case": name, "share": round(seconds / within, 3), "within": within, "what": what}) + "\n")

"""What a case is, and how it says what it expects."""
import time

CASES = {}


class Failed(Exception):
    """The program did not do what it should."""


class Skipped(Exception):
    """The case cannot be made here, and why."""


class Case:
    def __init__(self, name, words, seconds, body):
        self.name, self.words, self.seconds, self.body = name, words, seconds, body


def case(name, words, seconds=10):
    """Registers a case: its name, what it proves, and about how long it takes."""

    def register(body):
        CASES[name] = Case(name, words, seconds, body)
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
    end = time.monotonic() + within
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(f"not within {within:g} s: {what}")
        time.sleep(every)

"""A wall clock that is set while an agent waits. Only the agent's own clock is set (faketime), never the machine's."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import processes
from case import Skipped, case, expect, until
from stage import GOOD, OLD, Stage, quickened, shipped_configuration

WRONG = {"FAKETIME_NO_CACHE": "1", "NO_FAKE_STAT": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
STEPS = [("+1 h", 3600), ("-1 h", -3600), ("+1 day", 86400), ("-1 day", -86400)]
# How long each wait is planned to be.
BAKE, READY, PAUSED = 12, 8, 8


def prepare(stage, policy=""):
    """A stage whose agent runs in the foreground with a wall clock of its own."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not shutil.which("faketime") or not compiler:
        raise Skipped("faketime is not installed: Resources/scripts/setup installs it")
    text = quickened(shipped_configuration(stage.binary))
    head, tail = text.rsplit("bake: 1s", 1)
    deadlines = f"deadlines: {{ready: {READY}s, paused: {PAUSED}s, inconclusive: 10s}}"
    tail = re.sub(r"(?m)^ *deadlines:.*\n", "", tail)
    indent = head.rsplit("\n", 1)[1]
    extra = "".join(f"\n{indent}{line}" for line in [deadlines, *([policy] if policy else [])])
    os.makedirs(stage.path, 0o755, exist_ok=True)
    with open(stage.config, "w") as file:
        file.write(f"{head}bake: {BAKE}s{extra}{tail}")
    stage.prepare(quick=False)
    stage.baton("agent", "--stop").ended(0)
    stage.clock = stage.root + "/clock"
    set_clock(stage, 0)
    stage.timers = stage.root + "/timers.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "timers.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", stage.timers, source], check=True)
    start_agent(stage)
    stage.vouch("staging", GOOD)


def start_agent(stage):
    stage.process = subprocess.Popen(
        [*wrong(stage), stage.binary, "agent", "--config", stage.config], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=stage.root, env=stage.environment(**WRONG))
    # No command looks for it: that would start an agent of its own, by the machine's clock.
    until("the agent listens", lambda: listens(stage.socket), within=20)
    expect(stage.process.poll() is None, "the agent ended at once")


def wrong(stage):
    """Runs a program with the agent's wall clock. The wrapper makes what its library shares: a library that sets a variable for
    that before main() moves the environment away from the arguments, which Swift then does not find."""
    own = 'LD_PRELOAD="$0:$LD_PRELOAD" exec env -u FAKETIME "$@"'
    return ["faketime", "-m", "-f", "+0", "sh", "-c", own, stage.timers, f"FAKETIME_TIMESTAMP_FILE={stage.clock}"]


def end_agent(stage, number=signal.SIGTERM):
    for pid in processes.children(stage.process.pid):
        os.kill(pid, number)
    stage.process.wait(20)


def listens(path):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
            return True
        except OSError:
            return False


def set_clock(stage, seconds):
    """Sets the agent's wall clock so far from the machine's."""
    with open(stage.clock + ".new", "w") as file:
        file.write(f"{seconds:+d}\n")
    os.rename(stage.clock + ".new", stage.clock)


class Followed:
    """The lines of `promote --wait`, each with when it came."""

    def __init__(self, stage, *words):
        self.process = stage.start("promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes", "--wait", *words)
        self.lines = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.rstrip()))

    def first(self, pattern, within=30):
        return until(pattern, lambda: next((at for at, line in list(self.lines) if re.search(pattern, line)), None), within=within)

    def pauses(self, pattern, begin, end):
        """The longest time without a line like this, and how many there were."""
        times = [at for at, line in list(self.lines) if re.search(pattern, line) and begin <= at <= end]
        points = [begin, *times, end]
        return max(later - earlier for earlier, later in zip(points, points[1:])), len(times)

    def ended(self, within=60):
        status = self.process.wait(within)
        self.thread.join(5)
        return status, time.monotonic(), "\n".join(line for _, line in self.lines[-4:])


def steps_recorded(stage):
    return [json.loads(line) for line in stage.baton("ledger", "export").ended(0).out.splitlines() if "clock.stepped" in line]


def number(stage):
    return stage.running()[0]["promotion"]


@case("clock-set-while-baking", "the wall clock is set by hours and days in a bake: checks go on, and the bake is as long as planned", seconds=110)
def while_baking(stage: Stage):
    prepare(stage)
    print("step      checks in the bake   longest pause   bake")
    for words, seconds in STEPS:
        followed = Followed(stage)
        begin = followed.first(r"bake \S+: pass")
        time.sleep(2)
        set_clock(stage, seconds)
        time.sleep(3)
        set_clock(stage, 0)
        status, end, last = followed.ended()
        expect(status == 0, f"exit status {status} after {words}: {last}")
        pause, count = followed.pauses(r"bake \S+: pass", begin, followed.first(r"deadline\.passed"))
        took = followed.first(r"deadline\.passed") - begin
        print(f"{words:8}  {count:18}   {pause:11.1f} s   {took:.1f} s")
        expect(pause < 3, f"no check for {pause:.1f} s after {words}")
        expect(BAKE - 3 <= took <= BAKE + 4, f"the bake of {BAKE} s took {took:.1f} s with {words}")
        undo(stage)
    expect(len(steps_recorded(stage)) >= 2 * len(STEPS), f"steps in the ledger: {len(steps_recorded(stage))}")
    stage.ledger_holds()
    end_agent(stage)


def undo(stage):
    """Promotes the release of before again, so that this one can be promoted once more."""
    old = stage.digest(OLD)
    stage.vouch("staging", OLD)
    stage.baton("promote", "payments", "--to", "prod", "--digest", old, "--yes", "--wait").ended(0)
    until("the release of before serves", lambda: (stage.live() or (0, 0))[1] == old, within=20)


@case("clock-set-while-waiting", "the wall clock is set by hours and days while a switch or a hold is waited for: it ends in its time", seconds=130)
def while_waiting(stage: Stage):
    prepare(stage, policy="switching: manual")
    print("step      ready to switch   held by a person")
    for words, seconds in STEPS:
        took = []
        for hold in (False, True):
            followed = Followed(stage)
            until("it waits", lambda: [one for one in stage.running() if one["state"] == "ready to switch"], within=30)
            if hold:
                stage.baton("pause", str(number(stage)), "--reason", "the clock is looked at first").ended(0)
            begin = time.monotonic()
            time.sleep(1)
            set_clock(stage, seconds)
            status, end, last = followed.ended()
            set_clock(stage, 0)
            took.append(end - begin)
            expect(status != 0, f"it went on by itself: {last}")
        print(f"{words:8}  {took[0]:13.1f} s   {took[1]:14.1f} s")
        for wait, limit in zip(took, (READY, PAUSED)):
            expect(limit - 3 <= wait <= limit + 6, f"a wait of {limit} s took {wait:.1f} s with {words}")
    stage.ledger_holds()
    end_agent(stage)


@case("clock-set-while-away", "the wall clock is set while no agent runs: the rest of a bake is the smaller of both readings", seconds=90)
def while_away(stage: Stage):
    prepare(stage)
    print("step      rest of the bake after 3 s")
    for words, seconds in STEPS:
        followed = Followed(stage)
        begin = followed.first(r"bake \S+: pass")
        time.sleep(3)
        followed.process.kill()
        end_agent(stage, signal.SIGKILL)
        set_clock(stage, seconds)
        restarted = time.monotonic()
        start_agent(stage)
        until("it has ended", lambda: not stage.running(), within=40)
        rest = time.monotonic() - restarted
        print(f"{words:8}  {rest:.1f} s")
        expect(rest < BAKE + 8 if seconds < 0 else rest < BAKE - 1, f"the rest of a bake of {BAKE} s took {rest:.1f} s with {words}")
        shown = subprocess.run(
            [*wrong(stage), stage.binary, "status", "--config", stage.config], capture_output=True, text=True,
            env=stage.environment(**WRONG), cwd=stage.root, stdin=subprocess.DEVNULL)
        expect("the clock was set" in shown.stdout, f"status does not say that the clock was set:\n{shown.stdout}{shown.stderr}")
        set_clock(stage, 0)
        undo(stage)
    stage.ledger_holds()
    end_agent(stage)

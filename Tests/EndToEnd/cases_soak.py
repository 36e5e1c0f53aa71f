"""The project's own scripts that run tests again and again."""
import json
import os
import pathlib
import signal
import subprocess
import sys

from case import case, expect, expect_equal, until
from stage import Stage

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Stands for the compiler's driver: a module passes, or fails, or takes as long as it is given.
DRIVER = """#!/bin/sh
case "$*" in
*AgentTests*) echo "Test run with 3 tests in 1 suite passed after 0.1 seconds." ;;
*StageTests*) echo "an expectation failed"; exit 1 ;;
*ConsoleTests*) echo "Test run with 0 tests in 0 suites passed after 0.1 seconds." ;;
*TerminalTests*) if [ -e "$(dirname "$0")/quick" ]; then echo "Test run with 1 test passed."; else exec sleep 60; fi ;;
esac
"""


def soak(stage: Stage, *words):
    return [sys.executable, str(ROOT / "Resources/scripts/soak"), "--swift", stage.root + "/driver", "--file", stage.root + "/results.jsonl",
            "--runs", "0", "--cases", "none", *words]


def results(stage: Stage):
    try:
        with open(stage.root + "/results.jsonl") as file:
            return [json.loads(line) for line in file]
    except OSError:
        return []


@case("soak", "soak appends each result, goes on where it was stopped, counts an empty run as a failure, and lists failures", seconds=6)
def soak_goes_on(stage: Stage):
    with open(stage.root + "/driver", "w") as file:
        file.write(DRIVER)
    os.chmod(stage.root + "/driver", 0o755)
    stopped = subprocess.Popen(soak(stage, "--modules", "Agent,Terminal", "--times", "2", "--busy", "1"), stdout=subprocess.PIPE, text=True)
    until("one result is written", lambda: len(results(stage)) == 1, within=15)
    stopped.send_signal(signal.SIGINT)
    said = stopped.communicate(timeout=60)[0]
    expect_equal((stopped.returncode, len(results(stage))), (130, 1), f"status and results of a soak that is stopped: {said}")
    open(stage.root + "/quick", "w").close()
    done = subprocess.run(soak(stage, "--modules", "Agent,Terminal", "--times", "2", "--busy", "1"), capture_output=True, text=True, timeout=60)
    expect_equal(done.returncode, 0, f"a soak that goes on: {done.stdout}{done.stderr}")
    expect("4 runs, 1 have a result, 3 to go" in done.stdout and "4 runs, 0 failures" in done.stdout, done.stdout)
    for module, words in (("Stage", "FAILED module StageTests"), ("Console", "FAILED module ConsoleTests")):
        done = subprocess.run(soak(stage, "--modules", module, "--times", "1", "--busy", "0"), capture_output=True, text=True, timeout=60)
        expect_equal((done.returncode, words in done.stdout), (1, True), f"{module}: {done.stdout}")
    with open(stage.root + "/results.jsonl", "a") as file:
        file.write('{"kind": "module", "na')
    done = subprocess.run(soak(stage, "--modules", "Agent", "--times", "2", "--busy", "1"), capture_output=True, text=True, timeout=60)
    expect_equal(done.returncode, 0, f"after a line that was cut off: {done.stdout}")


@case("test-goes-on", "the test command runs every module, also after one that failed, and lists the failures at the end", seconds=4)
def test_goes_on(stage: Stage):
    home = stage.root + "/project"
    for name in ("Agent", "Console", "Stage"):
        os.makedirs(f"{home}/Tests/{name}Tests")
    os.makedirs(f"{home}/Resources/scripts")
    os.makedirs(f"{home}/.build")
    with open(stage.root + "/driver", "w") as file:
        file.write(DRIVER)
    os.chmod(stage.root + "/driver", 0o755)
    with open(f"{home}/Resources/scripts/test", "w") as file:
        file.write((ROOT / "Resources/scripts/test").read_text())
    done = subprocess.run(["bash", f"{home}/Resources/scripts/test", "modules"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "SWIFT": stage.root + "/driver", "BATON_CI": ""})
    expect_equal(done.returncode, 1, f"exit status: {done.stdout}{done.stderr}")
    end = done.stdout[done.stdout.index("== result"):].splitlines()
    expect_equal(end[1:], ["AgentTests: passed", "FAILED ConsoleTests: .build/tests/ConsoleTests.log",
                           "FAILED StageTests: .build/tests/StageTests.log"], "the end of the output")

"""Terminals that go away and agents that are killed."""
import os
import re
import signal
import time

from case import case, expect, expect_equal, until
from cases_journey import consent, plan
from load import Load
from screen import Screen
from stage import FAILS_AFTER_SWITCH, GOOD, OLD, Stage


@case("terminal-closed", "the terminal that started a promotion is closed in mid-promotion: it succeeds all the same", seconds=15)
def terminal_closed(stage: Stage):
    stage.prepare()
    good = stage.digest(GOOD)
    stage.vouch("testing", GOOD)
    stage.promote("staging", GOOD, "--wait").ended(0)
    screen = Screen(stage, [stage.binary, "stage", "--directory", stage.path])
    screen.shows("LIVE 100 %")
    load = Load(stage)
    plan(screen, "staging")
    consent(screen, good)
    screen.shows("LIVE", "verifying idle")
    screen.close()
    number = stage.running()[0]["promotion"]
    until("the promotion succeeds", lambda: "succeeded" in stage.outcome(number), within=40)
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    expect_equal(stage.live(), ("green", good), "what prod serves")
    stage.ledger_holds()


# A line of `promote --wait` after which the agent is killed, which state that is, and the ends that are right then.
MOMENTS = [
    ("queued-or-preparing", r"promotion \d+ started", ["cancelled", "succeeded"]),
    ("preparing-checks", r"baseline \S+: pass", ["cancelled"]),
    ("deploying-idle", r"slot\.running", ["cancelled"]),
    ("verifying-idle", r"idle \S+: pass", ["cancelled"]),
    ("switching", r"(?:idle \S+: pass[\s\S]*){15}", ["succeeded", "cancelled", "ready to switch"]),
    ("verifying-live", r"traffic", ["succeeded"]),
    ("verifying-live-checks", r"live \S+: pass", ["succeeded"]),
    ("baking", r"bake \S+: pass", ["succeeded"]),
    ("closing", r"deadline\.passed", ["succeeded"]),
    ("rolling-back", r"live \S+: fail", ["rolled back"]),
    ("rolled-traffic", r"(?:traffic[\s\S]*){2}", ["rolled back"]),
]


def killed(name, moment, ends):
    def body(stage: Stage):
        stage.prepare()
        digest = FAILS_AFTER_SWITCH if name.startswith("roll") else GOOD
        stage.vouch("staging", digest)
        load = Load(stage)
        agent = stage.agent()
        following = stage.start("promote", "payments", "--to", "prod", "--digest", stage.digest(digest), "--yes", "--wait")
        said = ""
        for line in following.stdout:
            said += line
            if re.search(moment, said):
                break
        expect(re.search(moment, said), f"the moment never came:\n{said}")
        stage.kill_agent(agent)
        number = int(re.search(r"promotion (\d+) started", said).group(1))
        # The agent is started again by its supervisor, and goes on with the promotion; the command follows it.
        found = until("the promotion rests", lambda: at_rest(stage, number), within=40)
        if found == "ready to switch":
            following.kill()
        rest = following.stdout.read()
        status = following.wait(15)
        expect(found == "ready to switch" or status == (0 if found == "succeeded" else 4), f"exit status {status}\n{rest}")
        expect(f"promotion {number}" in rest, f"the command does not say what happened: {rest!r}")
        print(f"killed at {said.splitlines()[-1].strip()!r}: {found}")
        expect(found in ends, f"it ended {found!r}, right would be {ends}")
        if found == "ready to switch":
            stage.baton("continue", str(number), "--reason", "the switch is confirmed again").ended(0)
            until("it succeeds", lambda: at_rest(stage, number) == "succeeded", within=30)
            found = "succeeded"
        report = load.stop()
        print(f"load: {report.words()}")
        own = [one for one in report.refused if one.digest == stage.digest(FAILS_AFTER_SWITCH)]
        expect_equal(len(report.failed) - len(own), 0, "failed requests that are not the release's own")
        wanted = ("green", stage.digest(GOOD)) if found == "succeeded" else ("blue", stage.digest(OLD))
        until(f"{wanted[0]} is seen to serve", lambda: stage.live() == wanted, within=1)
        expect_equal(stage.tags()["prod"], wanted[1], "pointer tag prod")
        stage.ledger_holds()
        # The environment is free again.
        if found == "cancelled":
            stage.promote("prod", digest, "--wait").ended(0)

    return body


def at_rest(stage, number):
    """How a promotion ended, or that it waits for a person; nil while it goes on."""
    for promotion in stage.running():
        if promotion["promotion"] == number:
            return promotion["state"] if promotion["state"] in ("ready to switch", "rollback failed") else None
    last = stage.outcome(number)
    known = ("succeeded", "cancelled", "rolled back", "failed", "expired")
    return next((end for end in known if end in last), last)


for name, moment, ends in MOMENTS:
    case(f"agent-killed-{name}", f"the agent is killed while {name.replace('-', ' ')}; it is started again: {' or '.join(ends)}",
         seconds=13)(killed(name, moment, ends))


@case("agent-ended-in-order", "SIGTERM ends the agent with status 0 and the ledger in one file; its promotion goes on later", seconds=12)
def agent_ended(stage: Stage):
    stage.prepare()
    stage.baton("agent", "--stop").ended(0)
    agent = stage.start("agent")
    until("it listens", lambda: os.path.exists(stage.socket))
    stage.vouch("staging", GOOD)
    load = Load(stage)
    following = stage.start("promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes", "--wait")
    for line in following.stdout:
        if "bake " in line:
            break
    begun = time.monotonic()
    agent.send_signal(signal.SIGTERM)
    said, _ = agent.communicate(timeout=20)
    print(f"the agent ended in {time.monotonic() - begun:.2f} s")
    expect_equal(agent.returncode, 0, f"exit status of the agent\n{said[-600:]}")
    following.communicate(timeout=20)
    expect_equal(following.returncode, 1, "exit status of the command that followed")
    expect(not os.path.exists(stage.path + "/state/ledger/ledger.sqlite-wal"), "the ledger was not closed: its log is still there")
    until("the promotion rests", lambda: at_rest(stage, 1), within=30)
    expect_equal((at_rest(stage, 1), stage.live()), ("succeeded", ("green", stage.digest(GOOD))), "its end, and what prod serves")
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    stage.ledger_holds()

"""An agent that dies in mid-promotion is started again: by its supervisor, a console, or a command that waits."""
import os
import re
import signal
import time

import processes
from case import case, expect, expect_equal, until
from cases_crash import at_rest
from load import Load
from screen import Screen
from stage import FAILS_AFTER_SWITCH, GOOD, OLD, Stage

# A line of `promote --wait` after which the agent is killed, and what the state is called.
MOMENTS = [
    ("preparing", r"promotion \d+ started"),
    ("deploying idle", r"baseline [\s\S]*achieved|slot\.running|pointer\.moved"),
    ("verifying idle", r"idle \S+: pass"),
    ("switching", r"(?:idle \S+: pass[\s\S]*){8}"),
    ("verifying live", r"traffic\.switched"),
    ("live has failed", r"live \S+: fail"),
    ("rolling back", r"(?:traffic\.switched[\s\S]*){2}"),
]
# Who is there, and whether the supervisor is killed with the agent, so that nobody else can start it again.
COMPANY = [("neither: its supervisor", False), ("--wait", True), ("console", True)]
# A bad release is out of traffic this long after the agent was killed: the agent starts, looks, and rolls back.
LIMIT_SECONDS = 20


def supervisor(stage):
    """The process that watches over the agent; nil where none does."""
    found = [pid for pid in processes.having(stage.path) if " agent --watch" in processes.command_line(pid)]
    return found[0] if found else None


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    until("the killed process is gone", lambda: not processes.is_running(pid), within=5, every=0.005)


def one_run(stage, moment, company, kills_supervisor):
    """Seconds from the agent's death to the last answer of the bad release, and how the promotion ended."""
    bad = stage.digest(FAILS_AFTER_SWITCH)
    screen = None
    if company == "console":
        screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
        screen.shows("payments")
    load = Load(stage, rate=60)
    following = stage.start("promote", "payments", "--to", "prod", "--digest", bad, "--yes", "--wait")
    said = ""
    for line in following.stdout:
        said += line
        if re.search(moment, said):
            break
    expect(re.search(moment, said), f"the moment never came:\n{said}")
    if company != "--wait":
        kill(following.pid)
        following.wait()
    agent = stage.agent()
    if kills_supervisor:
        kill(supervisor(stage))
    kill(agent)
    killed = time.monotonic()
    until("an agent runs again", lambda: stage.agent() not in (None, agent), within=LIMIT_SECONDS)
    back = time.monotonic() - killed
    number = int(re.search(r"promotion (\d+) started", said).group(1))
    if company == "--wait":
        rest = following.stdout.read()
        status = following.wait(60)
        expect(status in (4, 5), f"exit status {status}: the command follows to the end of promotion {number}\n{rest}")
        expect(f"promotion {number}" in rest and "goes on with" in rest, f"the command does not say what happened: {rest!r}")
    found = until("the promotion rests", lambda: at_rest(stage, number), within=60)
    load.stop()
    served = [one.ended for one in load.answers if one.digest == bad]
    out = max(0.0, max(served, default=killed) - killed)
    if screen:
        screen.keys("q")
        screen.close()
    expect(found in ("cancelled", "rolled back"), f"it ended {found!r}")
    expect(out < LIMIT_SECONDS, f"the bad release served for {out:.1f} s after the agent was killed while {moment}")
    until("the good release serves", lambda: (stage.live() or (None, None))[1] == stage.digest(OLD), within=10)
    stage.ledger_holds()
    return back, out, found


def watched(company, kills_supervisor):
    def body(stage: Stage):
        print(f"killed while       agent back   bad release out of traffic   end   ({company})")
        for state, moment in MOMENTS:
            # A stage of its own for each: the release remembers that it has failed.
            own = Stage(stage.binary)
            try:
                own.prepare()
                own.vouch("staging", FAILS_AFTER_SWITCH)
                back, out, found = one_run(own, moment, company, kills_supervisor)
            except Exception:
                own.show_evidence()
                raise
            finally:
                left = own.stop()
            expect_equal(left, [], "processes that are left")
            print(f"{state:18} {back:8.1f} s   {out:22.1f} s   {found}")

    return body


for company, kills_supervisor in COMPANY:
    name = company.split(":")[0].strip("-")
    case(f"agent-died-with-{name}", f"a failing release, the agent killed in each state, with {company}: seconds until it is out of traffic",
         seconds=90)(watched(company, kills_supervisor))


@case("agent-ended-for-good", "agent --stop ends agent and supervisor: neither an open console nor anything else starts one", seconds=15)
def ended_for_good(stage: Stage):
    stage.prepare()
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("payments")
    expect(supervisor(stage), "nothing watches over the agent")
    stage.baton("agent", "--stop").ended(0)
    expect_equal((stage.agent(), supervisor(stage)), (None, None), "agent and supervisor")
    screen.shows("ended in order", within=10)
    time.sleep(3)
    expect_equal((stage.agent(), supervisor(stage)), (None, None), "agent and supervisor, three seconds later")
    stage.baton("status").ended(0)
    screen.lacks("ended in order", within=15)
    screen.keys("q")


@case("agent-looked-at-only", "--read-only and --wall start no agent, at first and after it died; a command says that none runs", seconds=20)
def looked_at_only(stage: Stage):
    stage.prepare()
    screens = [Screen(stage, [stage.binary, "console", "--config", stage.config, flag]) for flag in ("--read-only", "--wall")]
    for screen in screens:
        screen.shows("payments")
    agent = stage.agent()
    kill(supervisor(stage))
    kill(agent)
    time.sleep(4)
    expect_equal(stage.agent(), None, "the agent")
    stage.baton("status", "--read-only").ended(1).says("agent")
    expect_equal(stage.agent(), None, "the agent, after a command that only looks")
    stage.baton("status").ended(0)
    for screen in screens:
        screen.lacks("not answering", within=15)
        screen.keys("q")


@case("agent-restart-is-shown", "an agent that was killed is started again by its supervisor, and status, console and log say so", seconds=15)
def restart_is_shown(stage: Stage):
    stage.prepare()
    stage.kill_agent()
    until("an agent runs again", lambda: stage.agent(), within=10)
    stage.baton("status").ended(0).says("was ended by signal 9 and was started again")
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config])
    screen.shows("AGENT", "signal 9")
    screen.keys("q")
    with open(stage.log, errors="replace") as file:
        expect("it is started again (start 1 of 5" in file.read(), "the log does not say it")

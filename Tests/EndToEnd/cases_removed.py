"""A stage directory that is removed, a configuration that is broken, and ports that fail."""
import os
import shutil
import signal
import time

import processes
from case import case, expect, expect_equal, until
from stage import GOOD, Stage


@case("removed-directory", "agent, slots and router end when the stage directory is removed, and nothing brings it back", seconds=15)
def removed_directory(stage: Stage):
    stage.prepare()
    started = processes.having(stage.path)
    expect(len(started) >= 6, f"agent, router and four slots run: {started}")
    stage.start("promote", "payments", "--to", "testing", "--digest", GOOD, "--yes", "--wait")
    until("a promotion runs", lambda: stage.running(), within=10)
    remove(stage.path)
    until("every process has ended", lambda: not processes.having(stage.path), within=20)
    time.sleep(2)
    expect(not os.path.exists(stage.path), f"the directory came back: {os.path.exists(stage.path) and os.listdir(stage.path)}")


@case("replaced-directory", "a stage that is removed and made again at once has processes of its own; those of the first one end", seconds=15)
def replaced_directory(stage: Stage):
    stage.prepare()
    first = processes.having(stage.path)
    remove(stage.path)
    stage.prepare()
    until("every process of the first stage has ended", lambda: not [pid for pid in first if processes.is_running(pid)], within=25)
    second = processes.having(stage.path)
    time.sleep(3)
    expect_equal([pid for pid in second if not processes.is_running(pid)], [], "processes of the second stage that ended")
    stage.promote("testing", GOOD, "--wait").ended(0)
    stage.ledger_holds()


def remove(path):
    """Until it is gone: processes may still write into it while it is removed."""
    for _ in range(100):
        shutil.rmtree(path, ignore_errors=True)
        if not os.path.exists(path):
            return


@case("removed-ledger", "an agent whose ledger is taken away ends instead of writing into a file that nobody can open", seconds=10)
def removed_ledger(stage: Stage):
    stage.prepare()
    agent = stage.agent()
    os.rename(stage.path + "/state/ledger", stage.path + "/state/ledger.kept")
    until("the agent has ended", lambda: not processes.is_running(agent), within=15)
    os.rename(stage.path + "/state/ledger.kept", stage.path + "/state/ledger")
    stage.ledger_holds()


@case("stop-any-configuration", "agent --stop ends the agent of a configuration that is broken, changed, or gone", seconds=25)
def stop_any_configuration(stage: Stage):
    stage.prepare()
    with open(stage.config) as file:
        whole = file.read()
    changes = {
        "broken YAML": "services: [\n  {{{", "no services": "version: 1\n", "an unknown key": whole + "\nnonsense: 1\n",
        "another state": whole.replace("state: ./state", "state: ./elsewhere"), "an empty file": "", "bytes": "\x00\x01\xff", "gone": None,
        "a directory": os.mkdir}
    for what, text in changes.items():
        agent = until("an agent runs", stage.agent)
        os.remove(stage.config)
        if text is os.mkdir:
            os.mkdir(stage.config)
        elif text is not None:
            with open(stage.config, "w") as file:
                file.write(text)
        stage.baton("agent", "--stop").ended(0).says(f"agent {agent} ended")
        expect(not processes.is_running(agent), f"the agent runs after --stop: {what}")
        expect(stage.baton("agent", "--stop").code != 0, f"--stop ends an agent that does not run: {what}")
        if text is os.mkdir:
            os.rmdir(stage.config)
        with open(stage.config, "w") as file:
            file.write(whole)
        stage.baton("status").ended(0)


@case("dead-switch-port", "status never says LIVE healthy while the port of the users does not answer with what serves", seconds=15)
def dead_switch_port(stage: Stage):
    stage.prepare()
    until("prod is healthy", lambda: serving(stage))
    slot = next(pid for pid in processes.having(stage.path) if "payments-prod-" + stage.live()[0] in os.readlink(f"/proc/{pid}/fd/1"))
    # The slot alone, and then the router alone: the slots go on, and the port of the users is silent.
    router = next(pid for pid in processes.having(stage.path) if "stage-router" in processes.command_line(pid))
    for stopped in (slot, router):
        os.kill(stopped, signal.SIGSTOP)
        try:
            until("status says that it is not known", lambda: not serving(stage), within=20)
            lines = stage.baton("status").ended(0).out.splitlines()
            expect(not [line for line in lines if "LIVE" in line and "healthy" in line], "LIVE healthy is said:\n" + "\n".join(lines))
            if stopped == router:
                until("so is testing, which has one slot", lambda: health(stage, "testing") == ["unknown"], within=10)
        finally:
            os.kill(stopped, signal.SIGCONT)
        until("prod is healthy again", lambda: serving(stage), within=20)
    expect_equal(stage.slots()["prod/" + stage.live()[0]]["drift"], [], "what differs")


def serving(stage):
    """Whether prod has a slot that takes all traffic and is healthy."""
    return any(slot.get("weight") == 100 and slot["health"] == "healthy" for name, slot in stage.slots().items() if name.startswith("prod/"))


def health(stage, environment):
    return [slot["health"] for name, slot in stage.slots().items() if name.startswith(environment + "/")]

"""A first look at what runs that fails in part: nothing that runs is taken for empty, and no way back is lost."""
import json
import os
import shutil
import signal

import processes
from blind import Blind
from case import Failed, case, expect, expect_equal, until
from registry import Registry
from stage import FAILS_AFTER_SWITCH, OLD, OLDER, Stage


def begin_blind(stage: Stage, registry, blind):
    """An agent that knows nothing yet looks through a registry that cannot be read whole."""
    registry.fill()
    registry.use(blind.address)
    shutil.rmtree(stage.path + "/state")
    until("an agent has looked", lambda: stage.slots()["prod/blue"].get("observedDigest"))


def both_run(stage: Stage):
    slots = stage.slots()
    expect_equal(
        [slots[f"prod/{slot}"]["digest"] for slot in ("blue", "green")], [stage.digest(OLD), stage.digest(OLDER)],
        "what the ledger says of prod's slots")
    stage.baton("status").ended(0).says("warm in green")


def promoted(stage: Stage, digest):
    """A promotion to its end; nothing if the agent learned between plan and consent what runs, and refused the old plan."""
    done = stage.baton(
        "promote", "payments", "--to", "prod", "--digest", digest, "--confirm", digest.split(":")[1][:8], "--wait")
    return None if done.code == 3 and "the world moved" in done.out + done.err else done


def blind_to(habit, words, tag=None):
    @case(f"first-look-{habit}", f"{words} at the first look: both slots are adopted, and prod goes back by hand and by itself", seconds=40)
    def body(stage: Stage):
        stage.prepare()
        with Registry(stage) as registry:
            blind = Blind(registry.address, habit, tag and (stage.digest(tag) if habit == "document" else tag))
            try:
                begin_blind(stage, registry, blind)
                both_run(stage)
                # By hand, while the registry still cannot be read.
                stage.baton("rollback", "payments", "prod", "--reason", "it loses orders", "--yes", "--wait").ended(0)
                expect_equal(stage.live(), ("green", stage.digest(OLDER)), "what prod serves")
                # By itself, once a release can be read.
                blind.open()
                stage.vouch("staging", FAILS_AFTER_SWITCH)
                until("the release can be planned", lambda: stage.baton(
                    "plan", "payments", "--to", "prod", "--digest", FAILS_AFTER_SWITCH).code == 0)
                digest = stage.digest(FAILS_AFTER_SWITCH)
                until("a plan stands", lambda: promoted(stage, digest)).ended(4)
                expect_equal(stage.live(), ("green", stage.digest(OLDER)), "what prod serves")
                stage.ledger_holds()
            finally:
                blind.close()

    return body


blind_to("list", "a list of tags with a wrong next page")
blind_to("tag", "one tag that answers 403", "v2.31.0-rc.1")
blind_to("document", "one document with wrong bytes", OLDER)


def begin_without(stage: Stage, name, by):
    """An agent that knows nothing yet looks at a stage of which one process got a signal before."""
    stage.baton("agent", "--stop").ended(0)
    shutil.rmtree(stage.path + "/state")
    found = [pid for pid in processes.having(stage.path) if name in processes.command_line(pid)]
    expect_equal(len(found), 1, f"processes of {name}")
    os.kill(found[0], by)
    return found[0]


def instance(stage: Stage, slot):
    """The file of what runs in a slot that no other environment has; its process has it in its command line."""
    for name in os.listdir(stage.path + "/instances"):
        with open(f"{stage.path}/instances/{name}") as file:
            if json.load(file)["slot"] == slot:
                return name
    raise Failed(f"nothing runs in {slot}")


def is_unknown(stage: Stage):
    digest = stage.digest(FAILS_AFTER_SWITCH)
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    stage.baton("promote", "payments", "--to", "prod", "--digest", digest, "--confirm", digest.split(":")[1][:8]).ended(3).says(
        "was never seen whole")
    expect_equal(stage.slots()["prod/blue"].get("digest"), None, "what the ledger says of blue")


@case("first-look-switch", "no switch at the first look: nothing is adopted until it answers, and status says what is not known", seconds=25)
def no_switch(stage: Stage):
    stage.prepare()
    # It would be started again if it ended.
    router = begin_without(stage, "stage-router", signal.SIGSTOP)
    is_unknown(stage)
    expect("unknownTraffic" in stage.slots()["prod/blue"], "status does not say that traffic is unknown")
    stage.baton("status").ended(0).says("? traffic:", "since")
    os.kill(router, signal.SIGCONT)
    until("prod is adopted", lambda: stage.slots()["prod/blue"].get("digest") == stage.digest(OLD))
    both_run(stage)
    stage.ledger_holds()


@case("first-look-slot", "a slot that is down at the first look is not empty: nothing is adopted until it says what it runs", seconds=25)
def no_slot(stage: Stage):
    stage.prepare()
    begin_without(stage, instance(stage, "green"), signal.SIGKILL)
    is_unknown(stage)
    stage.run("stage", "--prepare", "--directory", stage.path).ended(0)
    until("prod is adopted", lambda: stage.slots()["prod/green"].get("digest") == stage.digest(OLDER))
    both_run(stage)
    stage.ledger_holds()

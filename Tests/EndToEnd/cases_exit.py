"""Every exit status, and output that programs read."""
import json

from case import case, expect, expect_equal, until
from stage import GOOD, SLOW, UNHEALTHY, Stage


@case("exit-statuses", "0 done, 2 usage, 3 refused, 4 rolled back, 6 still running, 7 not permitted, 1 broke", seconds=20)
def exit_statuses(stage: Stage):
    stage.prepare()
    stage.baton("status").ended(0)
    stage.run("status", "--config", "/nonexistent/baton.yaml").ended(2).says("no configuration at", "baton stage")
    stage.baton("promote", "payments", "--to", "testing", "--digest", GOOD).ended(2).says("nothing was started", "--confirm")
    stage.baton("promote", "payments", "--to", "testing", "--digest", GOOD, "--confirm", "0000").ended(2)
    stage.baton("frobnicate").ended(2)
    stage.promote("prod", GOOD).ended(3)
    stage.promote("testing", UNHEALTHY, "--wait").ended(4)
    stage.promote("testing", GOOD, "--wait", "--timeout", "300ms").ended(6).says("still running")
    number = stage.running()[0]["promotion"]
    stage.baton("abort", str(number), "--read-only").ended(7).says("viewer")
    until("it has moved traffic", lambda: stage.running() and stage.running()[0]["state"] not in ("planned", "queued", "preparing"))
    stage.baton("rollback", "payments", "testing", "--yes", "--wait").ended(0).says("rolled back")
    stage.promote("testing", GOOD, "--read-only").ended(7)
    stage.run("status", "--socket", "/tmp/no-such-agent.sock").ended(1).says("no agent")


@case("exit-rollback-unknown", "a rollback that cannot be done: exit 5, loud in status", seconds=30)
def rollback_unknown(stage: Stage):
    stage.prepare()
    stage.promote("testing", GOOD, "--wait").ended(0)
    damage(stage, stage.digest("v2.30.3"))
    result = stage.baton("rollback", "payments", "testing", "--yes", "--wait")
    print((result.out + result.err).strip().splitlines()[-1])
    result.ended(5).says("rollback failed")
    expect_equal([one["state"] for one in stage.running()], ["rollback failed"], "what status shows")


@case("confirm", "consent on the command line: --confirm with the digest's first digits starts exactly that", seconds=6)
def confirm(stage: Stage):
    stage.prepare()
    first = stage.digest(GOOD).split(":")[1]
    stage.baton("promote", "payments", "--to", "testing", "--digest", first[:8], "--confirm", first[:4], "--wait").ended(0)
    expect_equal(stage.tags()["testing"], stage.digest(GOOD), "pointer tag testing")


@case("json", "every --json output is one JSON value a line", seconds=10)
def json_output(stage: Stage):
    stage.prepare()
    document = json.loads(stage.promote("testing", GOOD, "--wait", "--json").ended(0).out)
    expect_equal((document["state"], document["outcome"]), ("succeeded", "succeeded"), "state and outcome")
    failed = json.loads(stage.promote("testing", UNHEALTHY, "--wait", "--json").ended(4).out)
    expect_equal(failed["outcome"], "rolledBack", "outcome")
    expect("reason" in failed["failure"], "a failure without a reason")
    running = json.loads(stage.promote("testing", SLOW, "--wait", "--json", "--timeout", "200ms").ended(6).out)
    expect("outcome" not in running, "a promotion that runs has an outcome")
    for words in (("status",), ("history",), ("plan", "payments", "--to", "staging")):
        for line in stage.baton(*words, "--json").out.splitlines():
            json.loads(line)


def damage(stage, digest):
    """Flips one byte of a blob."""
    with open(stage.blob(digest), "r+b") as file:
        byte = file.read(1)
        file.seek(0)
        file.write(bytes([byte[0] ^ 1]))

"""What policy says no to, and in which words."""
import concurrent.futures
import json

from case import case, expect, expect_equal
from stage import GOOD, OLD, Stage


@case("no-evidence", "without evidence upstream: exit 3 with the reason, from plan, promote and --json; nothing changed", seconds=5)
def no_evidence(stage: Stage):
    stage.prepare()
    short = stage.digest(GOOD).split(":")[1][:8]
    for place, upstream in (("staging", "testing"), ("prod", "staging")):
        stage.promote(place, GOOD, "--wait").ended(3).says(f"{short} has no evidence in {upstream}", "promote it to")
    stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(3).says("no evidence in staging")
    document = json.loads(stage.promote("prod", GOOD, "--json").ended(3).out)
    unmet = [one for one in document["conditions"] if "unmet" in json.dumps(one["state"])]
    expect_equal([one["name"] for one in unmet], ["evidence"], "unmet conditions")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    expect(any("refused" in line["result"] for line in stage.history()), "the refusal is not in the history")


@case("every-reason", "a refusal names every reason at once", seconds=5)
def every_reason(stage: Stage):
    stage.prepare()
    # What already serves has no evidence either: two reasons.
    stage.promote("prod", OLD).ended(3).says("already serves", "no evidence in staging")


@case("two-at-once", "of two promotions of one environment at once one runs; the other is refused, or superseded in the queue", seconds=10)
def two_at_once(stage: Stage):
    stage.prepare()
    tags = (GOOD, "v2.31.0-rc.1")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = dict(zip(tags, pool.map(lambda tag: stage.promote("testing", tag, "--wait"), tags)))
    codes = sorted(result.code for result in results.values())
    # The later start takes the turn of one that is still queued (exit 4), and is refused by one that has begun (exit 3).
    expect(codes in ([0, 3], [0, 4]), f"exit statuses: found {codes}, wanted one 0, and a 3 or a 4")
    won, lost = sorted(results.values(), key=lambda result: result.code)
    said = lost.out + lost.err
    if lost.code == 3:
        lost.says("refused")
        expect("by " in said or "same moment" in said, f"the refusal does not say who: {said}")
    else:
        expect("superseded" in said and "was started after it" in said, f"the end does not say by which promotion: {said}")
    winner = next(tag for tag, result in results.items() if result is won)
    expect_equal(stage.slots()["testing/main"]["observedDigest"], stage.digest(winner), "what testing runs")
    expect_equal(stage.tags()["testing"], stage.digest(winner), "pointer tag testing")
    stage.ledger_holds()


@case("busy-environment", "while a promotion runs a second one is told who runs it and in which state: exit 3", seconds=8)
def busy_environment(stage: Stage):
    stage.prepare()
    number = json.loads(stage.promote("testing", GOOD, "--json").ended(0).out)["promotion"]
    stage.promote("testing", "v2.31.0-rc.1").ended(3).says(f"promotion {number} by ", "wait for its end, or abort it")
    stage.baton("abort", str(number), "--reason", "the test is done").ended(0)


@case("latest-refused", "latest and dev are never deployment references: exit 2 with the reason", seconds=4)
def latest_refused(stage: Stage):
    stage.prepare()
    for name in ("latest", "dev"):
        stage.promote("testing", name).ended(2).says(name)
    for name in ("sha256:zz", "", "../etc/passwd", "v1" * 200, "\x1b[31mred"):
        stage.promote("testing", name).ended(2)
    stage.promote("testing", "v9.9.9-rc.9").says("v9.9.9-rc.9")
    expect_equal(stage.running(), [], "promotions under way")

"""Releases that are bad: before the switch, and only after it."""
import time

from case import case, expect, expect_equal, until
from load import Load
from stage import FAILS_AFTER_SWITCH, GOOD, OLD, UNHEALTHY, Stage


@case("unhealthy-in-testing", "an unhealthy release is rolled back in testing: exit 4, the old digest and pointer again", seconds=8)
def unhealthy_in_testing(stage: Stage):
    stage.prepare()
    stage.promote("testing", UNHEALTHY, "--wait").ended(4).says("rolled back", "503")
    expect_equal(stage.slots()["testing/main"]["observedDigest"], stage.digest(OLD), "what testing runs")
    expect_equal(stage.tags()["testing"], stage.digest(OLD), "pointer tag testing")
    stage.promote("testing", UNHEALTHY, "--wait").ended(3).says("was rolled back in testing")
    stage.ledger_holds()


@case("unhealthy-before-switch", "an unhealthy release never gets prod traffic: exit 4, 0 of 300 requests/s fail", seconds=10)
def unhealthy_before_switch(stage: Stage):
    stage.prepare()
    stage.vouch("staging", UNHEALTHY)
    load = Load(stage)
    stage.promote("prod", UNHEALTHY, "--wait").ended(4).says("failed", "503")
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    expect_equal({one.digest for one in report.answers}, {stage.digest(OLD)}, "digests that answered")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    expect_equal(stage.tags()["prod"], stage.digest(OLD), "pointer tag prod")
    stage.ledger_holds()


@case("failing-after-switch", "a release that fails after the switch is rolled back by itself, then vetoed: exit 4, then 3", seconds=12)
def failing_after_switch(stage: Stage):
    stage.prepare()
    stage.vouch("staging", FAILS_AFTER_SWITCH)
    load = Load(stage)
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(4).says("rolled back")
    ended = time.monotonic()
    until("100 answers more", lambda: sum(one.began > ended for one in load.so_far().answers) > 100)
    report = load.stop()
    bad = [one for one in report.refused if one.digest == stage.digest(FAILS_AFTER_SWITCH)]
    exposed = max((one.ended for one in bad), default=0) - min((one.began for one in bad), default=0)
    print(f"load: {report.words()}; the release's own: {len(bad)} over {exposed * 1000:.0f} ms")
    expect_equal(len(report.broken), 0, "requests that got no answer")
    expect_equal(len(report.refused) - len(bad), 0, "failed requests that are not the release's own")
    expect(exposed < 5, f"the release was let fail for {exposed:.1f} s")
    expect_equal(len(report.late(stage.digest(OLD), ended)), 0, "requests after the end that another digest answered")
    until("blue is seen to serve", lambda: stage.live() == ("blue", stage.digest(OLD)), within=1)
    expect_equal(stage.tags()["prod"], stage.digest(OLD), "pointer tag prod")
    stage.promote("prod", FAILS_AFTER_SWITCH, "--wait").ended(3).says("was rolled back in prod", "veto")
    stage.ledger_holds()


@case("rollback-under-load", "baton rollback flips a warm slot under load: 0 failed, and again while a release bakes", seconds=20)
def rollback_under_load(stage: Stage):
    stage.prepare()
    stage.vouch("staging", GOOD)
    load = Load(stage)
    stage.promote("prod", GOOD, "--wait").ended(0)
    begun = time.monotonic()
    rollback = stage.baton("rollback", "payments", "prod", "--yes", "--wait").ended(0)
    flipped = load.so_far().first(stage.digest(OLD), since=begun)
    expect(flipped, "blue never answered again")
    print(f"command to the first answer of blue: {(flipped - begun) * 1000:.0f} ms")
    rollback.says("rolled back")
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    expect_equal(len(report.late(stage.digest(OLD), flipped)), 0, "requests after the flip that green answered")
    expect_equal(stage.tags()["prod"], stage.digest(OLD), "pointer tag prod")
    stage.ledger_holds()

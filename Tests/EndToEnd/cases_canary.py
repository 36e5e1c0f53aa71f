"""Canaries: traffic moves step by step, measured by the router itself, and goes back by itself."""
from case import case, expect, expect_equal, until
from load import Load
from stage import FAILS_UNDER_TRAFFIC, GOOD, OLD, Stage


@case("canary-stopped-by-signal", "a canary that only its users notice is stopped by the error rate at 10 %: exit 4, no request lost", seconds=25)
def canary_stopped_by_signal(stage: Stage):
    stage.prepare_canary()
    stage.vouch("staging", FAILS_UNDER_TRAFFIC)
    load = Load(stage)
    ended = stage.promote("prod", FAILS_UNDER_TRAFFIC, "--wait").ended(4)
    ended.says("traffic.split", "green 10 %", "rolled back", "error rate: fail:")
    expect("green 50 %" not in ended.out, "the second step was begun")
    report = load.stop()
    own = [one for one in report.refused if one.digest == stage.digest(FAILS_UNDER_TRAFFIC)]
    print(f"load: {report.words()}; answered with an error by the canary: {len(own)}")
    expect_equal(len(report.broken), 0, "requests that got no answer")
    expect_equal(len(report.refused) - len(own), 0, "failed requests that are not the canary's own")
    expect(own, "the canary never failed a request")
    expect(len(own) < len(report.answers) * 0.1, f"{len(own)} of {len(report.answers)} users met the error")
    until("blue is seen to serve", lambda: stage.live() == ("blue", stage.digest(OLD)), within=5)
    expect_equal(stage.tags()["prod"], stage.digest(OLD), "pointer tag prod")
    stage.promote("prod", FAILS_UNDER_TRAFFIC, "--wait").ended(3).says("was rolled back in prod", "veto")
    stage.ledger_holds()


@case("canary-succeeds", "a good canary takes 10 %, then 50 %, then all of the traffic: 0 of 300 requests/s fail", seconds=35)
def canary_succeeds(stage: Stage):
    stage.prepare_canary()
    stage.vouch("staging", GOOD)
    load = Load(stage)
    promotion = stage.start("promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes", "--wait")
    until("half of the traffic", lambda: stage.weights() == {"blue": 50, "green": 50}, within=60)
    number = stage.running()[0]["promotion"]
    until("it is analysing", lambda: stage.running()[0]["state"] == "analysing", within=20)
    stage.baton("pause", str(number), "--reason", "a look at the graphs").ended(0)
    until("it is held", lambda: stage.running()[0]["state"] == "paused", within=5)
    expect_equal(stage.weights(), {"blue": 50, "green": 50}, "traffic while it is held")
    stage.baton("resume", str(number)).ended(0)
    words, _ = promotion.communicate(timeout=120)
    expect_equal(promotion.returncode, 0, f"exit status of\n{words}\n")
    report = load.stop()
    print(f"load: {report.words()}")
    expect_equal(len(report.failed), 0, "failed requests")
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    expect_equal(stage.tags()["prod"], stage.digest(GOOD), "pointer tag prod")
    stage.ledger_holds()


@case("canary-agent-killed", "an agent killed in a step asks the router, goes on from its answer, and ends right", seconds=45)
def canary_agent_killed(stage: Stage):
    stage.prepare_canary()
    stage.vouch("staging", GOOD)
    load = Load(stage)
    stage.promote("prod", GOOD).ended(0)
    number = stage.running()[0]["promotion"]
    until("the first step", lambda: stage.weights() == {"blue": 90, "green": 10}, within=60)
    stage.kill_agent()
    until("it has ended", lambda: stage.outcome(number) in ("succeeded", "rolled back"), within=90, every=0.5)
    report = load.stop()
    print(f"load: {report.words()}; it {stage.outcome(number)}")
    expect_equal(len(report.failed), 0, "failed requests")
    expect_equal(stage.outcome(number), "succeeded", "its end")
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    stage.ledger_holds()

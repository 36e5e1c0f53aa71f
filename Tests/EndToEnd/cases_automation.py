"""Hands off: environments that promote by themselves, sets that go as one, and leases held by hand."""
import getpass
import json
import os
import time

from case import case, expect, expect_equal, until
from stage import FAILS_AFTER_SWITCH, FAILS_UNDER_TRAFFIC, GOOD, OLD, OLDER, SLOW, UNHEALTHY, Stage, quickened

NEWER = (FAILS_AFTER_SWITCH, FAILS_UNDER_TRAFFIC, "v2.33.2-rc.1", SLOW)
OTHER = "v2.31.0-rc.1"
# The agent decides anew every 2 s.
SOME_LOOKS_SECONDS = 5


def entries(stage: Stage):
    """Every fact of the ledger, without its last line, which names the head."""
    return [json.loads(line) for line in stage.baton("ledger", "export").ended(0).out.splitlines()][:-1]


def started(stage: Stage):
    """Promotions that the ledger says were started: by whom, the account of a person or none, and why."""
    found = [entry for entry in entries(stage) if entry["kind"] == "promotion.started"]
    return [(entry["actor"], entry.get("userID"), json.loads(entry["payload"])["started"]["_0"].get("reason")) for entry in found]


def withdraw(stage: Stage, *barred):
    """Takes tags back, as their publisher would; what they named stays."""
    path = stage.path + "/registry/shop/payments/index.json"
    with open(path) as file:
        index = json.load(file)
    gone = {stage.digest(tag) for tag in barred}
    index["manifests"] = [entry for entry in index["manifests"] if entry["digest"] not in gone]
    with open(path + ".new", "w") as file:
        json.dump(index, file)
    os.replace(path + ".new", path)


def prepare_hands_off(stage: Stage):
    """A stage whose every environment promotes by itself; its newest candidate never gets healthy."""
    stage.prepare()
    stage.run("stage", "--stop", "--directory", stage.path).ended(0)
    withdraw(stage, *NEWER)
    with open(stage.config) as file:
        text = file.read()
    with open(stage.config, "w") as file:
        file.write(text.replace("        bake: 1s\n", "        promote: automatic\n        bake: 1s\n"))
    stage.run("config", "check", stage.config).ended(0)
    stage.prepare(quick=False)


@case("hands-off", "the newest candidate is tried once by itself and stops what it failed in; let go, a good one goes to prod alone", seconds=55)
def hands_off(stage: Stage):
    prepare_hands_off(stage)

    def automation():
        return {one["environment"]: one for one in stage.status()["services"][0]["automation"]}

    # The newest candidate fails: people are told, and the agent does not begin again.
    until("testing stops", lambda: automation()["testing"]["isStopped"], within=30, every=0.2)
    expect_equal(automation()["staging"]["isStopped"], False, "whether staging is stopped")
    stopped = "promotion 1 rolled back: http /health: fail: status 503"
    stage.baton("auto", "status").ended(0).says("payments testing: STOPPED since", stopped, "payments prod: done")
    stage.baton("status").ended(0).says("STOPPED since", f"! promotion 1 of {UNHEALTHY}", "build a new candidate")
    withdraw(stage, UNHEALTHY)
    time.sleep(SOME_LOOKS_SECONDS)
    expect_equal(len(started(stage)), 1, "promotions while it is stopped")
    expect_equal(stage.slots()["testing/main"]["digest"], stage.digest(OLD), "what testing serves")

    # Let go, what is newest now goes the whole way; nobody asks for it.
    reason = "the broken candidate is withdrawn"
    stage.baton("auto", "start", "payments", "testing").ended(2)
    stage.baton("auto", "start", "payments", "testing", "--reason", reason).ended(0)
    until("prod serves it", lambda: stage.outcome(4) == "succeeded", within=90, every=0.5)
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    expect_equal(
        [(line["environment"], line["tag"], line["result"]) for line in stage.history() if "promotion" in line and line["result"] != "started"],
        [("testing", UNHEALTHY, "rolled back")] + [(place, GOOD, "succeeded") for place in ("testing", "staging", "prod")],
        "what history says")
    # The agent itself began each: its entries carry no account of a socket, as those of people do.
    agent = next(entry["actor"] for entry in entries(stage) if entry["kind"] == "agent.started")
    begun = started(stage)
    expect_equal([line[:2] for line in begun], [(agent, None)] * 4, "who started them")
    reasons = [line[2] for line in begun]
    expect(
        reasons[:2] == [f"automatic: candidate {tag}" for tag in (UNHEALTHY, GOOD)]
        and reasons[2].startswith("automatic: evidence testing: 4 of 4") and reasons[3].startswith("automatic: evidence staging: 4 of 4"),
        f"why they were started: {reasons}")
    kept = [(entry["userID"], reason in entry["payload"]) for entry in entries(stage) if entry["kind"] == "automation.letGo"]
    expect_equal(kept, [(os.getuid(), True)], "who let it go on")
    until("nothing is left to do", lambda: all(one["words"].startswith("done") for one in automation().values()), every=0.3)
    stage.baton("auto", "status").ended(0).says(*(f"payments {place}: done" for place in ("testing", "staging", "prod")))
    stage.ledger_holds()


def prepare_two(stage: Stage):
    """A stage with a second service and a joint set of both, with a short bake."""
    stage.run("stage", "--prepare", "--services", "2", "--directory", stage.path).ended(0)
    stage.run("stage", "--stop", "--directory", stage.path).ended(0)
    with open(stage.config) as file:
        text = quickened(file.read())
    with open(stage.config, "w") as file:
        file.write(text)
    return stage.prepare(quick=False)


def both_live(stage: Stage):
    """Per service, the digest that all of prod's traffic goes to."""
    return {
        service["service"]: slot["digest"] for service in stage.status()["services"] for slot in service["slots"]
        if slot["environment"] == "prod" and slot["weight"] == 100}


@case("joint-undone", "two services go to prod as one set, in order, and one command takes both back in reverse", seconds=20)
def joint_undone(stage: Stage):
    prepare_two(stage)
    wanted = {"payments": GOOD, "orders": OTHER}
    before = {service: stage.digest(OLD) for service in wanted}
    until("both serve", lambda: both_live(stage) == before)
    place = ["--set", "shop", "--to", "prod"] + [word for pair in wanted.items() for word in ("--digest", "=".join(pair))]

    # What stands against one stands against all.
    stage.vouch("staging", GOOD)
    stage.baton("joint", "plan", *place).ended(3).says("has no evidence in staging")
    stage.baton("joint", "promote", *place, "--yes").ended(3).says("has no evidence in staging")
    expect_equal(both_live(stage), before, "what prod serves")
    stage.baton("evidence", "add", "orders", "staging", "--digest", OTHER, "--passed", "1", "--total", "1").ended(0)
    planned = stage.baton("joint", "plan", *place).ended(0).says("set: payments, then orders").out
    name = planned.split("joint plan ")[1][:8]
    stage.baton("joint", "promote", *place, "--confirm", "0000" if name[:4] != "0000" else "1111").ended(2).says("nothing was started")
    stage.baton("joint", "promote", *place, "--confirm", name[:4], "--wait").ended(0).says("joint 1 shop in prod: succeeded")
    expect_equal(both_live(stage), {service: stage.digest(tag) for service, tag in wanted.items()}, "what prod serves")

    reason = ("--reason", "orders loses carts")
    stage.baton("joint", "undo", "1", *reason, "--wait").ended(0).says("joint 1 shop in prod: undone: orders loses carts")
    expect_equal(both_live(stage), before, "what prod serves again")
    stage.baton("joint", "undo", "1", *reason).ended(3).says("there is nothing left to undo")
    stage.baton("joint", "status").ended(0).says("undone: orders loses carts", "as 3: back", "as 4: back")
    switched = [(entry["service"], entry["promotion"]) for entry in entries(stage) if entry["kind"] == "traffic.switched"]
    expect_equal(switched, [("payments", 1), ("orders", 2), ("orders", 3), ("payments", 4)], "the order in which traffic moved")
    stage.ledger_holds()


@case("lock-by-hand", "a lease held by hand refuses a promotion with owner and reason, and lets go when it is given back", seconds=15)
def lock_by_hand(stage: Stage):
    stage.prepare()
    stage.vouch("staging", GOOD)
    owner, why = getpass.getuser(), "the disk is being replaced"
    hold = ("lock", "payments", "prod", "--for", "30m")
    stage.baton(*hold).ended(2)
    stage.baton(*hold, "--reason", why).ended(0).says("payments prod is held until")
    stage.promote("prod", GOOD).ended(3).says(f"{owner} holds prod: {why}", f"ask {owner} for baton unlock", "earliest")
    stage.baton("status").ended(0).says(f"lease prod: {owner}", why)
    leases = stage.status()["services"][0]["leases"]
    expect_equal(
        [(lease["place"]["environment"], lease["holder"]["owner"]["name"], lease["holder"]["reason"]) for lease in leases],
        [("prod", owner, why)], "leases as JSON")
    stage.baton(*hold, "--reason", "two at once").ended(3).says(f"{owner} holds it", why)
    # Who holds it is not forgotten by an agent that is killed.
    stage.kill_agent()
    stage.promote("prod", GOOD).ended(3).says(f"{owner} holds prod: {why}")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves meanwhile")

    stage.baton("unlock", "payments", "prod", "--reason", "the new disk is in").ended(0)
    stage.baton("unlock", "payments", "prod").ended(3).says("nobody holds payments prod by hand")
    stage.promote("prod", GOOD, "--wait").ended(0)
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")

    # A rollback waits for nobody.
    stage.baton(*hold, "--reason", why).ended(0)
    stage.baton("rollback", "payments", "prod", "--reason", "customers complain", "--yes", "--wait").ended(0)
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    said = [(line["who"], line["result"]) for line in stage.history() if line["what"] == "lease"]
    expect("the new disk is in" in said[1][1] and "outranked by a rollback" in said[-1][1], f"history of the lease: {said}")
    stage.ledger_holds()

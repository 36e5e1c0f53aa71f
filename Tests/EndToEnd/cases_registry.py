"""Promotion out of a real registry onto the stage."""
import json

from case import case, expect, expect_equal, until
from guard import ANSWERS, Guard
from registry import Registry, secret_in
from stage import GOOD, OLD, Stage


@case("from-a-registry", "a release is promoted out of a docker-registry with a password; skopeo sees its tags move", seconds=20)
def from_a_registry(stage: Stage):
    stage.prepare()
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        stage.promote("testing", GOOD, "--wait").ended(0).says("succeeded")
        stage.vouch("staging", GOOD)
        stage.promote("prod", GOOD, "--wait").ended(0).says("succeeded")
        for tag in ("testing", "prod", "prod-green", "v2.31.0"):
            expect_equal(registry.names(tag), stage.digest(GOOD), f"what {tag} names in the registry")
        expect_equal(registry.names("prod-blue"), stage.digest(OLD), "what prod-blue names in the registry")
        expect_equal(stage.tags()["prod"], stage.digest(OLD), "what prod names in the layout, which nobody uses now")
        stage.baton("rollback", "payments", "prod", "--yes", "--wait").ended(0).says("rolled back")
        expect_equal(registry.names("prod"), stage.digest(OLD), "what prod names after the rollback")
        expect_equal(secret_in(stage.path), [], "files that hold the password")
        stage.ledger_holds()


@case("a-registry-that-is-gone", "without its registry a promotion is refused with the reason, what runs stays, and status says so", seconds=15)
def a_registry_that_is_gone(stage: Stage):
    stage.prepare()
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        until("an agent has read the new configuration", lambda: stage.status()["services"])
        stage.baton("registry", "check", "payments").ended(0).says("+ reach", "+ right to push", "+ of images")
        stage.baton("image", GOOD).ended(0).says(stage.digest(GOOD), GOOD, "linux/arm64", "runs       nowhere")
        registry.pause()
        refused = stage.promote("testing", stage.digest(GOOD), "--wait")
        refused.ended(3).says(registry.address, "connection refused")
        stage.baton("status").ended(0).says("? the registry: the pointer tags of testing", "connection refused, since")
        why = stage.baton("why", "payments").ended(0).says("the registry can be read", "connection refused")
        expect("nothing waits" not in why.out, "why takes a registry that cannot be read for one that says nothing")
        stage.baton("registry", "check", "payments").ended(3).says("x reach", "connection refused")
        expect_equal(stage.slots()["testing/main"]["observedDigest"], stage.digest(OLD), "what testing runs")
        stage.ledger_holds()


def keeps_its_tags(kind):
    """A case: the registry refuses to move prod and its slots' tags as this kind of registry does."""
    status, code, message = ANSWERS[kind]

    @case(f"a-tag-is-refused-{kind}", f"a registry that answers {status} to the move of prod undoes nothing: the tag is owed, then moved",
          seconds=30)
    def body(stage: Stage):
        stage.prepare()
        with Registry(stage) as registry:
            registry.fill()
            guard = Guard(registry.address, kind, "prod", "prod-green")
            registry.use(guard.address)
            try:
                refuse(stage, registry, guard, code)
            finally:
                guard.close()

    return body


def refuse(stage, registry, guard, code):
    stage.vouch("staging", GOOD)
    done = stage.promote("prod", GOOD, "--wait", "--json").ended(0)
    last = json.loads(done.out.splitlines()[-1])
    expect_equal(last["outcome"], "succeeded", "how it ended")
    expect_equal(sorted(owed["tag"] for owed in last["owed"]), ["prod", "prod-green", "v2.31.0"], "tags that are owed")
    expect_equal(stage.live(), ("green", stage.digest(GOOD)), "what prod serves")
    expect_equal(registry.names("prod"), stage.digest(OLD), "what prod names in the registry")
    status = stage.baton("status").ended(0)
    status.says("pointer owed in prod", "refused by the registry", code, "exclude prod, prod-blue, prod-green from the registry's rule")
    expect("moved by" not in status.out and "another tool" not in status.out, "status speaks of another tool")
    expect("v2.31.0-rc.2" not in vetoes(stage), "the release is vetoed")
    stage.baton("history").ended(0).says("succeeded, pointer owed")
    until("a person is called", lambda: any(call["subject"] == "pointer" for call in stage.status()["services"][0]["calls"]))
    rolled = stage.baton("rollback", "payments", "prod", "--yes", "--wait").ended(0).says("rolled back")
    expect("failed" not in rolled.out, "the rollback failed")
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves after the rollback")
    tries = guard.refused
    stage.kill_agent()
    guard.open()
    stage.baton("status").ended(0)
    until("the tags are moved once the rule is lifted", lambda: not stage.status()["services"][0]["owed"], within=60)
    expect_equal(registry.names("prod"), stage.digest(OLD), "what prod names in the end")
    expect_equal(registry.names("prod-green"), stage.digest(GOOD), "what prod-green names in the end")
    expect(tries >= 3, f"the registry was asked {tries} times")
    stage.ledger_holds()


def vetoes(stage):
    words = [one["values"] for one in stage.status()["services"][0]["explanations"] if one["subject"] == "veto"]
    return " ".join(words)


for one in ANSWERS:
    keeps_its_tags(one)

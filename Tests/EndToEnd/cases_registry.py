"""Promotion out of a real registry onto the stage."""
from case import case, expect_equal, until
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


@case("a-registry-that-is-gone", "without its registry a promotion is refused with the reason, and what runs stays", seconds=15)
def a_registry_that_is_gone(stage: Stage):
    stage.prepare()
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        until("an agent has read the new configuration", lambda: stage.status()["services"])
        registry.pause()
        refused = stage.promote("testing", stage.digest(GOOD), "--wait")
        refused.ended(3).says(registry.address, "connection refused")
        expect_equal(stage.slots()["testing/main"]["observedDigest"], stage.digest(OLD), "what testing runs")
        stage.ledger_holds()

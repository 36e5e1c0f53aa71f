"""Attestations that another tool made, in a real registry: as evidence, and as a gate."""
import contextlib
import json
import shutil

from case import case, expect, expect_equal
from cases_papers import prepare
from papers import Shelf, envelope
from registry import Registry
from stage import GOOD, OLD, Stage

TESTS = "https://in-toto.io/attestation/test-result/v0.1"
PROVENANCE = "https://slsa.dev/provenance/v1"


def results(passed, failed=()):
    """The predicate of test results, as CI writes it."""
    return {"result": "FAILED" if failed else "PASSED", "configuration": [{"name": "suite"}],
            "passedTests": list(passed), "failedTests": list(failed)}


@contextlib.contextmanager
def shelf_under(stage, rule):
    """Where other tools' papers go of a docker-registry that a stage uses under a rule of prod, and the keys."""
    keys, _ = prepare(stage, rule)
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        yield Shelf(registry), keys


def refused(stage, registry, *words):
    """prod does not take the release, says why, and nothing has moved."""
    stage.promote("prod", GOOD).ended(3).says(*words)
    expect_equal(stage.live(), ("blue", stage.digest(OLD)), "what prod serves")
    expect_equal(registry.names("prod"), stage.digest(OLD), "what prod names in the registry")


@case("attestation-as-evidence",
      "CI's signed test results, found in a docker-registry, let a release into prod; missing, forged, of another image or failed ones do not",
      seconds=25)
def attestation_as_evidence(stage: Stage):
    with shelf_under(stage, f'attestations: [{{type: "{TESTS}", keys: [release], evidence: true}}]') as (shelf, keys):
        registry, good, old = shelf.registry, stage.digest(GOOD), stage.digest(OLD)
        passed, failed = results(["unit", "contract", "load"]), results(["unit"], ["load"])
        refused(stage, registry, "has no evidence in staging", f"has no attestation {TESTS}")
        shelf.attest(good, envelope(TESTS, passed, good, keys["stranger"]))
        refused(stage, registry, "has no evidence in staging", "is invalid", "signed by none of release")
        shelf.attest(good, envelope(TESTS, passed, old, keys["release"]))
        refused(stage, registry, "is invalid", f"it speaks of {old[7:15]}, not of this image")
        altered = envelope(TESTS, failed, good, keys["release"])
        altered["payload"] = envelope(TESTS, passed, good)["payload"]
        shelf.attest(good, altered)
        refused(stage, registry, "is invalid", "or was altered since")
        shelf.attest(good, envelope(PROVENANCE, {}, good, keys["release"]))
        refused(stage, registry, f"has no attestation {TESTS}")
        shelf.attest(good, envelope(TESTS, passed, good, keys["release"]), envelope(TESTS, failed, good, keys["release"]))
        refused(stage, registry, "has no evidence in staging", "by release", "says that 1 of 2 passed")

        shelf.attest(good, envelope(TESTS, passed, good, keys["stranger"]), envelope(TESTS, passed, good, keys["release"]))
        stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(0).says("+ evidence: staging: 3 of 3")
        stage.promote("prod", GOOD, "--wait").ended(0)
        expect_equal(registry.names("prod"), good, "what prod names in the registry")
        told = [json.loads(line)["payload"] for line in stage.baton("ledger", "export").ended(0).out.splitlines()
                if '"evidence.recorded"' in line]
        expect(any("attestation" in one and TESTS in one for one in told), f"the ledger names the attestation: {told}")
        stage.baton("passport", "show", "payments", GOOD).ended(0).says(f"+ attestation {TESTS}", "x attestation", "by release")

        # A key that is taken out of the configuration speaks no longer, also for what is in the ledger already.
        stage.baton("rollback", "payments", "prod", "--yes", "--wait").ended(0)
        stage.baton("agent", "--stop").ended(0)
        shutil.copy(keys["stranger"] + ".pub", stage.path + "/release.pub")
        shelf.attest(good, envelope(TESTS, passed, good, keys["release"]))
        refused(stage, registry, "has no evidence in staging", "is invalid", "signed by none of release")
        stage.ledger_holds()


@case("attestation-required",
      "prod takes an image with a provenance that the release key has signed, found among the referrers of a docker-registry, and no other",
      seconds=20)
def attestation_required(stage: Stage):
    with shelf_under(stage, f'attestations: [{{type: "{PROVENANCE}", keys: [release]}}]') as (shelf, keys):
        registry, good, old = shelf.registry, stage.digest(GOOD), stage.digest(OLD)
        stage.vouch("staging", GOOD)
        refused(stage, registry, f"has no attestation {PROVENANCE}", "sign it with release")
        shelf.refer(good, envelope(PROVENANCE, {"buildDefinition": {}}, good, keys["stranger"]))
        refused(stage, registry, "is invalid: referrer", "signed by none of release", "find out who put it there")
        shelf.refer(good, envelope(PROVENANCE, {"buildDefinition": {}}, old, keys["release"]))
        refused(stage, registry, "is invalid: referrer")
        shelf.refer(good, envelope(TESTS, results(["unit"]), good, keys["release"]))
        refused(stage, registry, "is invalid: referrer")
        shelf.refer(good, envelope(PROVENANCE, {"buildDefinition": {}}, good, keys["release"]))
        stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(0).says(f"+ attestation: attestation {PROVENANCE} by release")
        stage.promote("prod", GOOD, "--wait").ended(0)
        expect_equal(registry.names("prod"), good, "what prod names in the registry")
        stage.ledger_holds()

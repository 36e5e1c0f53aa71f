"""Promotion into a repository of prod's own, in a second real registry."""
import hashlib
import json
import os
import re

from case import case, expect, expect_equal, until
from cases_crash import at_rest
from cases_papers import passport_of, prepare
from registry import NAME, PASSWORD, Registry, secret_in
from slow import SlowWay
from stage import GOOD, OLD, Stage


def with_home(stage: Stage, named):
    """Gives prod a repository of its own in the registry that is named so."""
    with open(stage.config) as file:
        text = file.read()
    changed = text.replace(
        "strategy: blue-green\n", f"strategy: blue-green\n        registry: {named}\n        repository: prod/payments\n", 1)
    expect(changed != text, "the stage's configuration has no blue-green environment")
    with open(stage.config, "w") as file:
        file.write(changed)
    stage.run("config", "check", stage.config).ended(0)


def papers(registry, digest):
    """What refers to an image, by the list that skopeo reads under its fallback tag."""
    raw = registry.skopeo(
        "inspect", "--raw", "--tls-verify=false", "--creds", f"{NAME}:{PASSWORD}",
        registry.name("sha256-" + digest.split(":")[1]))
    return [entry["digest"] for entry in json.loads(raw)["manifests"]]


@case("into-another-registry",
      "prod has a second registry: the image travels there with signature and passport, the agent is killed on the way, and it is rolled back",
      seconds=75)
def into_another_registry(stage: Stage):
    keys, layout = prepare(stage, "signature: {keys: [release]}")
    good, old = stage.digest(GOOD), stage.digest(OLD)
    layout.cosign(good, (keys["release"], good))
    source = Registry(stage)
    there = Registry(stage, "prod-registry", "prod/payments")
    way = SlowWay(there.address, 0.06)
    try:
        source.fill()
        # What prod runs is brought to its new home by hand, once, before the configuration names it.
        there.fill("prod", "prod-blue", "prod-green")
        source.use()
        with_home(stage, there.named(way.address))
        stage.promote("testing", GOOD, "--wait").ended(0)
        until("the passport of testing is there", lambda: passport_of(stage, GOOD))
        stage.vouch("staging", GOOD)
        planned = stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(0)
        planned.says(f"copy   from shop/payments to {way.address}/prod/payments", "+ copy:", "+ signature")
        expect_equal(json.loads(stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD, "--json").out)["plan"]["source"],
                     {"repository": "shop/payments"}, "the plan's source")

        following = stage.start("promote", "payments", "--to", "prod", "--digest", stage.digest(GOOD), "--yes", "--wait")
        said = ""
        for line in following.stdout:
            said += line
            if re.search(r"copying [1-9]\d* of \d+ blobs", said):
                break
        expect("copying" in said, f"nothing was said of a copy:\n{said}")
        copying = stage.running()[0]
        expect(copying["copying"]["allBlobs"] > 0 and copying["state"] == "preparing", f"status says {copying}")
        # Whoever waits starts the agent again, and follows the promotion to its end.
        stage.kill_agent()
        expect_equal(there.names("prod"), old, "what prod names while its image is half there")
        way.hurry()
        following.stdout.read()
        expect_equal(following.wait(60), 0, "exit status of the command that waited")
        number = int(re.search(r"promotion (\d+) started", said).group(1))
        expect_equal(until("the promotion rests", lambda: at_rest(stage, number), within=60), "succeeded", "its end")

        for tag in ("prod", "prod-green", "v2.31.0", GOOD):
            expect_equal(there.names(tag), good, f"what {tag} names in prod's registry")
        expect_equal(source.names("prod"), old, "what prod names in the other, where nobody moves it")
        copied = [json.loads(line) for line in stage.baton("ledger", "export").ended(0).out.splitlines() if '"image.copied"' in line]
        expect_equal(len(copied), 1, "facts of a copy")
        shown = until("both passports are there", lambda: len(papers(there, good)) >= 2 and papers(there, good), within=10)
        expect(set(papers(source, good)) <= set(shown), "what refers to the image in the first registry refers to it in the second")
        read_back(there, source, good)

        stage.baton("rollback", "payments", "prod", "--yes", "--wait").ended(0).says("rolled back")
        expect_equal(there.names("prod"), old, "what prod names after the rollback")
        expect_equal(there.names(GOOD), good, "what was copied stays")
        expect_equal(stage.live(), ("blue", old), "what prod serves")
        expect_equal(secret_in(stage.path), [], "files that hold a password")
        stage.ledger_holds()
    finally:
        way.close()
        there.stop()
        source.stop()


def read_back(there, source, digest):
    """skopeo pulls the image out of both registries: every file is the same."""
    account = f"{NAME}:{PASSWORD}"
    found = []
    for number, registry in enumerate((source, there)):
        away = f"{registry.home}/away-{number}"
        registry.skopeo(
            "copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false", "--src-creds", account,
            registry.name("x").rsplit(":", 1)[0] + "@" + digest, "dir:" + away)
        found.append(files(away))
    expect(len(found[0]) > 3, "the image has files")
    expect_equal(found[1], found[0], "files of the image in prod's registry")


def files(directory):
    named = {}
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            named[name] = hashlib.sha256(file.read()).hexdigest()
    return named

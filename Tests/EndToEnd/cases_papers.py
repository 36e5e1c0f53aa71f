"""Signatures that prod asks for, and passports that images carry away."""
import json
import os
import shutil
import subprocess

from case import Skipped, case, expect, expect_equal, until
from papers import Layout, make_key, statement
from registry import NAME, PASSWORD, Registry
from stage import GOOD, OLD, Stage, quickened, shipped_configuration


def prepare(stage: Stage, prod, *more):
    """A stage whose prod asks for something, and whose agent writes passports."""
    if not shutil.which("openssl"):
        raise Skipped("openssl is not installed")
    os.makedirs(stage.path, 0o755, exist_ok=True)
    keys = {name: make_key(f"{stage.path}/{name}") for name in ("release", "stranger")}
    stage.run("passport", "keygen", stage.path + "/agent.key").ended(0)
    text = quickened(shipped_configuration(stage.binary))
    head = f"version: 1\nkeys: {{release: ./release.pub}}\npassport: {{key: \"file:{stage.path}/agent.key\"}}\n"
    text = text.replace("version: 1\n", head, 1)
    text = text.replace("strategy: blue-green\n", f"strategy: blue-green\n        {prod}\n", 1)
    with open(stage.config, "w") as file:
        file.write(text)
    stage.run("config", "check", stage.config).ended(0)
    stage.prepare(quick=False)
    return keys, Layout(stage.path + "/registry/shop/payments")


@case("signature-required", "prod takes what the release key has signed and nothing else; the passport is read by skopeo and openssl", seconds=20)
def signature_required(stage: Stage):
    keys, layout = prepare(stage, "signature: {keys: [release]}")
    good, old = stage.digest(GOOD), stage.digest(OLD)
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD).ended(3).says("has no signature", "sign it with release")

    layout.cosign(good, (keys["stranger"], good))
    stage.promote("prod", GOOD).ended(3).says("is invalid", "none of release")
    layout.cosign(good, (keys["release"], old))
    stage.promote("prod", GOOD).ended(3).says("is invalid", "not this image")
    expect_equal(stage.live(), ("blue", old), "what prod serves")

    layout.cosign(good, (keys["stranger"], good), (keys["release"], good))
    stage.baton("plan", "payments", "--to", "prod", "--digest", GOOD).ended(0).says("+ signature", "by release", "change ")
    stage.promote("prod", GOOD, "--wait").ended(0)
    stage.baton("passport", "show", "payments", OLD).ended(3).says("no passport")
    shown = until("the passport is there", lambda: passport_of(stage, GOOD))
    record = shown["passports"][0]["record"]
    expect_equal([record["environment"], record["from"], record["slot"]], ["prod", "staging", "green"], "where it has been")
    stage.baton("passport", "show", "payments", GOOD).ended(0).says("+ signature", "+ passport: staging -> prod/green", "this agent")
    read_by_others(stage, layout, good, record)
    stage.ledger_holds()


def passport_of(stage, tag):
    shown = json.loads(stage.baton("passport", "show", "payments", tag, "--json").out)
    return shown if shown["passports"] else None


def read_by_others(stage, layout, digest, record):
    """skopeo finds the passport by the fallback tag; openssl verifies it; hashes lead from one to the other."""
    tag = "sha256-" + digest.split(":")[1]
    if shutil.which("skopeo"):
        done = subprocess.run(["skopeo", "inspect", "--raw", f"oci:{layout.path}:{tag}"], capture_output=True, text=True)
        expect_equal(done.returncode, 0, f"skopeo inspect: {done.stderr}")
        index = json.loads(done.stdout)
    else:
        index = json.loads(layout.read(stage.tags()[tag]))
    entry = next(one for one in index["manifests"] if one.get("artifactType") == "application/vnd.baton.promotion.v1+json")
    manifest = json.loads(layout.read(entry["digest"]))
    expect_equal(manifest["subject"]["digest"], digest, "the passport's subject")
    expect_equal(layout.read(manifest["config"]["digest"]), b"{}", "the passport's configuration")
    said = statement(json.loads(layout.read(manifest["layers"][0]["digest"])), stage.path + "/agent.key.pub")
    expect_equal(said["subject"][0]["digest"]["sha256"], digest.split(":")[1], "what the statement speaks of")
    expect_equal(said["predicate"], record, "the record")
    entries = [json.loads(line) for line in stage.baton("history", "--json").ended(0).out.splitlines()]
    expect(any(line.get("promotion") == record["promotion"] for line in entries), "history knows the promotion")


@case("image-policy", "prod refuses an image that runs as root or lacks a label, with every reason; diff names what changed", seconds=12)
def image_policy(stage: Stage):
    prepare(stage, "image: {user: non-root, base: pinned, labels: [team]}")
    stage.vouch("staging", GOOD)
    stage.promote("prod", GOOD).ended(3).says("no label team", "does not say what it was built from")
    stage.baton("diff", "payments", "--digest", OLD, "--digest", GOOD).ended(0).says("org.opencontainers.image.version", "layers")
    stage.baton("diff", "payments", "--digest", OLD).ended(2)


@case("passport-key-lost", "an agent whose passport key is gone still promotes, and the ledger says that there is no passport", seconds=12)
def passport_key_lost(stage: Stage):
    prepare(stage, "soak: 0s")
    stage.baton("agent", "--stop").ended(0)
    os.chmod(stage.path + "/agent.key", 0o644)
    stage.promote("testing", GOOD, "--wait").ended(0)
    until("the ledger says so", lambda: any("can be read by others" in line["result"] for line in stage.history()), within=5)
    stage.ledger_holds()


@case("passport-in-a-registry", "a signature is found in a docker-registry, and skopeo carries the passport away from it", seconds=20)
def passport_in_a_registry(stage: Stage):
    keys, layout = prepare(stage, "signature: {keys: [release]}")
    good = stage.digest(GOOD)
    layout.cosign(good, (keys["release"], good))
    with Registry(stage) as registry:
        registry.fill()
        registry.use()
        stage.vouch("staging", GOOD)
        stage.promote("prod", GOOD, "--wait").ended(0)
        record = until("the passport is there", lambda: passport_of(stage, GOOD))["passports"][0]["record"]
        account = f"{NAME}:{PASSWORD}"
        index = json.loads(registry.skopeo(
            "inspect", "--raw", "--tls-verify=false", "--creds", account, registry.name("sha256-" + good.split(":")[1])))
        entry = next(one for one in index["manifests"] if one.get("artifactType") == "application/vnd.baton.promotion.v1+json")
        away = stage.root + "/away"
        name = registry.name("x").rsplit(":", 1)[0] + "@" + entry["digest"]
        registry.skopeo("copy", "--quiet", "--src-tls-verify=false", "--src-creds", account, name, "dir:" + away)
        with open(away + "/manifest.json") as file:
            layer = json.load(file)["layers"][0]["digest"].split(":")[1]
        with open(f"{away}/{layer}") as file:
            said = statement(json.load(file), stage.path + "/agent.key.pub")
        expect_equal(said["predicate"], record, "the record")
        stage.ledger_holds()

"""Retention from outside: an image layout on disk, and a registry that does not delete."""
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess

from case import Skipped, case, expect, expect_equal, until
from registry import skopeo_environment
from screen import Screen
from stage import Stage

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Layout:
    """An OCI image layout of images with one layer each, as a directory that skopeo reads."""

    def __init__(self, path):
        self.path, self.entries = path, []
        os.makedirs(path + "/blobs/sha256")
        with open(path + "/oci-layout", "w") as file:
            json.dump({"imageLayoutVersion": "1.0.0"}, file)

    def blob(self, data, kind):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{self.path}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}

    def image(self, name, *tags):
        config = json.dumps({"os": "linux", "architecture": "amd64", "made": name, "rootfs": {"type": "layers", "diff_ids": []}})
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.blob(config.encode(), CONFIGURATION),
                    "layers": [self.blob(f"layer of {name}".encode(), LAYER)]}
        entry = self.blob(json.dumps(document).encode(), MANIFEST)
        self.entries += [{**entry, "annotations": {"org.opencontainers.image.ref.name": tag}} for tag in tags]
        with open(self.path + "/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": self.entries}, file)
        return entry["digest"]

    def tags(self):
        """What each tag names, read from the directory itself."""
        with open(self.path + "/index.json") as file:
            entries = json.load(file)["manifests"]
        names = [(entry.get("annotations", {}).get("org.opencontainers.image.ref.name"), entry["digest"]) for entry in entries]
        return {name: digest for name, digest in names if name}

    def is_there(self, digest):
        return os.path.exists(f"{self.path}/blobs/sha256/{digest[7:]}")

    def copied(self, tag, home):
        """Whether skopeo copies a tag with all that is below it."""
        done = subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", f"oci:{self.path}:{tag}", f"dir:{home}"], capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
        return done.returncode == 0


def configure(stage, registry, rules=""):
    os.makedirs(stage.path)
    with open(stage.config, "w") as file:
        file.write(f"""version: 1
state: ./state
services:
  payments:
    registry: {registry}
    repository: shop/payments
    retention: {{candidates: {{count: 2, age: 0s}}, builds: {{count: 1, age: 0s}}, grace: 0s, allow-ratio: 100, pace: 100{rules}}}
    environments:
      - {{name: testing, target: {{stage: ./nobody}}, platform: linux/amd64}}
      - {{name: prod, target: {{stage: ./nobody}}, platform: linux/amd64, strategy: replace}}
""")


def apply(stage):
    """Plans, counts and applies; the end of the command."""
    file = stage.root + "/plan.json"
    stage.baton("retention", "plan", "payments", "--out", file).ended(0)
    with open(file) as opened:
        plan = json.load(opened)
    count = len(plan["quarantine"]) + len(plan["delete"])
    return stage.baton("retention", "apply", "payments", "--confirm", str(count), "--reason", "a case of the tests"), count


@case("retention-of-a-layout", "a layout is cleaned in two phases, undo brings back out of both, and skopeo copies all that is left")
def retention_of_a_layout(stage: Stage):
    if not shutil.which("skopeo"):
        raise Skipped("skopeo is not installed")
    configure(stage, "{layout: ./registry}")
    layout = Layout(stage.path + "/registry")
    digests = [layout.image(f"candidate {number}", f"v1.0.0-rc.{number}", *(["v1.0.0", "prod", "testing"] if number == 5 else []))
               for number in range(1, 8)]
    before = layout.tags()

    done, count = apply(stage)
    done.ended(0).says("4 quarantined")
    expect_equal(count, 4, "candidates that may go")
    held = {tag: digest for tag, digest in layout.tags().items() if tag.startswith("quarantine-")}
    expect_equal(sorted(held.values()), sorted(digests[:4]), "what quarantine tags hold")
    expect_equal({tag for tag in before if tag not in layout.tags()}, {f"v1.0.0-rc.{n}" for n in range(1, 5)}, "tags that went")

    stage.baton("retention", "undo", "payments", digests[0]).ended(0)
    expect_equal(layout.tags().get("v1.0.0-rc.1"), digests[0], "what the first candidate's tag names after undo")
    stage.baton("retention", "hold", "payments", digests[0], "--reason", "wanted for a closer look").ended(0)

    done, count = apply(stage)
    done.ended(0).says("3 deleted")
    expect(not any(layout.is_there(digest) for digest in digests[1:4]), "a deleted manifest is still there")
    expect(all(layout.is_there(digest) for digest in [digests[0], *digests[4:]]), "a manifest that is kept is gone")
    for tag in layout.tags():
        expect(layout.copied(tag, stage.root + "/copy"), f"skopeo does not copy {tag}")

    stage.baton("retention", "undo", "payments", digests[2]).ended(0)
    expect_equal(layout.tags().get("v1.0.0-rc.3"), digests[2], "what the third candidate's tag names after undo of its deletion")
    expect(layout.copied("v1.0.0-rc.3", stage.root + "/copy"), "skopeo does not copy what was brought back")
    stage.baton("ledger", "verify").ended(0)


@case("retention-as-seen", "apply carries out the plan that was seen and no other; undo and release take a digest's first digits", seconds=10)
def retention_as_seen(stage: Stage):
    configure(stage, "{layout: ./registry}")
    layout = Layout(stage.path + "/registry")
    for number in (6, 7):
        layout.image(f"candidate {number}", f"v1.0.0-rc.{number}")
    layout.image("candidate 5", "v1.0.0-rc.5", "v1.0.0", "prod", "testing")
    reason = ("--reason", "a case of the tests")
    nothing = stage.baton("retention", "apply", "payments", "--json", *reason).ended(0)
    expect_equal(json.loads(nothing.out)["quarantine"], 0, "digests that go where nothing may")

    # What cannot be read keeps everything, and says so by the exit status.
    broken = layout.image("broken", "v1.0.0-rc.9")
    os.remove(f"{layout.path}/blobs/sha256/{broken[7:]}")
    refused = stage.baton("retention", "plan", "payments").ended(3).says("x refused", "cannot be had")
    expect("to carry out exactly this" not in refused.out, "a refused plan names a next step")
    stage.baton("retention", "apply", "payments", *reason).ended(3).says("cannot be had")
    layout.entries.pop()

    digests = [layout.image(f"candidate {number}", f"v1.0.0-rc.{number}") for number in range(1, 5)]
    before, file = layout.tags(), stage.root + "/seen.json"
    shown = stage.baton("retention", "plan", "payments", "--out", file).ended(0)
    step = re.search(r"retention apply payments --plan ([0-9a-f]{64}) --confirm 4 ", shown.out.splitlines()[-1])
    expect(step, f"the plan does not end with the next step:\n{shown.out}")
    with open(file, "rb") as opened:
        expect_equal(hashlib.sha256(opened.read()).hexdigest(), step[1], "the hash of the plan's file")
    layout.image("candidate 8", "v1.0.0-rc.8")
    unseen = ("retention", "apply", "payments", "--confirm", "4", *reason)
    stage.baton(*unseen, "--plan", "0" * 64).ended(3).says("knows no such plan")
    stage.baton(*unseen, "--plan", file, "--allow-ratio", "5").ended(2)
    stage.baton(*unseen, "--allow-ratio", "101").ended(2).says("from 0 to 100")
    stage.baton("retention", "plan", "payments", "--allow-ratio", "101").ended(2)
    done = stage.baton(*unseen, "--plan", file, "--json").ended(0)
    expect_equal(json.loads(done.out)["quarantined"], 4, "digests that were quarantined")
    expect_equal(layout.tags().get("v1.0.0-rc.6"), before["v1.0.0-rc.6"], "what goes by a later plan only")

    first, third = digests[0][7:15], digests[2][7:15]
    unknown = next(text for text in map("{:04x}".format, range(9)) if not any(one[7:].startswith(text) for one in digests))
    stage.baton("retention", "undo", "payments", unknown).ended(3).says("names nothing", digests[1][7:19])
    stage.baton("retention", "undo", "payments", first).ended(0)
    expect_equal(layout.tags().get("v1.0.0-rc.1"), digests[0], "what the first candidate's tag names after undo")
    stage.baton("retention", "hold", "payments", first, "--until", "2020-01-01", *reason).ended(3).says("is over")
    for _ in range(2):
        stage.baton("retention", "hold", "payments", first, *reason).ended(0)
        stage.baton("retention", "release", "payments", first, *reason).ended(0).says("no longer held")
    stage.baton("retention", "hold", "payments", first, *reason).ended(0)

    done, _ = apply(stage)
    done.ended(0).says("1 quarantined, 3 deleted")
    status = stage.baton("retention", "status", "payments").ended(0)
    status.says("3 documents deleted so far", "report of the run", f"{digests[2][7:19]} deleted, can be had back until")
    stage.baton("retention", "undo", "payments", third).ended(0)
    expect_equal(layout.tags().get("v1.0.0-rc.3"), digests[2], "what the third candidate's tag names after undo of its deletion")

    # A person at a terminal sees what goes before they are asked.
    screen = Screen(stage, [stage.binary, "retention", "apply", "payments", "--config", stage.config, *reason], size=(160, 40))
    asked = screen.shows("Type the number of digests that go", digests[2][7:19])
    count = sum(map(int, re.search(r"quarantine (\d+), delete (\d+)", asked).groups()))
    screen.type(str(count))
    screen.keys("Enter")
    screen.shows("quarantined, ", "rescued, ")
    expect("v1.0.0-rc.3" not in layout.tags(), "what a person at a terminal let go is still there")
    stage.baton("ledger", "verify").ended(0)


@case("retention-without-deletion", "a registry that does not delete is found before anything is quarantined, and said so", seconds=15)
def retention_without_deletion(stage: Stage):
    for tool in ("docker-registry", "skopeo"):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not installed")
    layout = Layout(stage.root + "/images")
    for number in range(1, 8):
        layout.image(f"candidate {number}", f"v1.0.0-rc.{number}", *(["v1.0.0"] if number == 5 else []))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with open(stage.root + "/registry.yml", "w") as file:
        file.write(f"""version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {stage.root}/data}}, delete: {{enabled: false}}}}
http: {{addr: "{address}", secret: test}}
""")
    server = subprocess.Popen(["docker-registry", "serve", stage.root + "/registry.yml"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        until("the registry answers", lambda: answers(address))
        for tag in layout.tags():
            subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout.path}:{tag}",
                            f"docker://{address}/shop/payments:{tag}"], check=True, capture_output=True, env=skopeo_environment())
        configure(stage, f"{{url: 'http://{address}'}}")
        done, _ = apply(stage)
        done.ended(3).says("does not delete")
        status = json.loads(stage.baton("retention", "status", "payments", "--json").ended(0).out)
        expect_equal(status["ledger"]["quarantined"], {}, "what is quarantined")
        expect_equal(status["ledger"]["deleted"], 0, "digests deleted")
    finally:
        server.terminate()
        server.wait()


def answers(address):
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False

"""Retention from outside: an image layout on disk, and a registry that does not delete."""
import hashlib
import json
import os
import shutil
import socket
import subprocess

from case import Skipped, case, expect, expect_equal, until
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
                            f"docker://{address}/shop/payments:{tag}"], check=True, capture_output=True)
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

"""What changes between two images in a real registry."""
import hashlib
import json
import os
import platform

from case import case, expect, expect_equal, until
from registry import NAME, PASSWORD, Registry
from stage import OLD, Stage

SECRET = "hunter2-of-the-image"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
HERE, ELSEWHERE = ("arm64", "amd64") if platform.machine() == "aarch64" else ("amd64", "arm64")
NAMED = "org.opencontainers.image."

BEFORE = {
    "User": "root", "Env": ["PATH=/bin", f"TOKEN={SECRET}", "OLD=1"], "Entrypoint": ["/bin/pay"], "Cmd": ["--quiet"],
    "WorkingDir": "/", "ExposedPorts": {"8080/tcp": {}}, "StopSignal": "SIGTERM",
    "Labels": {NAMED + "revision": "c0ffee", NAMED + "source": "https://git.example/pay", "team": "shop"}}
AFTER = {
    "User": "10001", "Env": ["PATH=/bin", f"TOKEN={SECRET}-2", "NEW=1"], "Entrypoint": ["/bin/pay", "serve"], "Cmd": ["--quiet"],
    "WorkingDir": "/srv", "ExposedPorts": {"8080/tcp": {}, "9090/tcp": {}}, "StopSignal": "SIGTERM",
    "Labels": {NAMED + "revision": "decade", NAMED + "source": "https://git.example/pay", "team": "money"}}


class Images:
    """An image layout that skopeo copies from."""

    def __init__(self, path):
        self.path, self.entries = path, []
        os.makedirs(path + "/blobs/sha256")
        with open(path + "/oci-layout", "w") as file:
            json.dump({"imageLayoutVersion": "1.0.0"}, file)

    def blob(self, data, kind, **more):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{self.path}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data), **more}

    def manifest(self, architecture, config, layers, **more):
        text = {"os": "linux", "architecture": architecture, "config": config,
                "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(one).hexdigest() for one in layers]}}
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.blob(json.dumps(text).encode(), CONFIGURATION),
                    "layers": [self.blob(one, LAYER) for one in layers]}
        return self.blob(json.dumps(document).encode(), MANIFEST, **more)

    def index(self, *children, annotations):
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(children), "annotations": annotations}
        return self.blob(json.dumps(document).encode(), INDEX)

    def tag(self, tag, entry):
        self.entries.append({**entry, "annotations": {"org.opencontainers.image.ref.name": tag}})
        with open(self.path + "/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": self.entries}, file)
        return entry["digest"]


@case("what-changed", "diff and plan name everything that differs between two images that skopeo put into a docker-registry, and no secret",
      seconds=15)
def what_changed(stage: Stage):
    stage.prepare()
    images = Images(stage.root + "/images")
    shared, gone, new = b"shared" * 500, b"gone" * 250, b"new" * 1000
    old = images.tag("v2.40.0-rc.1", images.manifest(HERE, BEFORE, [shared, gone]))
    other = images.manifest(ELSEWHERE, BEFORE, [gone], platform={"os": "linux", "architecture": ELSEWHERE})
    own = images.manifest(HERE, AFTER, [shared, new], platform={"os": "linux", "architecture": HERE})
    fresh = images.tag("v2.41.0-rc.1", images.index(other, own, annotations={NAMED + "version": "2.41.0"}))
    with Registry(stage) as registry:
        registry.fill()
        for tag in ("v2.40.0-rc.1", "v2.41.0-rc.1"):
            registry.skopeo(
                "copy", "--quiet", "--all", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", f"{NAME}:{PASSWORD}",
                f"oci:{images.path}:{tag}", registry.name(tag))
        registry.use()
        expect_equal(registry.names("v2.41.0-rc.1"), fresh, "what skopeo put there")
        words = ("diff", "payments", "--digest", "v2.40.0-rc.1", "--digest", "v2.41.0-rc.1")
        done = stage.baton(*words).ended(0)
        done.says(f"before {old}", f"after  {fresh}", "c0ffee", "decade", "https://git.example/pay", "2.41.0")
        lines = [" ".join(line.split()) for line in done.out.splitlines()]
        for line in (
                f"label {NAMED}revision: c0ffee -> decade", f"label {NAMED}version: (none) -> 2.41.0", "label team: shop -> money",
                "user root -> 10001", "entry point /bin/pay -> /bin/pay serve", "working directory / -> /srv",
                "ports 8080/tcp -> 8080/tcp 9090/tcp", "variable NEW: added", "variable OLD: removed", "variable TOKEN: changed",
                "layers 1 shared (3.0 kB), 1 new (3.0 kB), 1 gone"):
            expect(line in lines, f"diff does not say \"{line}\":\n{done.out}")
        for word in ("command", "stop signal", "variable PATH", f"label {NAMED}source"):
            expect(not any(line.startswith(word) for line in lines), f"diff says that {word} differs:\n{done.out}")
        told = json.loads(stage.baton(*words, "--json").ended(0).out)
        expect_equal(told["layers"]["newBytes"], len(new), "bytes of new layers")
        expect_equal(told["after"]["size"] - told["before"]["size"], len(new) - len(gone), "how much the image grew")

        stage.baton("diff", "payments").ended(0).says("serves in prod ", "would come, from staging ")
        stage.baton("diff", "payments", "nowhere").ended(3).says("no environment nowhere: there is testing, staging, prod")

        # The same between what serves and what would, in the plan.
        planned = stage.baton("plan", "payments", "--to", "testing", "--digest", "v2.41.0-rc.1")
        planned.ended(0).says("change ", "user", "2 of 2 layers new")
        for said in (done.out, json.dumps(told), planned.out):
            expect(SECRET not in said, "the value of a variable is shown")
        expect_equal(secrets(stage.path), [], "files of the agent that hold the value of a variable")
        expect_equal(until("testing serves", lambda: stage.slots()["testing/main"]["observedDigest"]), stage.digest(OLD), "testing")
        stage.ledger_holds()


def secrets(path):
    found = []
    for directory, _, names in os.walk(path + "/state"):
        for name in names:
            file = os.path.join(directory, name)
            if os.path.isfile(file) and SECRET.encode() in open(file, "rb").read():
                found.append(file)
    return found

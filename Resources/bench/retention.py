"""A real registry with many tags, cleaned by Baton, and everything that is kept still whole.

    retention.py BATON [TAGS] [PORT]

Fills a docker-registry (Debian, deletion on) with candidates, builds, releases, shared digests, indexes and signatures; has Baton
quarantine and then delete what its rules let go; then reads every tag that is left down to its last blob, and copies a sample with
skopeo. Exits 1 where anything that is kept cannot be pulled, or anything went that the rules keep.
"""

import hashlib
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

BATON = os.path.abspath(sys.argv[1])
TAGS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
PORT = int(sys.argv[3]) if len(sys.argv) > 3 else 25071
REPOSITORY = "shop/payments"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ACCEPT = ", ".join([INDEX, MANIFEST, "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.docker.distribution.manifest.v2+json"])


class Registry:
    """Just enough of the distribution protocol to fill a registry and to read it back."""

    def __init__(self):
        self.line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def ask(self, method, path, body=None, **headers):
        self.line.request(method, f"/v2/{REPOSITORY}/{path}", body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = self.line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def blob(self, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        status, headers, _ = self.ask("POST", "blobs/uploads/")
        assert status == 202, status
        location = headers["Location"].split("/v2/" + REPOSITORY + "/", 1)[1]
        status, _, _ = self.ask("PUT", f"{location}&digest={digest}", data, Content_Type="application/octet-stream")
        assert status == 201, status
        return {"digest": digest, "size": len(data)}

    def put(self, document, reference=None):
        data = json.dumps(document).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        status, _, body = self.ask("PUT", f"manifests/{reference or digest}", data, Content_Type=document["mediaType"])
        assert status == 201, (status, body)
        return {"mediaType": document["mediaType"], "digest": digest, "size": len(data)}

    def tags(self):
        status, _, body = self.ask("GET", "tags/list")
        return json.loads(body).get("tags") or [] if status == 200 else []

    def manifest(self, reference):
        status, _, body = self.ask("GET", f"manifests/{reference}", Accept=ACCEPT)
        return body if status == 200 else None

    def whole(self, reference, seen):
        """Whether a reference can be read down to its last blob."""
        body = self.manifest(reference)
        if body is None:
            return False
        document = json.loads(body)
        for part in document.get("manifests", []):
            if part["digest"] not in seen and not self.whole(part["digest"], seen):
                return False
        for part in [document["config"]] if "config" in document else []:
            document.setdefault("layers", []).append(part)
        for part in document.get("layers", []):
            if part["digest"] in seen:
                continue
            status, _, data = self.ask("GET", f"blobs/{part['digest']}")
            if status != 200 or len(data) != part["size"]:
                return False
            seen.add(part["digest"])
        seen.add("sha256:" + hashlib.sha256(body).hexdigest())
        return True


def image(registry, name, base):
    """One platform's image: a layer of its own over a shared one."""
    config = registry.blob(json.dumps({"os": "linux", "architecture": "amd64", "made": name, "config": {"User": "1"}}).encode())
    layers = [base, registry.blob(f"layer {name}".encode() * 40)]
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer} for layer in layers]}


def fill(registry, count):
    """Tags of every class; returns those that rules of 2 candidates and 3 builds must keep."""
    random.seed(4)
    base = registry.blob(b"shared base layer " * 400)
    kept, number, made = set(), 0, 0
    while made < count:
        version = f"v1.{number}.0"
        number += 1
        for candidate in range(1, 8):
            document = image(registry, f"{version}-{candidate}", base)
            if candidate % 3 == 0:
                part = registry.put(document)
                document = {"schemaVersion": 2, "mediaType": INDEX,
                            "manifests": [{**part, "platform": {"os": "linux", "architecture": "amd64"}}]}
            top = registry.put(document, f"{version}-rc.{candidate}")
            registry.put(document, f"sha-{hashlib.sha256(top['digest'].encode()).hexdigest()[:12]}")
            made += 2
            if candidate == 4:
                config = registry.blob(b"{}")
                registry.put({"schemaVersion": 2, "mediaType": MANIFEST,
                              "config": {"mediaType": "application/vnd.oci.empty.v1+json", **config},
                              "layers": [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", **registry.blob(version.encode())}]},
                             "sha256-" + top["digest"][7:] + ".sig")
            if candidate == 5:
                registry.put(document, version)
                kept.add(version)
                made += 1
            if candidate in (6, 7):
                kept.add(f"{version}-rc.{candidate}")
            last = document
    for pointer in ("testing", "prod", "latest"):
        registry.put(last, pointer)
        kept.add(pointer)
    return kept


def baton(directory, *words):
    began = time.time()
    run = subprocess.run([BATON, *words, "--config", f"{directory}/baton.yaml"], capture_output=True, text=True)
    print(f"$ baton {' '.join(words)}   [{time.time() - began:.1f} s, exit {run.returncode}]")
    lines = (run.stdout + run.stderr).strip().splitlines()
    print("\n".join("  " + line for line in lines[-8:]))
    return run


def main():
    directory = tempfile.mkdtemp(prefix="baton-retention-")
    with open(f"{directory}/registry.yml", "w") as file:
        file.write(f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
                   f"storage: {{filesystem: {{rootdirectory: {directory}/data}}, delete: {{enabled: true}}}}\n"
                   f"http: {{addr: '127.0.0.1:{PORT}', secret: bench}}\n")
    with open(f"{directory}/baton.yaml", "w") as file:
        file.write(f"""version: 1
state: ./state
services:
  payments:
    registry: {{url: 'http://127.0.0.1:{PORT}'}}
    repository: {REPOSITORY}
    retention:
      candidates: {{count: 2, age: 0s}}
      builds: {{count: 3, age: 0s}}
      grace: 0s
      allow-ratio: 100
      pace: 1000
    environments:
      - {{name: testing, target: {{stage: ./stage}}, platform: linux/amd64}}
      - {{name: prod, target: {{stage: ./stage}}, platform: linux/amd64, strategy: replace}}
""")
    server = subprocess.Popen(["docker-registry", "serve", f"{directory}/registry.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        registry = Registry()
        began = time.time()
        kept = fill(registry, TAGS)
        before = registry.tags()
        print(f"filled: {len(before)} tags in {time.time() - began:.1f} s")
        failures = []
        for phase in ("quarantine", "delete"):
            plan = baton(directory, "retention", "plan", "payments", "--out", f"{directory}/{phase}.json")
            if plan.returncode:
                failures.append(f"no plan to {phase}")
                break
            document = json.load(open(f"{directory}/{phase}.json"))
            count = len(document["quarantine"]) + len(document["delete"])
            apply = baton(directory, "retention", "apply", "payments", "--confirm", str(count), "--reason", "a clean bench")
            if apply.returncode:
                failures.append(f"the {phase} phase did not end well")
        after = registry.tags()
        seen = set()
        broken = [tag for tag in after if not registry.whole(tag, seen)]
        lost = kept - set(after)
        print(f"left: {len(after)} of {len(before)} tags, {len(broken)} broken, {len(lost)} lost")
        if broken: failures.append(f"broken: {broken[:5]}")
        if lost: failures.append(f"lost: {sorted(lost)[:5]}")
        if len(after) >= len(before): failures.append("nothing went")
        for tag in random.sample(sorted(after), min(12, len(after))):
            copy = subprocess.run(["skopeo", "copy", "-q", "--all", "--src-tls-verify=false",
                                   f"docker://127.0.0.1:{PORT}/{REPOSITORY}:{tag}", f"dir:{directory}/copy"], capture_output=True, text=True)
            shutil.rmtree(f"{directory}/copy", ignore_errors=True)
            if copy.returncode: failures.append(f"skopeo cannot copy {tag}: {copy.stderr.strip()[-200:]}")
        print("skopeo copied a sample of what is left")
        baton(directory, "retention", "status", "payments")
        print("\n".join("FAILED " + failure for failure in failures) or "everything that is kept is whole")
        return 1 if failures else 0
    finally:
        subprocess.run([BATON, "agent", "--stop", "--config", f"{directory}/baton.yaml"], capture_output=True)
        server.terminate()
        server.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

"""A real registry with many tags, cleaned by Baton, and everything that is kept still whole.

    retention.py BATON [TAGS] [PORT] [CANDIDATES]

Fills the storage of a docker-registry (Debian, deletion on) with candidates, builds, releases, shared digests, indexes and signatures;
has Baton quarantine and then delete what its rules let go; and then judges without Baton:

- every tag that is left names what it named before, and is one that the rules keep, or shares its digest with one;
- whatever the plans named is gone, by digest, with its tags;
- the registry's own collection frees to the byte what Baton said, and the bytes of the documents that went;
- after that collection, skopeo copies every tag that is left, and gets the very bytes.

Exits 1 where one of these does not hold. Of seven candidates of each version, so many are kept as CANDIDATES says: the fewer, the more
has to go, and a registry of this version reads every tag for each deletion.
"""
import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from figures import Table, median, spread
from registry import Registry

REPOSITORY = "shop/payments"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ACCEPT = ", ".join([INDEX, MANIFEST, "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.docker.distribution.manifest.v2+json"])
BASE = b"shared base layer " * 400
WORKERS = 4
TAGS = 10000
PLANNED = 100_000
CANDIDATES = 6
MINUTES = 10


class Line:
    """One connection that reads."""

    def __init__(self, port):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path):
        self.line.request(method, f"/v2/{REPOSITORY}/{path}", headers={"Accept": ACCEPT})
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def tags(self):
        status, body = self.ask("GET", "tags/list")
        return json.loads(body).get("tags") or [] if status == 200 else []


def named(line, tag):
    """The digest of what a tag names, by the bytes; None where it names nothing."""
    status, body = line.ask("GET", f"manifests/{tag}")
    return digest_of(body) if status == 200 else None


def status_of(line, digest):
    return line.ask("GET", f"manifests/{digest}")[0]


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def in_parallel(port, function, items):
    """The results of a function of a connection and an item, in the order of the items."""
    items = list(items)
    parts = [items[worker::WORKERS] for worker in range(WORKERS)]
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        done = [part.result() for part in [pool.submit(each, port, function, part) for part in parts]]
    return [done[position % WORKERS][position // WORKERS] for position in range(len(items))]


def each(port, function, items):
    line = Line(port)
    return [function(line, item) for item in items]


class Filling:
    """Images in a registry's storage, and what the rules of the benchmark let go of them."""

    def __init__(self, registry):
        self.registry, self.tags, self.may_go = registry, {}, set()
        self.base = registry.blob(REPOSITORY, BASE)

    def put(self, document, *tags):
        data = json.dumps(document).encode()
        digest = self.registry.blob(REPOSITORY, data)["digest"]
        self.registry.write(f"repositories/{REPOSITORY}/_manifests/revisions/sha256/{digest[7:]}/link", digest.encode())
        for tag in tags:
            self.registry.tag(REPOSITORY, tag, digest)
            self.tags[tag] = digest
        return {"mediaType": document["mediaType"], "digest": digest, "size": len(data)}

    def image(self, name):
        """One platform's image: a layer of its own over a shared one."""
        config = json.dumps({"os": "linux", "architecture": "amd64", "made": name, "config": {"User": "1"}})
        layers = [self.base, self.registry.blob(REPOSITORY, f"layer {name}".encode() * 40)]
        return {"schemaVersion": 2, "mediaType": MANIFEST,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **self.registry.blob(REPOSITORY, config.encode())},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer} for layer in layers]}

    def sign(self, top):
        """What cosign hangs on a digest by a tag."""
        layer = self.registry.blob(REPOSITORY, f"signature of {top}".encode())
        document = {"schemaVersion": 2, "mediaType": MANIFEST,
                    "config": {"mediaType": "application/vnd.oci.empty.v1+json", **self.registry.blob(REPOSITORY, b"{}")},
                    "layers": [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", **layer}]}
        return self.put(document, "sha256-" + top[7:] + ".sig")["digest"]

    def version(self, number, candidates):
        """Seven candidates with a build each, the fifth of them released, some signed, some an index. The rules keep the last ones,
        and the fifth for its release's sake."""
        version = f"v1.{number}.0"
        for candidate in range(1, 8):
            document = self.image(f"{version}-{candidate}")
            if (candidate + number) % 3 == 0:
                part = self.put(document)
                document = {"schemaVersion": 2, "mediaType": INDEX,
                            "manifests": [{**part, "platform": {"os": "linux", "architecture": "amd64"}}]}
            tags = [f"{version}-rc.{candidate}", f"sha-{hashlib.sha256(json.dumps(document).encode()).hexdigest()[:12]}"]
            tags += [version] * (candidate == 5) + ["testing", "prod", "latest"] * (number == 0 and candidate == 7)
            top = self.put(document, *tags)["digest"]
            signature = self.sign(top) if (candidate + number) % 4 == 1 else None
            if candidate <= 7 - candidates and candidate != 5:
                self.may_go.update({top, signature} - {None})


class Place:
    """A directory with a registry and with an agent's configuration, both gone at the end."""

    def __init__(self, baton, port=0, candidates=CANDIDATES):
        self.baton, self.candidates, self.directory = baton, candidates, tempfile.mkdtemp(prefix="baton-retention-")
        self.registry = Registry(self.directory, port)
        self.port = self.registry.port
        with open(f"{self.directory}/baton.yaml", "w") as file:
            file.write(f"""version: 1
state: ./state
services:
  payments:
    registry: {{url: 'http://127.0.0.1:{self.port}'}}
    repository: {REPOSITORY}
    retention:
      candidates: {{count: {candidates}, age: 0s}}
      builds: {{count: 3, age: 0s}}
      grace: 0s
      allow-ratio: {100 if candidates < 6 else 30}
      pace: 1000
    environments:
      - {{name: testing, target: {{stage: ./stage}}, platform: linux/amd64}}
      - {{name: prod, target: {{stage: ./stage}}, platform: linux/amd64, strategy: replace}}
""")

    def close(self):
        subprocess.run([self.baton, "agent", "--stop", "--config", f"{self.directory}/baton.yaml"], capture_output=True)
        self.registry.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *words):
        """A command of Baton's, with the end of what it said."""
        began = time.monotonic()
        done = subprocess.run([self.baton, *words, "--config", f"{self.directory}/baton.yaml"], capture_output=True, text=True)
        took = time.monotonic() - began
        print(f"$ baton {' '.join(word.replace(self.directory, '.') for word in words)}   [{took:.1f} s, exit {done.returncode}]")
        print("\n".join("  " + line for line in (done.stdout + done.stderr).strip().splitlines()[-4:]), flush=True)
        return done, took

    def blob_bytes(self):
        """Bytes of every blob on the registry's disk, by digest."""
        home = f"{self.directory}/data/docker/registry/v2/blobs/sha256"
        return {f"sha256:{hex}": os.path.getsize(f"{home}/{pair}/{hex}/data")
                for pair in os.listdir(home) for hex in os.listdir(f"{home}/{pair}") if os.path.exists(f"{home}/{pair}/{hex}/data")}

    def collect(self):
        """The registry's own collection, while it stands still, as its manual demands."""
        self.registry.stop()
        done = subprocess.run(["docker-registry", "garbage-collect", f"{self.directory}/registry.yml"], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"docker-registry garbage-collect ended with {done.returncode}: {done.stderr[-300:]}")
        self.registry.start()

    def agent_peak(self):
        """MiB that the agent has held at most; None where it cannot be found."""
        wanted = f"{self.directory}/baton.yaml".encode()
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                if b"agent" in words and wanted in words:
                    with open(f"/proc/{process}/status") as file:
                        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))
            except (OSError, StopIteration):
                continue
        return None

    def copy_all(self, named):
        """Has skopeo copy every tag, blobs and all, and compares what it got; returns what is wrong."""
        tags, runs, wrong = sorted(named), [], []
        for half in range(2):
            home = f"{self.directory}/copies-{half}"
            os.mkdir(home)
            with open(f"{home}.yml", "w") as file:
                json.dump({f"127.0.0.1:{self.port}": {"tls-verify": False, "images": {REPOSITORY: tags[half::2]}}}, file)
            runs.append((home, tags[half::2], subprocess.Popen(
                ["skopeo", "sync", "--src", "yaml", "--dest", "dir", "--all", f"{home}.yml", home],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)))
        for home, part, run in runs:
            errors = run.communicate()[1]
            if run.returncode:
                wrong.append(f"skopeo: {[line for line in errors.splitlines() if 'level=info' not in line][-1:]}")
            for tag in part:
                copy = f"{home}/{os.path.basename(REPOSITORY)}:{tag}"
                wrong += [] if self.is_copy(copy, named[tag]) else [f"skopeo's copy of {tag} is not {named[tag]}"]
            shutil.rmtree(home, ignore_errors=True)
        return wrong

    @staticmethod
    def is_copy(copy, digest):
        """Whether a directory holds the document with this digest and everything below it."""
        try:
            with open(f"{copy}/manifest.json", "rb") as file:
                data = file.read()
            if digest_of(data) != digest:
                return False
            document = json.loads(data)
            for part in document.get("manifests", []):
                with open(f"{copy}/{part['digest'][7:]}.manifest.json", "rb") as file:
                    if digest_of(file.read()) != part["digest"]:
                        return False
            for part in ([document["config"]] if "config" in document else []) + document.get("layers", []):
                with open(f"{copy}/{part['digest'][7:]}", "rb") as file:
                    if digest_of(file.read()) != part["digest"]:
                        return False
            return True
        except OSError:
            return False


class Cleaning:
    """One registry filled, cleaned and judged: figures and what is wrong."""

    def __init__(self, place):
        self.place, self.wrong, self.took, self.going, self.parts = place, [], {}, set(), set()

    def expect(self, holds, what):
        if not holds:
            self.wrong.append(what)

    def timed(self, name, function, *words):
        began = time.monotonic()
        result = function(*words)
        self.took[name] = time.monotonic() - began
        print(f"{name}: {self.took[name]:.1f} s", flush=True)
        return result

    def run(self, count):
        place = self.place
        filling = Filling(place.registry)
        self.timed("filling the registry's storage", lambda: [filling.version(number, place.candidates) for number in range((count + 16) // 17)])
        place.registry.start()
        self.before, self.may_go = filling.tags, filling.may_go
        tags = Line(place.port).tags()
        self.expect(dict(zip(tags, in_parallel(place.port, named, tags))) == self.before, "the registry was not filled as meant")
        print(f"{len(self.before)} tags on {len(set(self.before.values()))} digests, of which the rules let {len(self.may_go)} go")
        self.disk = place.blob_bytes()
        for phase in ("quarantine", "delete"):
            if not self.clean(phase):
                return
        self.timed("reading what is left", self.judge)
        self.timed("collection", place.collect)
        self.judge_bytes()
        self.wrong += self.timed("skopeo copies everything that is left", place.copy_all, self.after)[:5]

    def clean(self, phase):
        file = f"{self.place.directory}/{phase}.json"
        plan, self.took[f"plan, {phase}"] = self.place.run("retention", "plan", "payments", "--out", file)
        self.expect(plan.returncode == 0, f"there is no plan to {phase}")
        if plan.returncode:
            return False
        with open(file) as opened:
            document = json.load(opened)
        items = document["quarantine"] + document["delete"]
        self.going.update(item["digest"] for item in document["delete"])
        self.parts.update(part for item in document["delete"] for part in item["parts"])
        self.expect(len(document["quarantine" if phase == "quarantine" else "delete"]) == len(items), f"the plan to {phase} has others")
        done, self.took[phase] = self.place.run(
            "retention", "apply", "payments", "--confirm", str(len(items)), "--reason", "a clean bench")
        self.expect(done.returncode == 0, f"the {phase} phase did not end well")
        return done.returncode == 0

    def judge(self):
        """What is left and what is gone, by reading."""
        port, after = self.place.port, Line(self.place.port).tags()
        self.after = dict(zip(after, in_parallel(port, named, after)))
        moved = [tag for tag, digest in self.after.items() if self.before.get(tag) != digest]
        self.expect(not moved, f"{len(moved)} tags name something else: {moved[:3]}")
        gone = {digest for tag, digest in self.before.items() if tag not in self.after}
        self.expect(gone <= self.may_go, f"the rules keep {sorted(gone - self.may_go)[:3]}")
        stayed = self.may_go - gone
        # The three youngest builds stay, and what is hung on them.
        self.expect(len(stayed) <= 6, f"{len(stayed)} digests stayed that the rules let go")
        there = [digest for digest, status in zip(self.going | self.parts, in_parallel(port, status_of, self.going | self.parts))
                 if status != 404]
        self.expect(not there, f"{len(there)} deleted digests are still there: {there[:3]}")
        print(f"left: {len(self.after)} of {len(self.before)} tags; gone: {len(self.going)} digests and {len(self.parts)} of their parts")

    def judge_bytes(self):
        """What the registry's collection has freed, against what was said."""
        status, _ = self.place.run("retention", "status", "payments", "--json")
        said = json.loads(status.stdout)["ledger"]["freed"]
        left = self.place.blob_bytes()
        freed = sum(size for digest, size in self.disk.items() if digest not in left)
        documents = sum(self.disk[digest] for digest in self.going | self.parts)
        self.freed = freed
        self.expect(freed == said + documents, f"freed {freed} bytes, said {said} and {documents} of documents")
        print(f"the collection freed {freed} of {sum(self.disk.values())} bytes: "
              f"{said} as said, and {documents} of the documents that went")


def measure(baton, table, count=TAGS, port=0, candidates=CANDIDATES):
    """The section of the benchmark."""
    if not shutil.which("docker-registry") or not shutil.which("skopeo"):
        return table.skip("retention", "docker-registry or skopeo is missing: Resources/scripts/setup installs them")
    measure_plan(baton, table)
    place = Place(baton, port, candidates)
    try:
        cleaning = Cleaning(place)
        cleaning.run(count)
        took = cleaning.took
        cleaned = sum(took.get(name, 0) for name in ("plan, quarantine", "quarantine", "plan, delete", "delete"))
        table.add(f"plan over {len(cleaning.before)} tags, first reading", took.get("plan, quarantine"), "s")
        table.add("plan again, documents known", took.get("plan, delete"), "s")
        table.add("quarantine", took.get("quarantine"), "s", note=f"{len(cleaning.going)} digests")
        table.add("deletion", took.get("delete"), "s", note=f"{len(cleaning.going) + len(cleaning.parts)} documents")
        table.add("cleaned from end to end", cleaned, "s", 60 * MINUTES)
        table.add("the agent's memory at most", place.agent_peak(), "MiB")
        table.add("everything kept is pullable by skopeo, all else is gone", not cleaning.wrong, limit=True,
                  note="; ".join(cleaning.wrong) or f"{len(cleaning.after)} tags copied after the registry's collection")
    finally:
        place.close()


def measure_plan(baton, table):
    """One plan in memory over 100,000 tags, and over half of them: it has to be linear."""
    program = os.path.join(os.path.dirname(baton), "worlds")
    command = ["swift", "build", "-c", "release", "--product", "worlds", "--static-swift-stdlib"]
    if not os.path.exists(program) and subprocess.run(command, capture_output=True).returncode:
        return table.skip("plan over 100,000 tags", " ".join(command) + " failed")
    done = subprocess.run([program, "plan", str(PLANNED)], capture_output=True, text=True)
    samples = {}
    for count, seconds in re.findall(r"^bench: plan over (\d+) tags = ([\d.e-]+)", done.stdout, re.M):
        samples.setdefault(int(count), []).append(float(seconds))
    half, whole = sorted(samples) if len(samples) == 2 else (0, 0)
    table.add(f"plan over {whole} tags in memory", median(samples[whole]) if whole else None, "s", 1,
              spread(samples[whole], "s") if whole else done.stderr[-200:])
    table.add(f"the same against {half} tags", median(samples[whole]) / median(samples[half]) if whole else None, "x",
              note="twice the tags: 2 is linear")


def main():
    table = Table()
    table.begin("retention")
    measure(os.path.abspath(sys.argv[1]), table, *map(int, sys.argv[2:5]))
    table.end()
    return 1 if table.broken else 0


if __name__ == "__main__":
    sys.exit(main())

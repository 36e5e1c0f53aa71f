"""The registry client beside its peers in the same run: bulk HEAD against a raw keep-alive generator, moves against skopeo."""
import collections
import hashlib
import json
import os
import selectors
import shutil
import socket
import subprocess
import tempfile
import time

from figures import median, spread

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = ", ".join(["application/vnd.oci.image.index.v1+json", MANIFEST,
                    "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.docker.distribution.manifest.v2+json"])
CONNECTIONS = 8
SIZES = (1000, 10000)
ROUNDS = {1000: 5, 10000: 3}
MOVES, LISTS = 200, 20


class Registry:
    """docker-registry on a free loopback port, its storage written directly: distribution's own layout, much faster than pushing."""

    def __init__(self, home, port=0):
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", port))
            self.port = free.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        with open(home + "/registry.yml", "w") as file:
            file.write(f"""version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {home}/data}}, cache: {{blobdescriptor: inmemory}}, delete: {{enabled: true}}}}
http: {{addr: "{self.host}", secret: bench}}
""")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["docker-registry", "serve", self.home + "/registry.yml"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
        raise OSError("docker-registry does not answer")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def write(self, path, data):
        path = f"{self.home}/data/docker/registry/v2/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def blob(self, repository, data):
        digest = hashlib.sha256(data).hexdigest()
        self.write(f"blobs/sha256/{digest[:2]}/{digest}/data", data)
        self.write(f"repositories/{repository}/_layers/sha256/{digest}/link", f"sha256:{digest}".encode())
        return {"digest": f"sha256:{digest}", "size": len(data)}

    def image(self, repository, name, layers=()):
        """The digest of an image whose configuration is its own and whose layers are these."""
        text = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": {"name": name}},
                           "rootfs": {"type": "layers", "diff_ids": []}})
        config = {"mediaType": "application/vnd.oci.image.config.v1+json", **self.blob(repository, text.encode())}
        data = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": list(layers)}).encode()
        digest = self.blob(repository, data)["digest"]
        self.write(f"repositories/{repository}/_manifests/revisions/sha256/{digest[7:]}/link", digest.encode())
        return digest

    def tag(self, repository, tag, digest):
        home = f"repositories/{repository}/_manifests/tags/{tag}"
        self.write(home + "/current/link", digest.encode())
        self.write(f"{home}/index/sha256/{digest[7:]}/link", digest.encode())

    def fill(self, repository, count):
        """So many tags, three to an image: a build, its candidate, its release. All of them."""
        tags = []
        for number in range((count + 2) // 3):
            digest = self.image(repository, f"{repository} {number}")
            for tag in (f"sha-{digest[7:19]}", f"v1.{number}.0-rc.1", f"v1.{number}.0")[:count - 3 * number]:
                self.tag(repository, tag, digest)
                tags.append(tag)
        return tags


class Raw:
    """Keep-alive connections that do nothing but send bytes and look for the end of an answer's head."""

    def __init__(self, registry, connections):
        self.address = ("127.0.0.1", registry.port)
        self.host, self.connections = registry.host, connections

    def request(self, method, path, fields=(), body=b""):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"Accept: {ACCEPT}", *fields]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def heads(self, repository, tags):
        """Seconds for one HEAD of every tag."""
        waiting = collections.deque(self.request("HEAD", f"/v2/{repository}/manifests/{tag}") for tag in tags)
        begun = time.perf_counter()
        with selectors.DefaultSelector() as selector:
            for _ in range(min(self.connections, len(waiting))):
                opened = socket.create_connection(self.address)
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(opened, selectors.EVENT_READ, bytearray())
                opened.sendall(waiting.popleft())
            while selector.get_map():
                for key, _ in selector.select(30):
                    key.data.extend(key.fileobj.recv(65536))
                    if not key.data.endswith(b"\r\n\r\n"):
                        continue
                    if not key.data.startswith(b"HTTP/1.1 200"):
                        raise OSError(key.data[:60].decode(errors="replace"))
                    key.data.clear()
                    if waiting:
                        key.fileobj.sendall(waiting.popleft())
                    else:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()
        return time.perf_counter() - begun

    def exchange(self, opened, method, path, fields=(), body=b"", has_body=True):
        opened.sendall(self.request(method, path, fields, body))
        data = b""
        while b"\r\n\r\n" not in data:
            data += opened.recv(65536)
        head, _, rest = data.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        while has_body and len(rest) < length:
            rest += opened.recv(65536)
        return head, rest

    def moves(self, repository, tag, digests, count):
        """Milliseconds of what no client can do without: HEAD of the tag, PUT of bytes that are held, GET of the tag."""
        times = []
        with socket.create_connection(self.address) as opened:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            held = {digest: self.exchange(opened, "GET", f"/v2/{repository}/manifests/{digest}")[1] for digest in digests}
            path = f"/v2/{repository}/manifests/{tag}"
            for number in range(count):
                body = held[digests[number % 2]]
                begun = time.perf_counter()
                self.exchange(opened, "HEAD", path, has_body=False)
                head, _ = self.exchange(opened, "PUT", path, [f"Content-Type: {MANIFEST}"], body)
                if b" 201 " not in head.split(b"\r\n")[0]:
                    raise OSError(head[:60].decode(errors="replace"))
                if hashlib.sha256(self.exchange(opened, "GET", path)[1]).hexdigest() != digests[number % 2][7:]:
                    raise OSError("the tag names something else")
                times.append((time.perf_counter() - begun) * 1000)
        return times

    def lists(self, repository, count):
        times = []
        for _ in range(count):
            with socket.create_connection(self.address) as opened:
                begun = time.perf_counter()
                opened.sendall(self.request("GET", f"/v2/{repository}/tags/list?n=1000", ["Connection: close"]))
                data = b""
                while chunk := opened.recv(1 << 20):
                    data += chunk
                times.append((time.perf_counter() - begun) * 1000)
        return times


class Client:
    """The client of the program in a process of its own, one line of work at a time."""

    def __init__(self, program, registry, repository):
        self.process = subprocess.Popen([program, "http://" + registry.host, repository, registry.home + "/state", str(CONNECTIONS)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if "=" not in answer or answer.startswith("failed"):
            raise OSError(f"registrybench: {line}: {answer.strip()}")
        return dict(word.split("=", 1) for word in answer.split())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)


def measure(baton, table):
    if not shutil.which("docker-registry"):
        return table.skip("registry", "docker-registry is not installed: make setup")
    program = os.path.join(os.path.dirname(baton), "registrybench")
    command = ["swift", "build", "-c", "release", "--product", "registrybench", "--static-swift-stdlib"]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode != 0:
        return table.skip("registry", f"{' '.join(command)}: {(built.stdout + built.stderr)[-200:].strip()}")
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as home:
        registry = Registry(home)
        try:
            tags = {size: registry.fill(f"bench/r{size}", size) for size in SIZES}
            layers = [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **registry.blob("bench/big", os.urandom(1 << 20))}
                      for _ in range(8)]
            images = [registry.image("bench/big", name, layers) for name in ("one", "other")]
            for tag in ("pointer", "raw-pointer"):
                registry.tag("bench/big", tag, images[0])
            registry.start()
            for size in SIZES:
                resolve(program, registry, tags[size], table)
            move(program, registry, images, table)
        finally:
            registry.stop()


def resolve(program, registry, tags, table):
    size = len(tags)
    repository = f"bench/r{size}"
    client, raw = Client(program, registry, repository), Raw(registry, CONNECTIONS)
    try:
        raw.heads(repository, tags[:100])
        ours, theirs, cpu, memory = [], [], [], []
        spent = 0.0
        for _ in range(ROUNDS[size]):
            seconds = raw.heads(repository, tags)
            theirs.append(len(tags) / seconds)
            answer = client.ask("resolve")
            ours.append(int(answer["tags"]) / float(answer["seconds"]))
            cpu.append((float(answer["cpu"]) - spent) * 1000 / int(answer["tags"]))
            spent = float(answer["cpu"])
            memory.append(int(answer["kib"]))
        ratio = median([raw_rate / rate for rate, raw_rate in zip(ours, theirs)])
        table.add(f"digests of {size:,} tags, raw rate over ours", ratio, "x", 1 / 0.9,
                  f"{100 / ratio:.0f} % of the raw rate: {median(ours):.0f}/s of {median(theirs):.0f}/s, {CONNECTIONS} connections each, "
                  f"client CPU {median(cpu[1:]):.3f} ms a tag")
        table.add(f"memory grown over {ROUNDS[size] - 1} more rounds of {size:,}", (memory[-1] - memory[0]) / 1024, "MiB", 8,
                  f"{memory[-1] / 1024:.0f} MiB in the end")
        peers(registry, repository, size, table)
        lists = [float(client.ask("list")["ms"]) for _ in range(LISTS)]
        bare = raw.lists(repository, LISTS)
        table.add(f"list of {size:,} tags", median(lists), "ms", None, f"raw read of the answer {median(bare):.1f} ms; "
                  f"skopeo list-tags {skopeo_ms('list-tags', '--tls-verify=false', f'docker://{registry.host}/{repository}')} ms")
    finally:
        client.stop()


def peers(registry, repository, size, table):
    """skopeo asks for one tag in a process each: what all tags would take is computed from ten."""
    each = skopeo_ms("inspect", "--no-tags", "--tls-verify=false", f"docker://{registry.host}/{repository}:v1.1.0")
    if each:
        table.add(f"digests of {size:,} tags by skopeo inspect", each * size / 1000, "s", None, f"computed from {each:.1f} ms each")


def skopeo_ms(*words):
    if not shutil.which("skopeo"):
        return None
    times = []
    for _ in range(10):
        begun = time.perf_counter()
        done = subprocess.run(["skopeo", "--insecure-policy", *words], capture_output=True)
        if done.returncode != 0:
            return None
        times.append((time.perf_counter() - begun) * 1000)
    return round(median(times), 1)


def move(program, registry, images, table):
    client, raw = Client(program, registry, "bench/big"), Raw(registry, 1)
    try:
        for digest in images:
            client.ask(f"read {digest}")
        client.ask(f"move pointer {images[0]} {images[1]} 20")
        raw.moves("bench/big", "raw-pointer", images, 20)
        ours, theirs, memory, requests = [], [], [], 0
        for _ in range(3):
            theirs += raw.moves("bench/big", "raw-pointer", images, MOVES)
            answer = client.ask(f"move pointer {images[0]} {images[1]} {MOVES}")
            ours += [float(value) for value in answer["ms"].split(",")]
            memory.append(int(answer["kib"]))
            requests = int(answer["requests"]) / MOVES
        table.add("pointer move: HEAD, PUT, GET and proof", median(ours), "ms", None,
                  f"{spread(ours)}; {requests:g} requests; raw HEAD, PUT, GET {median(theirs):.2f} ms")
        table.add("pointer move over the raw one", median(ours) / median(theirs), "x", 1.5, "8 layers of 1 MiB, none is touched")
        table.add("memory grown over 400 more moves", (memory[-1] - memory[0]) / 1024, "MiB", 8, f"{memory[-1] / 1024:.0f} MiB in the end")
        copy(registry, images, median(ours), table)
        if shutil.which("crane"):
            crane(registry, images, table)
        else:
            table.skip("crane tag", "Debian 12 has no package of crane")
    finally:
        client.stop()


def copy(registry, images, ours, table):
    if not shutil.which("skopeo"):
        return table.skip("skopeo copy", "skopeo is not installed: make setup")
    place, times = f"docker://{registry.host}/bench/big", []
    for number in range(20):
        begun = time.perf_counter()
        subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false",
                        f"{place}@{images[number % 2]}", f"{place}:skopeo-pointer"], check=True, capture_output=True)
        times.append((time.perf_counter() - begun) * 1000)
    table.add("pointer move by skopeo copy", median(times), "ms", None, f"{spread(times)}; {median(times) / ours:.0f} times ours")


def crane(registry, images, table):
    times = []
    for number in range(20):
        begun = time.perf_counter()
        subprocess.run(["crane", "tag", "--insecure", f"{registry.host}/bench/big@{images[number % 2]}", "crane-pointer"],
                       check=True, capture_output=True)
        times.append((time.perf_counter() - begun) * 1000)
    table.add("pointer move by crane tag", median(times), "ms", None, spread(times))

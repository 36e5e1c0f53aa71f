"""A real registry with a password beside a stage: Debian's docker-registry, filled and read by skopeo."""
import hashlib
import os
import shutil
import socket
import subprocess

from case import Failed, Skipped, until

NAME, PASSWORD = "baton", "hunter2-of-the-registry"
TOOLS = ("docker-registry", "skopeo")


def skopeo_environment():
    """The cases' accounts alone: where root has run podman, /run/containers is closed to others, and skopeo stops at it. For skopeo
    only: docker-registry takes every variable that begins with REGISTRY_ for a part of its configuration."""
    return {**os.environ, "REGISTRY_AUTH_FILE": "/nonexistent/auth.json"}


class Registry:
    def __init__(self, stage, home="registry", repository="shop/payments"):
        for tool in TOOLS:
            if not shutil.which(tool):
                raise Skipped(f"{tool} is not installed")
        self.stage, self.home, self.repository = stage, f"{stage.root}/{home}", repository
        os.makedirs(self.home)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        # The account and its password as htpasswd -B writes them.
        self.write("htpasswd", f"{NAME}:$2y$05$gIUyQUqBkTU7DBpYtWXdvuSQ1TxkxZ0HX.Be73GOHM8Xfjf5aCD4W\n")
        self.write("registry.yml", f"""version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {self.home}/data}}, delete: {{enabled: true}}}}
http: {{addr: "{self.address}", secret: test}}
auth: {{htpasswd: {{realm: test, path: {self.home}/htpasswd}}}}
""")
        self.write("name", NAME)
        self.write("password", PASSWORD)
        self.process = subprocess.Popen(
            ["docker-registry", "serve", self.home + "/registry.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd="/")
        until("the registry answers", self.answers, within=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def write(self, name, text):
        with open(f"{self.home}/{name}", "w") as file:
            file.write(text)

    def answers(self):
        host, port = self.address.split(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return True
        except OSError:
            return False

    def skopeo(self, *words):
        done = subprocess.run(["skopeo", "--insecure-policy", *words], capture_output=True, timeout=60, env=skopeo_environment())
        if done.returncode != 0:
            raise Failed(f"skopeo {' '.join(words)}: {done.stderr.decode(errors='replace')[-500:]}")
        return done.stdout

    def fill(self, *tags):
        """What the stage's own layout holds under these tags; without any, everything."""
        for tag in tags or self.stage.tags():
            self.skopeo(
                "copy", "--quiet", "--all", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", f"{NAME}:{PASSWORD}",
                f"oci:{self.stage.path}/registry/shop/payments:{tag}", self.name(tag))

    def names(self, tag):
        """The digest of what a tag names, hashed from its bytes."""
        raw = self.skopeo("inspect", "--raw", "--tls-verify=false", "--creds", f"{NAME}:{PASSWORD}", self.name(tag))
        return "sha256:" + hashlib.sha256(raw).hexdigest()

    def point(self, tag, other):
        """Moves a tag as a stranger would."""
        account = f"{NAME}:{PASSWORD}"
        self.skopeo(
            "copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", "--src-creds",
            account, "--dest-creds", account, self.name(other), self.name(tag))

    def name(self, tag):
        return f"docker://{self.address}/{self.repository}:{tag}"

    def use(self, address=None):
        """Makes the stage's configuration name this registry, or a way to it; the next command starts an agent that reads it."""
        self.stage.baton("agent", "--stop").ended(0)
        with open(self.stage.config) as file:
            text = file.read()
        named = self.named(address)
        changed = text.replace("registry: {layout: ./registry/shop/payments}", f"registry: {named}")
        if changed == text:
            raise Failed("the stage's configuration names no layout")
        with open(self.stage.config, "w") as file:
            file.write(changed)

    def named(self, address=None):
        """The registry as a configuration names it, reached as it is or by a way around."""
        return (f'{{url: "http://{address or self.address}", username: "file:{self.home}/name", '
                f'password: "file:{self.home}/password"}}')

    def pause(self):
        self.process.terminate()
        self.process.wait(10)

    def stop(self):
        if self.process.poll() is None:
            self.pause()


def secret_in(path):
    """Files under a directory that hold the password."""
    found = []
    for directory, _, names in os.walk(path):
        for name in names:
            file = os.path.join(directory, name)
            if not os.path.isfile(file):
                continue
            with open(file, "rb") as opened:
                if PASSWORD.encode() in opened.read():
                    found.append(file)
    return found

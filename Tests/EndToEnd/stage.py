"""A running stage in a temporary directory: its commands, its facts, and its end."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

import processes
from case import Failed, expect_equal, until

GOOD, OLD, OLDER = "v2.31.0-rc.2", "v2.30.3", "v2.30.1"
UNHEALTHY, FAILS_AFTER_SWITCH, SLOW = "v2.32.0-rc.1", "v2.33.0-rc.1", "v2.34.0-rc.1"
FAILS_UNDER_TRAFFIC = "v2.33.1-rc.1"
COMMAND_LIMIT_SECONDS = 120


class Result:
    """How a command ended."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def ended(self, code):
        """The result itself, where the exit status is the wanted one."""
        if self.code != code:
            raise Failed(f"exit status {self.code}, wanted {code}: baton {' '.join(self.words)}\n{self.out[-1500:]}{self.err[-1500:]}")
        return self

    def says(self, *texts):
        for text in texts:
            if text not in self.out + self.err:
                raise Failed(f"baton {' '.join(self.words)} does not say \"{text}\":\n{self.out[-1500:]}{self.err[-1500:]}")
        return self


class Stage:
    def __init__(self, binary):
        self.binary = binary
        # Short: a socket's path has at most 107 bytes (unix(7)).
        self.root = tempfile.mkdtemp(prefix="bt-", dir="/tmp")
        self.path = self.root + "/s"
        self.config = self.path + "/baton.yaml"
        self.log = self.path + "/state/agent.log"
        self.socket = self.path + "/state/run/agent.sock"
        self.screens = []
        self.loads = []
        self.mounts = []
        self.ports = {}

    # commands

    def environment(self, **changes):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", **changes}

    def run(self, *words, within=COMMAND_LIMIT_SECONDS, account=None):
        """A command as it is given; root can give it as another account, named with its group."""
        person = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
        try:
            done = subprocess.run(
                [self.binary, *words], capture_output=True, text=True, errors="replace", timeout=within, cwd=self.root,
                stdin=subprocess.DEVNULL, env=self.environment(), **person)
        except subprocess.TimeoutExpired:
            raise Failed(f"not done after {within} s: baton {' '.join(words)}")
        return Result(words, done.returncode, done.stdout, done.stderr)

    def baton(self, *words, within=COMMAND_LIMIT_SECONDS):
        """A command on this stage."""
        return self.run(*words, "--config", self.config, within=within)

    def start(self, *words):
        """A command on this stage in the background; its lines are read from stdout."""
        return subprocess.Popen(
            [self.binary, *words, "--config", self.config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", stdin=subprocess.DEVNULL, cwd=self.root, env=self.environment())

    def prepare(self, quick=True):
        """Starts the stage; quick ones measure the same checks more often and bake for a second."""
        if quick:
            os.makedirs(self.path, 0o755, exist_ok=True)
            with open(self.config, "w") as file:
                file.write(quickened(shipped_configuration(self.binary)))
        shown = self.run("stage", "--prepare", "--directory", self.path).ended(0).out
        self.ports = dict(re.findall(r"payments (\w+) answers at http://127\.0\.0\.1:(\d+)", shown))
        expect_equal(sorted(self.ports), ["prod", "staging", "testing"], "environments that answer")
        return self

    def prepare_canary(self):
        """Starts a stage whose prod moves traffic step by step, with a short bake."""
        self.run("stage", "--prepare", "--strategy", "canary", "--directory", self.path).ended(0)
        self.run("stage", "--stop", "--directory", self.path).ended(0)
        with open(self.config) as file:
            text = quickened(file.read())
        with open(self.config, "w") as file:
            file.write(text)
        return self.prepare(quick=False)

    def weights(self):
        """The share of prod's traffic by slot, as the router itself was last seen to say."""
        return {slot["slot"]: slot["weight"] for name, slot in self.slots().items() if name.startswith("prod/")}

    def promote(self, place, digest, *words):
        """A promotion that is consented to as a pipeline would: into prod the whole digest is the consent."""
        if place == "prod" and digest in self.tags():
            digest = self.digest(digest)
        return self.baton("promote", "payments", "--to", place, "--digest", digest, "--yes", *words)

    def vouch(self, environment, digest):
        """Evidence as CI would record it."""
        self.baton("evidence", "add", "payments", environment, "--digest", digest, "--passed", "1", "--total", "1").ended(0)

    # facts

    def status(self):
        return json.loads(self.baton("status", "--json").ended(0).out)

    def slots(self):
        """Per environment/slot: what status says of it."""
        slots = self.status()["services"][0]["slots"]
        return {f"{slot['environment']}/{slot['slot']}": slot for slot in slots}

    def live(self):
        """The slot and digest that production serves; nothing while it is not one slot."""
        return next(((slot["slot"], slot["digest"]) for name, slot in self.slots().items() if name.startswith("prod/") and slot["weight"] == 100), None)

    def history(self):
        return [json.loads(line) for line in self.baton("history", "--json").ended(0).out.splitlines()]

    def outcome(self, promotion):
        """How a promotion ended, or the last that history says of it."""
        # What a promotion left to be done, a tag or a slot that comes back, is told after its end.
        lines = [line for line in self.history() if line.get("promotion") == promotion and line["what"] not in ("pointer", "slot")]
        return lines[-1]["result"] if lines else ""

    def running(self):
        return self.status()["services"][0]["promotions"]

    def tags(self):
        """Every tag of the registry's layout, with its digest."""
        with open(self.path + "/registry/shop/payments/index.json") as file:
            entries = json.load(file)["manifests"]
        return {entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"] for entry in entries}

    def digest(self, tag):
        return self.tags()[tag]

    def blob(self, digest):
        return self.path + "/registry/shop/payments/blobs/sha256/" + digest.split(":")[1]

    def agent(self):
        """The agent's process; nil where none runs."""
        found = [pid for pid in processes.having(self.path) if " agent --config" in processes.command_line(pid)]
        return found[0] if found else None

    def kill_agent(self, pid=None):
        pid = pid or self.agent()
        os.kill(pid, signal.SIGKILL)
        until("the killed agent is gone", lambda: not processes.is_running(pid), within=5, every=0.005)

    def ledger_holds(self):
        self.baton("ledger", "verify").ended(0).says("the chain holds")

    # end

    def show_evidence(self):
        for screen in self.screens:
            print("--- screen ---\n" + screen.last())
        try:
            with open(self.log, errors="replace") as file:
                print("--- end of the agent's log ---\n" + "".join(file.readlines()[-15:]))
        except OSError:
            print("--- no agent's log ---")

    def stop(self):
        """Ends everything. What is left of its processes, which should be nothing."""
        for load in self.loads:
            load.stop()
        for screen in self.screens:
            screen.close()
        if os.path.exists(self.config):
            try:
                self.run("stage", "--stop", "--directory", self.path, within=30)
            except Failed as failed:
                print(failed)
        left = []
        try:
            until("nothing is left", lambda: not processes.having(self.root), within=5)
        except Failed:
            for pid in processes.having(self.root):
                left.append(f"{pid} {processes.command_line(pid)}")
                os.kill(pid, signal.SIGKILL)
        for mount in self.mounts:
            subprocess.run(["umount", mount], check=False)
        shutil.rmtree(self.root, ignore_errors=True)
        return left


def shipped_configuration(binary):
    """What `baton stage` writes, from a stage that was made for nothing else."""
    kept = os.environ.get("BATON_SHIPPED_CONFIGURATION")
    if kept:
        return kept
    other = Stage(binary)
    other.run("stage", "--prepare", "--directory", other.path).ended(0)
    with open(other.config) as file:
        text = file.read()
    other.stop()
    return text


def quickened(text):
    text = re.sub(r"bake: \d+s", "bake: 1s", text)
    return text.replace("every: 500ms", "every: 200ms")

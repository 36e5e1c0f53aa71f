"""A stage of its own in a temporary directory, with its agent, and what /proc says of a process."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Stage:
    """Prepared on entry; ended and removed on exit."""

    def __init__(self, baton):
        self.baton = baton

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="baton-bench-")
        try:
            self.run("stage", "--prepare", "--directory", self.directory)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run([self.baton, "stage", "--stop", "--directory", self.directory], capture_output=True, timeout=60)
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *arguments):
        done = subprocess.run([self.baton, *arguments], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"baton {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    @property
    def console(self):
        """The command that opens the console here."""
        return [self.baton, "--config", f"{self.directory}/baton.yaml"]

    @property
    def socket(self):
        return f"{self.directory}/state/run/agent.sock"

    def route(self, environment):
        """The router's row of an environment: port, weights, backends, fence."""
        with open(f"{self.directory}/router.json") as file:
            return next(row for row in json.load(file)["entries"] if row["place"]["environment"] == environment)

    def change_route(self, row, weights):
        """Changes the router's table directly, as nothing but a measurement does."""
        change = {"place": row["place"], "fence": row["fence"], "weights": weights, "backends": row["backends"]}
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(f"{self.directory}/router.sock")
            link.sendall(json.dumps({"change": {"_0": change}}).encode() + b"\n")
            answer = link.makefile("rb").readline()
        if b'"routing"' not in answer:
            raise RuntimeError(f"the router said {answer[:200]!r}")


def ask_agent(path, *requests):
    """Speaks the agent's lines (a viewer's), and returns its welcome and one line per request."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(60)
        link.connect(path)
        lines = link.makefile("rb")
        link.sendall(b'{"protocolVersion":3,"readOnly":true}\n')
        heard = [lines.readline()]
        for number, request in enumerate(requests, 1):
            link.sendall(json.dumps({"id": number, "request": {request: {}}}).encode() + b"\n")
            heard.append(lines.readline())
    return heard


def agent_process(path):
    """The process number of the agent behind a socket."""
    return json.loads(ask_agent(path)[0])["welcome"]["_0"]["agent"]["process"]


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def cpu_share(pid, seconds):
    """Per cent of one processor over a time."""
    began, before = time.monotonic(), cpu_ms(pid)
    time.sleep(seconds)
    return (cpu_ms(pid) - before) / (time.monotonic() - began) / 10


def rss_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0

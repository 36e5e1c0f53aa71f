"""The console from outside, through a pty, with an agent already running; htop beside it."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

from figures import median, spread
from stage import Stage

# Between two rows and back: on a short list a longer walk would end at its edge and paint nothing.
WALK = " ".join(["<Down> <Up>"] * 60)
HERE = os.path.dirname(os.path.abspath(__file__))
BUDGET, TOOL = os.path.join(HERE, "console-budget.json"), os.path.join(HERE, "ptybench.py")


def measure(baton, table):
    versions = []
    for _ in range(20):
        began = time.monotonic()
        subprocess.run([baton, "--version"], capture_output=True, check=True)
        versions.append((time.monotonic() - began) * 1000)
    size = os.stat(baton).st_size / 2**20
    table.add("baton --version", median(versions), "ms", note=f"{spread(versions)}; the program has {size:.0f} MiB")
    with Stage(baton) as stage:
        for size in ["120x40", "80x24"]:
            one_size(stage.console, size, table)


def one_size(command, size, table):
    with open(BUDGET) as file:
        limits = json.load(file)["limits"]
    peer = {}
    if shutil.which("htop"):
        peer = report(["htop"], size, keys="<Down>*30 <Up>*30")
    elif size == "120x40":
        table.skip("htop beside it", "htop is not installed: apt-get install htop")
    own = report(command, size, keys=WALK, idle=60, drop=True, signals="TERM,HUP,INT,QUIT")
    for path, limit in limits.items():
        beside = figure(peer, path)
        table.add(f"{size} {path}", figure(own, path), unit(path), limit, f"htop {beside}" if beside is not None else "")


def report(command, size, keys="", idle=0, drop=False, signals=""):
    """What ptybench.py says of one command."""
    columns, rows = size.split("x")
    options = ["--cols", columns, "--rows", rows, "--starts", "15", "--keys", keys, "--idle", str(idle)]
    options += ["--drop"] if drop else []
    options += ["--signals", signals] if signals else []
    done = subprocess.run([sys.executable, "-B", TOOL, *options, "--", *command], capture_output=True, text=True, timeout=600)
    if not done.stdout:
        raise RuntimeError(f"ptybench.py: {done.stderr.strip()}")
    return json.loads(done.stdout)


def figure(found, path):
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def unit(path):
    """The unit that a path of the report names."""
    words = re.split("[._]", path)
    return "ms" if "ms" in words else "MiB" if "mib" in words else ""

"""The benchmarks that are Swift: the ledger against bare SQLite, the pointer move against a bare durable write."""
import os
import re
import subprocess

from figures import median, spread

LIMITS = {
    "append against bare insert": ("x", 2),
    "open with 1,000,000 entries": ("ms", 200),
    "pointer move": ("ms", None),
    "blobs touched by a pointer move": ("", 0),
}


def measure(_, table):
    """Each line `bench: NAME = VALUE` that a benchmark prints is one sample of a figure."""
    # A build of its own: Swift Testing does not go with the static library of the program, and each would undo the other.
    command = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path", ".build-bench",
               "--filter", "Benchmarks"]
    table.print("Swift benchmarks", "", "", "", "building them the first time takes many minutes")
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "BATON_BENCH": "1"})
    samples = {}
    for name, value, note in re.findall(r"^bench: (.+?) = ([\d.e-]+)(?: (.*))?$", done.stdout, re.M):
        samples.setdefault(name, []).append((float(value), note))
    if not samples:
        return table.skip("Swift benchmarks", f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-200:].strip()}")
    for name, (unit, limit) in LIMITS.items():
        values = [value for value, _ in samples.get(name, [])]
        notes = [note for _, note in samples.get(name, []) if note]
        table.add(name, median(values) if values else None, unit, limit,
                  "; ".join([spread(values, unit)] + notes[:1]) if values else "no benchmark printed it")

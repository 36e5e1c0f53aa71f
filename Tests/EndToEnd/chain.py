"""Proves an exported ledger by its own words, without any code of Baton's: `baton ledger export | python3 chain.py`."""
import hashlib
import json
import sys

BEGINNING = hashlib.sha256(b"baton.ledger/1").hexdigest()


def text(value):
    return "\0" if value is None else str(value)


def hash_of(entry):
    user, gateway = entry.get("userID"), entry.get("gateway")
    proof = ["agent"] if user is None else [f"socket {user}"] if gateway is None else [f"gateway {user}", gateway]
    fields = [entry["previous"], entry["sequence"], entry["at"], entry.get("service"), entry.get("environment"),
              entry.get("promotion"), entry["actor"], entry["host"], *proof, entry.get("fence"), entry["kind"], entry["payload"]]
    digest = hashlib.sha256()
    for field in fields:
        data = text(field).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def faults(lines):
    """Everything that does not hold, in words; empty for a ledger that is as it was written."""
    found, previous, sequence, head = [], BEGINNING, 0, None
    for line in lines:
        entry = json.loads(line)
        if "head" in entry:
            head = entry["head"]
            continue
        if entry["sequence"] != sequence + 1:
            found.append(f"entry {sequence + 1} is missing")
        if entry["previous"] != previous:
            found.append(f"entry {entry['sequence']} does not name the one before")
        if entry["hash"] != hash_of(entry):
            found.append(f"entry {entry['sequence']} is not what its hash says")
        sequence, previous = entry["sequence"], entry["hash"]
    if head is None or (head["sequence"], head["hash"]) != (sequence, previous):
        found.append(f"the chain ends at {sequence}, the store remembers {head}")
    return found


if __name__ == "__main__":
    problems = faults(sys.stdin)
    print("\n".join(problems) or "the chain holds")
    sys.exit(1 if problems else 0)

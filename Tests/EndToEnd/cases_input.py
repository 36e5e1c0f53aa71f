"""Bad input: configuration, registry, ledger, socket, disk and keys."""
import os
import random
import socket
import sqlite3
import subprocess
import time

from case import Failed, Skipped, case, expect, expect_equal, until
from cases_exit import damage
from screen import Screen
from stage import GOOD, OLD, OLDER, Stage, shipped_configuration

KEYS = 10_000


@case("configuration", "a broken configuration: exit 2, every mistake with file, line and what would be right", seconds=5)
def configuration(stage: Stage):
    os.mkdir(stage.path)
    shipped = shipped_configuration(stage.binary)
    broken = {
        "no YAML": ("a: [b\n", ["baton.yaml:"]),
        "a tab": (shipped.replace("    registry", "\tregistry", 1), ["baton.yaml:"]),
        "unknown keys": (shipped.replace("bake: 5s", "bakes: 5s").replace("strategy: blue-green", "strategie: blue-green"),
                         ["bakes", "strategie", "baton.yaml:12:9", "baton.yaml:31:9"]),
        "nothing": ("", ["baton.yaml"]),
        "a billion laughs": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ["baton.yaml:"]),
        "bytes": ("\x00\x01\x02\x1b[31m", ["baton.yaml"]),
        "too much": ("# " + "x" * 2_000_000, ["baton.yaml"]),
    }
    for name, (text, words) in broken.items():
        with open(stage.config, "w") as file:
            file.write(text)
        result = stage.run("config", "check", stage.config, within=20).ended(2).says(*words)
        expect("\x1b" not in result.out + result.err, f"{name}: an escape sequence came through")
        stage.baton("status").ended(2)
    expect(not stage.agent(), "an agent was started")
    os.remove(stage.config)


@case("flipped-manifest", "a manifest whose bytes were changed is refused by its digest; nothing changes", seconds=6)
def flipped_manifest(stage: Stage):
    stage.prepare()
    damage(stage, stage.digest(GOOD))
    result = stage.promote("testing", GOOD, "--wait")
    expect(result.code in (1, 3), f"exit status {result.code}")
    result.says("have the digest")
    expect_equal(stage.slots()["testing/main"]["observedDigest"], stage.digest(OLD), "what testing runs")
    expect_equal(stage.tags()["testing"], stage.digest(OLD), "pointer tag testing")
    stage.promote("testing", "v2.31.0-rc.1", "--wait").ended(0)


@case("damaged-ledger", "a truncated ledger, or one that is no database: the agent does not start and says why: exit 1", seconds=8)
def damaged_ledger(stage: Stage):
    stage.prepare()
    stage.vouch("testing", GOOD)
    stage.baton("agent", "--stop").ended(0)
    ledger = stage.path + "/state/ledger/ledger.sqlite"
    whole = open(ledger, "rb").read()
    for name, bytes in (("cut in half", whole[:len(whole) // 2]), ("cut to 10 bytes", whole[:10]), ("text", b"not a database" * 1000)):
        with open(ledger, "wb") as file:
            file.write(bytes)
        result = stage.baton("status").ended(1)
        print(f"{name}: {(result.out + result.err).strip().splitlines()[-1].strip()[:160]}")
        result.says("ledger")
        expect(not stage.agent(), f"{name}: an agent runs all the same")
    with open(ledger, "wb") as file:
        file.write(whole)
    stage.ledger_holds()


@case("changed-ledger", "an entry that was changed by hand: baton ledger verify tells where, exit 1", seconds=4)
def changed_ledger(stage: Stage):
    stage.prepare()
    stage.vouch("testing", GOOD)
    stage.baton("agent", "--stop").ended(0)
    stage.ledger_holds()
    ledger = sqlite3.connect(stage.path + "/state/ledger/ledger.sqlite")
    for rule, in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        ledger.execute(f'DROP TRIGGER "{rule}"')
    changed = ledger.execute("UPDATE entry SET actor = 'somebody else' WHERE kind LIKE '%evidence%'").rowcount
    ledger.commit()
    ledger.close()
    expect_equal(changed, 1, "changed entries")
    stage.baton("ledger", "verify").ended(1).says("the chain does not hold")


@case("socket-paths", "a socket path that is a file, another account's, nobody's, or too long: exit 1 or 2, and what it is", seconds=8, needs_root=True)
def socket_paths(stage: Stage):
    stage.prepare()
    stage.baton("agent", "--stop").ended(0)
    plain = stage.root + "/plain"
    with open(plain, "w") as file:
        file.write("kept")
    stage.baton("status", "--socket", plain).ended(1).says("is not a socket")
    stage.run("status", "--socket", plain).ended(1).says("is not a socket")
    expect_equal(open(plain).read(), "kept", "the file")
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(stage.root + "/dead")
    dead.close()
    stage.run("status", "--socket", stage.root + "/dead").ended(1).says("no agent listens")
    result = stage.baton("status", "--socket", stage.root + "/" + "x" * 120)
    expect(result.code in (1, 2), f"exit status {result.code}")
    result.says("a socket's path has 1 to 107")
    if os.geteuid() != 0:
        return
    os.chown(stage.root + "/dead", 65534, 65534)
    stage.baton("status", "--socket", stage.root + "/dead").ended(1).says("nobody")
    os.mkdir(stage.root + "/theirs")
    os.chown(stage.root + "/theirs", 65534, 65534)
    stage.baton("status", "--socket", stage.root + "/theirs/agent.sock").ended(1).says("belongs to nobody")
    expect(not stage.agent(), "an agent was started")


@case("full-disk", "the ledger's disk is full: the promotion stands still and says so; freed, it goes on and succeeds", seconds=15, needs_root=True)
def full_disk(stage: Stage):
    if os.geteuid() != 0:
        raise Skipped("only root can mount a small disk")
    state = stage.path + "/state"
    os.makedirs(state, 0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", state], capture_output=True).returncode != 0:
        raise Skipped("no small disk can be mounted here")
    stage.mounts.append(state)
    stage.prepare()
    following = stage.start("promote", "payments", "--to", "testing", "--digest", GOOD, "--yes", "--wait")
    for line in following.stdout:
        if "live " in line:
            break
    fill(state + "/filler")
    until("status says that the disk is full", lambda: "disk is full" in stage.status().get("alarm", ""), within=15)
    stage.baton("status").ended(0).says("the agent cannot work", "disk is full")
    before = stage.status()["sequence"]
    expect_equal([one["state"] for one in stage.running()], ["verifying live"], "where it stands")
    refused = stage.promote("staging", OLDER)
    expect(refused.code != 0, "a promotion was started without a ledger")
    expect_equal(stage.status()["sequence"], before, "the ledger's last entry while the disk is full")
    os.remove(state + "/filler")
    rest = following.stdout.read()
    expect_equal(following.wait(30), 0, f"exit status of the promotion\n{rest}")
    expect("alarm" not in stage.status(), "the alarm stays")
    stage.ledger_holds()


def fill(path):
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


@case("random-keys", f"{KEYS} random keys into the console: no crash, and prod is never touched", seconds=15)
def random_keys(stage: Stage):
    # Without y: what a person fires on purpose.
    hammer(stage, without="Qqy;:")
    live = stage.live()
    expect_equal(live, ("blue", stage.digest(OLD)), "what prod serves")
    kinds = [line["what"] for line in stage.history() if line.get("environment") == "prod"]
    expect(not any(kind.startswith(("promotion", "rollback")) for kind in kinds), f"prod was touched: {kinds}")


@case("random-keys-read-only", f"{KEYS} random keys, y among them, into a --read-only console: nothing happened at all", seconds=15)
def random_keys_read_only(stage: Stage):
    hammer(stage, "--read-only", without="Qq;:")
    expect_equal((stage.history(), stage.running()), ([], []), "history and what runs")


def hammer(stage, *words, without):
    stage.prepare()
    seed = int(os.environ.get("BATON_KEY_SEED", random.randrange(2**32)))
    print(f"seed {seed}; again with BATON_KEY_SEED={seed}")
    chosen = random.Random(seed)
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config, *words])
    screen.shows("LIVE 100 %")
    console = screen.process()
    sent = 0
    while sent < KEYS:
        batch = [one_key(chosen, without) for _ in range(chosen.randrange(1, 60))]
        screen.keys(*batch)
        sent += len(batch)
        if screen.value("pane_dead") == "1":
            raise Failed(f"the console died after {sent} keys: {screen.value('pane_dead_status')} {screen.value('pane_dead_signal')}")
    # It still answers: out of every sheet and field, then the help.
    until("it answers", lambda: answers(screen), within=15)
    with open(f"/proc/{console}/statm") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20
    print(f"{sent} keys, resident {resident} MiB")
    stage.ledger_holds()


def answers(screen):
    for _ in range(3):
        # A key right after Escape would be taken for the two together.
        screen.keys("Escape")
        time.sleep(0.15)
    return screen.press("?", lambda: "HELP" in screen.last())


def one_key(chosen, without):
    """Any key but those that leave the program."""
    named = ["Up", "Down", "Left", "Right", "Enter", "Escape", "Tab", "BTab", "PPage", "NPage", "Home", "End", "BSpace", "DC", "IC",
             "F1", "F12", "C-a", "C-c", "C-d", "C-l", "C-z", "M-x", "Space", "ä", "€", "漢", "👍"]
    printable = [chr(code) for code in range(33, 127) if chr(code) not in without]
    return chosen.choice(named if chosen.random() < 0.3 else printable)


@case("read-only", "a --read-only console cannot roll back or promote, and a command gets exit 7", seconds=6)
def read_only(stage: Stage):
    stage.prepare()
    screen = Screen(stage, [stage.binary, "console", "--config", stage.config, "--read-only"])
    screen.shows("LIVE 100 %")
    for _ in range(3):
        screen.keys("R")
        time.sleep(0.5)
        screen.keys("y")
        time.sleep(0.2)
    screen.shows("read-only")
    expect_equal((stage.live(), stage.running()), (("blue", stage.digest(OLD)), []), "what prod serves and what runs")
    for words in (("rollback", "payments", "prod", "--yes"), ("abort", "1"),
                  ("evidence", "add", "payments", "testing", "--digest", GOOD, "--passed", "1", "--total", "1")):
        stage.baton(*words, "--read-only").ended(7)
    stage.promote("testing", GOOD, "--read-only").ended(7)
    # Nothing happened but that they were refused, and who asked is kept.
    kept = sorted((line["what"], line["result"].split(":")[0]) for line in stage.history())
    expect_equal(kept, [(what, "not permitted") for what in ("evidence add", "promote", "rollback")], "history")


@case("other-scripts", "reasons in Cyrillic and Japanese are counted in columns, kept, typed and shown where they belong", seconds=20)
def other_scripts(stage: Stage):
    stage.prepare()
    # Seven characters of fourteen columns say enough; seven of seven do not.
    stage.baton("freeze", "staging", "--service", "payments", "--for", "1h", "--reason", "заморож").ended(2)
    reason, other = "年末の変更凍結", "заморозка перед праздником"
    stage.baton("freeze", "prod", "--service", "payments", "--for", "1h", "--reason", reason).ended(0)
    stage.baton("freeze", "staging", "--service", "payments", "--for", "1h", "--reason", other).ended(0)
    screen = Screen(stage, [stage.binary, "--config", stage.config])
    screen.shows("payments", "LIVE 100 %")
    for place, words in ("staging", other), ("prod ", reason):
        screen.choose(lambda line: line.startswith(">" + place))
        screen.keys("x")
        screen.shows(f"frozen: {words}, put on by")
        screen.keys("Escape")
        screen.shows("LIVE 100 %")
    screen.keys("Escape", "h", "/")
    screen.type("年末é")
    screen.shows("年末é")
    screen.keys("BSpace", "BSpace")
    screen.lacks("年末")
    screen.shows("年")

"""Standard descriptors that are closed, full, or left by their reader."""
import os
import signal
import subprocess

from case import case, expect, expect_equal, until
from stage import GOOD, UNHEALTHY, Stage


def command(stage: Stage, *words, out, within=60):
    """A command on the stage whose standard output is an open file: its exit status and what it says on standard error."""
    done = subprocess.run(
        [stage.binary, *words, "--config", stage.config], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True,
        cwd=stage.root, env=stage.environment(), timeout=within)
    return done.returncode, done.stderr


@case("closed-descriptors", "a standard descriptor that is closed is /dev/null before anything else is opened: no output reaches a socket", seconds=12)
def closed_descriptors(stage: Stage):
    stage.prepare()
    for closed in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)):
        process = subprocess.Popen(
            [stage.binary, "promote", "payments", "--to", "testing", "--digest", GOOD, "--yes", "--wait", "--config", stage.config],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=stage.root,
            env=stage.environment(), preexec_fn=lambda: [os.close(number) for number in closed])
        links = until("it is connected to the agent", lambda: connected(process.pid), within=15)
        for number in range(3):
            expect_equal(links[number], "/dev/null", f"descriptor {number} with {closed} closed")
        process.send_signal(signal.SIGKILL)
        process.wait()
        stage.baton("abort", str(stage.running()[0]["promotion"]), "--wait") if stage.running() else None
        until("nothing runs", lambda: not stage.running(), within=30)
    for closed in ((0,), (1,), (2,)):
        done = subprocess.run([stage.binary, "status", "--config", stage.config], stdin=subprocess.DEVNULL, cwd=stage.root,
                              stdout=subprocess.DEVNULL, env=stage.environment(), preexec_fn=lambda: [os.close(number) for number in closed])
        expect_equal(done.returncode, 0, f"exit status of status with {closed} closed")


def connected(pid):
    """The descriptors of a process with where they lead, once one of them is a socket."""
    try:
        links = {int(name): os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}
    except OSError:
        return None
    return links if any(link.startswith("socket:") for link in links.values()) else None


@case("full-output", "a result that cannot be written is told on stderr, exit 1; the promotion's own status wins; EPIPE is no error", seconds=20)
def full_output(stage: Stage):
    stage.prepare()
    stage.promote("testing", GOOD, "--wait").ended(0)
    for words in (("status",), ("status", "--json"), ("history",), ("history", "--json"), ("ledger", "export"), ("ledger", "verify"),
                  ("plan", "payments", "--to", "staging"), ("--help",), ("--version",), ("history", "--help")):
        with open("/dev/full", "w") as full:
            code, said = command(stage, *words, out=full)
        expect_equal((code, "No space left on device" in said), (1, True), f"status and words of {words}: {said}")
        expect_equal(said.count("cannot be written"), 1, f"complaints of {words}")
    with open("/dev/full", "w") as full:
        code, said = command(stage, "promote", "payments", "--to", "testing", "--digest", UNHEALTHY, "--yes", "--wait", out=full)
        expect_equal((code, "No space left on device" in said), (4, True), f"a promotion that fails: {said}")
        code, said = command(stage, "promote", "payments", "--to", "staging", "--digest", GOOD, "--yes", "--wait", "--json", out=full)
        expect_equal((code, "No space left on device" in said), (0, True), f"a promotion that succeeds: {said}")
    stage.baton("retention", "plan", "payments", "--out", "/dev/full").ended(1).says("is not whole in /dev/full", "No space left")
    for words in (("history",), ("ledger", "export"), ("status", "--json")):
        reading, writing = os.pipe()
        os.close(reading)
        code, said = command(stage, *words, out=writing)
        os.close(writing)
        expect_equal((code, said), (0, ""), f"{words} whose reader has left")


@case("cut-export", "an export that a small file cuts is no success", seconds=8)
def cut_export(stage: Stage):
    stage.prepare()
    whole = stage.baton("ledger", "export").ended(0).out
    expect(whole.splitlines()[-1].startswith('{"head"'), "the export ends with its head")
    for limit in (1, 1_000, len(whole.encode()) - 1):
        path = f"{stage.root}/export"
        with open(path, "wb") as file:
            done = subprocess.run(
                [stage.binary, "ledger", "export", "--config", stage.config], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE,
                text=True, cwd=stage.root, env=stage.environment(), preexec_fn=lambda: small(limit))
        expect_equal((done.returncode, "cannot be written" in done.stderr), (1, True), f"cut at {limit}: {done.stderr}")
        expect_equal(os.stat(path).st_size, limit, "what was written")


def small(limit):
    """Files that this process writes end at a size, with an error instead of a signal."""
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

"""Finds the cases and runs each in a process of its own, two at a time."""
import concurrent.futures
import importlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

from case import CASES, Failed, Skipped
from stage import Stage, shipped_configuration

HERE = pathlib.Path(__file__).resolve().parent
CASE_LIMIT_SECONDS = 180
PASSED, FAILED, SKIPPED = 0, 1, 77


def main(arguments):
    load_cases()
    if len(arguments) < 2:
        print("usage: Tests/EndToEnd/run BATON_BINARY [--needs-root | case-name ...]\ncases:")
        for found in CASES.values():
            print(f"  {found.name:34} {found.words}")
        return 2
    binary = os.path.abspath(arguments[1])
    if not os.access(binary, os.X_OK):
        print(f"{binary} cannot be run: build it first with make build")
        return 2
    if arguments[2:3] == ["--one"]:
        return run_here(CASES[arguments[3]], binary)
    if arguments[2:] == ["--needs-root"]:
        return run_all([found for found in CASES.values() if found.needs_root], binary)
    unknown = [name for name in arguments[2:] if name not in CASES]
    if unknown:
        print(f"there is no case {', '.join(unknown)}; the cases are: {', '.join(CASES)}")
        return 2
    return run_all([CASES[name] for name in arguments[2:]] or list(CASES.values()), binary)


def load_cases():
    for path in sorted(HERE.glob("cases_*.py")):
        importlib.import_module(path.stem)


def run_all(cases, binary):
    begun = time.monotonic()
    os.environ["BATON_SHIPPED_CONFIGURATION"] = shipped_configuration(binary)
    counts = {PASSED: 0, FAILED: 0, SKIPPED: 0}
    # The longest first, so that none is left alone at the end.
    cases = sorted(cases, key=lambda found: -found.seconds)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_apart, found, binary) for found in cases]):
            found, status, output, seconds = done.result()
            if status == SKIPPED and not may_skip(found):
                status, output = FAILED, output + "in CI what is skipped is proved nowhere\n"
            counts[status] += 1
            word = {PASSED: "pass", FAILED: "FAIL", SKIPPED: "skip"}[status]
            print(f"{word}  {found.name:34} {seconds:5.1f} s  {found.words}")
            print(indented(output), end="", flush=True)
            if status == FAILED:
                print(f"      alone: Tests/EndToEnd/run {os.path.relpath(binary)} {found.name}")
    seconds = time.monotonic() - begun
    skipped = f", {counts[SKIPPED]} skipped" if counts[SKIPPED] else ""
    print(f"{counts[PASSED]} passed, {counts[FAILED]} failed{skipped} in {seconds:.0f} s")
    return 1 if counts[FAILED] else 0


def may_skip(found):
    """Whether a case may be skipped: in CI only one that needs root, by an account that is not root."""
    return not os.environ.get("BATON_CI") or found.needs_root and os.geteuid() != 0


def run_apart(found, binary):
    """One case in its own process group: a case that hangs is ended, and what it started with it."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "run"), binary, "--one", found.name],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "BATON_CASE": found.name})
    try:
        output, _ = process.communicate(timeout=CASE_LIMIT_SECONDS)
        status = process.returncode
    except subprocess.TimeoutExpired:
        # It stops its stage on the way out.
        os.kill(process.pid, signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
        output += f"not done after {CASE_LIMIT_SECONDS} s\n".encode()
        status = FAILED
    return found, status if status in (PASSED, SKIPPED) else FAILED, output.decode(errors="replace"), time.monotonic() - begun


def run_here(found, binary):
    """One case in this process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    stage = Stage(binary)
    status = PASSED
    try:
        found.body(stage)
    except Skipped as skipped:
        print(f"skipped: {skipped}")
        status = SKIPPED
    except Failed as failed:
        print(f"failed: {failed}")
        status = FAILED
    except Exception:
        import traceback
        traceback.print_exc(file=sys.stdout)
        status = FAILED
    finally:
        if status == FAILED:
            stage.show_evidence()
        left = stage.stop()
        if left:
            print("failed: these processes were left behind:\n" + "\n".join(left))
            status = FAILED
    return status


def indented(text):
    return re.sub(r"(?m)^(?=.)", "      ", text)

"""A fleet of 1,000 services with 4 environments each: one agent that watches them, and one console that shows them."""
import os
import signal
import subprocess
import time

import console
from figures import shown
from replica import Replica
from stage import Stage, agent_process, ask_agent, cpu_share, rss_mib

SERVICES = 1000
ENVIRONMENTS = ["testing", "staging", "acceptance", "prod"]
WALK = "<Down>*60 <Up>*60"
# What a client reads: Wire.answerLimit.
ANSWER_LIMIT_MIB = 64


def measure(baton, table):
    with Stage(baton) as stage:
        replica(baton, stage, table)
        watched(baton, stage, table)


def replica(baton, stage, table):
    """Every service as full as the stage's own, all healthy, behind a socket that answers as an agent does."""
    with Replica(stage.socket, f"{stage.directory}/replica.sock", SERVICES, ENVIRONMENTS) as fleet:
        board = fleet.board_bytes / 2**20
        table.add("board of the fleet on the wire", board, "MiB", ANSWER_LIMIT_MIB, f"{SERVICES} services, without history")
        screens(table, "full board", [baton, "--socket", fleet.path])


def watched(baton, stage, table):
    """A real agent with a configuration of that size; the stage has one of its services, the others are unknown places."""
    directory = stage.directory
    with open(f"{directory}/fleet.yaml", "w") as file:
        file.write(configuration())
    command = [baton, "agent", "--config", f"{directory}/fleet.yaml"]
    with open(f"{directory}/fleet.log", "w") as log:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=log, stderr=log)
    path = f"{directory}/fleet-state/run/agent.sock"
    try:
        while not os.path.exists(path) and process.poll() is None and time.monotonic() < began + 120:
            time.sleep(0.02)
        if not os.path.exists(path):
            with open(f"{directory}/fleet.log") as log:
                return table.skip("agent of the fleet", f"it does not start: {log.read()[-200:].strip()}")
        table.add("agent's first start", (time.monotonic() - began) * 1000, "ms", note="every place is looked at and adopted")
        pid = agent_process(path)
        time.sleep(10)
        table.add("agent: processor", cpu_share(pid, 20), "%", note=f"{SERVICES * len(ENVIRONMENTS)} places; no budget")
        table.add("agent: memory", rss_mib(pid), "MiB", note="no budget")
        board = ask_agent(path, "subscribe")[1]
        whole = board.startswith(b'{"snapshot"')
        table.add("its board on the wire", len(board) / 2**20 if whole else None, "MiB", ANSWER_LIMIT_MIB,
                  "" if whole else board[:90].decode())
        screens(table, "watched", [baton, "--config", f"{directory}/fleet.yaml"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def screens(table, what, command):
    found = console.report(command, "120x40", keys=WALK)
    paint, keys = found["start"]["paint_ms"], found.get("keys", {})
    table.add(f"{what}: first paint", paint and paint["median"], "ms", note="no budget: 30 ms is that of a common board")
    times = keys.get("ms_to_last_byte")
    table.add(f"{what}: key to last byte", times and times["median"], "ms", 2, f"p99 {shown(times['p99'])}" if times else "")
    table.add(f"{what}: console memory", found["memory"]["rss_mib"], "MiB", note="no budget")


def configuration():
    lines = ["version: 1", "state: ./fleet-state", "services:"]
    for number in range(SERVICES):
        name = "payments" if number == 0 else f"service-{number:04}"
        lines += [f"  {name}:", "    registry: {layout: ./registry/shop/payments}", f"    repository: shop/{name}", "    environments:"]
        for environment in ENVIRONMENTS:
            lines.append(f"      - {{name: {environment}, target: {{stage: .}}, strategy: replace, checks: "
                         "[{name: health, http: /health}, {name: home, http: /, within: 1s}]}")
    return "\n".join(lines) + "\n"

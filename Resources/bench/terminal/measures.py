"""What can be measured of a terminal program from the other end of its line."""
import os
import select
import shlex
import signal
import statistics
import time

from terminal.keys import parse_script
from terminal.modes import MODES, modes_left_on, private_modes
from terminal.program import Program
from terminal.session import cpu_ms, memory, open_pidfds, wakes

# Between the first paint and the measurements.
WARM_SECONDS = 2.0
# Silence before a key, silence that ends its repaint, and how long a repaint may take.
GUARD_SECONDS, KEY_SETTLE_SECONDS, KEY_LIMIT_SECONDS = 0.04, 0.06, 3.0
# Patience after a dropped line or a signal.
DROP_SECONDS = 3.0


def summary(values, digits=2):
    """n, median, p90, p99, min and max; None without values."""
    if not values:
        return None
    ordered, last = sorted(values), len(values) - 1
    figures = {"median": statistics.median(ordered), "p90": ordered[round(0.90 * last)],
               "p99": ordered[round(0.99 * last)], "min": ordered[0], "max": ordered[last]}
    return {"n": len(values), **{name: round(value, digits or None) for name, value in figures.items()}}


def measure_start(options):
    first_ms, paint_ms, sizes, failures = [], [], [], []
    for _ in range(options.starts):
        with Program(options) as program:
            painted = program.first_paint()
            if painted:
                first_ms.append(painted[0])
                paint_ms.append(painted[1])
                sizes.append(program.written)
            else:
                failures.append(repr(program.output[-300:]))
    result = {"first_byte_ms": summary(first_ms), "paint_ms": summary(paint_ms), "bytes": summary(sizes, 0)}
    return {**result, "failures": failures} if failures else result


def measure_idle(program, seconds):
    program.listen(0.05, 1.0)
    program.digest()
    cpu, woken, written, began = cpu_ms(program.pid), wakes(program.pid), program.written, time.monotonic()
    bursts, heard = 0, 0.0
    while program.alive() and time.monotonic() - began < seconds:
        remaining = seconds - (time.monotonic() - began)
        burst = program.listen(limit_s=min(1.0, max(0.001, remaining)), one_chunk=True)
        if burst.size:
            bursts += burst.first - heard >= 0.03
            heard = burst.last
    lasted = time.monotonic() - began
    per_min = 60 / lasted
    result = {"seconds": round(lasted, 1),
              "bytes_per_min": round((program.written - written) * per_min),
              "bursts_per_min": round(bursts * per_min, 1),
              "cpu_ms_per_min": round((cpu_ms(program.pid) - cpu) * per_min, 2),
              "wakes_per_min": round((wakes(program.pid) - woken) * per_min)}
    output = program.digest()
    return {**result, "clears": output.count(b"\x1b[2J") + output.count(b"\x1b[H\x1b[J"),
            "synchronized_updates": output.count(b"\x1b[?2026h")}


def measure_keys(program, script):
    first_ms, last_ms, sizes, silent, by_key = [], [], [], 0, {}
    for kind, value in parse_script(script):
        if kind == "wait":
            program.listen(limit_s=value / 1000)
            continue
        if kind == "text":
            program.write(value.encode())
            program.listen(KEY_SETTLE_SECONDS, 2.0)
            continue
        program.listen(GUARD_SECONDS, 3.0)           # a quiet line before the key
        program.digest()
        pressed = time.monotonic()
        program.press(value)
        burst = program.listen(KEY_SETTLE_SECONDS, KEY_LIMIT_SECONDS)
        if not burst.size:
            silent += 1
        else:
            first_ms.append((burst.first - pressed) * 1000)
            last_ms.append((burst.last - pressed) * 1000)
            sizes.append(burst.size)
            by_key.setdefault(value, []).append(burst.size)
        if not program.alive():
            break
    program.digest()
    return {"script": script, "ms_to_first_byte": summary(first_ms), "ms_to_last_byte": summary(last_ms),
            "bytes": summary(sizes, 0), "silent": silent,
            "bytes_median_by_key": {key: round(statistics.median(all_)) for key, all_ in by_key.items()}}


def measure_run(options):
    """Everything that one long run can show."""
    result = {}
    with Program(options) as program:
        program.first_paint()
        program.listen(limit_s=WARM_SECONDS)
        program.digest()
        before = memory(program.pid)
        if options.idle:
            result["idle"] = measure_idle(program, options.idle)
        if options.keys:
            result["keys"] = measure_keys(program, options.keys)
        result["memory"] = {**memory(program.pid), "rss_mib_before": before["rss_mib"]}
        result["alive_at_end"] = program.alive()
        used = private_modes(program.output)
        result["modes_used"] = sorted(name for name, numbers in MODES.items() if numbers & used.keys())
    return result


def measure_drop(options, ignore_hangup):
    runs = [drop(options, ignore_hangup) for _ in range(3)]
    stayed = [run["cpu_ms_per_s"] for run in runs if not run["ended"]]
    result = {"ended": not stayed, "statuses": [run["status"] for run in runs],
              "ms_to_end": None if stayed else statistics.median(run["ms_to_end"] for run in runs)}
    return {**result, "cpu_ms_per_s": max(stayed)} if stayed else result


def drop(options, ignore_hangup):
    with Program(options, ignore_hangup) as program:
        program.first_paint()
        program.listen(limit_s=0.5)
        alive, watched, cpu = program.alive(), open_pidfds(program.pid), cpu_ms(program.pid)
        running, dropped = set(watched), time.monotonic()
        program.hang_up()
        while running and (left := dropped + DROP_SECONDS - time.monotonic()) > 0:
            running -= set(select.select(list(running), [], [], left)[0])
        lasted = time.monotonic() - dropped
        burnt = cpu_ms(program.pid) - cpu
        for pidfd in watched:
            os.close(pidfd)
        return {"ended": alive and not running, "ms_to_end": round(lasted * 1000, 1),
                "cpu_ms_per_s": round(burnt / lasted, 1), "status": program.exit_text()}


def measure_signal(options, name):
    with Program(options) as program:
        program.first_paint()
        program.listen(limit_s=0.5)
        alive, sent = program.alive(), time.monotonic()
        signal.pidfd_send_signal(program.pidfd, signal.Signals["SIG" + name])
        while not program.ended and (left := sent + DROP_SECONDS - time.monotonic()) > 0:
            program.listen(limit_s=left)
        program.digest()
        exited, restored = alive and program.ended is not None, program.terminal_restored()
        cursor, modes = private_modes(program.output).get("25", True), modes_left_on(program.output)
        return {"exited": exited, "status": program.exit_text(),
                "ms": round((program.ended - sent) * 1000, 1) if exited else None,
                "termios_restored": restored, "cursor_visible": cursor, "modes_left_on": modes,
                "clean": exited and restored and cursor and not modes}


def measure(options):
    report = {"command": shlex.join(options.command), "size": f"{options.cols}x{options.rows}",
              "start": measure_start(options)}
    report.update(measure_run(options))
    if options.drop:
        report["drop"] = {"sighup_default": measure_drop(options, ignore_hangup=False),
                          "sighup_ignored": measure_drop(options, ignore_hangup=True)}
    if options.signals:
        report["signals"] = {name: measure_signal(options, name) for name in options.signals.split(",")}
    return report

"""Processes of a terminal session, from /proc (proc(5))."""
import os
import re
import time


def read(path):
    """A file's text; empty once its process is gone."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def stat_fields(pid):
    """/proc/PID/stat from its third field on (state, parent, group, session, ...)."""
    return read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def members(session):
    """The live processes of a terminal session."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        fields = stat_fields(name)
        if fields and fields[0] != "Z" and int(fields[3]) == session:
            found.append(int(name))
    return found


def cpu_ms(session):
    """CPU time so far: live processes by their own clock, children they have reaped in ticks."""
    total = 0.0
    for pid in members(session):
        try:
            total += time.clock_gettime((~pid << 3) | 2) * 1000      # clock_getcpuclockid(3)
        except OSError:
            continue
        reaped = stat_fields(pid)[13:15]
        total += sum(map(int, reaped)) * 1000 / os.sysconf("SC_CLK_TCK")
    return total


def wakes(session):
    """Voluntary context switches of all live threads so far."""
    count = 0
    for pid in members(session):
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue
        for thread in threads:
            switches = re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                                 read(f"/proc/{pid}/task/{thread}/status"), re.M)
            count += int(switches[1]) if switches else 0
    return count


def open_pidfds(session):
    """A descriptor per live process; each turns readable when its process ends."""
    opened = set()
    for pid in members(session):
        try:
            opened.add(os.pidfd_open(pid))
        except ProcessLookupError:
            pass                                            # it ended meanwhile
    return opened


def memory(session):
    """Resident and proportional memory in MiB."""
    kib, pids = {"Rss": 0, "Pss": 0}, members(session)
    for pid in pids:
        for name, value in re.findall(r"^(Rss|Pss):\s+(\d+)", read(f"/proc/{pid}/smaps_rollup"), re.M):
            kib[name] += int(value)
    return {"rss_mib": round(kib["Rss"] / 1024, 1), "pss_mib": round(kib["Pss"] / 1024, 1),
            "processes": len(pids)}

"""Looks at processes through /proc."""
import os


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def having(text):
    """Numbers of the processes whose command line has a text; this one and those it descends from left out."""
    own = set()
    pid = os.getpid()
    while pid > 1:
        own.add(pid)
        pid = parent(pid)
    return [pid for pid in numbers() if pid not in own and text in command_line(pid)]


def numbers():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def stat(pid):
    """The fields of /proc/PID/stat after the name: state first, then parent; empty for none (proc(5))."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def parent(pid):
    fields = stat(pid)
    return int(fields[1]) if fields else 0


def children(pid):
    return [child for child in numbers() if parent(child) == pid]


def is_running(pid):
    fields = stat(pid)
    return bool(fields) and fields[0] not in "ZX"

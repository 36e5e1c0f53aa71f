#!/usr/bin/env python3
"""Measures a terminal program from outside, through a pty.

usage: ptybench.py [options] -- COMMAND [ARGUMENT...]

  ptybench.py --keys '<Down>*60 <Up>*60' --idle 60 --drop --signals TERM,HUP,INT,QUIT -- htop

Prints one JSON report. Every figure is taken at the pty's master side: it is what an SSH link would carry. A process counts if
it belongs to the program's terminal session: a child does, a daemon in a session of its own does not.

start     always, over --starts fresh runs
            first_byte_ms     from exec to the first byte
            paint_ms          from exec to the last byte of the first output that silence follows
            bytes             written until then
            failures          runs that painted nothing, with the end of what they wrote
idle      --idle SECONDS without input; a multiple of 60 counts a minute clock fairly
            bytes_per_min, bursts_per_min (a burst is output after 30 ms of silence)
            cpu_ms_per_min    time on the processor; of children that end meanwhile in ticks of 10 ms
            wakes_per_min     voluntary context switches
            clears            whole screens that are cleared;  synchronized_updates: mode 2026
keys      --keys SCRIPT, key by key
            ms_to_first_byte, ms_to_last_byte, bytes; silent: keys that painted nothing
memory    at the end of that run: rss_mib, pss_mib, processes;  rss_mib_before: at its beginning
alive_at_end, modes_used are of that run, too
drop      --drop closes the master, as sshd does when a link is lost; three runs with SIGHUP at its default and three with it
          ignored at exec
            ended             every run was alive before and gone soon after
            ms_to_end         until the last process was gone, the median
            cpu_ms_per_s      used afterwards by what stayed, the worst run
signals   --signals TERM,HUP: a fresh run per signal, sent to the program alone
            exited, status, ms, termios_restored, cursor_visible, modes_left_on
            clean             it exited, and the terminal is as it was

A key script has blanks between its tokens: j  j*50  <Up>*20  <F5>  <C-l>  <Esc>  <Enter>  <Tab>  <Space>  <Lt> (for "<")
text:/foo%20bar  wait:500 (ms)

Exit status: 0 measured, 2 wrong usage. It ends only what it started. Needs Linux and Python 3.9.
"""
import argparse
import json
import shutil
import signal
import sys

from terminal.keys import key_bytes, parse_script
from terminal.measures import measure


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, usage=argparse.SUPPRESS, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--cols", type=int, default=120)
    option("--rows", type=int, default=40)
    option("--starts", type=int, default=5, help="fresh runs for the start figures")
    option("--idle", type=float, default=0, metavar="SECONDS")
    option("--keys", default="", metavar="SCRIPT")
    option("--drop", action="store_true")
    option("--signals", default="", metavar="NAMES")
    option("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command[:1] == ["--"]:
        options.command = options.command[1:]
    if not options.command or not shutil.which(options.command[0]):
        parser.error(f"there is no command {' '.join(options.command[:1])}".rstrip())
    try:
        check(options)
    except ValueError as error:
        parser.error(str(error))
    return options


def check(options):
    """Raises ValueError for what would fail only after minutes."""
    for kind, value in parse_script(options.keys):
        if kind == "key":
            key_bytes(value, application_cursor=False)
    for name in filter(None, options.signals.split(",")):
        if "SIG" + name not in signal.Signals.__members__:
            raise ValueError(f"unknown signal {name}")


if __name__ == "__main__":
    json.dump(measure(parse_arguments()), sys.stdout, indent=1)
    print()

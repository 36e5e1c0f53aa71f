"""Modes of a terminal that a program switches on, and the answers of a terminal to what a program asks it."""
import re

MODES = {"altscreen": {"1049", "1047", "47"}, "mouse": {"1000", "1002", "1003", "1006", "1015"},
         "paste": {"2004"}, "focus": {"1004"}, "sync": {"2026"}}


def private_modes(output):
    """The last state of each private mode in an output: {number: on}."""
    state = {}
    for numbers, final in re.findall(rb"\x1b\[\?([\d;]+)([hl])", output):
        for number in numbers.decode().split(";"):
            state[number] = final == b"h"
    return state


def modes_left_on(output):
    """Names of the modes that an output switches on and not off again."""
    state = private_modes(output)
    left = [name for name, numbers in MODES.items() if any(state.get(n) for n in numbers)]
    if len(re.findall(rb"\x1b\[>\d*u", output)) > len(re.findall(rb"\x1b\[<\d*u", output)):
        left.append("kitty_keys")
    modify = re.findall(rb"\x1b\[>4;?(\d*)m", output)
    if modify and modify[-1] not in (b"", b"0"):
        left.append("modify_other_keys")
    return sorted(left)

# What a plain xterm replies; a program that waits for an answer must not be measured waiting.
ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c", b"\x1b[0c": b"\x1b[?62;22c", b"\x1b[>c": b"\x1b[>41;390;0c",
    b"\x1b[5n": b"\x1b[0n", b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b]10;?": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\", b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b[?2026$p": b"\x1b[?2026;0$y", b"\x1b[?2027$p": b"\x1b[?2027;0$y",
}

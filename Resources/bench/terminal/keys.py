"""Key scripts: what a person types, and the bytes that a terminal sends for it."""
import re

ARROWS = {"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F"}
KEYS = {
    "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "S-Tab": "\x1b[Z", "Space": " ", "BS": "\x7f", "Lt": "<",
    "Ins": "\x1b[2~", "Del": "\x1b[3~", "PgUp": "\x1b[5~", "PgDn": "\x1b[6~",
    "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS", "F5": "\x1b[15~", "F6": "\x1b[17~",
    "F7": "\x1b[18~", "F8": "\x1b[19~", "F9": "\x1b[20~", "F10": "\x1b[21~",
}


def parse_script(script):
    """A key script as a list of (kind, value): kind is key, text or wait (ms)."""
    steps = []
    for token in script.split():
        kind, colon, rest = token.partition(":")
        if colon and kind == "wait":
            steps.append(("wait", int(rest)))
        elif colon and kind == "text":
            steps.append(("text", rest.replace("%20", " ")))
        else:
            repeat = re.fullmatch(r"(.+)\*(\d+)", token)
            key, count = (repeat[1], int(repeat[2])) if repeat else (token, 1)
            steps += [("key", key)] * count
    return steps


def key_bytes(key, application_cursor):
    """What a terminal sends for one key of a script."""
    named = re.fullmatch(r"<(.+)>", key)
    if not named:
        return key.encode()
    name = named[1]
    if name in ARROWS:
        return (("\x1bO" if application_cursor else "\x1b[") + ARROWS[name]).encode()
    if name in KEYS:
        return KEYS[name].encode()
    if re.fullmatch(r"C-.", name):
        return bytes([ord(name[2].upper()) & 0x1F])
    raise ValueError(f"unknown key {key}")

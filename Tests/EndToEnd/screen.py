"""A real terminal: tmux with a server of its own."""
import shlex
import subprocess

import processes
from case import Failed, until

SIZE = (80, 24)


class Screen:
    def __init__(self, stage, command, size=SIZE, environment=None):
        """Opens a terminal in which a command runs."""
        self.socket = f"{stage.root}/t{len(stage.screens)}"
        self.kept = ""
        stage.screens.append(self)
        words = ["env", "-i"] + [f"{name}={value}" for name, value in stage.environment(TERM="tmux-256color", **(environment or {})).items()]
        line = shlex.join(words) + " " + (command if isinstance(command, str) else shlex.join(command))
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-s", "it", line)
        # A screen that ended can still be looked at.
        self.tmux("set-option", "-g", "remain-on-exit", "on", check=False)

    def tmux(self, *words, check=True):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *words], capture_output=True, text=True, errors="replace", timeout=20)
        if check and done.returncode != 0:
            raise Failed(f"tmux {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def text(self):
        shown = self.tmux("capture-pane", "-p", "-t", "it", check=False)
        if shown:
            self.kept = shown
        return shown

    def last(self):
        return self.text() or self.kept

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "it", *keys)

    def press(self, key, happened):
        """A key, and whether something came of it soon: a sheet is deaf at first."""
        self.keys(key)
        try:
            return until("the key is heard", happened, within=0.6, every=0.03)
        except Failed:
            return False

    def type(self, text):
        self.tmux("send-keys", "-t", "it", "-l", text)

    def shows(self, *texts, within=20.0):
        """Waits until every text is on the screen."""
        until(f"the screen shows {', '.join(repr(text) for text in texts)}",
              lambda: all(text in self.last() for text in texts), within, every=0.03)
        return self.last()

    def lacks(self, text, within=10.0):
        until(f"the screen no longer shows {text!r}", lambda: text not in self.last(), within, every=0.03)

    def choose(self, wanted):
        """Moves the cursor to the row that a function of the line picks: down, and from the top again."""
        key = "j"

        def found():
            nonlocal key
            line = self.cursor()
            if wanted(line):
                return True
            self.keys(key)
            try:
                until("the cursor moves", lambda: self.cursor() != line, within=0.5, every=0.02)
                key = "j"
            except Failed:
                key = "g"
            return False

        until("the wanted row is under the cursor", found, within=20, every=0)

    def cursor(self):
        return next((line for line in self.last().splitlines() if line.startswith(">")), "")

    def value(self, format):
        return self.tmux("display-message", "-p", "-t", "it", "#{%s}" % format, check=False).strip()

    def process(self):
        """The program of the terminal."""
        return int(self.value("pane_pid"))

    def child(self, text):
        """The first descendant whose command line has a text."""

        def search(pid):
            for child in processes.children(pid):
                if text in processes.command_line(child):
                    return child
                below = search(child)
                if below:
                    return below
            return None

        return search(self.process())

    def resize(self, width, height):
        self.tmux("resize-window", "-t", "it", "-x", str(width), "-y", str(height))

    def close(self):
        self.text()
        self.tmux("kill-server", check=False)

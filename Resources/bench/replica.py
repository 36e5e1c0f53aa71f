"""Stands in for an agent: takes the board of a stage's agent and serves it many times over."""
import copy
import json
import os
import socket
import threading

from stage import ask_agent


class Replica:
    """Serves one board to every viewer, on a socket of its own, from entry to exit."""

    def __init__(self, source, path, services, environments):
        self.path = path
        self.welcome, line = ask_agent(source, "subscribe")
        snapshot = json.loads(line)
        snapshot["snapshot"]["_0"] = many(snapshot["snapshot"]["_0"], services, environments)
        self.board = json.dumps(snapshot, separators=(",", ":")).encode() + b"\n"
        self.board_bytes = len(self.board)

    def __enter__(self):
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(self.path)
        self.door.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.door.close()
        os.unlink(self.path)

    def serve(self):
        while True:
            try:
                link, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.attend, args=(link,), daemon=True).start()

    def attend(self, link):
        try:
            lines = link.makefile("rb")
            lines.readline()
            link.sendall(self.welcome)
            while lines.readline():
                link.sendall(self.board)
        except OSError:
            pass
        finally:
            link.close()


def many(board, services, environments):
    """The board with its one service many times, each with these environments."""
    service, projection = board["services"][0], board["projection"]
    kept, candidates = projection["services"][service["name"]], board["candidates"][service["name"]]
    seen = dict(zip((place["environment"] for place in board["observations"][::2]), board["observations"][1::2]))
    board["services"], board["observations"], board["candidates"], projection["services"] = [], [], {}, {}
    patterns = {name: name if name in seen else "staging" for name in environments}
    paths = {one["name"]: one for one in service["path"]}
    for number in range(services):
        name = f"service-{number:04}"
        path = [{**paths[pattern], "name": one} for one, pattern in patterns.items()]
        board["services"].append({**service, "name": name, "repository": f"shop/{name}", "path": path})
        board["candidates"][name] = candidates
        known = {one: kept["environments"][pattern] for one, pattern in patterns.items()}
        projection["services"][name] = {**copy.copy(kept), "environments": known}
        for one, pattern in patterns.items():
            board["observations"] += [{"environment": one, "service": name}, seen[pattern]]
    return board

"""Users at one port: a steady rate of requests on kept-alive connections, from a process of their own."""
import multiprocessing
import socket
import threading
import time

CONNECTIONS = 6


class Load:
    """Runs from entry to exit; answers and failures are then in `answers` and `failures`."""

    def __init__(self, port, rate):
        self.near, far = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=users, args=(port, rate, far), daemon=True)
        self.answers, self.failures = [], []

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.take()
        self.near.send("end")
        while self.process.is_alive():
            self.take()
            self.process.join(0.05)
        self.take()

    def take(self):
        """Takes what has been answered meanwhile."""
        try:
            while self.near.poll():
                answers, failures = self.near.recv()
                self.answers += answers
                self.failures += failures
        except EOFError:
            pass

    def other(self, than, since, patience=15.0):
        """When the first answer of another digest came after a moment; None if none came."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.take()
            found = [done for _, done, digest in self.answers if digest != than and done > since]
            if found:
                return min(found)
            time.sleep(0.01)
        return None

    def serving(self):
        """The digest of the newest answer."""
        deadline = time.monotonic() + 5
        while not self.answers and time.monotonic() < deadline:
            self.take()
            time.sleep(0.01)
        return max(self.answers, key=lambda answer: answer[1])[2] if self.answers else None


def users(port, rate, far):
    """The body of the process: one thread a connection, what they hear is sent on twenty times a second."""
    kept, lock, ended = ([], []), threading.Lock(), threading.Event()
    threads = [threading.Thread(target=user, args=(port, CONNECTIONS / rate, number / rate, kept, lock, ended))
               for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    while not (far.poll(0.05) and far.recv() == "end"):
        send(far, kept, lock)
    ended.set()
    for thread in threads:
        thread.join()
    send(far, kept, lock)


def send(far, kept, lock):
    with lock:
        far.send((list(kept[0]), list(kept[1])))
        kept[0].clear()
        kept[1].clear()


def user(port, pause, offset, kept, lock, ended):
    link, due = None, time.monotonic() + offset
    while not ended.is_set():
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + pause, time.monotonic() - 1)
        asked = time.monotonic()
        try:
            link = link or socket.create_connection(("127.0.0.1", port), timeout=5)
            link.sendall(b"GET / HTTP/1.1\r\nHost: stage\r\n\r\n")
            digest, stays = answer(link)
        except OSError as error:
            link = None
            with lock:
                kept[1].append(f"{type(error).__name__}: {error}")
            continue
        if not stays:
            link.close()
            link = None
        with lock:
            kept[0].append((asked, time.monotonic(), digest))


def answer(link):
    """The digest that one answer names, and whether the connection stays; anything but 200 is an OSError."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += received(link)
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    missing = int(fields.get("content-length", "0")) - len(body)
    while missing > 0:
        missing -= len(received(link))
    if first.split()[1:2] != ["200"]:
        raise OSError(f"answer {first}")
    return fields.get("x-baton-digest"), fields.get("connection", "").lower() != "close"


def received(link):
    data = link.recv(65536)
    if not data:
        raise OSError("the connection ended in the middle of a request")
    return data

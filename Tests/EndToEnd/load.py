"""Constant-rate HTTP load: half of it over kept connections, half over a new connection a request."""
import http.client
import threading
import time

WORKERS = 6


class Answered:
    """One request: when it began and ended (monotonic seconds), and what came back."""

    __slots__ = ("began", "ended", "status", "digest", "error")

    def __init__(self, began, ended, status, digest, error):
        self.began, self.ended, self.status, self.digest, self.error = began, ended, status, digest, error


class Load:
    def __init__(self, stage, environment="prod", rate=300):
        self.port = int(stage.ports[environment])
        self.rate = rate
        self.answers = []
        self.ending = threading.Event()
        self.begun = time.monotonic()
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(WORKERS)]
        for thread in self.threads:
            thread.start()
        stage.loads.append(self)

    def work(self, number):
        keeps = number % 2 == 0
        period = WORKERS / self.rate
        due = self.begun + period * number / WORKERS
        connection = None
        while not self.ending.is_set():
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            due += period
            connection = self.ask(connection, keeps)
        if connection:
            connection.close()

    def ask(self, connection, keeps):
        began = time.monotonic()
        try:
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            connection.request("GET", "/", headers={} if keeps else {"Connection": "close"})
            response = connection.getresponse()
            response.read()
            digest = response.headers.get("X-Baton-Digest")
            self.answers.append(Answered(began, time.monotonic(), response.status, digest, None))
        except (OSError, http.client.HTTPException) as error:
            self.answers.append(Answered(began, time.monotonic(), None, None, repr(error)))
            connection.close()
            return None
        if keeps and not response.will_close:
            return connection
        connection.close()
        return None

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(15)
        self.seconds = time.monotonic() - self.begun
        return Report(list(self.answers), self.seconds)

    def so_far(self):
        return Report(list(self.answers), time.monotonic() - self.begun)


class Report:
    def __init__(self, answers, seconds):
        self.answers = sorted(answers, key=lambda one: one.began)
        self.seconds = seconds
        self.broken = [one for one in answers if one.error]
        self.refused = [one for one in answers if one.status is not None and one.status != 200]
        self.failed = self.broken + self.refused

    def words(self):
        slowest = max((one.ended - one.began for one in self.answers), default=0) * 1000
        first = f"; first: {self.failed[0].error or self.failed[0].status}" if self.failed else ""
        return (f"{len(self.answers)} requests, {len(self.answers) / max(self.seconds, 0.001):.0f}/s, "
                f"{len(self.failed)} failed, slowest {slowest:.0f} ms{first}")

    def late(self, digest, since):
        """Requests that began after a moment and were answered by another digest."""
        return [one for one in self.answers if one.began > since and one.digest and one.digest != digest]

    def first(self, digest, since=0.0):
        """When the first answer by a digest was whole, of the requests that began after a moment."""
        return min((one.ended for one in self.answers if one.digest == digest and one.began > since), default=None)

#!/usr/bin/python3
"""64 clients that submit, list, follow, pause, resume, count and remove at once: each gets its answers in time, and every
answer agrees with what that client did.

By hand, for longer: CLIENTS_SECONDS=60 tests/integration/clients_test.py BINARIES
"""

import collections
import os
import random
import threading
import time
import unittest

import harness

N_CLIENTS = int(os.environ.get("CLIENTS", 64))
SECONDS = float(os.environ.get("CLIENTS_SECONDS", 5))
N_PAGES = 50
MAX_URLS = 8


class Client(threading.Thread):
    """One that lives its jobs through, one after the other, on one connection."""

    def __init__(self, number, daemon, urls, end):
        super().__init__(name=f"client {number}", daemon=True)
        self.random = random.Random(number)
        self.connection = daemon.connect()
        self.urls = urls
        self.end = end
        self.lives = 0
        self.calls = collections.Counter()
        self.longest = collections.Counter()
        self.error = None

    def run(self):
        try:
            while time.monotonic() < self.end or self.lives == 0:
                self.live()
                self.lives += 1
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self.connection.close()

    def call(self, method, parameters=None):
        begin = time.monotonic()
        try:
            return self.connection.call(method, parameters)
        finally:
            self.note(method, begin)

    def note(self, method, begin):
        self.calls[method] += 1
        self.longest[method] = max(self.longest[method], time.monotonic() - begin)

    def stream(self, method, parameters):
        """All replies of a call with `more`."""
        begin = time.monotonic()
        self.connection.send(f"io.urlstat.{method}", parameters, more=True)
        while True:
            reply = self.connection.receive()
            if reply is None or "error" in reply:
                raise AssertionError(f"{method}: {reply}")
            yield reply["parameters"]
            if not reply.get("continues"):
                break
        self.note(method, begin)

    def live(self):
        pages = self.random.sample(range(N_PAGES), self.random.randint(1, MAX_URLS))
        job = self.submit(pages)
        name = str(job)
        if self.random.random() < 0.5:
            self.pause(name)
        if self.random.random() < 0.5:
            self.see(job)
        self.follow(name, len(pages))
        self.count(name, pages)
        expect(self.call("Remove", {"jobs": [name]})["removed"], [job])
        try:
            self.call("Show", {"job": name})
        except harness.VarlinkError as error:
            expect(error.name, "io.urlstat.NoSuchJob")
        else:
            raise AssertionError(f"job {job} is there after it was removed")

    def submit(self, pages):
        entries = [{"url": self.urls[page]} for page in pages]
        if self.random.random() < 0.5:
            reply = self.call("Submit", {"urls": entries})
        else:
            self.call("Begin")
            self.call("Append", {"urls": entries})
            reply = self.call("Commit")
        expect(reply["accepted"], len(pages))
        return reply["job"]

    def pause(self, name):
        """It may be over before."""
        try:
            expect(self.call("Pause", {"jobs": [name]})["jobs"][0]["state"], "paused", "done")
            expect(self.call("Show", {"job": name})["jobs"][0]["state"], "paused", "done")
            self.call("Resume", {"jobs": [name]})
        except harness.VarlinkError as error:
            expect(error.name, "io.urlstat.WrongState")

    def see(self, job):
        """Its job is among all, which come in the order of their numbers."""
        numbers = [item["job"] for part in self.stream("Jobs", {"all": True}) for item in part["jobs"]]
        expect(job in numbers, True)
        expect(numbers, sorted(set(numbers)))

    def follow(self, name, n):
        counted = 0
        for part in self.stream("Watch", {"jobs": [name]}):
            (job,) = part["jobs"]
            if job["counted"] < counted:
                raise AssertionError(f"job {name}: {job['counted']} counted after {counted}")
            counted = job["counted"]
        expect((job["state"], job["counted"], job["queued"], job["active"]), ("done", n, 0, 0))

    def count(self, name, pages):
        top = self.call("Top", {"jobs": [name], "k": 0})
        words = {word["word"]: word["tokens"] for word in top["words"]}
        expect(words, {"page": 2 * len(pages), **{f"number{page}": page + 1 for page in pages}})
        expect(sum(words.values()), top["tokens"])


def expect(found, *expected):
    if found not in expected:
        raise AssertionError(f"{found} is none of {expected}")


class Clients(unittest.TestCase):
    def test_all_are_served_and_told_the_truth(self):
        directory = self.enterContext(harness.temporary_directory())
        for i in range(N_PAGES):
            (directory / f"{i}.html").write_text("<p>page page " + f"number{i} " * (i + 1))
        server = self.enterContext(harness.WebServer({"/": directory}))
        urls = [server.url(f"/{i}.html") for i in range(N_PAGES)]
        with harness.Daemon() as daemon:
            end = time.monotonic() + SECONDS
            clients = [Client(i, daemon, urls, end) for i in range(N_CLIENTS)]
            begin = time.monotonic()
            for client in clients:
                client.start()
            for client in clients:
                client.join(SECONDS + 2 * harness.DEADLINE_SEC)
                self.assertFalse(client.is_alive(), f"{client.name} hangs: {client.calls}")
            seconds = time.monotonic() - begin
            errors = [f"{client.name}: {client.error!r}" for client in clients if client.error]
            self.assertEqual(errors, [])
            self.assertEqual(daemon.json("jobs", "--all")["jobs"], [])
            status = daemon.json("status")
            self.assertEqual((status["queued"], status["active"]), (0, 0))
        self.tell(clients, seconds)

    def tell(self, clients, seconds):
        lives = [client.lives for client in clients]
        calls = sum((client.calls for client in clients), collections.Counter())
        longest = {method: max(client.longest[method] for client in clients) for method in calls}
        slowest = max(longest, key=longest.get)
        print(f"{N_CLIENTS} clients, {seconds:.1f} s: {calls.total()} calls, {sum(lives)} jobs, {min(lives)} to "
              f"{max(lives)} a client; the longest call: {slowest}, {longest[slowest]:.2f} s")
        self.assertGreaterEqual(min(lives), 1)


if __name__ == "__main__":
    harness.main()

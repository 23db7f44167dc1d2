#!/usr/bin/python3
"""Many clients that call what comes to their mind, send ahead, read a little and go, while jobs run: the daemon goes on
answering, and ends cleanly."""

import random
import tempfile
import time
import unittest
from pathlib import Path

import harness

SECONDS = 8
CLIENTS = 24
PAGES = 40


class Chaos(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(1)
        self.site = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="urlstat-site-")))
        self.site.chmod(0o755)
        for i in range(PAGES):
            (self.site / f"{i}.txt").write_text(" ".join(f"w{self.random.randrange(3000)}" for _ in range(2000)))
        self.server = self.enterContext(harness.WebServer({"/": self.site}))
        self.daemon = self.enterContext(harness.Daemon())

    def entries(self):
        kinds = [
            lambda: {"url": self.server.url(f"/{self.random.randrange(PAGES + 5)}.txt")},
            lambda: {"url": "http://127.0.0.1:1/", "label": "l"},
            lambda: {"url": "nonsense", "line": 7},
        ]
        return [self.random.choice(kinds)() for _ in range(self.random.choice([0, 1, 30, 700]))]

    def job(self):
        return self.random.choice([str(self.random.randrange(1, 40)), "name", "name~1", "none"])

    def call(self):
        """A method, its parameters, and flags."""
        jobs = [self.job() for _ in range(self.random.choice([0, 1, 2, 5]))]
        calls = [
            ("Submit", {"urls": self.entries(), "name": "name"}),
            ("Begin", {"name": "name"}),
            ("Append", {"urls": self.entries()}),
            ("Commit", {}),
            ("Top", {"jobs": jobs, "k": self.random.choice([0, 5])}),
            ("Top", {"all": True, "k": 0, "per": self.random.choice(["page", "host", "label", "job"])}),
            ("Compare", {"base": self.job(), "new": self.job(), "k": 0}),
            ("Jobs", {}),
            ("Show", {"job": self.job()}),
            ("Urls", {"job": self.job()}),
            ("Urls", {"url": self.server.url("/1.txt")}),
            ("Wait", {"jobs": jobs}),
            ("Watch", {"jobs": jobs, "perPage": 3}),
            ("Watch", {"jobs": jobs, "perPage": 900}),
            ("Watch", {}),
            ("Pause", {"jobs": jobs}),
            ("Resume", {"jobs": jobs}),
            ("Cancel", {"jobs": jobs}),
            ("Retry", {"jobs": jobs}),
            ("Remove", {"jobs": [self.job()]}),
            ("Workers", {}),
            ("Status", {}),
            ("Ping", {"surprise": 1}),
        ]
        method, parameters = self.random.choice(calls)
        flags = self.random.choice([{}, {"more": True}, {"more": True}, {"oneway": True}])
        return f"io.urlstat.{method}", parameters, flags

    def act(self, connection):
        """One step of one client; False: it has ended."""
        what = self.random.randrange(10)
        try:
            if what < 5:
                method, parameters, flags = self.call()
                connection.send(method, parameters, **flags)
            elif what < 9:
                if not connection.socket.recv(self.random.choice([10, 1000, 100000])):
                    return False
            else:
                return False
        except BlockingIOError:
            return self.random.randrange(3) > 0
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def connect(self):
        connection = self.daemon.connect()
        connection.socket.setblocking(False)
        return connection

    def welcome(self):
        """A connection that was let in: the daemon may not have seen yet that so many others are gone."""
        deadline = time.monotonic() + 30
        while True:
            connection = self.daemon.connect()
            try:
                self.assertIn("version", connection.call("Ping"))
                return connection
            except (harness.VarlinkError, AssertionError, OSError):  # told so, or hung up on before it asked
                connection.close()
                if time.monotonic() > deadline:
                    raise

    def test_daemon_goes_on_and_ends_cleanly(self):
        clients = [self.connect() for _ in range(CLIENTS)]
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            i = self.random.randrange(CLIENTS)
            if not self.act(clients[i]):
                clients[i].close()
                clients[i] = self.connect()
        with self.welcome() as connection:
            self.assertGreater(connection.call("Status")["uptime"], SECONDS / 2)
        for client in clients[: CLIENTS // 2]:
            client.close()
        self.daemon.stop()
        for client in clients:
            client.close()


if __name__ == "__main__":
    harness.main()

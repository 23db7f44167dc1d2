#!/usr/bin/python3
"""Totals of a job that goes on are not made anew after a restart: what was known when the daemon was stopped is loaded,
only pages that it does not tell of are read, and every number is as if nothing had happened; also where the daemon is
killed while it writes them down."""

import random
import re
import signal
import time
import unittest

import harness

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
PAGES = 130  # of each
SEED = 20261123
# Instants at which a stop is cut short by a kill.
KILLS = 6


def write_pages(directory):
    """Some words are on nearly every page, most on few."""
    words = random.Random(SEED)
    for number in range(PAGES):
        text = " ".join(f"w{int(words.paretovariate(0.4)) % 5000}" for _ in range(60))
        (directory / f"{number}.txt").write_text(text)


class Rows(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(harness.temporary_directory())
        write_pages(directory)
        self.server = self.enterContext(harness.WebServer({"/": directory}, addresses=ADDRESSES))
        self.daemon = self.enterContext(harness.Daemon())
        for address in ADDRESSES:
            self.daemon.ctl("pause", f"--host={address}")
        urls = [self.server.url(f"/{number}.txt", address) for number in range(PAGES) for address in ADDRESSES]
        self.urls = "\n".join(urls)
        self.daemon.ctl("submit", "-", stdin=self.urls)

    def fetch_from(self, address, counted):
        self.daemon.ctl("resume", f"--host={address}")
        self.daemon.wait_for_job(1, lambda job: job["counted"] == counted, f"{counted} pages")

    def top(self, job="1"):
        return self.daemon.ctl("-o", "tsv", "top", job, "-k", "0").stdout

    def pages_read(self):
        """Since the daemon was started."""
        text = self.daemon.ctl("metrics").text
        return int(float(re.search(r"^urlstat_store_pages_read_total (\S+)$", text, re.MULTILINE).group(1)))

    def restart(self):
        self.daemon.stop()
        self.daemon.start()

    def kill_while_it_stops(self, sec):
        self.daemon.process.send_signal(signal.SIGTERM)
        time.sleep(sec)
        self.daemon.kill()
        self.daemon.start()

    def test_only_new_pages_are_read_after_a_restart(self):
        self.fetch_from(ADDRESSES[0], PAGES)
        before = self.top()
        self.assertEqual(self.pages_read(), PAGES)

        self.restart()
        self.assertEqual(self.top(), before)
        self.assertEqual(self.pages_read(), 0)

        # Nobody asks until the next restart: these are new to the row. A kill leaves it as it was.
        self.fetch_from(ADDRESSES[1], 2 * PAGES)
        self.daemon.kill()
        self.daemon.start()
        before = self.top()
        self.assertEqual(self.pages_read(), PAGES)
        self.restart()
        self.assertEqual(self.top(), before)
        self.assertEqual(self.pages_read(), 0)

        self.fetch_from(ADDRESSES[2], 3 * PAGES)
        self.daemon.ctl("wait", "1")
        self.assertEqual(self.pages_read(), PAGES)
        self.daemon.ctl("submit", "--wait", "-", stdin=self.urls)
        self.assertEqual(self.top("1"), self.top("2"))

    def test_kill_while_a_row_is_written_changes_no_number(self):
        instants = random.Random(SEED)
        self.fetch_from(ADDRESSES[0], PAGES)
        expected = self.top()
        for _ in range(KILLS):
            self.assertEqual(self.top(), expected)
            self.kill_while_it_stops(instants.uniform(0, 0.03))
        self.assertEqual(self.top(), expected)
        for address in ADDRESSES[1:]:
            self.daemon.ctl("resume", f"--host={address}")
        self.daemon.ctl("wait", "1")
        self.daemon.ctl("submit", "--wait", "-", stdin=self.urls)
        self.assertEqual(self.top("1"), self.top("2"))


if __name__ == "__main__":
    harness.main()

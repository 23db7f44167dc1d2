#!/usr/bin/python3
"""The daemon is killed at random instants, while it starts, takes a list, fetches, finishes and removes, and started
again each time: at the end every count is that of an undisturbed run, byte for byte, and each URL has one outcome.

By hand, for as many kills while pages are in flight, over as many jobs as that takes, from a server that takes its time:
CRASH_KILLS=200 tests/integration/crash_test.py BINARIES
The instants follow from CRASH_SEED, which is printed, and from how long the undisturbed run took here.
"""

import collections
import json
import os
import random
import signal
import statistics
import subprocess
import time
import unittest

import documentation
import harness

KILLS = int(os.environ.get("CRASH_KILLS", 0))
SEED = int(os.environ.get("CRASH_SEED", 20261123))
# Without a number of kills: one job, and so many at most.
FEW_KILLS = 25

# So that a kill meets some dozens of pages on their way, and not all of them.
CONFIG = harness.merged(harness.IMPOLITE, {"Fetch": {"HostConnections": "4"}})

# With a number of kills: so many answers a second from each of the 16 hosts; who asks for more waits, and is in flight.
RATE = int(os.environ.get("CRASH_RATE", 40))
SLOW = {
    "http": f"limit_req_zone $server_addr zone=host:1m rate={RATE}r/s;",
    "server": "limit_req zone=host burst=1000;",
}
FETCHING = "while fetching"


class Undisturbed:
    """What a job over the list comes to when nobody disturbs it, and how long that takes."""

    def __init__(self, urls_file):
        with harness.Daemon(CONFIG) as daemon:
            daemon.stop()
            begin = time.monotonic()
            daemon.start()
            self.start_sec = time.monotonic() - begin
            begin = time.monotonic()
            daemon.ctl("submit", "--wait", urls_file)
            self.job_sec = time.monotonic() - begin
            self.result = result_of(daemon, 1)


def result_of(daemon, job):
    """All words with their counts, as printed; and of each URL how it ended, with its counts."""
    top = daemon.ctl("-o", "tsv", "top", str(job), "-k", "0").stdout
    urls = [
        json.loads(line) for line in daemon.ctl("-o", "jsonl", "urls", str(job)).stdout.decode().splitlines()
    ]
    ends = [tuple(url[key] for key in ("page", "url", "state", "tokens", "distinct", "contentHash")) for url in urls]
    return top, sorted(ends)


class Disturbed:
    """A daemon that is killed and started again, and what its clients were told meanwhile."""

    def __init__(self, urls_file, undisturbed, seed):
        self.urls_file = urls_file
        self.daemon = harness.Daemon(CONFIG)
        self.random = random.Random(seed)
        # Most kills meet a job in the middle; some the start, which is short.
        self.longest_sec = undisturbed.start_sec + undisturbed.job_sec / (8 if KILLS else 4)
        self.kills = collections.Counter()
        self.restarts_sec = []

    def life(self, name, job, shown):
        """From start to kill. Returns the job, if a client was told of it, and what was shown to be counted."""
        span = self.random.uniform(0, self.longest_sec)
        # Most lives are counted from when something is in flight.
        waits = self.random.random() < 0.75
        latest = time.monotonic() + harness.DEADLINE_SEC
        end = latest if waits else time.monotonic() + span
        self.daemon.spawn().close()
        stage = "while starting"
        client = None
        while time.monotonic() < end:
            if not job and not client and self.listens():
                client = self.submit(name)
            if client and client.poll() == 0:
                job = int(client.stdout.read())
                client.stdout.close()
                client = None
            seen = self.ask(job, end) if job else None
            if seen:
                shown = max(shown, seen["counted"])
                stage = self.stage_of(seen)
                if waits and stage in (FETCHING, "when done"):
                    end = time.monotonic() + span
                    waits = False
            time.sleep(min(0.005, max(end - time.monotonic(), 0)))
        self.daemon.kill()
        self.kills["while taking the list" if client else stage] += 1
        if client and client.wait(harness.DEADLINE_SEC) == 0:
            job = int(client.stdout.read())
        if client:
            client.stdout.close()
        return job, shown

    @staticmethod
    def stage_of(seen):
        if seen["state"] == "done":
            return "when done"
        return FETCHING if seen["active"] else "between two pages"

    def submit(self, name):
        command = [harness.BINARIES / "urlstatctl", f"--socket={self.daemon.socket}", "-q", "submit", "-n", name]
        return subprocess.Popen(
            [*harness.DIES_WITH_US, *command, self.urls_file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def listens(self):
        try:
            self.daemon.connect().close()
        except OSError:
            return False
        return True

    def ask(self, job, end):
        """What is shown of the job; None if nobody answers in time."""
        try:
            with self.daemon.connect() as connection:
                connection.socket.settimeout(max(end - time.monotonic(), 0.001))
                return connection.call("Show", {"job": str(job)})["jobs"][0]
        except (OSError, AssertionError):
            return None

    def start(self):
        begin = time.monotonic()
        self.daemon.start()
        self.restarts_sec.append(time.monotonic() - begin)

    def find(self, name):
        """The job of that name; None if its list was not taken."""
        jobs = self.daemon.json("jobs", f"--name={name}")["jobs"]
        return jobs[0] if jobs else None


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.need(documentation.pages(), f"the pages of {documentation.PACKAGES} are not installed")
        cls.server = cls.enterClassContext(
            harness.WebServer(documentation.DIRECTORIES, documentation.ADDRESSES, **(SLOW if KILLS else {}))
        )
        directory = cls.enterClassContext(harness.temporary_directory())
        # Each life starts the daemon, which takes a second with a sanitizer.
        step = 25 if harness.is_sanitized() else 1
        urls = documentation.urls(cls.server, step)
        cls.n_urls = len(urls)
        cls.urls_file = harness.write_list(directory / "urls.txt", urls)
        cls.undisturbed = Undisturbed(cls.urls_file)

    def setUp(self):
        self.disturbed = Disturbed(self.urls_file, self.undisturbed, SEED)
        self.daemon = self.disturbed.daemon
        self.push(self.daemon)
        self.twice = 0
        self.in_vain = 0

    def push(self, daemon):
        def end(*ignored):
            if daemon.process is None:
                daemon.start()
            return daemon.__exit__(*ignored)

        self.addCleanup(end, None, None, None)

    def run_job(self, name, max_kills):
        """Kills until the job is done, at most so often; then it has its peace. Returns its number."""
        job = None
        shown = 0
        for _ in range(max_kills):
            told, shown = self.disturbed.life(name, job, shown)
            # Every other time the next life begins with what the crash left, which nobody has looked at. A client
            # whose list may have been taken, though it was not told, would look before it tries again.
            if told and self.disturbed.random.random() < 0.5:
                job = told
                continue
            job, done = self.check(name, told, shown)
            self.daemon.kill()
            self.disturbed.kills["at once after a start"] += 1
            if done or self.is_enough():
                break
        self.disturbed.start()
        if not self.disturbed.find(name):
            self.assertIsNone(job)
            self.daemon.ctl("submit", "-n", name, self.urls_file)
        job = self.disturbed.find(name)["job"]
        self.daemon.ctl("wait", str(job))
        return job

    def is_enough(self):
        return KILLS > 0 and self.disturbed.kills[FETCHING] >= KILLS

    def check(self, name, told, shown):
        """What a client was told is so. Returns the job, if there is one, and whether it is done."""
        self.disturbed.start()
        found = self.disturbed.find(name)
        if told:
            self.assertIsNotNone(found, "a list that was accepted is kept")
            self.assertEqual(found["job"], told)
        if not found:
            return None, False
        self.assertEqual(found["total"], self.n_urls)
        self.assertGreaterEqual(found["counted"], shown, "what was shown as counted stays counted")
        return found["job"], found["state"] == "done"

    def assertSame(self, job):
        top, ends = result_of(self.daemon, job)
        self.assertEqual(top, self.undisturbed.result[0])
        self.assertEqual(ends, self.undisturbed.result[1])
        self.assertEqual(len({end[1] for end in ends}), self.n_urls)

    def note_fetched_twice(self, n_before):
        """Of the requests since then: how many pages were asked for more than once."""
        asked = collections.Counter((address, path) for _, address, _, path in self.server.requests()[n_before:])
        self.assertEqual(len(asked), self.n_urls)
        self.twice += sum(n > 1 for n in asked.values())
        self.in_vain += asked.total() - self.n_urls

    def test_counts_are_those_of_an_undisturbed_run(self):
        print(f"CRASH_SEED={SEED}; undisturbed: {self.n_urls} URLs in {self.undisturbed.job_sec:.2f} s")
        jobs = 0
        while jobs == 0 or self.disturbed.kills[FETCHING] < KILLS:
            jobs += 1
            n_before = len(self.server.requests())
            job = self.run_job(f"job-{jobs}", KILLS or FEW_KILLS)
            self.assertSame(job)
            self.note_fetched_twice(n_before)
            # A job whose forerunner is still there asks for its pages on condition; one without it, plainly. What
            # is removed is deleted while the next ones are killed.
            if self.disturbed.random.random() < 0.5:
                self.daemon.ctl("remove", str(job))
            self.daemon.kill()
            self.disturbed.kills["with nothing to do"] += 1
        self.tell(jobs)
        self.assertGreater(self.disturbed.kills.total(), 1)

    def tell(self, jobs):
        kills = ", ".join(f"{n} {when}" for when, n in sorted(self.disturbed.kills.items()))
        restarts = self.disturbed.restarts_sec
        print(
            f"{self.disturbed.kills.total()} kills ({kills}) over {jobs} jobs of {self.n_urls} URLs: all counts are the "
            f"same; {self.twice} of {jobs * self.n_urls} pages were asked for twice or more often, with {self.in_vain} "
            f"requests in vain; a restart took {statistics.median(restarts):.2f} s, at most {max(restarts):.2f} s"
        )


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Very many servers that take their time, each with a name and an address of its own: all are in flight at once, in
little memory and few threads, and a job on other servers is done as if they were not there. Likewise very many names
whose name servers never answer.

By hand, with the sizes that the design names: CROWD=5000 CROWD_SECONDS=30 tests/integration/crowd_test.py BINARIES
"""

import os
import resource
import time
import unittest
import urllib.request

import harness

N_SLOW = int(os.environ.get("CROWD", 500))
# The servers answer after so long; 0: once all of them were asked.
SECONDS = float(os.environ.get("CROWD_SECONDS", 0))
N_GOOD = 500
MEGABYTE = 1 << 20
MAX_THREADS = 32
MAX_MEMORY = 500 * MEGABYTE

CONFIG = {
    # Three quarters of it may go to hosts that do not answer.
    "Daemon": {"MaxTransfers": str(N_SLOW * 7 // 5)},
    "Fetch": {"TransferTimeoutSec": "5min", "ConnectTimeoutSec": "1min"},
}


def address(number):
    return f"127.{1 + number // 40000}.{number // 200 % 200}.{1 + number % 200}"


class Crowd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        harness.need(most == resource.RLIM_INFINITY or most > N_SLOW * 3 + 1000, f"{most} descriptors are too few")
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        directory = cls.enterClassContext(harness.temporary_directory())
        zone = directory / "zone"
        zone.write_text("".join(f"host{i}.crowd.test={address(i)}\n" for i in range(N_SLOW))
                        + "*.dead.test=silent\ngood1.test=127.0.0.1\ngood2.test=127.0.0.2\n")
        cls.names = cls.enterClassContext(harness.Script("dns_server.py", "--until-stdin-ends", "--file", zone))
        cls.slow_server = cls.enterClassContext(
            harness.Script("misbehaving_server.py", "--address", "0.0.0.0", "--until-stdin-ends")
        )
        for i in range(3 * N_GOOD):
            (directory / f"{i}.html").write_text(f"<p>page {i} of a good server " + "word " * 300)
        good_server = cls.enterClassContext(harness.WebServer({"/": directory}, ["127.0.0.1", "127.0.0.2"]))
        good = [good_server.url(f"/{i}.html", good_server.addresses[i % 2]) for i in range(2 * N_GOOD)]
        named = [good_server.url(f"/{i}.html", f"good{1 + i % 2}.test") for i in range(2 * N_GOOD, 3 * N_GOOD)]
        dead = [f"http://host{i}.dead.test/" for i in range(N_SLOW)]
        path = f"/slow?seconds={SECONDS}" if SECONDS else "/held"
        slow = [f"http://host{i}.crowd.test:{cls.slow_server.first_line}{path}" for i in range(N_SLOW)]
        config = harness.merged(harness.merged(harness.IMPOLITE, CONFIG),
                                {"Fetch": {"DnsServers": f"127.0.0.1:{cls.names.first_line}"}})
        with harness.Daemon(config) as daemon:
            cls.seconds_alone = cls.run_good(daemon, harness.write_list(directory / "alone.txt", good[:N_GOOD]))
            cls.run_crowd(daemon, harness.write_list(directory / "slow.txt", slow),
                          harness.write_list(directory / "beside.txt", good[N_GOOD:]))
            cls.run_dead(daemon, harness.write_list(directory / "dead.txt", dead),
                         harness.write_list(directory / "named.txt", named))

    @staticmethod
    def run_good(daemon, urls):
        start = time.monotonic()
        daemon.ctl("submit", "--wait", urls)
        return time.monotonic() - start

    @classmethod
    def run_crowd(cls, daemon, slow, good):
        start = time.monotonic()
        daemon.ctl("submit", slow)
        connections = f"/proc/{daemon.process.pid}/fd"
        harness.wait_until(lambda: len(os.listdir(connections)) >= N_SLOW, "a connection to each", interval_sec=0.1)
        cls.seconds_to_start = time.monotonic() - start
        cls.at_once = daemon.job(2)["active"]
        cls.seconds_beside = cls.run_good(daemon, good)
        cls.still_active = daemon.job(2)["active"]
        cls.threads = len(os.listdir(f"/proc/{daemon.process.pid}/task"))
        if not SECONDS:
            with urllib.request.urlopen(f"http://127.0.0.1:{cls.slow_server.first_line}/release") as answer:
                answer.read()
        daemon.ctl("wait", "2", expected=None)
        cls.seconds_in_all = time.monotonic() - start
        cls.memory = daemon.peak_memory()
        cls.job = daemon.job(2)

    @classmethod
    def run_dead(cls, daemon, dead, named):
        job = int(daemon.ctl("-q", "submit", dead).text)
        daemon.wait_for_job(job, lambda seen: seen["active"] == N_SLOW, "all names to be asked for")
        cls.seconds_beside_dead = cls.run_good(daemon, named)
        cls.dead = daemon.job(job)
        daemon.ctl("cancel", str(job))
        cls.memory_dead = daemon.peak_memory()

    def test_all_are_in_flight_at_once_and_counted(self):
        print(f"{N_SLOW} slow servers: a connection to each within {self.seconds_to_start:.1f} s, done in "
              f"{self.seconds_in_all:.1f} s")
        self.assertEqual(self.at_once, N_SLOW)
        self.assertEqual(self.job["counted"], N_SLOW, self.job["outcomes"])

    def test_memory_and_threads_are_few(self):
        print(f"{self.memory / MEGABYTE:.0f} MB at most, {self.threads} threads")
        self.assertLess(self.threads, MAX_THREADS)
        if not harness.is_sanitized():
            self.assertLess(self.memory, MAX_MEMORY)

    def test_another_job_is_done_meanwhile(self):
        print(f"{N_GOOD} good pages: {self.seconds_alone:.2f} s alone, {self.seconds_beside:.2f} s beside the crowd")
        self.assertEqual(self.still_active, N_SLOW)

    def test_names_are_found_beside_names_without_an_answer(self):
        # Had any failed, waiting for them would have.
        print(f"{N_GOOD} good pages by name: {self.seconds_beside_dead:.2f} s beside {self.dead['active']} dead names; "
              f"{self.memory_dead / MEGABYTE:.0f} MB at most")
        self.assertEqual(self.dead["counted"], 0)


if __name__ == "__main__":
    harness.main()

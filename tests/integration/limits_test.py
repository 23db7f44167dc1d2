#!/usr/bin/python3
"""What a list is submitted with and how long it is kept; and what happens where a limit is reached."""

import json
import unittest

import harness


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        for i in range(20):
            (cls.root / f"{i}.html").write_text(f"<p>page number{i} of many words")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.root}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.list = harness.write_list(
            cls.directory / "urls.txt", [cls.server.url(f"/{i}.html") for i in range(20)]
        )

    def daemon(self, **sections):
        return self.enterContext(harness.Daemon(harness.merged(harness.IMPOLITE, sections)))

    def submit(self, daemon, *options):
        return int(daemon.ctl("-q", "submit", *options, self.list).text)

    def test_same_key_gives_the_first_job_until_that_is_removed(self):
        daemon = self.daemon()
        first = daemon.json("submit", "--wait", "--key=nightly 1", self.list)
        again = daemon.json("submit", "--key=nightly 1", self.list)
        self.assertEqual((again["job"], again["existed"]), (first["job"], True))
        self.assertNotEqual(self.submit(daemon, "--key=nightly 2"), first["job"])

        daemon.ctl("remove", str(first["job"]))

        self.assertNotEqual(self.submit(daemon, "--key=nightly 1"), first["job"])
        self.assertIn("--key has 1 to 256 bytes", daemon.ctl("submit", "--key=", self.list, expected=2).notes)

    def test_same_key_gives_the_first_job_though_it_filled_the_limit(self):
        daemon = self.daemon(Daemon={"MaxQueuedUrlsPerUser": "20"}, Fetch={"HostDelaySec": "1h"})
        first = daemon.json("submit", "--key=nightly", self.list)
        self.assertIn("is reached", daemon.ctl("submit", self.list, expected=1).notes)

        for source in (self.list, f"--again={first['job']}"):
            again = daemon.json("submit", "--key=nightly", source)
            self.assertEqual((again["job"], again["existed"]), (first["job"], True))
            self.assertEqual((again["accepted"], again["duplicates"]), (20, 0))
        with daemon.connect() as client:
            urls = [{"url": self.server.url(f"/{i}.html")} for i in range(20)]
            again = client.call("Submit", {"key": "nightly", "urls": urls})
            self.assertEqual((again["job"], again["existed"]), (first["job"], True))
            client.call("Begin", {"key": "nightly"})
            client.call("Append", {"urls": urls})
            self.assertEqual(client.call("Commit")["job"], first["job"])

    def test_ended_job_goes_when_its_time_is_over_and_a_kept_one_stays(self):
        daemon = self.daemon(Store={"KeepJobsSec": "1s"})
        kept = self.submit(daemon, "--wait", "--keep")
        later = self.submit(daemon, "--wait", "--expire=1d")
        configured = self.submit(daemon, "--wait")
        self.assertIsNone(daemon.job(kept)["expires"])
        self.assertIsNotNone(daemon.job(later)["expires"])

        harness.wait_until(lambda: "is removed" in daemon.read_log(), "the job to be removed")

        left = [job["job"] for job in daemon.json("jobs")["jobs"]]
        self.assertEqual(left, [kept, later])
        self.assertIn(f"job {configured} is removed", daemon.read_log())
        daemon.ctl("remove", "--before=0")
        self.assertEqual([job["job"] for job in daemon.json("jobs")["jobs"]], [kept])
        daemon.ctl("remove", str(kept))
        self.assertIn("not both", daemon.ctl("submit", "--keep", "--expire=1d", self.list, expected=2).notes)

    def test_jobs_are_removed_by_age_and_name(self):
        daemon = self.daemon()
        weekly = self.submit(daemon, "--wait", "-n", "weekly")
        daily = self.submit(daemon, "--wait", "-n", "daily")

        self.assertIn("no job is so old", daemon.ctl("remove", "--before=1h").notes)
        self.assertIn("no job of that name", daemon.ctl("remove", "--before=0", "--name=hourly").notes)
        self.assertEqual(daemon.json("remove", "--before=0", "--name=daily"), {"removed": [daily]})

        self.assertEqual([job["job"] for job in daemon.json("jobs")["jobs"]], [weekly])

    def test_store_at_its_size_removes_what_expires_and_holds_otherwise(self):
        daemon = self.daemon(Store={"MaxSize": "1M"})
        urls = "\n".join(self.server.url(f"/0.html?{i:05}{'x' * 60}") for i in range(2500))
        kept = int(daemon.ctl("-q", "submit", "-", stdin=urls).text)
        daemon.wait_for_status(lambda status: "MaxSize=" in "".join(status["warnings"]), "the store to be full")

        # A transaction may go beyond it, not seconds of them.
        self.assertLess(daemon.json("status")["store"]["bytes"], 3 << 19)
        refused = daemon.ctl("submit", self.list, expected=1).notes
        self.assertIn("MaxSize=", refused)
        self.assertIn("fetching has paused", daemon.read_log())

        daemon.ctl("remove", str(kept))
        daemon.wait_for_status(lambda status: not status["warnings"], "room")
        self.submit(daemon, "--wait")
        old = int(daemon.ctl("-q", "submit", "--expire=1d", "-", stdin=urls).text)
        harness.wait_until(lambda: daemon.read_log().count("reached MaxSize=") > 1, "the store to be full again")
        # It may have ended by itself, and be gone.
        daemon.ctl("cancel", str(old), expected=None)
        harness.wait_until(lambda: f"job {old} is removed" in daemon.read_log(), "the old job to make room")

    def test_user_is_told_what_is_used_and_what_to_do(self):
        daemon = self.daemon(Daemon={"MaxQueuedUrlsPerUser": "5", "MaxStorePerUser": "20K"})
        short = "\n".join(self.server.url(f"/{i}.html") for i in (0, 1, 2, 3, 4, 0))

        refused = daemon.ctl("submit", self.list, expected=1).notes
        self.assertRegex(refused, "MaxQueuedUrlsPerUser=5 is reached: 5 URLs of yours wait.*shorter")
        refused = ""
        for _ in range(60):
            refused = daemon.ctl("submit", "--wait", "-", stdin=short, expected=None).notes
            if "MaxStorePerUser=" in refused:
                break
        self.assertRegex(refused, "MaxStorePerUser=.* is reached: .*remove --before=30d")
        self.assertRegex(refused, "take 2[0-9.]+ kB in the store")

        caller = daemon.json("status")["caller"]
        self.assertEqual((caller["queued"], caller["maxQueued"], caller["maxBytes"]), (0, 5, 20 * 1024))
        self.assertGreaterEqual(caller["bytes"], 18000)
        self.assertRegex(daemon.ctl("status").text, "You: .*0 URLs waiting, of at most 5; .* jobs, .* of at most 20")
        daemon.ctl("remove", "--before=0")
        daemon.ctl("submit", "--wait", "-", stdin=short)

    def test_list_beyond_its_memory_is_taken_with_exact_duplicates(self):
        n = 40_000 if harness.is_sanitized() else 300_000
        daemon = self.daemon(
            Store={"MaxSubmitMemory": "1M"}, Fetch={"HostDelaySec": "1h", "Robots": "no", "HostConnections": "1"}
        )
        # Every tenth is one of far before, most often on disk by then.
        numbers = [(i * 7919 % (i - i // 10)) // 10 * 10 + 1 if i > 20 and i % 10 == 0 else i for i in range(n)]
        urls = "\n".join(self.server.url(f"/0.html?{number}") for number in numbers)
        before = daemon.memory("VmRSS")

        accepted = daemon.json("submit", "-", stdin=urls)

        self.assertEqual(accepted["accepted"], len(set(numbers)))
        self.assertEqual(accepted["duplicates"], n - len(set(numbers)))
        job = accepted["job"]
        daemon.ctl("pause", str(job))
        lines = daemon.ctl("-o", "jsonl", "urls", str(job)).text.splitlines()
        self.assertEqual(len({json.loads(line)["url"] for line in lines}), len(set(numbers)))
        self.assertEqual(len(lines), len(set(numbers)))
        if not harness.is_sanitized():
            self.assertLess(daemon.peak_memory() - before, 60e6)
        self.assertEqual([path.name for path in daemon.state.iterdir() if "prints" in path.name], [])

    def test_list_of_long_lines_is_taken_and_taken_again_in_little_memory(self):
        daemon = self.daemon(Store={"MaxSubmitMemory": "1M"}, Fetch={"HostDelaySec": "1h", "Robots": "no"})
        urls = "\n".join(self.server.url(f"/{i}{'x' * 2000}") for i in range(3000))

        first = daemon.json("submit", "-", stdin=urls)
        again = daemon.json("submit", f"--again={first['job']}")

        self.assertEqual((first["accepted"], again["accepted"], again["duplicates"]), (3000, 3000, 0))

    def test_list_that_nothing_comes_for_is_dropped(self):
        daemon = self.daemon(Daemon={"SubmitIdleSec": "1s"})
        with daemon.connect() as client:
            client.call("Begin")
            harness.wait_until(lambda: "A list of uid" in daemon.read_log(), "the list to be dropped")

            with self.assertRaisesRegex(harness.VarlinkError, "NoSubmission.*SubmitIdleSec="):
                client.call("Append", {"urls": [{"url": self.server.url("/0.html")}]})
            client.call("Begin")

    def test_priority_changes_while_the_job_waits(self):
        daemon = self.daemon(Fetch={"HostDelaySec": "100ms"})
        first = self.submit(daemon)
        daemon.ctl("pause", str(first))
        second = self.submit(daemon)

        daemon.ctl("priority", "-p", "50", str(second))
        daemon.ctl("resume", str(first))

        daemon.ctl("wait", str(second))
        self.assertEqual(daemon.job(second)["priority"], 50)
        self.assertLess(daemon.job(first)["counted"], 20)
        self.assertIn("-p N is missing", daemon.ctl("priority", str(first), expected=2).notes)
        daemon.ctl("priority", "-p", "-101", str(first), expected=2)


if __name__ == "__main__":
    harness.main()

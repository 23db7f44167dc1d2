#!/usr/bin/python3
"""Following a job of a real daemon: through a crash, by Ctrl-C, and after the fact."""

import json
import signal
import subprocess
import unittest

import harness

SITE = harness.DATA / "site"
# Slow enough that something can happen in the middle.
SLOW = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "100ms"}})


class Follow(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(harness.WebServer({"/": SITE}))
        self.daemon = self.enterContext(harness.Daemon(SLOW))
        self.urls = [self.server.url(f"/{file.name}") for file in sorted(SITE.iterdir()) if file.suffix == ".html"]

    def follow(self, *arguments):
        command = [harness.BINARIES / "urlstatctl", f"--socket={self.daemon.socket}", "submit", "--follow", *arguments]
        return subprocess.Popen([*command, *self.urls], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_each_page_is_shown_once_although_the_daemon_crashed_in_the_middle(self):
        with self.follow("--per=page", "-o", "jsonl") as process:
            lines = [process.stdout.readline() for _ in range(3)]
            self.daemon.kill()
            self.daemon.start()
            rest, notes = process.communicate(timeout=harness.DEADLINE_SEC)

        groups = [json.loads(line) for line in [*lines, *rest.splitlines()]]
        self.assertEqual(process.returncode, 0, notes)
        self.assertEqual(sorted(group["url"] for group in groups), sorted(self.urls))
        self.assertIn(b"waiting for it to come back", notes)

    def test_each_page_is_shown_once_although_the_daemon_was_restarted_in_the_middle(self):
        with self.follow("--per=page", "-o", "jsonl") as process:
            lines = [process.stdout.readline() for _ in range(3)]
            self.daemon.stop()
            self.daemon.start()
            rest, notes = process.communicate(timeout=harness.DEADLINE_SEC)

        groups = [json.loads(line) for line in [*lines, *rest.splitlines()]]
        self.assertEqual(process.returncode, 0, notes)
        self.assertEqual(sorted(group["url"] for group in groups), sorted(self.urls))

    def test_a_daemon_that_stays_away_ends_the_wait(self):
        with self.follow("--per=page", "--timeout=2s") as process:
            process.stdout.readline()
            self.daemon.kill()
            _, notes = process.communicate(timeout=harness.DEADLINE_SEC)
        self.daemon.start()

        self.assertEqual(process.returncode, 4, notes)
        self.assertIn(b"urlstatctl wait 1", notes)

    def test_after_ctrl_c_the_job_goes_on_and_can_be_waited_for(self):
        with self.follow("--per=page") as process:
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, notes = process.communicate(timeout=harness.DEADLINE_SEC)
        self.assertEqual(process.returncode, 130, notes)

        result = self.daemon.ctl("wait", "1")

        self.assertIn(f"job 1 is done: {len(self.urls)} counted", result.notes)

    def test_cancelling_ends_the_wait_of_others(self):
        with self.follow("-q") as process:
            harness.wait_until(lambda: self.daemon.json("jobs")["jobs"], "the job")
            self.daemon.ctl("cancel", "1")
            process.communicate(timeout=harness.DEADLINE_SEC)

        self.assertEqual(process.returncode, 5)

    def test_lists_are_the_same_in_every_format(self):
        self.daemon.ctl("submit", "--wait", *self.urls)

        for verb in (["top", "-k", "0"], ["urls"], ["jobs"]):
            document = self.daemon.json(*verb)
            (items,) = (document[name] for name in ("words", "urls", "jobs") if isinstance(document.get(name), list)
                        and document[name] and isinstance(document[name][0], dict))  # fmt: skip
            lines = self.daemon.ctl("-o", "jsonl", *verb).text.splitlines()
            self.assertEqual([json.loads(line) for line in lines], items)
            rows = self.daemon.ctl("-o", "tsv", "--no-legend", *verb).text.splitlines()
            self.assertEqual(len(rows), len(items))
            self.assertGreater(len(items), 0)


if __name__ == "__main__":
    harness.main()

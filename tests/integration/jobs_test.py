#!/usr/bin/python3
"""Jobs that are paused, resumed, cancelled, retried, removed, restarted and killed; and whose they are."""

import contextlib
import json
import os
import shutil
import subprocess
import time
import unittest

import harness

N_URLS = 200
# 20 pages a second: slow enough to be met in the middle, ten seconds in all.
SLOW = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "50ms", "MaxAttempts": "1"}})


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        for i in range(N_URLS):
            (cls.root / f"{i}.html").write_text(f"<p>page number{i} of many words")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.root}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.list = harness.write_list(
            cls.directory / "urls.txt", [cls.server.url(f"/{i}.html") for i in range(N_URLS)]
        )

    def setUp(self):
        self.daemon = self.enterContext(harness.Daemon(SLOW))

    def submit(self, *options):
        return int(self.daemon.ctl("-q", "submit", *options, self.list).text)

    def hurry(self):
        """From here on without delay."""
        self.daemon.stop()
        self.daemon.configure(harness.IMPOLITE)
        self.daemon.start()

    def some_counted(self, job):
        return self.daemon.wait_for_job(job, lambda seen: seen["counted"] >= 3, "some pages")

    def assertAllCounted(self, job):
        seen = self.daemon.job(job)
        self.assertEqual((seen["state"], seen["counted"]), ("done", N_URLS))
        top = self.daemon.json("top", str(job), "-k", "0")
        words = {word["word"]: word["tokens"] for word in top["words"]}
        self.assertEqual(words["page"], N_URLS, "each page once")
        self.assertEqual(top["tokens"], 5 * N_URLS)

    def test_restart_in_the_middle_goes_on_where_it_was(self):
        job = self.submit()
        before = self.some_counted(job)

        self.hurry()

        self.assertGreaterEqual(self.daemon.job(job)["counted"], before["counted"])
        self.daemon.ctl("wait", str(job))
        self.assertAllCounted(job)

    def test_kill_in_the_middle_goes_on_where_it_was(self):
        job = self.submit()
        self.some_counted(job)

        self.daemon.kill()
        self.daemon.configure(harness.IMPOLITE)
        self.daemon.start()

        self.daemon.ctl("wait", str(job))
        self.assertAllCounted(job)

    def test_paused_job_stands_still_over_a_restart_until_it_is_resumed(self):
        job = self.submit()
        self.some_counted(job)

        self.daemon.ctl("pause", str(job))
        still = self.daemon.wait_for_job(job, lambda seen: seen["active"] == 0, "the last transfers to end")
        self.assertEqual(still["state"], "paused")
        self.hurry()
        self.assertEqual(self.daemon.job(job)["state"], "paused")
        # A job that is submitted after it and ends shows that the daemon fetches, and this one all the same not.
        self.daemon.ctl("submit", "--wait", self.server.url("/0.html"))
        self.assertEqual(self.daemon.job(job)["counted"], still["counted"])

        self.daemon.ctl("resume", str(job))
        self.daemon.ctl("wait", str(job))
        self.assertAllCounted(job)

    def test_cancelled_job_keeps_what_was_counted_and_can_be_retried(self):
        job = self.submit()
        self.some_counted(job)

        self.daemon.ctl("cancel", str(job))
        seen = self.daemon.wait_for_job(job, lambda seen: seen["state"] == "cancelled", "the end")
        self.assertEqual(seen["counted"] + seen["cancelled"], N_URLS)
        self.assertGreaterEqual(seen["counted"], 3)
        self.daemon.ctl("wait", str(job), expected=5)
        self.hurry()
        self.assertEqual(self.daemon.job(job)["state"], "cancelled")

        self.daemon.ctl("retry", str(job))
        self.daemon.ctl("wait", str(job))
        self.assertAllCounted(job)

    def test_answer_to_a_change_at_the_last_moment_of_a_job_is_true(self):
        self.hurry()
        refused = 0
        spent = 0.01
        with self.daemon.connect() as connection:
            for i in range(60):
                started = time.monotonic()
                job = connection.call("Submit", {"urls": [{"url": self.server.url(f"/{i}.html")}]})["job"]
                # From at once to somewhat later than the last one took.
                time.sleep(spent * (i % 10) / 8)
                verb, wanted = (("Cancel", "cancelled"), ("Pause", "paused"))[i % 2]
                try:
                    seen = connection.call(verb, {"jobs": [str(job)]})["jobs"][0]["state"]
                    self.assertIn(seen, (wanted, "done") if verb == "Pause" else (wanted,))
                    if verb == "Pause":
                        with contextlib.suppress(harness.VarlinkError):
                            connection.call("Resume", {"jobs": [str(job)]})
                except harness.VarlinkError as refusal:
                    refused += 1
                    self.assertEqual(
                        refusal.parameters["message"], f"job {job} is done and cannot be {wanted}", f"job {i}"
                    )
                    self.assertEqual(self.daemon_state(connection, job), "done")
                connection.call("Wait", {"jobs": [str(job)]})
                spent = max(0.001, min(1, time.monotonic() - started - spent * (i % 10) / 8))
        self.assertGreater(refused, 0, "no change met the end of its job")

    @staticmethod
    def daemon_state(connection, job):
        return connection.call("Show", {"job": str(job)})["jobs"][0]["state"]

    def test_retry_fetches_what_failed_and_only_that(self):
        late = self.root / "late.html"
        self.addCleanup(late.unlink, missing_ok=True)
        urls = [self.server.url("/late.html"), self.server.url("/0.html")]
        job = int(self.daemon.ctl("-q", "submit", *urls).text)
        self.daemon.ctl("wait", str(job), expected=5)
        self.assertEqual(self.daemon.json("urls", str(job), "--outcome=http-error")["urls"][0]["httpStatus"], 404)
        asked_before = len(self.server.requests())

        late.write_text("late words")
        self.daemon.ctl("retry", str(job))
        self.daemon.ctl("wait", str(job))

        seen = self.daemon.job(job)
        self.assertEqual((seen["counted"], seen["failed"], seen["state"]), (2, 0, "done"))
        self.assertEqual([path for *_, path in self.server.requests()[asked_before:]], ["/late.html"])
        self.assertIn("late", [word["word"] for word in self.daemon.json("top", str(job), "-k", "0")["words"]])

    def test_removed_job_is_gone_and_its_number_is_not_used_again(self):
        job = self.submit()
        self.some_counted(job)

        self.daemon.ctl("remove", str(job))

        self.daemon.ctl("show", str(job), expected=1)
        self.assertEqual(self.daemon.json("jobs")["jobs"], [])
        self.hurry()
        self.daemon.ctl("top", str(job), expected=1)
        self.assertGreater(int(self.daemon.ctl("-q", "submit", self.server.url("/0.html")).text), job)

    def test_names_mean_the_latest_job_and_tilde_the_ones_before(self):
        first = self.submit("-n", "docs")
        second = self.submit("-n", "docs")

        self.assertEqual(self.daemon.json("show", "docs")["jobs"][0]["job"], second)
        self.assertEqual(self.daemon.json("show", "docs~1")["jobs"][0]["job"], first)
        self.assertEqual(self.daemon.json("show")["jobs"][0]["job"], second)
        self.daemon.ctl("show", "docs~2", expected=1)

    def test_verbs_refuse_what_the_state_does_not_allow(self):
        job = int(self.daemon.ctl("-q", "submit", self.server.url("/0.html")).text)
        self.daemon.ctl("wait", str(job))

        self.assertIn("done", self.daemon.ctl("pause", str(job), expected=1).notes)
        self.daemon.ctl("cancel", "4711", expected=1)

    def test_top_chooses_pages_by_url_and_host_and_words_by_pattern(self):
        urls = [self.server.url(f"/{i}.html") for i in range(5)]
        self.daemon.ctl("submit", "--wait", "-l", "five", *urls)

        words = self.daemon.json("top", "-k", "0", "--match=number*")["words"]
        self.assertEqual([word["word"] for word in words], [f"number{i}" for i in range(5)])
        one = self.daemon.json("top", "-k", "0", f"--url={urls[2]}")
        self.assertIn("number2", [word["word"] for word in one["words"]])
        self.assertEqual((one["pages"], one["tokens"]), (1, 5))
        pages = self.daemon.json("top", "--per=page", "-k", "1")["groups"]
        self.assertEqual([page["url"] for page in pages], urls)
        hosts = self.daemon.json("top", "--per=host")["groups"]
        self.assertEqual([host["host"] for host in hosts], [f"127.0.0.1:{self.server.port}"])
        labels = self.daemon.json("top", "--per=label")["groups"]
        self.assertEqual([(label["label"], label["pages"]) for label in labels], [("five", 5)])

    def test_words_over_several_jobs_add_up_and_a_host_counts_once(self):
        urls = [self.server.url(f"/{i}.html") for i in range(4)]
        self.daemon.ctl("submit", "--wait", *urls[:3])
        self.daemon.ctl("submit", "--wait", *urls[2:])

        top = self.daemon.json("top", "1", "2", "-k", "0")

        word = next(word for word in top["words"] if word["word"] == "page")
        self.assertEqual((word["tokens"], word["pages"], word["hosts"]), (5, 5, 1))
        self.assertEqual(top["pages"], 5)
        per_job = self.daemon.json("top", "1", "2", "--per=job")["groups"]
        self.assertEqual([(group["job"], group["pages"]) for group in per_job], [(1, 3), (2, 2)])


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class TwoUsers(unittest.TestCase):
    NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")
    BIN = ("setpriv", "--reuid=bin", "--regid=bin", "--clear-groups", "--")

    def setUp(self):
        self.server = self.enterContext(harness.WebServer({"/": harness.DATA / "site"}))
        self.daemon = self.enterContext(harness.Daemon())
        os.chmod(self.daemon.directory, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        program = self.daemon.directory / "urlstatctl"
        shutil.copy(harness.BINARIES / "urlstatctl", program)
        for user in (self.NOBODY, self.BIN):
            ran = subprocess.run([*user, program, "--version"], stdout=subprocess.DEVNULL, check=False)
            if ran.returncode != 0:
                self.skipTest("other users cannot run the client here")

    def as_user(self, user, *arguments, expected=0):
        return self.daemon.ctl(*arguments, expected=expected, prefix=user)

    def submit(self, user):
        url = self.server.url("/index.html")
        return self.as_user(user, "-q", "submit", "-n", "mine", url).text.strip()

    def test_nobody_reads_or_changes_the_job_of_another(self):
        job = self.submit(self.NOBODY)
        self.as_user(self.NOBODY, "wait", job)

        for verb in ("top", "urls", "show", "cancel", "pause", "retry", "remove"):
            result = self.as_user(self.BIN, verb, job, expected=None)
            if verb != "show":
                self.assertEqual(result.returncode, 1, verb)
            self.assertNotIn("index.html", result.text + result.notes, verb)
            self.assertNotIn("mine", result.text, verb)

    def test_hosts_tell_nothing_of_what_came_of_pages_of_another(self):
        self.as_user(self.NOBODY, "wait", self.submit(self.NOBODY))
        self.daemon.ctl("pause", "--host=127.0.0.1")
        self.submit(self.BIN)

        (host,) = json.loads(self.as_user(self.BIN, "-o", "json", "hosts").stdout)["hosts"]
        self.assertEqual((host["state"], host.get("lastOutcomes")), ("paused", None))
        (host,) = self.daemon.json("hosts")["hosts"]
        self.assertEqual(host["lastOutcomes"], "counted")

    def test_owner_and_root_read_and_change_it(self):
        job = self.submit(self.NOBODY)
        self.as_user(self.NOBODY, "wait", job)

        self.assertTrue(self.as_user(self.NOBODY, "top", job).text)
        self.assertTrue(self.daemon.ctl("top", job).text)
        self.daemon.ctl("remove", job)

    def test_names_are_per_user(self):
        first = self.submit(self.NOBODY)
        second = self.submit(self.BIN)

        self.assertIn(first, self.as_user(self.NOBODY, "-o", "tsv", "--no-legend", "jobs").text.split())
        self.assertIn(second, self.as_user(self.BIN, "-o", "tsv", "--no-legend", "show", "mine").text.split())

    def test_priority_above_zero_is_for_root(self):
        self.as_user(self.NOBODY, "submit", "-p", "1", self.server.url("/index.html"), expected=1)
        self.as_user(self.NOBODY, "submit", "-p", "-1", self.server.url("/index.html"))
        self.daemon.ctl("submit", "-p", "1", self.server.url("/index.html"))


if __name__ == "__main__":
    harness.main()

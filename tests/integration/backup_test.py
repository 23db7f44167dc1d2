#!/usr/bin/python3
"""A backup that is made while a job runs, and restored elsewhere: the job as it was at that moment, which goes on."""

import os
import pty
import subprocess
import unittest
from pathlib import Path

import daemon_run
import harness

N_URLS = 400
# Some seconds in all: a backup meets it in the middle.
SLOW = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "5ms"}})


class Backup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        for i in range(N_URLS):
            (cls.root / f"{i}.html").write_text(f"<p>page number{i} of many words, divisible{i % 7}")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.root}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.list = harness.write_list(
            cls.directory / "urls.txt", [cls.server.url(f"/{i}.html") for i in range(N_URLS)]
        )

    def setUp(self):
        self.file = self.directory / f"{self._testMethodName}.backup"

    def back_up(self, daemon):
        result = daemon.ctl("backup")
        self.file.write_bytes(result.stdout)
        self.assertIn(f"{len(result.stdout)} bytes", result.notes)

    def restored(self, config=harness.IMPOLITE):
        """A daemon on what was restored, not yet started."""
        daemon = harness.Daemon(config)
        self.restore(daemon.state, "--allow-networks=127.0.0.0/8")
        return daemon

    def restore(self, state, *arguments, expected=0):
        result = daemon_run.run(f"--restore={self.file}", f"--state-directory={state}", *arguments)
        self.assertEqual(result.returncode, expected, result.notes)
        return result

    def test_job_that_ran_is_as_it_was_then_and_goes_on(self):
        with harness.Daemon(SLOW) as daemon:
            daemon.ctl("submit", "-n", "docs", self.list)
            daemon.wait_for_job(1, lambda seen: seen["counted"] >= 20, "some pages")
            before = daemon.job(1)["counted"]
            self.back_up(daemon)
            after = daemon.job(1)["counted"]
            daemon.ctl("wait", "docs")
            whole = daemon.ctl("-o", "tsv", "top", "docs", "-k", "0").stdout
            counted = {url["url"]: url for url in daemon.json("urls", "docs")["urls"]}

        with self.restored(harness.merged(SLOW, {"Fetch": {"HostDelaySec": "1h"}})) as there:
            then = there.json("urls", "docs", "--state=counted")["urls"]
            # Each page that was counted has its words, and no other.
            groups = there.json("top", "docs", "-k", "0", "--per=page")["groups"]
            self.assertGreaterEqual(len(then), before)
            self.assertLessEqual(len(then), after)
            self.assertEqual(then, [counted[url["url"]] for url in then])
            self.assertEqual(sorted(group["page"] for group in groups), sorted(url["page"] for url in then))
            self.assertEqual(there.job(1)["total"], N_URLS)
            # Nothing is known of delays here but what was known there: without them it goes on.
            there.stop()
            there.configure(harness.IMPOLITE)
            there.start()
            there.ctl("wait", "docs")
            self.assertEqual(there.ctl("-o", "tsv", "top", "docs", "-k", "0").stdout, whole)
            self.assertEqual(there.job(1)["counted"], N_URLS)

    def test_backup_of_what_rests_is_equal_word_for_word(self):
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", "-n", "docs", self.list)
            self.back_up(daemon)
            top = daemon.ctl("-o", "tsv", "top", "docs", "-k", "0").stdout
            urls = daemon.ctl("-o", "jsonl", "urls", "docs").stdout
            show = daemon.json("show", "docs")

        with self.restored() as there:
            self.assertEqual(there.ctl("-o", "tsv", "top", "docs", "-k", "0").stdout, top)
            self.assertEqual(there.ctl("-o", "jsonl", "urls", "docs").stdout, urls)
            self.assertEqual(there.json("show", "docs"), show)

    def test_restore_refuses_with_the_reason_and_changes_nothing(self):
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", self.list)
            self.back_up(daemon)
            self.assertIn("stop it first", self.restore(daemon.state, expected=1).notes)
            daemon.stop()
            self.assertIn("there are jobs in", self.restore(daemon.state, expected=1).notes)
            daemon.start()
            self.assertEqual(daemon.job(1)["counted"], N_URLS)

        state = self.directory / "elsewhere"
        whole = self.file.read_bytes()
        self.file.write_bytes(whole[:-5000])
        self.assertIn("cut short", self.restore(state, expected=1).notes)
        self.file.write_bytes(b"no backup " * 1000)
        self.assertIn("no backup of urlstatd", self.restore(state, expected=1).notes)
        self.file.unlink()
        self.assertIn("No such file", self.restore(state, expected=1).notes)
        self.file.write_bytes(whole)
        self.assertIn(f"1 job with {N_URLS} URLs", self.restore(state).notes)

    def test_backup_comes_through_a_pipe(self):
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", self.list)
            state = self.directory / "piped"
            maker = subprocess.Popen(
                [harness.BINARIES / "urlstatctl", f"--socket={daemon.socket}", "backup"], stdout=subprocess.PIPE
            )
            result = subprocess.run(
                [harness.BINARIES / "urlstatd", "--restore=/dev/stdin", f"--state-directory={state}"],
                stdin=maker.stdout,
                capture_output=True,
                timeout=harness.DEADLINE_SEC,
                check=True,
            )
            maker.stdout.close()
            self.assertEqual(maker.wait(harness.DEADLINE_SEC), 0)
            self.assertIn(f"1 job with {N_URLS} URLs", result.stderr.decode())

    def test_terminal_is_not_written_to(self):
        with harness.Daemon() as daemon:
            ours, theirs = pty.openpty()
            result = subprocess.run(
                [harness.BINARIES / "urlstatctl", f"--socket={daemon.socket}", "backup"],
                stdout=theirs,
                stderr=subprocess.PIPE,
                timeout=harness.DEADLINE_SEC,
                check=False,
            )
            os.close(theirs)
            os.close(ours)

            self.assertEqual(result.returncode, 2)
            self.assertIn("urlstatctl backup > FILE", result.stderr.decode())

    def test_full_disk_is_told_before_anything_is_written(self):
        config = harness.merged(harness.IMPOLITE, {"Store": {"MinFreeSpace": "1000T"}})
        with harness.Daemon(config) as daemon:
            result = daemon.ctl("backup", expected=1)

            self.assertEqual(result.stdout, b"")
            self.assertIn("the backup needs", result.notes)
            self.assertFalse((daemon.state / "urlstat.db.backup").exists())

    def test_client_that_goes_away_leaves_nothing(self):
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", self.list)
            with daemon.connect() as connection:
                connection.send("io.urlstat.Backup", more=True)
                connection.receive()
            descriptors = Path(f"/proc/{daemon.process.pid}/fd")

            def has_copy():
                return any("urlstat.db.backup" in os.readlink(fd) for fd in descriptors.iterdir() if fd.is_symlink())

            harness.wait_until(lambda: not has_copy(), "the copy to go")
            self.back_up(daemon)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to be somebody else")
    def test_others_are_refused(self):
        with harness.Daemon() as daemon:
            for path in (daemon.directory, daemon.socket):
                path.chmod(0o777)

            result = daemon.ctl("backup", expected=1, prefix=["setpriv", "--reuid=nobody", "--clear-groups"])

            self.assertIn("for root", result.notes)
            self.assertEqual(result.stdout, b"")


if __name__ == "__main__":
    harness.main()

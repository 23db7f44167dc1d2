"""A daemon whose state is on a small file system of its own, which can be filled, and made read-only. No test."""

import contextlib
import json
import shutil
import subprocess
import unittest

import harness

PAGES = 50
CONFIG = harness.merged(harness.IMPOLITE, {"Store": {"MinFreeSpace": "0"}})


def mount(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], check=False, capture_output=True).returncode == 0


class SmallDisk(unittest.TestCase):
    config = CONFIG

    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        for i in range(PAGES):
            (cls.root / f"{i}.html").write_text(f"<p>page number{i} of many words")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.root}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.list = harness.write_list(
            cls.directory / "urls.txt", [cls.server.url(f"/{i}.html") for i in range(PAGES)]
        )
        # More than finds room in the store as it is.
        cls.long_list = harness.write_list(
            cls.directory / "long.txt", [f"http://127.0.0.1:9/{i}{'x' * 300}" for i in range(20_000)]
        )

    def begin(self, *what, prepare=lambda: None):
        """`prepare` sees the file system before the daemon does."""
        daemon = harness.Daemon(config=self.config)
        if not mount(*what, daemon.state):
            shutil.rmtree(daemon.directory)
            self.skipTest("mount: a small file system cannot be made here")
        self.addCleanup(shutil.rmtree, daemon.directory, True)
        self.addCleanup(subprocess.run, ["umount", daemon.state], check=True)
        self.addCleanup(daemon.stop)
        self.daemon = daemon
        self.filler = daemon.state / "filler"
        prepare()
        daemon.start()

    def begin_small(self, prepare=lambda: None):
        self.begin("-t", "tmpfs", "-o", "size=24M,mode=0700", "tmpfs", prepare=prepare)

    def make_read_only(self):
        self.assertTrue(mount("-o", "remount,ro", self.daemon.state))

    def make_writable(self):
        self.assertTrue(mount("-o", "remount,rw", self.daemon.state))

    def wait_until_well(self):
        """Also of a daemon that begins anew for that, and closes its connections."""

        def is_well():
            status = self.daemon.ctl("status", "-o", "json", expected=None)
            return status.returncode == 0 and not json.loads(status.text)["warnings"]

        harness.wait_until(is_well, "the store to be well")

    def submit(self):
        return int(self.daemon.ctl("-q", "submit", self.list).text)

    def fill(self):
        """To the last byte."""
        with open(self.filler, "ab", buffering=0) as file:
            for size in (65536, 4096):
                with contextlib.suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass

    def fill_behind_the_reserve(self):
        """As somebody who took what had been kept free, while the machine was down: the log's index is gone."""
        (self.daemon.state / "urlstat.db.reserve").unlink()
        (self.daemon.state / "urlstat.db-shm").unlink(missing_ok=True)
        self.fill()

    def wait_for_warning(self, text):
        self.daemon.wait_for_status(lambda seen: text in "".join(seen["warnings"]), f"status to say: {text}")

    def assertRefused(self, why, *arguments):
        refused = self.daemon.ctl(*arguments, expected=1)
        self.assertIn(why, refused.notes)

    def assertGoesOn(self, *jobs):
        for job in jobs:
            self.daemon.ctl("wait", str(job))
            self.assertEqual(self.daemon.job(job)["counted"], PAGES)
        self.assertEqual(self.daemon.json("status")["warnings"], [])

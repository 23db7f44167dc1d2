#!/usr/bin/python3
"""Starts on a disk that is full or read-only, where there is no store yet, an older one, or a damaged one: the daemon
says what is wrong, refuses what it cannot do, and goes on by itself once the disk can be written."""

import os
import re
import sqlite3
from pathlib import Path

import harness
from small_disk import SmallDisk

SCHEMA = Path(__file__).parents[2] / "daemon/store/schema.c"
PAGE = 16384


def older_versions():
    """The statements of all versions but the newest."""
    text = re.sub(r"/\*.*?\*/", "", SCHEMA.read_text(), flags=re.DOTALL)
    found = re.findall(r"version_\d+\[\] =(.*?\")\s*;\n", text, flags=re.DOTALL)
    return ["".join(re.findall(r'"([^"]*)"', version)) for version in found[:-1]]


class DiskStart(SmallDisk):
    def set_aside(self):
        names = [name for name in os.listdir(self.daemon.state) if ".damaged-" in name]
        return [name for name in names if not name.endswith(("-wal", "-shm"))]

    def assertGoesOnEmpty(self, last=0):
        self.wait_until_well()
        job = self.submit()
        self.assertGreater(job, last)
        self.assertGoesOn(job)

    # ---- no store yet ----

    def test_first_start_on_a_full_disk(self):
        self.begin_small(prepare=self.fill)

        self.wait_for_warning("disk is full")
        self.assertIn("no room for the store, fetching has paused", self.daemon.read_log())
        self.assertEqual(self.daemon.json("jobs")["jobs"], [])
        for what in (("submit", self.list), ("backup",)):
            self.assertRefused("have other files on its disk removed", *what)
        self.filler.unlink()
        self.assertGoesOnEmpty()
        self.assertIn("the store works again", self.daemon.read_log())
        self.daemon.kill()
        self.daemon.start()
        self.assertGoesOn(1)

    def test_first_start_on_a_full_disk_that_gets_too_little_room_at_first(self):
        self.begin_small(prepare=self.fill)
        self.wait_for_warning("disk is full")

        os.truncate(self.filler, self.filler.stat().st_size - (200 << 10))
        harness.wait_until(lambda: (self.daemon.state / "urlstat.db").stat().st_size > 0, "it to try")
        self.wait_for_warning("disk is full")
        self.filler.unlink()

        self.assertGoesOnEmpty()

    def test_first_start_on_a_read_only_disk(self):
        self.begin_small(prepare=self.make_read_only)

        self.wait_for_warning("disk is read-only")
        self.assertEqual(self.daemon.json("jobs")["jobs"], [])
        self.assertRefused("Read-only file system", "submit", self.list)
        self.daemon.kill()
        self.daemon.start()
        self.make_writable()
        self.assertGoesOnEmpty()

    # ---- one of an earlier version ----

    def make_older(self):
        """With a job that has ended, and what takes room."""
        with sqlite3.connect(self.daemon.state / "urlstat.db") as database:
            database.executescript(f"PRAGMA page_size = {PAGE}; PRAGMA auto_vacuum = INCREMENTAL")
            for statements in older_versions():
                database.executescript(statements)
            database.execute("INSERT INTO job (state, user, total, finished) VALUES (3, 'root', 0, 1700000000000000)")
            database.execute("INSERT INTO word_log VALUES (1, 0, 0, zeroblob(4000000))")
            database.executescript(
                f"PRAGMA application_id = 0x75726c73; PRAGMA user_version = {len(older_versions())};"
                "PRAGMA journal_mode = WAL"
            )
        database.close()

    def written(self):
        """Bytes, by this run of the daemon."""
        counted = Path(f"/proc/{self.daemon.process.pid}/io").read_text()
        return int(re.search(r"^wchar: (\d+)$", counted, flags=re.MULTILINE)[1])

    def assertWaitsToBeMigrated(self):
        self.wait_for_warning("of an earlier version and not migrated yet")
        self.assertIn("of an earlier version and cannot be migrated", self.daemon.read_log())
        for verb in ("jobs", "show", "top", "backup"):
            self.assertRefused("the jobs are of an earlier version", verb)
        self.daemon.ctl("submit", self.list, expected=1)

    def assertMigrates(self):
        self.wait_until_well()
        self.assertEqual([job["job"] for job in self.daemon.json("jobs")["jobs"]], [1])
        self.assertGoesOn(self.submit())
        # The old file stays until the next start, which this was not.
        kept = self.daemon.state / "urlstat.db.before-migration"
        self.assertTrue(kept.exists())
        self.daemon.stop()
        self.daemon.start()
        self.assertFalse(kept.exists())

    def test_older_store_on_a_full_disk_is_migrated_when_there_is_room(self):
        def prepare():
            self.make_older()
            self.fill()

        self.begin_small(prepare)

        self.assertWaitsToBeMigrated()
        before = (self.daemon.state / "urlstat.db").read_bytes()
        self.daemon.stop()
        self.assertEqual((self.daemon.state / "urlstat.db").read_bytes(), before)
        # Enough to begin, and to fail: nothing is written for that.
        os.truncate(self.filler, self.filler.stat().st_size - (2 << 20))
        # As of a try that failed after it: no room is wanted for both.
        (self.daemon.state / "urlstat.db.before-migration").write_bytes(b"a copy")
        self.daemon.start()
        self.assertWaitsToBeMigrated()
        self.assertEqual([name for name in os.listdir(self.daemon.state) if "before-migration" in name], [])
        self.assertLess(self.written(), 1 << 20)
        self.filler.unlink()
        self.assertMigrates()

    def test_older_store_on_a_read_only_disk_is_migrated_when_it_can_be_written(self):
        def prepare():
            self.make_older()
            self.make_read_only()

        self.begin_small(prepare)

        self.assertWaitsToBeMigrated()
        self.make_writable()
        self.assertMigrates()

    def test_newer_store_on_a_read_only_disk_is_refused_and_not_touched(self):
        self.begin_small()
        self.daemon.stop()
        file = self.daemon.state / "urlstat.db"
        with sqlite3.connect(file) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        before = file.read_bytes()
        self.make_read_only()

        with self.assertRaises(AssertionError):
            self.daemon.start()
        self.daemon.process = None

        self.assertIn("written by a newer urlstatd", self.daemon.read_log())
        self.assertEqual(file.read_bytes(), before)

    # ---- a damaged one ----

    def overwrite(self, page):
        with open(self.daemon.state / "urlstat.db", "r+b") as file:
            file.seek((page - 1) * PAGE)
            file.write(b"\xa5" * PAGE)

    def page_of(self, table):
        with sqlite3.connect(self.daemon.state / "urlstat.db") as database:
            (page,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        database.close()
        return page

    def assertBeginsAnew(self, last):
        """With the damaged file beside it."""
        (damaged,) = harness.wait_until(self.set_aside, "the file to be set aside")
        harness.wait_until(lambda: damaged in self.daemon.read_log(), "the daemon to begin anew")
        self.wait_for_warning(damaged)
        (self.daemon.state / damaged).unlink()
        self.assertGoesOnEmpty(last)

    def test_damaged_store_on_a_full_disk_is_set_aside(self):
        for table in (None, "job"):
            with self.subTest(table=table):
                self.begin_small()
                job = self.submit()
                self.daemon.ctl("wait", str(job))
                self.daemon.stop()
                self.overwrite(self.page_of(table) if table else 1)
                self.fill_behind_the_reserve()

                self.daemon.start()

                self.wait_for_warning("disk is full")
                self.wait_for_warning("damaged")
                self.assertIn("damaged", self.daemon.read_log())
                self.assertRefused("have other files on its disk removed", "submit", self.list)
                self.filler.unlink()
                self.assertBeginsAnew(job)
                self.doCleanups()

    def test_damaged_store_on_a_read_only_disk_is_set_aside_when_that_can_be_written(self):
        for table in (None, "stop", "job"):
            with self.subTest(table=table):
                self.begin_small()
                job = self.submit()
                self.daemon.ctl("wait", str(job))
                self.daemon.stop()
                self.overwrite(self.page_of(table) if table else 1)
                self.make_read_only()

                self.daemon.start()

                self.wait_for_warning("disk is read-only")
                self.wait_for_warning("urlstat.db are damaged")
                self.assertIn("urlstat.db are damaged", self.daemon.read_log())
                self.assertRefused("Read-only file system", "submit", self.list)
                for verb in {None: ("jobs", "show", "backup"), "job": ("jobs", "show")}.get(table, ()):
                    self.assertRefused("the file of the jobs is damaged", verb)
                self.make_writable()
                self.assertBeginsAnew(job)
                self.doCleanups()

    def test_damage_met_on_a_read_only_disk_is_told_of_and_set_aside_later(self):
        self.begin_small()
        job = self.submit()
        self.daemon.ctl("wait", str(job))
        self.daemon.stop()
        self.overwrite(self.page_of("outcome"))
        self.make_read_only()
        self.daemon.start()
        self.wait_for_warning("disk is read-only")
        self.assertNotIn("damaged", "".join(self.daemon.json("status")["warnings"]))

        self.daemon.ctl("urls", str(job), expected=1)

        self.wait_for_warning("urlstat.db are damaged")
        self.assertIn("urlstat.db are damaged", self.daemon.read_log())
        self.assertEqual([seen["job"] for seen in self.daemon.json("jobs")["jobs"]], [job])
        self.make_writable()
        self.assertBeginsAnew(job)


if __name__ == "__main__":
    harness.main()

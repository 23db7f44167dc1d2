#!/usr/bin/python3
"""A store that is damaged, too new, or somebody else's."""

import os
import sqlite3
import unittest

import harness

PAGE = 16384


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        for i in range(50):
            (cls.root / f"{i}.html").write_text(f"<p>page number{i} of many words")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.root}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.list = harness.write_list(
            cls.directory / "urls.txt", [cls.server.url(f"/{i}.html") for i in range(50)]
        )

    def setUp(self):
        self.daemon = self.enterContext(harness.Daemon())
        self.file = self.daemon.state / "urlstat.db"

    def overwrite(self, table):
        """The first page of a table, with noise."""
        with sqlite3.connect(self.file) as database:
            (page,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        database.close()
        with open(self.file, "r+b") as file:
            file.seek((page - 1) * PAGE)
            file.write(b"\xa5" * PAGE)

    def set_aside(self):
        names = [name for name in os.listdir(self.daemon.state) if name.startswith("urlstat.db.damaged-")]
        return [name for name in names if not name.endswith(("-wal", "-shm"))]

    def assertBegunAnew(self, last):
        """With the damaged file beside it, of which status tells until it is taken away."""
        self.assertEqual(self.daemon.json("jobs")["jobs"], [])
        self.assertGreater(int(self.daemon.ctl("-q", "submit", "--wait", self.list).text), last)
        (damaged,) = self.set_aside()
        warnings = "".join(self.daemon.json("status")["warnings"])
        self.assertIn(damaged, warnings)
        self.assertIn(damaged, self.daemon.read_log())
        (self.daemon.state / damaged).rename(self.directory / damaged)
        self.assertNotIn("damaged", "".join(self.daemon.json("status")["warnings"]))

    def test_damage_met_in_use_is_set_aside(self):
        job = int(self.daemon.ctl("-q", "submit", "--wait", self.list).text)
        self.daemon.stop()
        self.overwrite("outcome")
        self.daemon.start()

        self.daemon.ctl("urls", str(job), expected=None)

        harness.wait_until(self.set_aside, "the file to be set aside")
        harness.wait_until(
            lambda: self.daemon.ctl("ping", expected=None).returncode == 0, "the daemon to begin anew"
        )
        self.assertIn("is damaged: it is set aside", self.daemon.read_log())
        self.assertBegunAnew(job)

    def test_damage_met_at_the_start_is_set_aside(self):
        job = int(self.daemon.ctl("-q", "submit", "--wait", self.list).text)
        self.daemon.stop()
        self.overwrite("stop")

        self.daemon.start()

        self.assertBegunAnew(job)

    def test_newer_store_is_refused_and_not_touched(self):
        self.daemon.stop()
        with sqlite3.connect(self.file) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        before = self.file.read_bytes()

        with self.assertRaises(AssertionError):
            self.daemon.start()
        self.daemon.process = None

        self.assertIn("written by a newer urlstatd", self.daemon.read_log())
        self.assertTrue(self.file.read_bytes() == before, "not a byte has changed")

    def test_database_of_another_program_is_refused(self):
        self.daemon.stop()
        self.file.unlink()
        with sqlite3.connect(self.file) as database:
            database.execute("CREATE TABLE theirs (x)")
        database.close()

        with self.assertRaises(AssertionError):
            self.daemon.start()
        self.daemon.process = None

        self.assertIn("the database of another program", self.daemon.read_log())
        self.assertEqual(self.set_aside(), [])


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""What a list is submitted with and how long it is kept; and what happens where a limit is reached."""

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


if __name__ == "__main__":
    harness.main()

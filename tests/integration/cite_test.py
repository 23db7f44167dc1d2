#!/usr/bin/python3
"""What show tells of a job to be cited: all of it is true, and the hash of the list can be computed again."""

import hashlib
import re
import subprocess
import unittest

import harness

MANUAL = harness.HERE.parent.parent / "man" / "urlstatctl.1"
SITE = harness.DATA / "site"


class Cite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))
        config = harness.merged(harness.IMPOLITE, {"Fetch": {"Contact": "me@example.org", "MaxBodySize": "1M", "Robots": "yes"}})
        cls.daemon = cls.enterClassContext(harness.Daemon(config))
        # As the daemon spells them, with the same page under three names, and a duplicate.
        paths = ("/index.html", "/birds.html?a", "/nowhere", "/birds.html?b", "/", "/birds.html", "/internal/rota.html")
        cls.urls = [cls.server.url(path) for path in paths]
        lines = [*cls.urls[:3], cls.server.url("/./birds.html?a#top"), *cls.urls[3:]]
        cls.daemon.ctl("submit", "--wait", "-n", "docs", "-", stdin="\n".join(lines) + "\n", expected=5)
        (cls.job,) = cls.daemon.json("show", "docs")["jobs"]
        cls.cite = cls.job["cite"]
        cls.shown = cls.daemon.ctl("show", "docs").text
        cls.block = " ".join(cls.shown.partition("To cite this job:\n\n")[2].split())

    def test_list_has_the_hash_of_its_lines(self):
        self.assertEqual(self.job["total"], len(self.urls))
        expected = hashlib.sha256("".join(url + "\n" for url in self.urls).encode()).hexdigest()
        self.assertEqual(self.cite["listHash"], expected)
        self.assertIn(f"List of 7 URLs (1 duplicate left out), SHA-256 {expected}.", self.block)

    def test_command_of_the_manual_gives_the_hash(self):
        command = re.search(r"^\.Dl \$ (urlstatctl .*sha256sum)$", MANUAL.read_text(), re.MULTILINE).group(1)
        program = f"{harness.BINARIES}/urlstatctl --socket={self.daemon.socket}"
        command = command.replace("urlstatctl", program).replace("JOB", "docs")
        printed = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=True).stdout.decode()
        self.assertEqual(printed.split()[0], self.cite["listHash"])

    def test_list_that_is_submitted_again_has_the_same_hash_and_another_order_another(self):
        for order, is_same in ((self.urls, True), (self.urls[::-1], False)):
            self.daemon.ctl("submit", "--wait", "-", stdin="\n".join(order), expected=5)
            (job,) = self.daemon.json("show")["jobs"]
            self.assertEqual(job["cite"]["listHash"] == self.cite["listHash"], is_same)

    def test_dates_and_words_are_those_of_the_pages(self):
        pages = [url for url in self.daemon.json("urls", "docs")["urls"] if url["state"] == "counted"]
        self.assertEqual(len(pages), 5)
        self.assertEqual(self.cite["firstFetched"], min(page["countedFrom"] for page in pages))
        self.assertEqual(self.cite["lastFetched"], max(page["countedFrom"] for page in pages))
        top = self.daemon.json("top", "docs", "-k", "0")
        self.assertEqual(self.cite["distinct"], len(top["words"]))
        self.assertEqual(self.cite["engines"], [top["engine"]["id"]])
        self.assertIn(
            f"5 of 7 pages counted, 1 failed, 1 skipped by rule; {top['tokens']:,} words, {top['distinct']:,} distinct.",
            self.block,
        )
        dates = (self.job["submitted"], self.cite["firstFetched"], self.cite["lastFetched"], self.job["finished"])
        self.assertIn("Submitted {}, fetched from {} to {}, ended {}.".format(*dates), self.block)
        self.assertIn(f"word engine {top['engine']['id']} (", self.block)

    def test_equal_pages_are_those_of_equal_hashes_the_most_first(self):
        birds, front = self.cite["equalPages"]
        pages = {url["page"]: url for url in self.daemon.json("urls", "docs")["urls"]}
        for group, numbers in ((birds, (2, 4, 6)), (front, (1, 5))):
            first = pages[numbers[0]]
            self.assertEqual((group["pages"], group["page"]), (len(numbers), numbers[0]))
            self.assertEqual(group["exampleUrl"], first["url"])
            self.assertEqual(group["tokens"], first["tokens"])
            self.assertEqual({pages[number]["contentHash"] for number in numbers}, {group["contentHash"]})
        self.assertRegex(self.shown, rf"(?m)^ *3 +{birds['tokens']} +{re.escape(birds['exampleUrl'])} *$")

    def test_settings_are_those_of_the_submission(self):
        settings = {setting["name"]: setting["value"] for setting in self.cite["settings"]}
        self.assertEqual(settings["MaxBodySize"], "1M")
        self.assertEqual(settings["Contact"], "me@example.org")
        self.assertEqual(settings["Robots"], "yes")
        for name, value in settings.items():
            self.assertRegex(self.shown, rf"(?m)^{re.escape(name)} +{re.escape(value)} *$")
            self.assertIn(f"{name}={value}", self.block)

    def test_block_is_text_of_lines_that_fit(self):
        block = self.shown.partition("To cite this job:\n\n")[2]
        self.assertTrue(block.isascii())
        self.assertLessEqual(max(map(len, block.splitlines())), 76)

    def test_job_that_has_not_ended_is_not_to_be_cited_yet(self):
        # Takes connections, and answers none.
        (silent,), port = harness.listening_sockets(["127.0.0.2"])
        self.addCleanup(silent.close)
        self.daemon.ctl("submit", "-n", "waits", f"http://127.0.0.2:{port}/")
        (job,) = self.daemon.json("show", "waits")["jobs"]
        self.assertNotIn("cite", job)
        self.assertNotIn("To cite", self.daemon.ctl("show", "waits").text)
        self.daemon.ctl("cancel", "waits")
        (job,) = self.daemon.json("show", "waits")["jobs"]
        self.assertEqual((job["cite"]["distinct"], job["cite"]["firstFetched"]), (0, None))
        text = self.daemon.ctl("show", "waits").text
        self.assertIn("\n0 of 1 page counted, 1 cancelled; 0 words, 0 distinct.\nSubmitted ", text)

    def test_who_leaves_before_the_answer_hurts_nobody(self):
        (silent,), port = harness.listening_sockets(["127.0.0.2"])
        self.addCleanup(silent.close)
        urls = "".join(f"http://127.0.0.2:{port}/{i}\n" for i in range(5000))
        job = self.daemon.ctl("submit", "-q", "-", stdin=urls).text.strip()
        self.daemon.ctl("cancel", "-q", job)
        for i in range(20):
            with self.daemon.connect() as connection:
                connection.send("io.urlstat.Show", {"job": job if i % 2 else "docs", "cite": True})
                if i % 3:
                    connection.call("Ping")
        (shown,) = self.daemon.json("show", job)["jobs"]
        self.assertEqual(shown["cite"]["listHash"], hashlib.sha256(urls.encode()).hexdigest())

    def test_nothing_of_it_comes_unasked(self):
        self.assertNotIn("cite", self.daemon.job(1))


if __name__ == "__main__":
    harness.main()

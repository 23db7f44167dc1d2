#!/usr/bin/python3
"""The use that this grew from: ten workers, the top seven words of each page as it comes, and how many are done."""

import json
import unittest

import harness

SITE = harness.DATA / "site"


class Homework(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = sorted(file for file in SITE.iterdir() if file.suffix in (".html", ".txt"))
        cls.files = [file for file in cls.files if file.name not in ("urls.txt", "robots.txt")]
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.urls = [cls.server.url("/" + file.name) for file in cls.files]
        cls.list = harness.write_list(cls.directory / "urls.txt", cls.urls)

    def daemon(self):
        return self.enterContext(harness.Daemon(arguments=["-w", "10", "-k", "7"]))

    def expected_words(self, file):
        """What the client counts in the file, without any daemon."""
        counted = harness.ctl("-o", "json", "count", "-k", "7", file)
        return [(word["word"], word["tokens"]) for word in json.loads(counted.stdout)["words"]]

    def test_each_page_is_printed_once_with_its_top_words(self):
        daemon = self.daemon()

        result = daemon.ctl("-o", "jsonl", "submit", "--follow", "--per=page", self.list)

        found = {}
        for line in result.text.splitlines():
            group = json.loads(line)
            self.assertNotIn(group["url"], found)
            found[group["url"]] = [(word["word"], word["tokens"]) for word in group["words"]]
        self.assertEqual(found, {url: self.expected_words(file) for url, file in zip(self.urls, self.files)})

    def test_people_see_every_url_with_its_words_and_how_many_are_done(self):
        daemon = self.daemon()

        result = daemon.ctl("submit", "--follow", "--per=page", self.list)

        total = len(self.urls)
        lines = [line.split("  ") for line in result.text.splitlines()]
        pages = {line[-2]: line for line in lines if len(line) >= 3 and line[-3].endswith(f"/{total}")}
        self.assertEqual(sorted(pages), sorted(self.urls))
        done = [int(line[-3].split("/")[0]) for line in pages.values()]
        self.assertEqual(sorted(done), list(range(1, total + 1)))
        for url, file in zip(self.urls, self.files):
            words = ", ".join(f"{word} {tokens}" for word, tokens in self.expected_words(file))
            self.assertEqual(pages[url][-1], words)

    def test_workers_are_as_many_as_asked_for(self):
        daemon = self.daemon()

        self.assertEqual(len(daemon.json("workers")["workers"]), 10)
        self.assertEqual(daemon.json("status")["topWords"], 7)

    def test_top_prints_as_many_words_as_the_daemon_was_told(self):
        daemon = self.daemon()
        daemon.ctl("submit", "--wait", self.list)

        self.assertEqual(len(daemon.json("top")["words"]), 7)
        self.assertEqual(len(daemon.json("top", "-k", "3")["words"]), 3)

    def test_follow_ends_with_the_top_words_of_all(self):
        daemon = self.daemon()

        result = daemon.ctl("submit", "--follow", self.list)

        for word in daemon.json("top")["words"]:
            self.assertIn(word["word"], result.text)
            self.assertIn(str(word["tokens"]), result.text.replace(",", "").replace("\u202f", ""))


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""2,585 real pages: all are counted, and the words are the same, to the byte, however they were come by.

With sanitizers every fifth page, as that takes many times as long."""

import concurrent.futures
import os
import random
import subprocess
import unittest
from pathlib import Path

import documentation
import harness

# The daemon has to be met in the middle of it: a host every 10 ms is 1,600 pages a second.
SLOWER = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "10ms"}})


def icu_counter():
    """The program that counts with ICU alone, None if this build has none."""
    directory = Path(os.environ.get("TEST_PROGRAMS", harness.BINARIES.parent / "tests"))
    for found in sorted(directory.rglob("words_icu_count")):
        return found
    return None


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if len(documentation.pages()) != documentation.N_PAGES:
            raise unittest.SkipTest(f"{documentation.N_PAGES} pages of {documentation.PACKAGES} are not installed")
        cls.server = cls.enterClassContext(
            harness.WebServer(documentation.DIRECTORIES, documentation.ADDRESSES)
        )
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        step = 5 if harness.is_sanitized() else 1
        cls.files = [file for _, file in documentation.pages()[::step]]
        cls.urls = documentation.urls(cls.server, step)
        cls.n = len(cls.urls)
        cls.list = harness.write_list(cls.directory / "urls.txt", cls.urls)
        with harness.Daemon(arguments=["--workers=1"]) as daemon:
            daemon.ctl("submit", "--wait", "-n", "pages", cls.list)
            cls.job = daemon.job(1)
            cls.top = daemon.ctl("-o", "tsv", "top", "-k", "0").stdout
            cls.hosts = daemon.json("top", "-k", "0", "--per=host")["groups"]
            cls.pages = daemon.ctl("-o", "tsv", "top", "-k", "0", "--per=page", "--with-url").text

    def test_every_page_is_counted(self):
        self.assertEqual(self.job["counted"], self.n)
        self.assertEqual(self.job["total"], self.n)
        self.assertEqual(self.job["state"], "done")

    def test_words_of_pages_add_up_to_the_words_of_the_job(self):
        tokens, pages = {}, {}
        for line in self.pages.splitlines()[1:]:
            word, count = line.split("\t")[3:5]
            tokens[word] = tokens.get(word, 0) + int(count)
            pages[word] = pages.get(word, 0) + 1

        rows = [line.split("\t") for line in self.top.decode().splitlines()[1:]]

        self.assertGreater(len(rows), 10000)
        self.assertEqual({row[1]: int(row[2]) for row in rows}, tokens)
        self.assertEqual({row[1]: int(row[4]) for row in rows}, pages)
        self.assertEqual(sum(tokens.values()), self.job["tokens"])

    def test_order_is_by_tokens_and_then_by_code_points(self):
        rows = [line.split("\t") for line in self.top.decode().splitlines()[1:]]
        keys = [(-int(row[2]), row[1]) for row in rows]

        self.assertEqual(keys, sorted(keys))
        self.assertEqual([int(row[0]) for row in rows], list(range(1, len(rows) + 1)))

    def test_eight_workers_give_the_same_words_as_one(self):
        with harness.Daemon(arguments=["--workers=8"]) as daemon:
            daemon.ctl("submit", "--wait", self.list)
            self.assertEqual(daemon.ctl("-o", "tsv", "top", "-k", "0").stdout, self.top)

    def test_shuffled_list_gives_the_same_words(self):
        shuffled = list(self.urls)
        random.Random(2585).shuffle(shuffled)
        urls = harness.write_list(self.directory / "shuffled.txt", shuffled)

        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", urls)
            self.assertEqual(daemon.ctl("-o", "tsv", "top", "-k", "0").stdout, self.top)

    def test_kills_in_the_middle_change_nothing(self):
        with harness.Daemon(SLOWER, arguments=["--workers=4"]) as daemon:
            job = int(daemon.ctl("-q", "submit", self.list).text)
            for share in (0.1, 0.4, 0.7):
                reached = daemon.wait_for_job(
                    job, lambda seen, share=share: seen["counted"] >= share * self.n, "some pages"
                )
                self.assertLess(reached["counted"], self.n)
                daemon.kill()
                daemon.start()
                after = daemon.job(job)
                self.assertGreaterEqual(after["counted"], reached["counted"], "what was shown as counted stays counted")
                self.assertEqual(after["total"], self.n)
            daemon.ctl("wait", str(job))
            self.assertEqual(daemon.job(job)["counted"], self.n)
            self.assertEqual(daemon.ctl("-o", "tsv", "top", "-k", "0").stdout, self.top)

    def test_two_jobs_of_half_the_list_give_the_same_words(self):
        with harness.Daemon() as daemon:
            # The hosts take turns, so that either half has pages of each: still they are 16 hosts, not 32.
            middle = len(self.urls) // 2
            for name, urls in (("first", self.urls[:middle]), ("second", self.urls[middle:])):
                daemon.ctl("submit", "--wait", "-n", name, harness.write_list(self.directory / f"{name}.txt", urls))
            self.assertEqual(daemon.ctl("-o", "tsv", "top", "-k", "0", "first", "second").stdout, self.top)

    def test_words_of_hosts_add_up_to_the_words_of_the_job(self):
        tokens, hosts = {}, {}
        for group in self.hosts:
            self.assertEqual(sum(word["tokens"] for word in group["words"]), group["tokens"])
            self.assertEqual(len(group["words"]), group["distinct"])
            for word in group["words"]:
                tokens[word["word"]] = tokens.get(word["word"], 0) + word["tokens"]
                hosts[word["word"]] = hosts.get(word["word"], 0) + 1

        rows = [line.split("\t") for line in self.top.decode().splitlines()[1:]]

        names = [group["host"] for group in self.hosts]
        self.assertEqual(len(names), len(documentation.ADDRESSES))
        self.assertEqual(names, sorted(names))
        self.assertEqual({row[1]: int(row[2]) for row in rows}, tokens)
        self.assertEqual({row[1]: int(row[5]) for row in rows}, hosts)

    def test_equal_content_counts_once_where_that_is_asked_for(self):
        # The same pages from two hosts: those of the first one in the list stand for both.
        paths = [path for path, _ in documentation.pages()[:100]]
        once = [self.server.url(path, "127.0.0.1") for path in paths]
        again = [self.server.url(path, "127.0.0.2") for path in paths]
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", "-n", "once", harness.write_list(self.directory / "once.txt", once))
            daemon.ctl("submit", "--wait", "-n", "twice", harness.write_list(self.directory / "twice.txt", once + again))

            expected = daemon.ctl("-o", "tsv", "top", "once", "-k", "0").stdout
            self.assertEqual(daemon.ctl("-o", "tsv", "top", "twice", "-k", "0", "--unique").stdout, expected)
            twice = daemon.json("top", "twice", "-k", "1")
            self.assertEqual((twice["pages"], twice["words"][0]["hosts"]), (200, 2))

    def test_words_are_the_same_while_the_job_runs_and_after(self):
        with harness.Daemon() as daemon:
            job = int(daemon.ctl("-q", "submit", self.list).text)
            daemon.wait_for_job(job, lambda seen: seen["counted"] > 50, "some pages")
            early = daemon.json("top", "-k", "0")
            daemon.ctl("wait", str(job))
            late = daemon.json("top", "-k", "0")
            with daemon.connect() as connection:
                grouped = connection.call("Top", {"jobs": [str(job)], "per": "host", "k": 1})

        for total in ("pages", "tokens", "distinct"):
            self.assertEqual(grouped[total], late[total])
        self.assertEqual(sum(word["tokens"] for word in early["words"]), early["tokens"])
        self.assertEqual(len(early["words"]), early["distinct"])
        self.assertTrue(late["complete"])
        final = {word["word"]: word["tokens"] for word in late["words"]}
        for word in early["words"]:
            self.assertLessEqual(word["tokens"], final[word["word"]])

    def test_words_in_memory_are_those_of_the_pages_at_every_moment(self):
        addresses = documentation.ADDRESSES
        with harness.Daemon() as daemon:
            for address in [*addresses, "127.0.0.99"]:
                daemon.ctl("pause", f"--host={address}")
            other = int(daemon.ctl("-q", "submit", "http://127.0.0.99/").text)
            job = int(daemon.ctl("-q", "submit", self.list).text)
            self.assertEqual(daemon.json("top", str(job), "-k", "1")["pages"], 0)
            for n in (4, 8, 12, 16):
                for address in addresses[n - 4 : n]:
                    daemon.ctl("resume", f"--host={address}")
                    # Asks the totals in memory, while pages come.
                    counted = daemon.job(job)["counted"]
                    self.assertGreaterEqual(daemon.json("top", str(job), "-k", "1")["pages"], counted)
                expected = sum(self.server.addresses[i % 16] in addresses[:n] for i in range(self.n))
                daemon.wait_for_job(job, lambda seen, expected=expected: seen["counted"] == expected, "the pages of some hosts")
                self.assertEqual(daemon.json("top", str(job), "-k", "1")["pages"], expected)
                # Of two jobs together the pages are read, every time.
                for per in ([], ["--per=host"], ["--per=label"]):
                    asked, read = (daemon.ctl("-o", "tsv", "top", "-k", "0", *per, *jobs).stdout for jobs in ([job], [job, other]))
                    self.assertEqual(asked, read)
            daemon.ctl("wait", str(job))
            # What was asked of groups stays after the end.
            self.assertEqual(daemon.json("top", str(job), "-k", "0", "--per=host")["groups"], self.hosts)
            self.assertEqual(daemon.ctl("-o", "tsv", "top", str(job), "-k", "0").stdout, self.top)

    def test_icu_counts_the_same_words_in_the_text(self):
        counter = icu_counter()
        if counter is None:
            self.skipTest("this build has no words_icu_count")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            texts = list(pool.map(lambda file: harness.ctl("text", file).stdout, self.files))

        # A line's end is the end of a word, so that the pages can be counted as one text.
        counted = subprocess.run([counter], input=b"\n".join(texts), stdout=subprocess.PIPE, check=True).stdout

        counts = {}
        for line in counted.decode().splitlines():
            tokens, word = line.split("\t")
            counts[word] = int(tokens)
        rows = [line.split("\t") for line in self.top.decode().splitlines()[1:]]

        self.assertEqual({row[1]: int(row[2]) for row in rows}, counts)


if __name__ == "__main__":
    harness.main()

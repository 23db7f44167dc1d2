#!/usr/bin/python3
"""Pages that were counted before: asked for by their validators, or not at all, and what comes of it is the same."""

import os
import random
import sqlite3
import unittest
import urllib.parse
import urllib.request

import harness

N_PAGES = 300
# Met in the middle: five hosts every 20 ms are 250 pages a second.
SLOWER = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "20ms"}})
ADDRESSES = [f"127.0.0.{i}" for i in range(1, 6)]
WORDS = "ash beech cherry date elder fig grape hawthorn iris juniper kale lime mint nettle oak pear quince rose".split()


def words_of(daemon, job):
    """What top says of it in every scope, but for the job's number."""
    whole = daemon.ctl("-o", "tsv", "top", str(job), "-k", "0").stdout
    by_host = daemon.json("top", str(job), "-k", "0", "--per=host")["groups"]
    by_label = daemon.json("top", str(job), "-k", "0", "--per=label")["groups"]
    unique = daemon.ctl("-o", "tsv", "top", str(job), "-k", "0", "--unique").stdout
    pages = daemon.ctl("-o", "tsv", "top", str(job), "-k", "0", "--per=page").text
    by_page = [line.split("\t")[1:] for line in pages.splitlines()]
    return whole, by_host, by_label, unique, by_page


class Reuse(unittest.TestCase):
    def setUp(self):
        self.root = self.enterContext(harness.temporary_directory())
        for i in range(N_PAGES):
            self.write(i, version=1)
        self.server = self.enterContext(harness.WebServer({"/": self.root}, ADDRESSES))
        self.urls = [self.server.url(f"/{i}.html", ADDRESSES[i % len(ADDRESSES)]) for i in range(N_PAGES)]
        self.list = harness.write_list(self.root / "urls.txt", self.urls)

    def write(self, i, version):
        chosen = random.Random(i * 1000 + version)
        words = chosen.choices(WORDS, k=50) + [f"version{version}", f"page{i}", f"half{i // 2}"]
        file = self.root / f"{i}.html"
        file.write_text(f"<title>Page {i}</title><p>{' '.join(words)}")
        # nginx makes its ETag of time and size.
        os.utime(file, (1_000_000_000 + version, 1_000_000_000 + version))

    def change_every_third(self):
        for i in range(0, N_PAGES, 3):
            self.write(i, version=2)

    def statuses(self, skip=0):
        return [status for _, _, status, _ in self.server.requests()][skip:]

    def submit(self, daemon, *options):
        return int(daemon.ctl("-q", "submit", "--wait", *options, self.list).text)

    def outcomes(self, daemon, job):
        return {row["outcome"]: row["urls"] for row in daemon.json("show", str(job))["jobs"][0]["outcomes"]}

    def test_unchanged_pages_are_answered_with_304_and_count_as_if_fetched(self):
        with harness.Daemon() as daemon:
            first = self.submit(daemon)
            words = words_of(daemon, first)
            self.change_every_third()
            again = self.submit(daemon)
            statuses = self.statuses(skip=N_PAGES)
            anew = self.submit(daemon, "--max-age=0")

            self.assertEqual(statuses.count(304), N_PAGES - N_PAGES // 3)
            self.assertEqual(statuses.count(200), N_PAGES // 3)
            self.assertEqual(self.statuses(skip=2 * N_PAGES), [200] * N_PAGES)
            self.assertEqual(words_of(daemon, again), words_of(daemon, anew))
            self.assertEqual(words_of(daemon, first), words, "earlier jobs keep theirs")
            for key in ("tokens", "bytes", "counted"):
                self.assertEqual(daemon.job(again)[key], daemon.job(anew)[key])

    def test_recent_pages_are_not_asked_for_and_outlive_the_job_that_counted_them(self):
        with harness.Daemon() as daemon:
            first = self.submit(daemon)
            words = words_of(daemon, first)
            fresh = self.submit(daemon, "--max-age=1h")
            daemon.ctl("remove", str(first))
            once_more = self.submit(daemon, "--max-age=1h")

            self.assertEqual(len(self.statuses()), N_PAGES)
            self.assertEqual(words_of(daemon, fresh), words)
            self.assertEqual(words_of(daemon, once_more), words)
            row = daemon.json("urls", str(fresh), f"--url={self.urls[0]}")["urls"][0]
            self.assertEqual((row["state"], row["outcome"]), ("counted", "fresh"))
            self.assertEqual(row["title"], "Page 0")

    def test_list_of_a_job_can_be_submitted_again(self):
        lines = [f"{url}\tlabel {i % 3}" for i, url in enumerate(self.urls)]
        (self.root / "other.txt").write_text(f"# a comment\n{self.server.url('/0.html', '127.0.0.1')}#top\n")
        labelled = harness.write_list(self.root / "labelled.txt", lines)
        shown = ("url", "submitted", "source", "line", "label", "contentHash")
        with harness.Daemon() as daemon:
            first = int(daemon.ctl("-q", "submit", "--wait", labelled, self.root / "other.txt").text)
            again = int(daemon.ctl("-q", "submit", "--wait", f"--again={first}").text)
            more = int(daemon.ctl("-q", "submit", "--wait", "--again", first, self.server.url("/1.html")).text)

            rows = [[row[key] for key in shown] for row in daemon.json("urls", first)["urls"]]
            self.assertEqual([[row[key] for key in shown] for row in daemon.json("urls", again)["urls"]], rows)
            self.assertEqual(words_of(daemon, again), words_of(daemon, first))
            self.assertEqual(daemon.job(more)["total"], N_PAGES + 1)
            self.assertIn("no job", daemon.ctl("submit", "--again=99", expected=1).notes)
            self.assertIn("SOURCE", daemon.ctl("submit", expected=2).notes)

    def test_kills_in_the_middle_change_nothing(self):
        with harness.Daemon(SLOWER, arguments=["--workers=2"]) as daemon:
            self.submit(daemon)
            self.change_every_third()
            job = int(daemon.ctl("-q", "submit", self.list).text)
            for _ in range(4):
                before = daemon.job(job)["counted"]
                daemon.wait_for_job(
                    job,
                    lambda seen, before=before: seen["counted"] > before + random.randrange(40)
                    or seen["state"] == "done",
                    "some pages",
                )
                daemon.kill()
                daemon.start()
            daemon.ctl("wait", str(job))
            anew = self.submit(daemon, "--max-age=0")

            self.assertEqual(daemon.job(job)["counted"], N_PAGES)
            self.assertEqual(words_of(daemon, job), words_of(daemon, anew))
            self.assertIn(304, self.statuses())


class Servers(unittest.TestCase):
    """Servers whose validators and 304s are not what they should be."""

    def setUp(self):
        self.server = self.enterContext(harness.Script("misbehaving_server.py", "--until-stdin-ends"))
        self.daemon = self.enterContext(harness.Daemon())

    def url(self, path, **query):
        return f"http://127.0.0.1:{self.server.first_line}{path}?{urllib.parse.urlencode(query)}"

    def fetch(self, url):
        """The page that came of it."""
        job = int(self.daemon.ctl("-q", "submit", "--wait", url, expected=None).text)
        return self.daemon.json("urls", str(job))["urls"][0]

    def conditions(self, url):
        """What was sent as If-None-Match for it, request by request."""
        with urllib.request.urlopen(self.url("/conditions")) as reply:
            lines = [line.split("\t") for line in reply.read().decode("latin-1").splitlines()]
        return [asked for target, asked in lines if url.endswith(target)]

    def check(self, outcome, n_requests, **query):
        """Fetched twice it ends like that. The conditions of all requests."""
        url = self.url("/tagged", **query)
        first = self.fetch(url)
        second = self.fetch(url)
        self.assertEqual((first["outcome"], second["outcome"]), ("counted", outcome))
        if outcome == "not_modified":
            self.assertEqual(second["contentHash"], first["contentHash"])
        conditions = self.conditions(url)
        self.assertEqual(len(conditions), n_requests)
        return conditions

    def test_weak_and_strong_tags_come_back_as_they_were(self):
        for tag in ('"strong"', 'W/"weak"', '""'):
            self.assertEqual(self.check("not_modified", 2, tag=tag, how="always"), ["", tag])
        self.assertEqual(self.check("not_modified", 2, how="weak"), ["", '"a"'])

    def test_tags_that_are_none_are_not_sent_back(self):
        for tag in ("bare", '"a" b', '"a b"', '"\xe4"', '"\x7f"', '"a'):
            self.assertEqual(self.check("counted", 2, tag=tag), ["", ""])
        self.assertEqual(self.check("counted", 2, tags=100_000), ["", ""])
        self.assertEqual(self.check("counted", 2, tags=2_000), ["", ""])

    def test_304_of_another_version_is_asked_for_anew(self):
        self.assertEqual(self.check("counted", 3, how="other"), ["", '"a"', ""])

    def test_server_that_refuses_to_be_asked_so_is_asked_anew(self):
        self.assertEqual(self.check("counted", 3, how="refused"), ["", '"a"', ""])

    def test_304_with_a_body_harms_nobody(self):
        self.assertEqual(self.check("not_modified", 2, how="body"), ["", '"a"'])
        self.assertEqual(self.fetch(self.url("/ok", n=5))["outcome"], "counted")

    def test_page_that_changes_each_time_is_counted_each_time(self):
        self.assertEqual(self.check("counted", 2, how="changing"), ["", '"version-1"'])

    def test_304_that_nobody_asked_for_is_a_bad_response(self):
        self.assertEqual(self.check("bad_response", 2, tag="none", how="unasked"), ["", ""])


class Redirects(unittest.TestCase):
    """Of one host to another, whose pages are what is reused."""

    SERVER = "location /moved/ { rewrite ^/moved/(.*)$ http://127.0.0.2:PORT/$1 redirect; }"

    def pages(self, daemon, *options):
        """How many top tells of, in all groups."""
        said = daemon.json("top", "2", *options)
        return sum(int(group["pages"]) for group in said.get("groups", [said]))

    def test_fresh_page_of_another_host_is_in_totals_that_were_asked_for_before(self):
        root = self.enterContext(harness.temporary_directory())
        (root / "a.txt").write_text("common")
        (root / "b.txt").write_text("moved")
        addresses = [f"127.0.0.{i}" for i in range(1, 5)]
        server = self.enterContext(harness.WebServer({"/": root}, addresses, server=self.SERVER))
        daemon = self.enterContext(harness.Daemon())
        moved = server.url("/moved/b.txt", addresses[2])
        scopes = [(), ("--per=host",), ("--per=label",)]
        daemon.ctl("submit", "--wait", moved)
        for address in addresses[2:]:
            daemon.ctl("pause", f"--host={address}")
        urls = [server.url("/a.txt"), moved, server.url("/a.txt", addresses[3])]
        daemon.ctl("submit", "--max-age=1h", "-", stdin="\n".join(urls))
        daemon.wait_for_job(2, lambda job: job["counted"] == 1, "the first page")
        for scope in scopes:
            self.assertEqual(self.pages(daemon, *scope), 1)
        daemon.ctl("resume", f"--host={addresses[2]}")
        daemon.wait_for_job(2, lambda job: job["counted"] == 2, "the page that is known")
        for scope in scopes:
            self.assertEqual(self.pages(daemon, *scope), 2, scope)
        daemon.ctl("resume", f"--host={addresses[3]}")
        daemon.ctl("wait", "2")
        for scope in scopes:
            self.assertEqual(self.pages(daemon, *scope), 3, scope)
        # Older versions may have left a row that lacks a page.
        daemon.stop()
        with sqlite3.connect(daemon.state / "urlstat.db") as store:
            store.execute("UPDATE totals SET data = (SELECT data FROM totals WHERE job = 1) WHERE job = 2")
        store.close()
        daemon.start()
        self.assertEqual(self.pages(daemon), 3)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Long lists both ways: calls sent ahead, replies in parts, clients that read slowly, never, or go away."""

import contextlib
import json
import tempfile
import time
import unittest
from pathlib import Path

import harness

FRAME = 1 << 20
URLS = 20000
N_PAGES = 300


def entries(first, n, **more):
    return [{"url": f"http://127.0.0.1:1/{i}", "line": i + 1, **more} for i in range(first, first + n)]


def paused_job(connection, n, step=2000):
    """A job of n URLs that will not be fetched, its list sent ahead of all replies."""
    connection.send("io.urlstat.Begin", {"sources": ["list"]})
    for first in range(0, n, step):
        connection.send("io.urlstat.Append", {"urls": entries(first, min(step, n - first), source=0)})
    connection.send("io.urlstat.Commit")
    assert connection.receive() == {"parameters": {}}
    for first in range(0, n, step):
        reply = connection.receive()["parameters"]
        assert reply["accepted"] == min(step, n - first), reply
    job = connection.receive()["parameters"]["job"]
    connection.call("Pause", {"jobs": [str(job)]})
    return job


def parts(connection, method, parameters):
    """The replies of a stream, and the longest of them in bytes."""
    connection.send(f"io.urlstat.{method}", parameters, more=True)
    while True:
        reply = connection.receive()
        assert "error" not in reply, reply
        yield reply["parameters"]
        if not reply.get("continues"):
            return


class LongLists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        config = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "30s"}})
        cls.daemon = cls.enterClassContext(harness.Daemon(config))
        with cls.daemon.connect() as connection:
            cls.job = paused_job(connection, URLS)

    def test_list_comes_whole_and_in_order_in_parts(self):
        with self.daemon.connect() as connection:
            replies = list(parts(connection, "Urls", {"job": str(self.job)}))
        pages = [url["page"] for reply in replies for url in reply["urls"]]
        self.assertEqual(pages, list(range(1, URLS + 1)))
        self.assertGreater(len(replies), 10)
        for reply in replies:
            self.assertLess(len(json.dumps(reply)), FRAME)

    def test_list_that_fits_no_frame_is_refused_without_more(self):
        with self.daemon.connect() as connection, self.assertRaises(harness.VarlinkError) as raised:
            connection.call("Urls", {"job": str(self.job)})
        self.assertEqual(raised.exception.name, "io.urlstat.LimitReached")

    def test_lines_of_a_list_are_kept(self):
        with self.daemon.connect() as connection:
            urls = connection.call("Urls", {"job": str(self.job), "url": "HTTP://127.0.0.1:1/777"})["urls"]
        self.assertEqual([(url["source"], url["line"], url["page"]) for url in urls], [("list", 778, 778)])

    def test_client_that_reads_late_gets_all_of_it(self):
        with self.daemon.connect() as slow, self.daemon.connect() as other:
            before = self.daemon.memory("VmRSS")
            slow.send("io.urlstat.Urls", {"job": str(self.job)}, more=True)
            for _ in range(50):
                other.call("Ping")
                other.call("Urls", {"job": str(self.job), "url": "http://127.0.0.1:1/5"})
            self.assertLess(self.daemon.memory("VmRSS") - before, 32 << 20)
            n = 0
            continues = True
            while continues:
                reply = slow.receive()
                n += len(reply["parameters"]["urls"])
                continues = reply.get("continues", False)
        self.assertEqual(n, URLS)

    def test_client_that_goes_in_the_middle_harms_nobody(self):
        for method in ("Urls", "Top", "Watch"):
            for _ in range(5):
                connection = self.daemon.connect()
                name = "jobs" if method != "Urls" else "job"
                value = [str(self.job)] if method != "Urls" else str(self.job)
                connection.send(f"io.urlstat.{method}", {name: value}, more=True)
                connection.receive()
                connection.close()
        for method in ("Urls", "Top", "Watch", "Wait", "Show", "Jobs", "Workers"):
            connection = self.daemon.connect()
            connection.send(f"io.urlstat.{method}", {}, more=True)
            connection.close()
        with self.daemon.connect() as connection:
            self.assertEqual(connection.call("Show", {"job": str(self.job)})["jobs"][0]["total"], URLS)

    def test_commit_of_a_client_that_has_gone_is_all_or_nothing(self):
        before = len(self.jobs())
        for _ in range(5):
            connection = self.daemon.connect()
            connection.send("io.urlstat.Begin", {"name": "gone"})
            connection.send("io.urlstat.Append", {"urls": entries(0, 3000)})
            connection.send("io.urlstat.Commit")
            connection.close()
        with self.daemon.connect() as connection:
            paused_job(connection, 1)
        for job in self.jobs()[before:]:
            self.assertIn(job["total"], (1, 3000))

    def jobs(self):
        with self.daemon.connect() as connection:
            return [job for reply in parts(connection, "Jobs", {}) for job in reply["jobs"]]

    def test_thousand_bad_lines_are_listed_and_all_are_counted(self):
        with self.daemon.connect() as connection:
            bad = [{"url": "x" * 1000, "line": i + 1} for i in range(1001)]
            reply = connection.call("Submit", {"urls": bad + entries(0, 1)})
        self.assertEqual((reply["accepted"], reply["rejectedCount"]), (1, 1001))
        self.assertLessEqual(len(reply["rejected"]), 1000)
        self.assertGreater(len(reply["rejected"]), 400)
        self.assertEqual(len(reply["rejected"][0]["text"]), 200)

    def test_strict_list_with_a_bad_line_queues_nothing(self):
        before = len(self.jobs())
        with self.daemon.connect() as connection:
            reply = connection.call("Submit", {"strict": True, "urls": [*entries(0, 3), {"url": "bad"}]})
        self.assertIsNone(reply["job"])
        self.assertEqual(len(self.jobs()), before)

    def test_key_brings_the_first_job_again(self):
        with self.daemon.connect() as connection:
            first = connection.call("Submit", {"key": "once", "urls": entries(0, 2)})
            again = connection.call("Submit", {"key": "once", "urls": entries(0, 2)})
        self.assertEqual((first["existed"], again["existed"]), (False, True))
        self.assertEqual(first["job"], again["job"])


class Pages(unittest.TestCase):
    """A job whose pages are told as they are counted."""

    @classmethod
    def setUpClass(cls):
        cls.site = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="urlstat-site-")))
        cls.site.chmod(0o755)
        for i in range(N_PAGES):
            words = " ".join(f"w{i}x{k} " * (k + 1) for k in range(5))
            (cls.site / f"{i}.txt").write_text(f"common {words}")
        cls.server = cls.enterClassContext(harness.WebServer({"/": cls.site}))
        cls.daemon = cls.enterClassContext(harness.Daemon())

    def submit(self, connection):
        urls = [{"url": self.server.url(f"/{i}.txt")} for i in range(N_PAGES)]
        urls += [{"url": self.server.url(f"/no{i}.txt")} for i in range(20)]
        return connection.call("Submit", {"urls": urls})["job"]

    def told(self, connection, job, pause=0.0):
        """(pages told as counted, as ended otherwise, the last reply)."""
        counted, otherwise, last = [], [], None
        for reply in parts(connection, "Watch", {"jobs": [str(job)], "perPage": 2}):
            if "page" in reply:
                counted.append(reply["page"]["page"])
                self.assertEqual(reply["page"]["words"][0]["tokens"], 5)
                self.assertEqual(len(reply["page"]["words"]), 2)
            if "url" in reply:
                otherwise.append(reply["url"]["page"])
                self.assertEqual(reply["url"]["outcome"], "http_error")
            if pause:
                time.sleep(pause)
            last = reply
        return counted, otherwise, last

    def check(self, told):
        counted, otherwise, last = told
        self.assertEqual(sorted(counted), list(range(1, N_PAGES + 1)))
        self.assertEqual(sorted(otherwise), list(range(N_PAGES + 1, N_PAGES + 21)))
        self.assertEqual([job["state"] for job in last["jobs"]], ["done"])
        self.assertEqual(last["jobs"][0]["counted"], N_PAGES)

    def test_each_page_is_told_once_from_the_start(self):
        with self.daemon.connect() as connection:
            self.check(self.told(connection, self.submit(connection)))

    def test_each_page_is_told_once_by_who_comes_in_the_middle(self):
        for counted in (1, 50, 150, 250):
            with self.subTest(counted=counted), self.daemon.connect() as connection:
                job = self.submit(connection)
                self.daemon.wait_for_job(job, lambda job, n=counted: job["counted"] >= n, "some pages")
                self.check(self.told(connection, job))

    def test_each_page_is_told_once_after_the_end(self):
        with self.daemon.connect() as connection:
            job = self.submit(connection)
            connection.call("Wait", {"jobs": [str(job)]})
            self.check(self.told(connection, job))

    def test_slow_watcher_is_told_all(self):
        with self.daemon.connect() as connection:
            self.check(self.told(connection, self.submit(connection), pause=0.002))

    def test_watcher_that_did_not_read_for_long_is_told_all(self):
        n = 150
        for i in range(n):
            (self.site / f"long{i}.txt").write_text(" ".join(f"page{i}word{k}" for k in range(1200)))
        urls = [{"url": self.server.url(f"/long{i}.txt")} for i in range(n)]
        with self.daemon.connect() as connection, self.daemon.connect() as other:
            job = connection.call("Submit", {"urls": urls})["job"]
            connection.send("io.urlstat.Watch", {"jobs": [str(job)], "perPage": 1000}, more=True)
            other.call("Wait", {"jobs": [str(job)]})
            pages = []
            reply = connection.receive()
            while reply.get("continues"):
                if "page" in reply["parameters"]:
                    pages.append(reply["parameters"]["page"]["page"])
                reply = connection.receive()
        self.assertNotIn("error", reply)
        self.assertEqual(sorted(pages), list(range(1, n + 1)))

    def test_wait_answers_when_all_have_ended(self):
        with self.daemon.connect() as connection:
            jobs = [str(self.submit(connection)) for _ in range(3)]
            states = [job["state"] for job in connection.call("Wait", {"jobs": jobs})["jobs"]]
        self.assertEqual(states, ["done"] * 3)

    def test_long_ranking_comes_whole_in_parts(self):
        with self.daemon.connect() as connection:
            job = self.submit(connection)
            connection.call("Wait", {"jobs": [str(job)]})
            replies = list(parts(connection, "Top", {"jobs": [str(job)], "k": 0}))
            words = [word for reply in replies for word in reply["words"]]
            self.assertEqual([word["rank"] for word in words], list(range(1, len(words) + 1)))
            self.assertEqual(len(words), replies[0]["distinct"])
            self.assertEqual(sum(word["tokens"] for word in words), replies[0]["tokens"])
            self.assertEqual(words[0]["word"], "common")
            self.assertEqual(len({reply["tokens"] for reply in replies}), 1)
            per_page = [
                group
                for reply in parts(connection, "Top", {"jobs": [str(job)], "k": 0, "per": "page"})
                for group in reply["groups"]
            ]
            self.assertEqual([group["page"] for group in per_page], list(range(1, N_PAGES + 1)))
            self.assertEqual(sum(group["tokens"] for group in per_page), replies[0]["tokens"])

    def test_stop_does_not_wait_for_watchers(self):
        with harness.Daemon() as daemon, contextlib.ExitStack() as stack:
            with daemon.connect() as connection:
                paused_job(connection, 10)
            for method in ("Wait", "Watch"):
                connection = stack.enter_context(daemon.connect())
                connection.send(f"io.urlstat.{method}", {}, more=True)
            connection.receive()
            begun = time.monotonic()
            daemon.stop()
            self.assertLess(time.monotonic() - begun, 20)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Why a URL, a host or a job waits: one sentence that is true, and nothing of other users' jobs."""

import csv
import io
import json
import os
import unittest

import harness
from schedule_test import Misbehaving

OTHER = ("setpriv", "--reuid=nobody", "--clear-groups", "--")


class Explain(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())

    def serve(self, *arguments):
        return self.enterContext(Misbehaving(self.directory, *arguments))

    def daemon(self, settings, arguments=()):
        return self.enterContext(harness.Daemon(harness.merged(harness.IMPOLITE, settings), list(arguments)))

    def wait_for(self, daemon, subject, words):
        """The explanation, once its sentence has these words."""

        def ask():
            explained = daemon.json("explain", str(subject))
            return explained if words in explained["reason"] else None

        return harness.wait_until(ask, f"{subject}: {words}")


class Urls(Explain):
    def test_verdict_of_robots_txt_comes_with_its_rule_and_lines(self):
        robots = self.directory / "robots.txt"
        robots.write_text("# ours\nUser-agent: *\nDisallow: /no\nAllow: /no/but\n")
        server = self.serve(f"--robots=file:{robots}")
        daemon = self.daemon({"Fetch": {"Robots": "yes"}})
        before = daemon.json("explain", server.url("/no"))
        self.assertIsNone(before["prospect"]["allowed"])
        self.assertEqual(before["origins"][0]["robots"], "unknown")
        self.assertEqual(server.times(), [], "explain asks no server")

        daemon.ctl("submit", "--wait", server.url("/ok?etag=1"), server.url("/no"))
        forbidden = daemon.json("explain", server.url("/no"))
        prospect = forbidden["prospect"]
        self.assertEqual((forbidden["kind"], prospect["allowed"]), ("url", False))
        self.assertEqual((prospect["rule"], prospect["ruleLine"], prospect["groupLine"]), ("Disallow: /no", 3, 2))
        self.assertIn("robots_disallowed", forbidden["reason"])
        self.assertIn("line 3: Disallow: /no", forbidden["reason"])
        self.assertEqual(forbidden["urls"][0]["outcome"], "robots_disallowed")
        (origin,) = forbidden["origins"]
        self.assertEqual(origin["robots"], "known")
        self.assertLess(origin["robotsFetched"], origin["robotsUntil"])

        allowed = daemon.json("explain", server.url("/no/but"))["prospect"]
        self.assertEqual((allowed["allowed"], allowed["rule"], allowed["ruleLine"]), (True, "Allow: /no/but", 4))
        counted = daemon.json("explain", server.url("/ok?etag=1").upper().replace("/OK?ETAG", "/ok?etag"))
        self.assertEqual(counted["subject"], server.url("/ok?etag=1"))
        self.assertEqual((counted["prospect"]["job"], counted["urls"][0]["outcome"]), (1, "counted"))
        self.assertRegex(counted["reason"], "^it may be asked for")
        self.assertIn("forbidden by line 3 (Disallow: /no)", daemon.ctl("explain", server.url("/no")).text)

    def test_what_is_no_url_is_said_to_be_none(self):
        explained = self.daemon({}).json("explain", "ftp://example.org/")
        self.assertIn("only http and https", explained["reason"])
        self.assertEqual((explained["kind"], explained["hosts"]), ("url", []))

    def test_address_that_the_guard_refuses_is_named(self):
        daemon = self.daemon({"Fetch": {"AllowNetworks": "10.1.0.0/16"}})
        for host in ("10.0.0.1", "10.0.0.1:8080", "[::1]", "[64:ff9b::10.0.0.1]:81"):
            explained = daemon.json("explain", f"http://{host}/")
            self.assertRegex(explained["reason"], r"^it ends as blocked_address, without a request: .* AllowNetworks=")
        self.assertRegex(daemon.json("explain", "http://10.1.0.1/")["reason"], "^it may be asked for")
        self.assertRegex(daemon.json("explain", "http://10.0.0.1.example/")["reason"], "^it may be asked for")

    def test_section_that_denies_is_named_with_its_place(self):
        daemon = self.daemon({"Host *.example.org": {"Deny": "yes"}})
        explained = daemon.json("explain", "https://a.example.org/")
        self.assertIn("denied_host", explained["reason"])
        (host,) = explained["hosts"]
        self.assertEqual(host["rule"], "*.example.org")
        self.assertRegex(host["ruleFrom"], r"\.conf:\d+$")

    def test_url_that_waits_names_its_job_and_what_it_waits_for(self):
        server = self.serve()
        daemon = self.daemon({"Fetch": {"HostDelaySec": "300s"}})
        daemon.ctl("submit", server.url("/ok"), server.url("/ok?n=2"))
        explained = self.wait_for(daemon, server.url("/ok?n=2"), "one start every 5 min, as it is configured")
        self.assertRegex(explained["reason"], r"^it waits in job 1: it may be asked for in ")
        self.assertIsNotNone(explained["next"])

        daemon.ctl("pause", "1")
        explained = daemon.json("explain", server.url("/ok?n=2"))
        self.assertEqual(explained["reason"], "it waits in job 1, which is paused: urlstatctl resume 1")
        self.assertIsNone(explained["next"])


class Jobs(Explain):
    def test_job_says_in_one_sentence_why_it_is_not_done(self):
        server = self.serve("--address=0.0.0.0")
        daemon = self.daemon({"Fetch": {"HostConnections": "1"}})
        daemon.ctl(
            "submit", "-n", "held", "--deadline=1h", server.url("/429?retry=300"), server.url("/ok", "127.0.0.2")
        )
        explained = self.wait_for(daemon, "held", "1 waiting URL is of 1 host; the next may start in ")
        self.assertIn("127.0.0.1", explained["reason"])
        self.assertIn("429 or 503", explained["reason"])
        self.assertEqual(explained["next"], explained["hosts"][0]["next"])
        self.assertEqual((explained["kind"], explained["subject"], explained["hostCount"]), ("job", "1", 1))
        self.assertRegex(explained["job"]["deadline"], r"^20\d\d-")
        rows = list(csv.DictReader(io.StringIO(daemon.ctl("-o", "csv", "explain", "1").text)))
        self.assertEqual([row["kind"] for row in rows], ["job"])
        self.assertIn("429 or 503", rows[0]["reason"])
        self.assertEqual((rows[0]["next"], rows[0]["job.job"]), (explained["next"], "1"))
        (line,) = daemon.ctl("-o", "jsonl", "explain", "1").text.splitlines()
        self.assertEqual(json.loads(line)["hosts"][0]["state"], "held")
        self.assertIn("Next start:", daemon.ctl("explain").text)

        daemon.ctl("pause", "1")
        self.assertEqual(daemon.json("explain", "1")["reason"], "it is paused: urlstatctl resume 1")
        daemon.ctl("cancel", "1")
        self.assertRegex(daemon.json("explain", "1")["reason"], "^it was cancelled; 1 of its 2 URLs were counted")
        daemon.ctl("submit", "--wait", server.url("/404", "127.0.0.2"), expected=5)
        self.assertRegex(daemon.json("explain", "2")["reason"], "^it is done; 0 of its 1 URL was counted, and 1 failed")
        daemon.ctl("explain", "99", expected=1)

    def test_disk_that_is_low_is_named_before_any_host(self):
        server = self.serve("--address=0.0.0.0")
        daemon = self.daemon({"Fetch": {"HostDelaySec": "300s"}})
        daemon.ctl("submit", *(server.url(f"/ok?n={i}") for i in range(2)))
        self.wait_for(daemon, 1, "one start every")
        daemon.stop()
        daemon.configure(harness.merged(harness.IMPOLITE, {"Store": {"MinFreeSpace": "1000000G"}}))
        daemon.start()
        self.assertIn("MinFreeSpace=", self.wait_for(daemon, 1, "the disk")["reason"])

    def test_bytes_that_are_used_up_are_the_reason_of_hosts(self):
        server = self.serve("--address=0.0.0.0")
        daemon = self.daemon({"Fetch": {"MaxBytesPerSec": "10K"}})
        daemon.ctl("submit", "--wait", server.url("/random?kb=100"))
        daemon.ctl("submit", server.url("/ok", "127.0.0.2"))
        host = daemon.json("explain", "2")["hosts"][0]
        self.assertEqual(host["state"], "waiting")
        self.assertIn("MaxBytesPerSec=", host["reason"])
        self.assertIsNotNone(host["next"])


class Hosts(Explain):
    def test_host_is_told_of_with_both_of_its_origins(self):
        server = self.serve()
        daemon = self.daemon({})
        daemon.ctl("pause", "--host=127.0.0.1")
        daemon.ctl("submit", server.url("/ok"))
        key = server.url("").removeprefix("http://")
        explained = self.wait_for(daemon, key, "1 URL that you may know of waits: root paused 127.0.0.1")
        self.assertEqual([origin["origin"] for origin in explained["origins"]], [f"http://{key}", f"https://{key}"])
        self.assertEqual(explained["hosts"][0]["pausedBy"], "127.0.0.1")
        daemon.ctl("explain", "not a host", expected=1)

    def test_ports_of_the_web_are_paused_alone_where_they_are_named(self):
        daemon = self.daemon({})
        daemon.ctl("pause", "--host=example.org:443")
        self.assertEqual(daemon.json("explain", "example.org")["hosts"][0]["pausedBy"], "example.org:80")
        self.assertIsNone(daemon.json("explain", "example.org:8080")["hosts"][0]["pausedBy"])
        daemon.ctl("resume", "--host=example.org", expected=1)
        daemon.ctl("resume", "--host=example.org:80")

    def test_name_of_a_job_is_taken_before_a_host_of_that_name(self):
        server = self.serve()
        daemon = self.daemon({})
        self.assertEqual(daemon.json("explain", "example.org")["kind"], "host")
        daemon.ctl("submit", "--wait", "-n", "example.org", server.url("/ok"))
        self.assertEqual(daemon.json("explain", "example.org")["kind"], "job")
        self.assertEqual(daemon.json("explain", "example.org.")["kind"], "host")

    def test_word_that_is_neither_job_nor_known_host_is_said_to_be_none(self):
        server = self.serve()
        daemon = self.daemon({})
        daemon.ctl("submit", "--wait", "-n", "docs", server.url("/ok"))
        for word in ("docz", "docz:8080", "-1"):
            reason = daemon.json("explain", "--", word)["reason"]
            self.assertRegex(reason, f"^you have no job {word}, and no host of that name is known: nothing of it waits")
        for host in ("docz.", server.url("").removeprefix("http://")):
            self.assertRegex(daemon.json("explain", host)["reason"], "^nothing of it waits")


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class Privacy(Explain):
    def test_others_learn_nothing_of_what_they_may_not_read(self):
        robots = self.directory / "robots.txt"
        robots.write_text("User-agent: *\nDisallow: /secret\n")
        server = self.serve(f"--robots=file:{robots}")
        daemon = self.daemon({"Fetch": {"Robots": "yes", "HostConnections": "1"}})
        os.chmod(daemon.directory, 0o755)
        os.chmod(daemon.socket, 0o666)
        daemon.ctl("submit", server.url("/ok"), server.url("/secret"), server.url("/429?retry=300"))
        key = server.url("").removeprefix("http://")
        self.wait_for(daemon, key, "429 or 503")

        for subject in (server.url("/ok"), server.url("/secret"), key):
            explained = daemon.json("explain", subject, prefix=OTHER)
            self.assertEqual(explained["urls"], [])
            self.assertEqual(explained["origins"][0]["robots"], "unknown")
            self.assertEqual((explained["hosts"][0]["state"], explained["hosts"][0]["queued"]), ("idle", 0))
            self.assertNotIn(" 429", explained["reason"])  # a port may have these digits
        daemon.ctl("explain", "1", prefix=OTHER, expected=1)

        # Whose own URL waits there is told why, and not what others' URLs came to.
        daemon.ctl("submit", server.url("/ok?mine=1"), prefix=OTHER)
        own = daemon.json("explain", "2", prefix=OTHER)
        self.assertIn("429 or 503", own["reason"])
        self.assertEqual((own["hosts"][0]["queued"], own["hosts"][0]["lastOutcomes"]), (1, None))


class ManyHosts(Explain):
    def test_hosts_of_a_job_are_all_told_of_in_the_order_of_their_keys(self):
        daemon = self.daemon({})
        daemon.ctl("pause", "--host=*.example.org")
        names = sorted(f"h{i}.example.org" for i in range(6000))
        listed = self.directory / "list"
        listed.write_text("".join(f"http://{name}/\n" for name in names))
        daemon.ctl("submit", "-q", listed)
        self.wait_for(daemon, 1, "of more than")
        hosts = daemon.json("hosts", "1")["hosts"]
        self.assertEqual([host["host"] for host in hosts], names)
        self.assertEqual({host["queued"] for host in hosts}, {1})
        self.assertEqual(len(daemon.json("explain", "1")["hosts"]), 20)


if __name__ == "__main__":
    harness.main()

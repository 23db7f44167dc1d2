#!/usr/bin/python3
"""A thousand good pages, and among them on other hosts whatever bad servers do: the good ones are counted as fast as
ever, each bad one ends in an outcome of its own, and memory stays flat."""

import random
import time
import unittest

import harness

N_GOOD = 1000
MEGABYTE = 1 << 20

# What the misbehaving server does (its path) -> how that must end.
BAD_SERVERS = {
    "/404": {"http_error"},
    "/500": {"http_error"},
    "/pdf": {"unsupported_type"},
    "/no-type-pdf": {"unsupported_type"},
    "/type?is=image/png": {"unsupported_type"},
    "/endless": {"too_large"},
    "/endless-close": {"too_large"},
    "/gzip-bomb?mb=100": {"too_large"},
    "/deflate-bomb?mb=100": {"too_large"},
    "/stacked-encodings?n=5": {"bad_response", "too_large"},
    "/broken-gzip": {"bad_response"},
    "/truncated-gzip": {"truncated"},
    "/coded?name=gzip&how=cut": {"truncated"},
    "/coded?name=bare&how=cut": {"truncated"},
    "/coded?name=deflate&how=damaged": {"bad_response"},
    "/coded?name=gzip&how=trailing": {"counted"},
    "/coded?name=zstd&how=cut": {"truncated", "bad_response"},
    "/coded?name=br&how=cut": {"truncated", "bad_response", "http_error"},
    "/zstd-bomb?mb=1&window=27": {"bad_response"},
    # Where memory for decoding is short they are not asked for, and then bad responses; 404 without Python's brotli.
    "/br-bomb?mb=100": {"too_large", "bad_response", "http_error"},
    "/zstd-bomb?mb=1000": {"too_large", "bad_response"},
    "/unasked-encoding": {"bad_response"},
    "/unasked-transfer-encoding": {"bad_response"},
    "/long-attribute?mb=100": {"too_large"},
    "/redirect-loop": {"redirect_limit"},
    "/redirect-self": {"redirect_limit"},
    "/redirect?to=file:///etc/passwd": {"bad_redirect"},
    "/redirect?to=ftp://127.0.0.1/": {"bad_redirect"},
    "/redirect?to=http://10.0.0.1/": {"blocked_address"},
    "/redirect?to=http://[::ffff:10.0.0.1]/": {"blocked_address"},
    "/redirect?to=http://inside.test/": {"blocked_address"},
    "/redirect?to=http://user:password@127.0.0.1/": {"bad_redirect"},
    "/redirect?to=//": {"bad_redirect"},
    "/bare-fragment": {"bad_redirect", "redirect_limit"},
    "/no-location": {"bad_redirect"},
    "/never": {"timeout"},
    "/drip?period=0.5": {"timeout"},
    "/drip-head?period=0.5": {"timeout"},
    "/stall": {"timeout"},
    "/stall-head": {"timeout"},
    "/lying-length?more=100": {"truncated"},
    "/close-chunk": {"truncated", "bad_response"},
    "/close-head": {"truncated"},
    "/broken-chunks": {"bad_response"},
    "/early-close": {"truncated", "bad_response", "connect_failed"},
    "/reset": {"truncated", "bad_response", "connect_failed"},
    "/reset-body": {"truncated"},
    "/endless-headers": {"bad_response"},
    "/many-informational": {"bad_response"},
    "/nul-header": {"bad_response"},
    "/old-http": {"bad_response"},
    "/odd-status": {"bad_response"},
    "/partial": {"bad_response"},
    "/huge-header": {"bad_response"},
    "/garbage-status": {"bad_response"},
    # Odd, but pages all the same.
    "/deep": {"counted"},
    "/long-attribute?mb=10": {"counted"},
    "/long-word?mb=10": {"counted"},
    "/nuls?kb=1000": {"counted"},
    "/redirect-chain?n=5": {"counted"},
    "/no-type": {"counted"},
    "/empty": {"counted"},
    "/no-content": {"counted"},
    "/random?kb=100": {"counted"},
    "/huge-header?kb=64": {"counted"},
}
BAD_ADDRESSES = {
    "http://10.0.0.1/": "blocked_address",
    "http://192.168.1.1/": "blocked_address",
    "http://169.254.169.254/latest/meta-data/": "blocked_address",
    "http://[::1]/": "blocked_address",
    "http://[::ffff:192.168.1.1]/": "blocked_address",
    "http://0.0.0.0/": "blocked_address",
    "http://inside.test/": "blocked_address",
    "http://nowhere.test/": "dns_failed",
    "http://silent.test/": "dns_failed",
    "http://broken.test/": "dns_failed",
}
BAD_LINES = ["example.org/no/scheme", "http://", "ftp://example.org/", "http://exa mple.org/", "http://a:b:c/", "\x01"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(harness.temporary_directory())
        numbers = random.Random(1)
        for i in range(N_GOOD):
            words = " ".join(f"w{numbers.randrange(5000)}" for _ in range(500))
            (cls.root / f"{i}.html").write_text(f"<title>{i}</title><p>{words}")
        addresses = [f"127.0.0.{i}" for i in range(1, 17)]
        cls.good_server = cls.enterClassContext(harness.WebServer({"/": cls.root}, addresses))
        cls.bad_server = cls.enterClassContext(
            harness.Script("misbehaving_server.py", "--address", "0.0.0.0", "--until-stdin-ends")
        )
        cls.names = cls.enterClassContext(
            harness.Script("dns_server.py", "--until-stdin-ends", "inside.test=10.0.0.7", "nowhere.test=nxdomain",
                           "mixed.test=10.0.0.7,127.0.2.1", "turning.test=127.0.2.2/0;10.0.0.7/0",
                           "silent.test=silent", "broken.test=servfail",
                           "healing.test=servfail;servfail;servfail;127.0.2.3")
        )
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.good = [cls.good_server.url(f"/{i}.html", addresses[i % 16]) for i in range(N_GOOD)]
        closed, cls.closed_port = harness.listening_sockets(["127.0.0.1"])
        closed[0].close()
        cls.expected = cls.bad_urls()
        cls.run_good_alone()
        cls.run_all()

    @classmethod
    def bad_urls(cls):
        """URL -> outcomes it may have. Each on a host of its own, that none is parked for another's failures."""
        port = cls.bad_server.first_line
        found = {
            f"http://127.0.1.{i}:{port}{path}": outcomes for i, (path, outcomes) in enumerate(BAD_SERVERS.items(), 1)
        }
        found.update({url: {outcome} for url, outcome in BAD_ADDRESSES.items()})
        found[f"http://127.0.0.1:{cls.closed_port}/"] = {"connect_failed"}
        found[f"http://mixed.test:{port}/ok"] = {"counted"}
        # The first attempt asks three times, the second once more.
        found[f"http://healing.test:{port}/ok"] = {"counted"}
        # By the time that it redirects to itself, its name means another address.
        found[f"http://turning.test:{port}/redirect?after=2&to=http://turning.test:{port}/ok"] = {"blocked_address"}
        return found

    @classmethod
    def config(cls):
        return harness.merged(
            harness.IMPOLITE,
            {
                "Fetch": {
                    "DnsServers": f"127.0.0.1:{cls.names.first_line}",
                    "ConnectTimeoutSec": "2s",
                    "TransferTimeoutSec": "20s" if harness.is_sanitized() else "8s",
                    "LowSpeedBytes": "100",
                    "LowSpeedSec": "3s",
                    "MaxAttempts": "2",
                }
            },
        )

    @classmethod
    def run_good_alone(cls):
        urls = harness.write_list(cls.directory / "good.txt", cls.good)
        with harness.Daemon(cls.config()) as daemon:
            start = time.monotonic()
            daemon.ctl("submit", "--wait", urls)
            cls.seconds_alone = time.monotonic() - start
            cls.memory_alone = daemon.peak_memory()

    @classmethod
    def run_all(cls):
        lines = cls.good + list(cls.expected) + BAD_LINES
        random.Random(2).shuffle(lines)
        urls = harness.write_list(cls.directory / "all.txt", lines)
        with harness.Daemon(cls.config()) as daemon:
            start = time.monotonic()
            cls.submitted = daemon.ctl("submit", urls, expected=None)
            daemon.wait_for_job(1, lambda seen: seen["counted"] >= N_GOOD, "the good pages")
            cls.seconds_among_bad = time.monotonic() - start
            cls.waited = daemon.ctl("wait", "1", expected=None)
            cls.memory_among_bad = daemon.peak_memory()
            cls.urls = {url["submitted"]: url for url in daemon.json("urls", "1")["urls"]}
            cls.job = daemon.json("show", "1")["jobs"][0]
            cls.table = daemon.ctl("show", "1").text
            cls.max_failed = daemon.ctl("wait", "--max-failed=1000", "1", expected=None)
            cls.status = daemon.json("status")

    def test_good_pages_are_all_counted(self):
        for url in self.good:
            self.assertEqual(self.urls[url]["outcome"], "counted", url)

    def test_each_bad_one_ends_in_its_own_outcome(self):
        wrong = []
        for url, outcomes in self.expected.items():
            row = self.urls[url]
            if row["outcome"] not in outcomes:
                wrong.append(f"{url}: {row['outcome']} ({row.get('detail')}), not {' or '.join(sorted(outcomes))}")
        self.assertEqual(wrong, [])

    def test_outcomes_say_why(self):
        silent = [
            url for url, row in self.urls.items() if row["state"] in ("failed", "skipped") and not row.get("detail")
        ]
        self.assertEqual(silent, [])

    def test_malformed_lines_are_named(self):
        for line in ("did you mean https://example.org/no/scheme", "ftp"):
            self.assertIn(line, self.submitted.notes)
        self.assertEqual(self.submitted.notes.count("all.txt:"), len(BAD_LINES))
        self.assertEqual(self.submitted.returncode, 0)
        self.assertEqual(self.job["total"], N_GOOD + len(self.expected))

    def test_memory_stays_flat(self):
        print(f"peak memory: {self.memory_alone / MEGABYTE:.0f} MB with good pages alone, "
              f"{self.memory_among_bad / MEGABYTE:.0f} MB with bad ones among them")
        if harness.is_sanitized():
            self.assertLess(self.memory_among_bad, self.memory_alone * 2 + 300 * MEGABYTE)
        else:
            self.assertLess(self.memory_among_bad, self.memory_alone + 100 * MEGABYTE)

    def test_good_pages_are_counted_at_full_speed(self):
        print(f"{N_GOOD} good pages: {self.seconds_alone:.2f} s alone, {self.seconds_among_bad:.2f} s among bad ones")
        # Generous: the bad servers are programs on the same processors.
        self.assertLess(self.seconds_among_bad, self.seconds_alone * 5 + 30)

    def test_waiting_ends_with_status_5_unless_so_many_may_fail(self):
        self.assertEqual(self.waited.returncode, 5)
        self.assertEqual(self.max_failed.returncode, 0)

    def test_show_has_a_table_of_outcomes(self):
        counted = {row["outcome"]: row["urls"] for row in self.job["outcomes"]}
        found = {}
        for row in self.urls.values():
            found[row["outcome"]] = found.get(row["outcome"], 0) + 1
        self.assertEqual(counted, found)
        for outcome in found:
            self.assertTrue(outcome in self.table or outcome.replace("_", "-") in self.table, outcome)

    def test_numbers_of_the_job_agree_with_its_urls(self):
        states = [row["state"] for row in self.urls.values()]
        for state in ("counted", "failed", "skipped"):
            self.assertEqual(self.job[state], states.count(state), state)
        self.assertEqual((self.job["queued"], self.job["active"]), (0, 0))
        self.assertEqual(self.status["active"], 0)


class Large(unittest.TestCase):
    """Pages of a hundred megabytes where they are allowed, one after the other."""

    def test_large_pages_are_counted_in_little_memory(self):
        scale = 10 if harness.is_sanitized() else 1
        paths = [
            f"/long-attribute?mb={100 // scale}",
            f"/long-word?mb={100 // scale}",
            f"/nuls?kb={20000 // scale}",
            f"/deep?n={1000000 // scale}",
            f"/gzip-bomb?mb={60 // scale}",
        ]
        server = self.enterContext(
            harness.Script("misbehaving_server.py", "--address", "0.0.0.0", "--until-stdin-ends")
        )
        config = harness.merged(harness.IMPOLITE, {"Fetch": {"MaxBodySize": "150M", "TransferTimeoutSec": "5min"}})
        with harness.Daemon(config) as daemon:
            daemon.ctl("submit", "--wait", f"http://127.0.0.1:{server.first_line}/ok")
            before = daemon.peak_memory()
            for i, path in enumerate(paths, 1):
                start = time.monotonic()
                daemon.ctl("submit", "--wait", f"http://127.0.1.{i}:{server.first_line}{path}")
                print(f"{path}: {time.monotonic() - start:.1f} s, "
                      f"{(daemon.peak_memory() - before) / MEGABYTE:.0f} MB more at most")
            if not harness.is_sanitized():
                self.assertLess(daemon.peak_memory() - before, 30 * MEGABYTE)


if __name__ == "__main__":
    harness.main()

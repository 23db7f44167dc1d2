#!/usr/bin/python3
"""What servers see of us, in their own access log."""

import asyncio
import itertools
import contextlib
import random
import threading
import time
import unittest

import harness

DELAY_SEC = 0.2
N_URLS = 15
POLITE = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "200ms", "Robots": "yes", "HostConnections": "2"}})


class CountingServer:
    """A page for each request; knows how many connections were open at once, idle ones too, and when requests came."""

    def __init__(self):
        self.open = self.most_open = 0
        self.came = []
        self.loop = asyncio.new_event_loop()

    def __enter__(self):
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *ignored):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def serve(self, reader, writer):
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.came.append(time.monotonic())
                await asyncio.sleep(random.random() * 0.05)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nword")
        self.open -= 1
        writer.close()


class Politeness(unittest.TestCase):
    def setUp(self):
        self.root = self.enterContext(harness.temporary_directory())
        (self.root / "robots.txt").write_text("User-agent: *\nDisallow: /closed/\n")
        (self.root / "closed").mkdir()
        (self.root / "closed" / "page.html").write_text("closed")
        for i in range(N_URLS):
            (self.root / f"{i}.html").write_text(f"page {i}")
        self.server = self.enterContext(harness.WebServer({"/": self.root}, ["127.0.0.1", "127.0.0.2"]))
        self.urls = [
            self.server.url(f"/{i}.html", address) for i in range(N_URLS) for address in self.server.addresses
        ]

    def starts(self, address):
        return sorted(start for start, seen, _, _ in self.server.requests() if seen == address)

    def test_starts_to_one_host_are_spaced_and_hosts_do_not_wait_for_each_other(self):
        with harness.Daemon(POLITE, arguments=["--workers=4"]) as daemon:
            daemon.ctl("submit", "--wait", *self.urls)

        for address in self.server.addresses:
            starts = self.starts(address)
            gaps = [later - earlier for earlier, later in zip(starts, starts[1:])]
            print(f"{address}: gaps from {min(gaps) * 1000:.0f} to {max(gaps) * 1000:.0f} ms")
            self.assertEqual(len(starts), N_URLS + 1)
            # A request may be held up on its way, and then seems close to the next one: by half a delay at most, over any
            # number of starts, so that what is too fast by a little shows in the sum.
            for (i, earlier), (j, later) in itertools.combinations(enumerate(starts), 2):
                self.assertGreater(later - earlier, (j - i - 0.5) * DELAY_SEC, f"start {j} after start {i}")
            self.assertLess(starts[-1] - starts[0], DELAY_SEC * N_URLS * 2 + 5)
        first = [self.starts(address)[0] for address in self.server.addresses]
        self.assertLess(abs(first[0] - first[1]), DELAY_SEC * N_URLS / 2)

    def test_robots_file_is_asked_for_once_and_first_and_is_heeded(self):
        with harness.Daemon(POLITE) as daemon:
            closed = self.server.url("/closed/page.html")
            job = int(daemon.ctl("-q", "submit", closed, *self.urls[:6:2]).text)
            daemon.ctl("wait", str(job), expected=None)
            row = daemon.json("urls", str(job), f"--url={closed}")["urls"][0]

        self.assertEqual((row["state"], row["outcome"]), ("skipped", "robots_disallowed"))
        paths = [path for _, address, _, path in self.server.requests() if address == "127.0.0.1"]
        self.assertEqual(paths[0], "/robots.txt")
        self.assertEqual(paths.count("/robots.txt"), 1)
        self.assertNotIn("/closed/page.html", paths)

    def test_no_more_connections_at_once_than_configured(self):
        for i in range(N_URLS):
            (self.root / f"{i}.html").write_text("many words " * 2000)
        # A third one at a time is answered with 503; a page takes a fifth of a second.
        crowded = harness.WebServer(
            {"/": self.root},
            server="limit_conn address 2; limit_rate 100k;",
            http="limit_conn_zone $server_addr zone=address:1m;",
        )
        config = harness.merged(harness.IMPOLITE, {"Fetch": {"HostConnections": "2"}})
        with crowded as server, harness.Daemon(config, arguments=["--workers=4"]) as daemon:
            daemon.ctl("submit", "--wait", *(server.url(f"/{i}.html") for i in range(N_URLS)))

            self.assertEqual([status for _, _, status, _ in server.requests()], [200] * N_URLS)

    def test_idle_connections_count_among_those_that_are_allowed(self):
        for allowed in (1, 3, 6):
            config = harness.merged(harness.IMPOLITE, {"Fetch": {"HostConnections": str(allowed)}})
            with CountingServer() as server, harness.Daemon(config, arguments=["--workers=4"]) as daemon:
                urls = [f"http://127.0.0.1:{server.port}/{i}" for i in range(60)]
                daemon.ctl("submit", "--wait", harness.write_list(self.root / "list", urls))

                self.assertEqual(len(server.came), 60)
                self.assertLessEqual(server.most_open, allowed)

    def test_starts_that_waited_for_a_name_are_spaced_as_well(self):
        # The first answer is lost, and by the time that it is asked for again, further starts would be due.
        names = harness.Script("dns_server.py", "--until-stdin-ends", "slow.example=silent;127.0.0.1/60")
        with names, CountingServer() as server:
            config = harness.merged(POLITE, {"Fetch": {"DnsServers": f"127.0.0.1:{names.first_line}", "Robots": "no"}})
            with harness.Daemon(config, arguments=["--workers=1"]) as daemon:
                urls = [f"http://slow.example:{server.port}/{i}" for i in range(3)]
                daemon.ctl("submit", "--wait", *urls)

        gaps = [later - earlier for earlier, later in zip(server.came, server.came[1:])]
        self.assertEqual(len(gaps), 2)
        self.assertGreater(min(gaps), DELAY_SEC * 0.5)

    def test_servers_are_told_who_asks_and_whom_to_write_to(self):
        with harness.Daemon() as daemon:
            daemon.ctl("submit", "--wait", self.urls[0])

        log = self.server.read("access.log")
        self.assertIn("urlstatd", log)
        self.assertIn("test@example.org", log)


if __name__ == "__main__":
    harness.main()

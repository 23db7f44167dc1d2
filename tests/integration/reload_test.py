#!/usr/bin/python3
"""A configuration that is read anew: what changes takes effect, in jobs that wait too; what is bad changes nothing."""

import base64
import http.server
import os
import shutil
import signal
import threading
import unittest

import daemon_run
import harness
from harness import IMPOLITE, Daemon, merged, wait_until

PAGES = 300


class Pages(http.server.ThreadingHTTPServer):
    """One word a page, on any path, also as a proxy; remembers what was asked for, and by whom."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *ignored):
        self.shutdown()
        self.server_close()

    def url(self, path=""):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        body = b"<p>word"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored):
        pass


def without(config, section, key):
    return {name: {k: v for k, v in keys.items() if (name, k) != (section, key)} for name, keys in config.items()}


GUARDED = without(IMPOLITE, "Fetch", "AllowNetworks")


class ReloadTest(unittest.TestCase):
    def outcome_of(self, daemon, url):
        daemon.ctl("submit", "--wait", "--max-failed=1", url, expected=None)
        return daemon.json("urls", "--url", url)["urls"][0]["outcome"]

    def reload(self, daemon, config, **options):
        daemon.configure(config)
        return daemon.ctl("reload", **options)

    def test_networks_are_allowed_and_forbidden_from_then_on(self):
        with Pages() as pages, Daemon(GUARDED) as daemon:
            self.assertEqual(self.outcome_of(daemon, pages.url("a")), "blocked_address")
            self.reload(daemon, IMPOLITE)
            self.assertEqual(self.outcome_of(daemon, pages.url("b")), "counted")
            # A connection to it is kept alive by now, and must not be used again.
            self.reload(daemon, merged(IMPOLITE, {"Fetch": {"DenyNetworks": "127.0.0.1/32"}}))
            self.assertEqual(self.outcome_of(daemon, pages.url("c")), "blocked_address")
            self.assertEqual([path for path, _ in pages.asked], ["/b"])

    def test_robots_txt_that_the_guard_kept_back_is_asked_for_again(self):
        polite = merged(GUARDED, {"Fetch": {"Robots": "yes"}})
        with Pages() as pages, Daemon(polite) as daemon:
            self.assertEqual(self.outcome_of(daemon, pages.url("a")), "blocked_address")
            self.reload(daemon, merged(polite, {"Fetch": {"AllowNetworks": "127.0.0.0/8"}}))
            self.assertEqual(self.outcome_of(daemon, pages.url("b")), "counted")

    def test_job_that_waits_for_a_long_delay_goes_on_under_a_short_one(self):
        slow = merged(IMPOLITE, {"Fetch": {"HostDelaySec": "1h", "HostConnections": "1"}})
        with Pages() as pages, Daemon(slow) as daemon:
            daemon.ctl("submit", pages.url("a"), pages.url("b"), pages.url("c"))
            daemon.wait_for_job(1, lambda job: job["counted"] == 1, "the first page")
            self.reload(daemon, IMPOLITE)
            daemon.ctl("wait", "1")
            self.assertEqual(daemon.job(1)["counted"], 3)

    def test_host_section_denies_urls_that_wait(self):
        slow = merged(IMPOLITE, {"Fetch": {"HostDelaySec": "1h", "HostConnections": "1"}})
        with Pages() as pages, Daemon(slow) as daemon:
            daemon.ctl("submit", pages.url("a"), pages.url("b"))
            daemon.wait_for_job(1, lambda job: job["counted"] == 1, "the first page")
            self.reload(daemon, merged(IMPOLITE, {"Host 127.0.0.1": {"Deny": "yes"}}))
            daemon.ctl("wait", "--max-failed=1", "1", expected=None)
            self.assertEqual({url["outcome"] for url in daemon.json("urls", "1")["urls"]}, {"counted", "denied_host"})

    def test_bad_configuration_is_refused_and_the_old_one_kept(self):
        with Pages() as pages, Daemon(IMPOLITE) as daemon:
            bad = merged(GUARDED, {"Fetch": {"HostDelaySec": "soon"}, "Daemon": {"TopWords": "3"}})
            result = self.reload(daemon, bad, expected=1)
            self.assertIn(f"{daemon.config_file}:2: HostDelaySec=soon", result.notes)
            status = daemon.json("status")
            self.assertEqual(status["topWords"], 10)
            self.assertTrue(any("HostDelaySec=soon" in warning for warning in status["warnings"]), status["warnings"])
            self.assertIn("refused, the one before is in effect", daemon.read_log())
            self.assertEqual(self.outcome_of(daemon, pages.url("a")), "counted")

            error = daemon.json("reload", expected=1)
            self.assertEqual(error["error"], "io.urlstat.ConfigurationRefused")

            daemon.config_file.unlink()
            self.assertIn("No such file", daemon.ctl("reload", expected=1).notes)

            self.assertEqual(self.json_reload(daemon, merged(IMPOLITE, {"Daemon": {"TopWords": "3"}})), {"needRestart": []})
            status = daemon.json("status")
            self.assertEqual((status["topWords"], status["warnings"]), (3, []))

    def json_reload(self, daemon, config):
        daemon.configure(config)
        return daemon.json("reload")

    def test_what_the_command_line_says_goes_on_after_a_reload(self):
        with Pages() as pages, Daemon(GUARDED, ["--allow-networks=127.0.0.0/8", "--top=4"]) as daemon:
            self.reload(daemon, merged(GUARDED, {"Daemon": {"MaxTransfers": "77", "TopWords": "5"}}))
            self.assertEqual(self.outcome_of(daemon, pages.url("a")), "counted")
            status = daemon.json("status")
            self.assertEqual((status["topWords"], status["maxTransfers"]), (4, 77))

    def test_reloads_in_the_middle_of_a_job_lose_and_repeat_nothing(self):
        configs = [
            merged(IMPOLITE, {"Daemon": {"Workers": str(workers), "MaxTransfers": transfers}, "Fetch": fetch, "Store": store})
            for workers, transfers, fetch, store in (
                (1, "3", {"MaxBytesPerSec": "40K", "HostConnections": "5"}, {"Sync": "normal", "CacheSize": "1M"}),
                (5, "40", {"Contact": "other@example.org", "DecodeMemory": "1M"}, {"Sync": "full"}),
                (2, "64", {"MaxBytesPerSec": "0", "DecodeMemory": "0"}, {"CacheSize": "64M"}),
            )
        ]
        with Pages() as pages, Daemon(configs[0]) as daemon:
            daemon.ctl("submit", "-", stdin="".join(pages.url(str(i)) + "\n" for i in range(PAGES)))
            turn = 0
            while daemon.job(1)["state"] != "done":
                turn += 1
                self.reload(daemon, configs[turn % len(configs)])
            self.assertEqual(daemon.job(1)["counted"], PAGES)
            self.assertEqual(sorted(path for path, _ in pages.asked), sorted(f"/{i}" for i in range(PAGES)))
            self.reload(daemon, configs[1])
            self.assertEqual(daemon.json("status")["workers"], 5)
            self.reload(daemon, configs[2])
            self.assertEqual(daemon.json("status")["workers"], 2)

    def test_limits_of_the_store_are_lifted_and_set(self):
        with Pages() as pages, Daemon(merged(IMPOLITE, {"Store": {"MinFreeSpace": "1000000G"}})) as daemon:
            self.assertIn("StoreFull", str(daemon.json("submit", pages.url("a"), expected=1)))
            self.reload(daemon, merged(IMPOLITE, {"Store": {"MinFreeSpace": "0"}}))
            self.assertEqual(self.outcome_of(daemon, pages.url("a")), "counted")
            self.reload(daemon, merged(IMPOLITE, {"Store": {"KeepJobsSec": "1s"}}))
            wait_until(lambda: daemon.json("jobs")["jobs"] == [], "the job's time to be over")

    def test_log_level_is_shown_and_changed_while_it_runs(self):
        with Pages() as pages, Daemon(merged(IMPOLITE, {"Daemon": {"LogLevel": "warning"}})) as daemon:
            self.assertEqual(daemon.json("status")["logLevel"], "warning")
            self.assertNotIn("started", daemon.read_log())
            daemon.ctl("log-level", "debug")
            self.assertEqual(daemon.json("status")["logLevel"], "debug")
            self.outcome_of(daemon, pages.url("a"))
            wait_until(lambda: f"counted: {pages.url('a')}" in daemon.read_log(), "a line for the URL")
            self.assertIn("none of debug", daemon.ctl("log-level", "loud", expected=1).notes)
            self.reload(daemon, merged(IMPOLITE, {"Daemon": {"LogLevel": "err"}}))
            self.assertEqual(daemon.json("status")["logLevel"], "err")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root, to be somebody else")
    def test_others_may_not(self):
        with Daemon(IMPOLITE) as daemon:
            daemon.directory.chmod(0o755)
            daemon.socket.chmod(0o666)
            nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
            for words in (["reload"], ["log-level", "debug"]):
                self.assertIn("root", daemon.ctl(*words, prefix=nobody, expected=1).notes)


class ProxyTest(unittest.TestCase):
    def test_proxy_with_a_password_of_the_manager_takes_effect(self):
        directory = self.enterContext(harness.temporary_directory())
        (directory / "urlstatd.proxy-password").write_text("open: s3same/\n")
        self.addCleanup(os.environ.pop, "CREDENTIALS_DIRECTORY", None)
        os.environ["CREDENTIALS_DIRECTORY"] = str(directory)
        with Pages() as proxy, Daemon(IMPOLITE) as daemon:
            authority = proxy.url().split("/")[2]
            daemon.configure(merged(IMPOLITE, {"Fetch": {"Proxy": f"http://anna@{authority}"}}))
            daemon.ctl("reload")
            daemon.ctl("submit", "--wait", "http://page.example.org/x")
            path, headers = proxy.asked[0]
            self.assertEqual(path, "http://page.example.org/x")
            self.assertEqual(
                headers["Proxy-Authorization"], "Basic " + base64.b64encode(b"anna:open: s3same/").decode()
            )

            daemon.configure(merged(IMPOLITE, {"Fetch": {"Proxy": f"http://{authority}"}}))
            self.assertIn("names no user", daemon.ctl("reload", expected=1).notes)
            self.assertNotIn("s3same", daemon.read_log())


class ManagerTest(unittest.TestCase):
    def test_manager_hears_reloading_with_its_time_then_ready(self):
        directory = self.enterContext(harness.temporary_directory())
        path = directory / "io.urlstat"
        listener = daemon_run.listening_socket(path)
        self.addCleanup(listener.close)
        with daemon_run.Manager(directory, sockets=[listener]) as manager:
            manager.ready().forget()
            manager.signal(signal.SIGHUP)
            manager.hear("RELOADING=1")
            manager.hear("MONOTONIC_USEC=")
            manager.hear("READY=1")
            manager.forget()
            with open(directory / "urlstatd.conf", "a") as config:
                config.write("[Fech]\n")
            manager.signal(signal.SIGHUP)
            manager.hear("READY=1")
            manager.hear("STATUS=The configuration was refused")
            harness.ctl(f"--socket={path}", "reload", expected=1)
            manager.signal(signal.SIGTERM)
            self.assertEqual(manager.wait(), 0)


harness.main()

#!/usr/bin/python3
"""What the service manager hears, and how the daemon comes to an end: signals, draining, idleness."""

import signal
import time
import unittest

import daemon_run
import harness

# Of the daemon: how long a stop waits for transfers that run.
DRAIN_SEC = 20


class Stop(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.path = self.directory / "io.urlstat"

    def start(self, *arguments, **options):
        options.setdefault("environment", {})
        manager = daemon_run.Manager(self.directory, f"--listen={self.path}", *arguments, **options)
        return self.enterContext(manager).ready()

    def ctl(self, *arguments, **options):
        return harness.ctl(f"--socket={self.path}", *arguments, **options)

    def held_page(self, manager):
        """A job whose only page has been asked for and does not come."""
        page = self.enterContext(daemon_run.HeldPage())
        self.ctl("submit", page.url)
        page.wait_for_request()
        return page

    def test_manager_hears_ready_then_stopping(self):
        manager = self.start()
        manager.signal()

        self.assertEqual(manager.wait(), 0)

        lines = manager.hear_out()
        self.assertLess(lines.index("READY=1"), lines.index("STOPPING=1"))

    def test_interrupt_from_a_terminal_stops_as_well(self):
        manager = self.start()
        manager.signal(signal.SIGINT)
        self.assertEqual(manager.wait(), 0)

    def test_status_tells_of_jobs_and_idleness(self):
        manager = self.start()
        manager.hear("STATUS=Idle")

        page = self.held_page(manager)
        self.assertEqual(manager.hear("STATUS=1 job running; "), "STATUS=1 job running; 0 URLs queued, 1 active")

        page.release()
        manager.forget()
        manager.hear("STATUS=Idle, 1 URL counted since start")

    def test_status_of_an_idle_daemon_comes_once(self):
        manager = self.start(environment={"WATCHDOG_USEC": "300000"})
        for _ in range(15):
            manager.forget()
            manager.hear("WATCHDOG=1")
            heard = [line for line in manager.lines if line.startswith("STATUS=")]
            self.assertLessEqual(len(heard), 2)

    def test_watchdog_is_answered_from_the_start(self):
        manager = self.start(environment={"WATCHDOG_USEC": "600000"})
        start = time.monotonic()
        for _ in range(4):
            manager.forget()
            manager.hear("WATCHDOG=1", 5)
        self.assertLess(time.monotonic() - start, 4 * 0.6)

    def test_job_that_ends_is_in_the_log(self):
        manager = self.start()
        page = self.held_page(manager)
        page.release()
        self.ctl("wait", "1")
        harness.wait_until(lambda: "job 1 is done, 1 URL\n" in manager.read_log(), "the line")
        self.assertNotIn(page.url, manager.read_log())

    def test_urls_are_in_the_log_of_a_debug_invocation(self):
        manager = self.start(environment={"DEBUG_INVOCATION": "1"})
        page = self.held_page(manager)
        page.release()
        self.ctl("wait", "1")
        harness.wait_until(lambda: f"job 1: counted: {page.url}\n" in manager.read_log(), "the line")

    def test_want_of_room_is_in_the_log_and_the_status(self):
        config = harness.merged(harness.IMPOLITE, {"Store": {"MinFreeSpace": "1000T"}})
        manager = self.start(config=config)

        refused = self.ctl("submit", "http://127.0.0.1:1/", expected=1)

        self.assertIn("the store is full", refused.notes)
        manager.hear("STATUS=Fetching has paused, the store cannot write: no room on its disk; ")

        self.assertIn("no room for the store, fetching has paused", manager.read_log())

    def test_transfer_that_runs_is_counted_before_the_end(self):
        manager = self.start()
        page = self.held_page(manager)

        manager.signal()
        manager.hear("STOPPING=1")
        manager.hear("STATUS=Stopping: 1 transfer")
        manager.hear("EXTEND_TIMEOUT_USEC=")
        page.release()

        self.assertEqual(manager.wait(DRAIN_SEC / 2), 0)
        manager.__exit__()
        self.start()
        self.assertEqual(self.ctl("urls", "1", "-o", "tsv", "--no-legend").text.count("counted"), 2)

    def test_no_client_is_served_once_it_drains(self):
        manager = self.start()
        page = self.held_page(manager)
        manager.signal()
        manager.hear("STOPPING=1")

        with harness.Varlink(self.path) as late:
            late.send("io.urlstat.Ping")
            late.socket.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                late.receive()

        page.release()
        self.assertEqual(manager.wait(), 0)

    def test_second_signal_ends_at_once(self):
        manager = self.start()
        self.held_page(manager)
        manager.signal()
        manager.hear("STOPPING=1")

        manager.signal()

        self.assertEqual(manager.wait(DRAIN_SEC / 2), 0)
        self.assertFalse(self.path.exists())

    def test_stop_does_not_wait_for_ever_and_loses_nothing(self):
        manager = self.start()
        self.held_page(manager)
        manager.signal()

        self.assertEqual(manager.wait(DRAIN_SEC + daemon_run.SLACK_SEC), 0)

        self.assertIn("1 transfer did not end in time", manager.read_log())
        manager.__exit__()
        self.start()
        self.assertIn("running", self.ctl("jobs", "-o", "tsv").text)

    def test_unused_daemon_ends_by_itself(self):
        config = harness.merged(harness.IMPOLITE, {"Daemon": {"IdleExitSec": "1s"}})
        manager = self.start(config=config)

        self.assertEqual(manager.wait(), 0)

        self.assertIn("STOPPING=1", manager.hear_out())
        self.assertIn("nothing to do and nobody connected", manager.read_log())

    def test_daemon_in_use_does_not_end_by_itself(self):
        config = harness.merged(harness.IMPOLITE, {"Daemon": {"IdleExitSec": "1s"}})
        manager = self.start(config=config, environment={"WATCHDOG_USEC": "300000"})
        page = self.held_page(manager)
        self.outlast(manager, 2)

        with harness.Varlink(self.path) as connection:
            page.release()
            connection.call("Wait", {"jobs": ["1"]})
            self.outlast(manager, 2)

        self.assertEqual(manager.wait(), 0)

    def outlast(self, manager, seconds):
        """Signs of life for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            manager.forget()
            manager.hear("WATCHDOG=1")
            self.assertNotIn("STOPPING=1", manager.lines)


if __name__ == "__main__":
    harness.main()

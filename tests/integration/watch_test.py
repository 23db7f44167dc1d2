#!/usr/bin/python3
"""The dashboard in a real terminal (tmux), and its plain lines where there is none."""

import csv
import io
import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import termios
import time
import unittest

import ctl_fake
import harness

SITE = harness.DATA / "site"
SLOW = {"Fetch": {"AllowNetworks": "127.0.0.0/8", "HostDelaySec": "200ms", "Robots": "no"}}


class Terminal:
    """A terminal of tmux, with a shell in it."""

    def __init__(self, columns=110, lines=30):
        self.directory = harness.tempfile.mkdtemp(prefix="urlstat-", dir="/tmp")
        self.command = ["tmux", "-S", f"{self.directory}/tmux", "-f", "/dev/null"]
        self.size = (columns, lines)

    def __enter__(self):
        columns, lines = self.size
        environment = {**os.environ, "PS1": "$ ", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        environment.pop("TMUX", None)
        subprocess.run(
            [*self.command, "-u", "new-session", "-d", "-x", str(columns), "-y", str(lines), "exec sh"],
            env=environment, check=True,
        )  # fmt: skip
        return self

    def __exit__(self, *ignored):
        subprocess.run([*self.command, "kill-server"], check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    def tmux(self, *arguments):
        return subprocess.run([*self.command, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()

    def type(self, text):
        self.tmux("send-keys", text, "Enter")

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern):
        """Waits until the screen has it, and gives the screen."""

        def look():
            text = self.text()
            return text if re.search(pattern, text, re.MULTILINE) else None

        try:
            return harness.wait_until(look, f"{pattern!r} on the screen", interval_sec=0.05)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.text()}") from None


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed (package tmux)")
class Dashboard(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(harness.WebServer({"/": SITE}))
        self.daemon = self.enterContext(harness.Daemon(SLOW))
        self.terminal = self.enterContext(Terminal())

    def submit(self, name, n=4000, path="/birds.html"):
        urls = "".join(f"{self.server.url(path)}?{i}\n" for i in range(n))
        return int(self.daemon.ctl("submit", "-q", "-n", name, "-", stdin=urls).text)

    def watch(self, *arguments):
        words = [str(harness.BINARIES / "urlstatctl"), f"--socket={self.daemon.socket}", "watch", *arguments]
        self.terminal.type(shlex.join(words))

    def state(self, job):
        return self.daemon.job(job)["state"]

    def test_a_session_pauses_resizes_and_leaves_the_terminal_as_it_was(self):
        job = self.submit("long")
        self.terminal.type("echo before; stty -a | head -1")
        self.terminal.wait_for("^speed")
        before = self.terminal.text()
        self.watch()
        text = self.terminal.wait_for(rf"^ +{job} long +running .*/4,000 +\d+%")
        self.assertNotIn("before", text)
        self.terminal.wait_for("WORDS of job 1 by tokens")
        self.terminal.wait_for("^ the +[0-9]+")
        self.terminal.wait_for(r"OUTCOMES of job 1")
        self.terminal.wait_for(r"127\.0\.0\.1:\d+ +\S+")
        self.terminal.keys("p")
        self.terminal.wait_for(rf"^ +{job} long +paused")
        harness.wait_until(lambda: self.state(job) == "paused", "the job is paused")
        self.terminal.keys("r")
        self.terminal.wait_for(rf"^ +{job} long +running")
        self.terminal.tmux("resize-window", "-x", "70", "-y", "18")
        narrow = self.terminal.wait_for("WORDS of job 1(?!.*OUTCOMES)")
        self.assertTrue(all(len(line) <= 70 for line in narrow.splitlines()))
        self.terminal.wait_for(rf"^ +{job} long +running")
        self.terminal.keys("Tab")
        self.terminal.wait_for("^ OUTCOMES of job 1")
        self.terminal.keys("Tab", "Tab")
        self.terminal.wait_for("^ HOSTS that wait")
        self.terminal.tmux("resize-window", "-x", "110", "-y", "30")
        self.terminal.wait_for("WORDS of job 1.*OUTCOMES")
        self.terminal.keys("c")
        self.terminal.wait_for("Cancel job 1")
        self.terminal.keys("n")
        self.terminal.wait_for("q quit")
        self.assertIn(self.state(job), ("running", "paused"))
        self.terminal.keys("c", "y")
        harness.wait_until(lambda: self.state(job) == "cancelled", "the job is cancelled")
        self.terminal.wait_for(rf"^ +{job} long +cancelled")
        self.terminal.keys("p")
        self.terminal.wait_for("^ .*job 1 is cancelled|^ .*cancelled.*cannot|^ .*has ended")
        self.terminal.keys("q")
        after = self.terminal.wait_for("^(# )?before")
        for line in before.splitlines()[:2]:
            self.assertIn(line, after)
        self.terminal.type("echo status $?")
        self.terminal.wait_for(r"^(# )?status 0")

    def test_jobs_come_while_it_watches_and_keys_choose_among_them(self):
        first = self.submit("first", 60)
        self.watch()
        self.terminal.wait_for(rf"^ +{first} first +running")
        second = self.submit("second", 60, "/gone.html")
        self.terminal.wait_for(rf"^ +{second} second +(running|queued)")
        self.terminal.keys("s")
        self.terminal.wait_for("sort: progress")
        self.terminal.keys("s", "s")
        self.terminal.wait_for("sort: failures")
        harness.wait_until(lambda: self.daemon.job(second)["failed"] > 2, "pages of the second job failed")
        self.terminal.wait_for(rf"(?s)^ +{second} second.*^ +{first} first")
        self.terminal.keys("k")
        self.terminal.wait_for(rf"OUTCOMES of job {second}")
        self.terminal.wait_for("http_error +[0-9]+ +status 404")
        self.terminal.keys("b")
        self.terminal.wait_for("by pages")
        self.terminal.keys("?")
        self.terminal.wait_for("KEYS")
        self.terminal.keys("x")
        self.terminal.wait_for("WORDS of job")
        self.terminal.keys("C-c")
        self.terminal.wait_for(r"^[#$] *$")

    def test_a_daemon_that_goes_away_is_waited_for(self):
        job = self.submit("long")
        self.watch("long")
        self.terminal.wait_for(rf"^ +{job} long +running")
        self.daemon.kill()
        self.terminal.wait_for("the daemon does not answer")
        self.daemon.start()
        harness.wait_until(lambda: "does not answer" not in self.terminal.text(), "the dashboard found the daemon")
        counted = self.daemon.job(job)["counted"]
        harness.wait_until(lambda: self.daemon.job(job)["counted"] > counted, "the job goes on")
        self.terminal.wait_for(rf"^ +{job} long +running")

    def test_keys_work_while_the_daemon_hangs(self):
        job = self.submit("long")
        self.watch()
        self.terminal.wait_for(rf"^ +{job} long +running")
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            self.terminal.keys("q")
            self.terminal.wait_for(r"^[#$] *$")
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)

    def test_a_job_that_is_removed_goes_and_takes_its_words_along(self):
        done = self.submit("done", 3)
        self.daemon.ctl("wait", str(done))
        job = self.submit("long")
        self.watch()
        self.terminal.wait_for(rf"^ +{job} long +running")
        self.daemon.ctl("cancel", str(job))
        self.terminal.wait_for(rf"^ +{job} long +cancelled")
        self.daemon.ctl("remove", str(job))
        harness.wait_until(lambda: f"{job} long" not in self.terminal.text(), "the job is gone from the screen")
        self.terminal.wait_for(rf"WORDS of job {done}")

    def test_a_terminal_without_a_screen_gets_lines(self):
        job = self.submit("short", 3)
        self.terminal.type("export TERM=dumb")
        self.watch(str(job))
        self.terminal.wait_for("TERM=dumb")
        self.terminal.wait_for(rf"^job {job}  100%")

    def test_timeout_ends_it_and_gives_the_terminal_back(self):
        self.submit("long")
        self.watch("--timeout=1")
        self.terminal.wait_for("--timeout is over; the jobs go on")
        self.terminal.type("echo status $?")
        self.terminal.wait_for(r"^(# )?status 4$")

    def test_a_signal_gives_the_terminal_back(self):
        self.submit("long")
        leader, terminal = pty.openpty()
        settings = termios.tcgetattr(terminal)
        process = subprocess.Popen(
            [harness.BINARIES / "urlstatctl", f"--socket={self.daemon.socket}", "watch"],
            stdin=terminal, stdout=terminal, stderr=terminal, env={**os.environ, "TERM": "xterm"},
        )  # fmt: skip
        seen = b""
        while b"WORDS" not in seen:
            seen += os.read(leader, 65536)
        self.assertNotEqual(termios.tcgetattr(terminal), settings)
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + harness.DEADLINE_SEC
        os.set_blocking(leader, False)
        while process.poll() is None and time.monotonic() < deadline:
            try:
                seen += os.read(leader, 65536)
            except BlockingIOError:
                time.sleep(0.01)
        self.assertEqual(process.returncode, 143)
        self.assertEqual(termios.tcgetattr(terminal), settings)
        os.close(terminal)
        os.close(leader)


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed (package tmux)")
class OtherDaemons(unittest.TestCase):
    """What a real one of this version answers only with patience, or not at all."""

    STATUS = {
        "version": "0.0.9", "engine": ctl_fake.ENGINE, "pid": 1, "uptime": 1.0,
        "jobs": {"queued": 0, "running": 0, "paused": 0}, "queued": 0, "active": 0, "hosts": 0, "workers": 1,
        "maxTransfers": 512, "topWords": 10, "connections": 1, "urlsPerSecond": 0.0, "bytesPerSecond": 0.0, "counted": 0,
        "store": {"bytes": 1, "walBytes": 1, "freeBytes": 1, "transactions": 1, "writeSeconds": 0.0, "usedBytes": 1,
                  "maxBytes": None},
        "warnings": [], "logLevel": None, "caller": None,
    }  # fmt: skip

    def watch(self, **answers):
        daemon = self.enterContext(ctl_fake.FakeDaemon(**{"Ping": {"version": "0.0.9"}, "Status": self.STATUS, **answers}))
        terminal = self.enterContext(Terminal())
        terminal.type(shlex.join([str(harness.BINARIES / "urlstatctl"), f"--socket={daemon.socket}", "watch"]))
        return daemon, terminal

    @staticmethod
    def jobs(parameters):
        """5 jobs that run, then 295 that are queued, in two parts, then 100 that are paused."""
        ranges = {"running": [(1, 6)], "queued": [(6, 200), (200, 301)], "paused": [(301, 401)]}
        return [
            {"jobs": [ctl_fake.job(i, state=parameters["state"], finished=None, counted=0) for i in range(*part)]}
            for part in ranges[parameters["state"]]
        ]

    def test_of_many_jobs_those_that_run_come_first_then_the_newest(self):
        _, terminal = self.watch(
            Jobs=self.jobs, Watch=[ctl_fake.watch(), ctl_fake.Hold], Hosts={"hosts": []}, Workers={"workers": []},
            Show={"jobs": [ctl_fake.job(5)]}, Top=ctl_fake.top([]),
        )  # fmt: skip
        text = terminal.wait_for(r"^ +and 392 more$")
        shown = [tuple(line.split()[:2]) for line in text.splitlines()[2:10]]
        self.assertEqual(shown[:5], [(str(i), "running") for i in range(5, 0, -1)])
        # The 251 others that are followed are queued ones: of these the newest.
        self.assertEqual([state for _, state in shown[5:]], ["queued"] * 3)
        self.assertEqual([int(number) for number, _ in shown[5:]], [300, 299, 298])
        terminal.keys("j")
        terminal.wait_for(r"WORDS of job 4")

    def test_words_of_several_engines_are_shown_with_a_warning(self):
        running = ctl_fake.job(7, state="running")
        _, terminal = self.watch(
            Jobs=lambda parameters: {"jobs": [running] if parameters["state"] == "running" else []},
            Watch=[ctl_fake.watch(), ctl_fake.Hold], Hosts={"hosts": []}, Workers={"workers": []},
            Show={"jobs": [running]}, Top=ctl_fake.top([ctl_fake.word(text="lighthouse")], engines=["e0", "e1"]),
        )  # fmt: skip
        text = terminal.wait_for("lighthouse")
        self.assertIn("by several word engines, which may differ", text)

    def test_what_an_older_daemon_does_not_know_is_said_in_a_sentence_and_the_rest_is_shown(self):
        daemon, terminal = self.watch(
            Jobs=lambda parameters: {"jobs": [ctl_fake.job(7, state="running")] if parameters["state"] == "running" else []},
            Watch=[ctl_fake.watch(), ctl_fake.Hold], Workers={"workers": [
                {"worker": 1, "active": 3, "fetched": 1, "bytes": 1, "tokens": 1, "transfers": []}]},
            Top=ctl_fake.top([ctl_fake.word(text="lighthouse")]),
        )  # fmt: skip
        text = terminal.wait_for("lighthouse")
        self.assertRegex(text, r"(?m)^ +7 +running")
        text = terminal.wait_for(r"the daemon does not know \w+ as urlstatctl [0-9.]+ does: restart it, it is older")
        self.assertRegex(text, r"(?m)1 +3 in flight")
        self.assertNotIn("org.varlink", text)
        self.assertTrue(daemon.parameters("Hosts"))

    def test_jobs_that_the_daemon_does_not_tell_of_are_not_said_to_be_none(self):
        _, terminal = self.watch(Hosts={"hosts": []}, Workers={"workers": []})
        text = terminal.wait_for("the daemon does not know Jobs")
        self.assertNotIn("No jobs yet", text)

    def test_no_jobs_are_said_to_be_none_once_it_is_known(self):
        _, terminal = self.watch(
            Jobs={"jobs": []}, Show=ctl_fake.Error("NoSuchJob", job=None, message="you have no job"), Hosts={"hosts": []},
            Workers={"workers": []},
        )  # fmt: skip
        text = terminal.wait_for("No jobs yet")
        self.assertNotIn("you have no job", text)


class Lines(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(harness.WebServer({"/": SITE}))
        self.daemon = self.enterContext(harness.Daemon(SLOW))

    def submit(self):
        urls = "".join(f"{self.server.url('/birds.html')}?{i}\n" for i in range(8))
        return self.daemon.ctl("submit", "-q", "-n", "short", "-", stdin=urls).text.strip()

    def test_without_a_terminal_it_prints_lines_until_the_job_has_ended(self):
        job = self.submit()
        lines = self.daemon.ctl("watch", job).text.splitlines()
        self.assertGreater(len(lines), 1)
        self.assertRegex(lines[-1], rf"^job {job}  100%  8/8")
        for line in lines:
            self.assertRegex(line, rf"^job {job}  +\d+%  ")

    def test_programs_get_the_job_as_it_changes(self):
        job = self.submit()
        items = [json.loads(line) for line in self.daemon.ctl("watch", job, "-o", "jsonl").text.splitlines()]
        self.assertGreater(len(items), 1)
        self.assertEqual((items[-1]["state"], items[-1]["counted"]), ("done", 8))
        document = json.loads(self.daemon.ctl("watch", job, "-o", "json").text)
        self.assertEqual(document["jobs"][-1]["counted"], 8)
        rows = list(csv.DictReader(io.StringIO(self.daemon.ctl("watch", job, "-o", "csv").text)))
        self.assertEqual(rows[-1]["counted"], "8")

    def test_timeout_ends_it_however_much_happens(self):
        urls = "".join(f"{self.server.url('/birds.html')}?{i}\n" for i in range(4000))
        job = self.daemon.ctl("submit", "-q", "-", stdin=urls).text.strip()
        watch = self.daemon.ctl("watch", "--timeout=1", job, expected=4)
        self.assertRegex(watch.text, f"^job {job} ")

    def test_unknown_jobs_are_refused(self):
        self.assertIn("there is no job", self.daemon.ctl("watch", "99", expected=1).notes)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""What the manager's watchdog hears when one thread is stopped, and what becomes of caches when memory is short."""

import base64
import os
import select
import time
import unittest

import daemon_run
import harness
from stopped_thread import StoppedThread

# Three lives a span: the daemon says so three times in it.
WATCHDOG_USEC = 1_500_000
SILENCE_SEC = 3.0


def daemons_silenced(managers):
    """Listens to all of them, until none has said anything for some time."""
    end = time.monotonic() + harness.DEADLINE_SEC
    heard = {manager.ear: (manager, time.monotonic()) for manager in managers}
    while min(time.monotonic() - when for _, when in heard.values()) < SILENCE_SEC:
        if time.monotonic() > end:
            raise AssertionError("".join(f"{m.lines}\n{m.read_log()}" for m in managers))
        for ear in select.select(list(heard), [], [], 0.1)[0]:
            manager, _ = heard[ear]
            manager.lines = ear.recv(65536).decode().splitlines()
            heard[ear] = (manager, time.monotonic())


class Watchdog(unittest.TestCase):
    """Threads of several daemons at once, as it takes its time: those of the store have more of it."""

    def start(self):
        directory = self.enterContext(harness.temporary_directory())
        manager = daemon_run.Manager(
            directory,
            f"--listen={directory / 'io.urlstat'}",
            "--workers=1",
            environment={"WATCHDOG_USEC": str(WATCHDOG_USEC)},
        )
        self.enterContext(manager).ready()
        manager.connection = self.enterContext(harness.Varlink(directory / "io.urlstat"))
        return manager

    def stop_thread(self, manager, name):
        try:
            return self.enterContext(StoppedThread(manager.process.pid, name))
        except PermissionError as refused:
            self.skipTest(f"this machine allows no ptrace: {refused}")

    def test_any_stopped_thread_silences_it_until_the_thread_gets_on(self):
        page = self.enterContext(daemon_run.HeldPage())
        submit = {"urls": [{"url": page.url}]}
        busy, asleep, writer, reader = managers = [self.start() for _ in range(4)]

        busy.connection.call("Submit", submit)
        page.wait_for_request()
        stopped = self.stop_thread(busy, "worker 1")
        # These have nothing to do when they are stopped; then they are wanted.
        self.stop_thread(asleep, "worker 1")
        asleep.connection.call("Submit", submit)
        self.stop_thread(writer, "store-writer")
        writer.connection.send("io.urlstat.Submit", submit)
        self.stop_thread(reader, "store-reader")
        reader.connection.send("io.urlstat.Jobs")

        daemons_silenced(managers)

        for manager, name in ((busy, "a worker"), (asleep, "a worker"), (writer, "writer"), (reader, "reader")):
            self.assertIn(f"{name} has shown no sign of life", manager.read_log())
        busy.forget()
        stopped.detach()
        busy.hear("WATCHDOG=1")


class Memory(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.path = self.directory / "io.urlstat"

    def start(self, **environment):
        manager = daemon_run.Manager(self.directory, f"--listen={self.path}", environment=environment)
        return self.enterContext(manager).ready()

    def ctl(self, *arguments, **options):
        return harness.ctl(f"--socket={self.path}", *arguments, **options)

    def test_caches_are_dropped_when_memory_is_short(self):
        pressure = self.directory / "pressure"
        os.mkfifo(pressure)
        manager = self.start(
            MEMORY_PRESSURE_WATCH=str(pressure), MEMORY_PRESSURE_WRITE=base64.b64encode(b"some 1 2\0").decode()
        )
        with daemon_run.HeldPage() as page:
            self.ctl("submit", page.url)
            page.wait_for_request()
            with open(pressure, "wb", buffering=0) as fifo:
                fifo.write(b"x")
            harness.wait_until(lambda: "caches are dropped" in manager.read_log(), "the daemon hears of it")
            self.ctl("ping")
            page.release()
            self.ctl("wait", "1")
        self.assertIn("held", self.ctl("-o", "tsv", "top", "1").text)
        manager.signal()
        self.assertEqual(manager.wait(), 0)


harness.main()

#!/usr/bin/python3
"""Descriptors: the soft limit is raised to what the configuration needs, and the configuration bows to the hard one."""

import re
import unittest
from pathlib import Path

import harness

SOFT, HARD = 256, 1000


class Limits(unittest.TestCase):
    def daemon(self, soft, hard, daemon_keys):
        config = harness.merged(harness.IMPOLITE, {"Daemon": daemon_keys})
        daemon = harness.Daemon(config)
        program = daemon.directory / "limited"
        program.write_text(f'#!/bin/sh\nexec prlimit --nofile={soft}:{hard} -- {daemon.program} "$@"\n')
        program.chmod(0o755)
        daemon.program = program
        return self.enterContext(daemon)

    def limit(self, daemon):
        text = Path(f"/proc/{daemon.process.pid}/limits").read_text()
        return int(re.search(r"^Max open files\s+(\d+)", text, re.MULTILINE).group(1))

    def test_soft_limit_is_raised_as_far_as_is_needed(self):
        daemon = self.daemon(SOFT, HARD, {"Workers": "2", "MaxTransfers": "100", "MaxConnections": "20"})

        self.assertGreater(self.limit(daemon), SOFT)
        self.assertLess(self.limit(daemon), HARD)
        self.assertNotIn("MaxTransfers", daemon.read_log())

    def test_transfers_are_lowered_to_the_hard_limit_with_a_warning(self):
        daemon = self.daemon(SOFT, HARD, {"Workers": "2", "MaxTransfers": "5000", "MaxConnections": "20"})

        self.assertEqual(self.limit(daemon), HARD)
        self.assertRegex(
            daemon.read_log(), rf"MaxTransfers=5000 needs \d+ descriptors, and {HARD} is the limit: using MaxTransfers="
        )
        daemon.ctl("ping")

    def test_tiny_limit_leaves_each_worker_one_transfer(self):
        daemon = self.daemon(200, 200, {"Workers": "2", "MaxTransfers": "100", "MaxConnections": "50"})

        self.assertIn("using MaxTransfers=2;", daemon.read_log())

    def test_workers_are_threads_of_the_process(self):
        daemon = self.daemon(SOFT, HARD, {"Workers": "3"})

        def workers():
            names = [task.read_text() for task in Path(f"/proc/{daemon.process.pid}/task").glob("*/comm")]
            return len([name for name in names if name.startswith("worker")])

        # Each names itself once it runs.
        harness.wait_until(lambda: workers() == 3, "three workers")


if __name__ == "__main__":
    harness.main()

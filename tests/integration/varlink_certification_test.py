#!/usr/bin/python3
"""Varlink's own certification, against the programs of Debian's package varlink-go, in both directions; and its
generator, which has to understand our description."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

import harness

FOREIGN = "varlink-go-certification"
GENERATOR = "varlink-go-interface-generator"
DESCRIPTION = harness.HERE.parent.parent / "daemon" / "wire" / "io.urlstat.varlink"


def ours(program):
    tests = Path(os.environ.get("TEST_PROGRAMS", harness.BINARIES.parent / "tests"))
    return tests / "integration" / program


def need(program):
    path = shutil.which(program)
    if path is None:
        raise unittest.SkipTest(f"{program} is not installed (package varlink-go)")
    return path


class Certification(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.socket = self.directory / "socket"

    def serve(self, *command):
        process = subprocess.Popen(
            [*harness.DIES_WITH_US, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(self.end, process)
        harness.wait_until(self.socket.exists, "the server's socket")

    @staticmethod
    def end(process):
        process.terminate()
        process.communicate(timeout=harness.DEADLINE_SEC)

    def passes(self, *command):
        result = subprocess.run(command, capture_output=True, timeout=harness.DEADLINE_SEC, check=False)
        output = (result.stdout + result.stderr).decode(errors="replace")
        self.assertEqual(result.returncode, 0, output)
        return output

    def test_foreign_client_is_content_with_our_server(self):
        foreign = need(FOREIGN)
        self.serve(ours("varlink_service"), self.socket)

        output = self.passes(foreign, "-varlink", f"unix:{self.socket}", "-client")

        # It exits with 0 whatever came.
        self.assertIn("End: 'true'", output)

    def test_our_client_is_content_with_foreign_server(self):
        self.serve(need(FOREIGN), "-varlink", f"unix:{self.socket}")

        self.passes(ours("varlink_client"), self.socket)

    def test_our_client_is_content_with_our_server(self):
        self.serve(ours("varlink_service"), self.socket)

        self.passes(ours("varlink_client"), self.socket)

    def test_foreign_generator_understands_our_description(self):
        generator = need(GENERATOR)
        copy = self.directory / DESCRIPTION.name
        shutil.copy(DESCRIPTION, copy)

        self.passes(generator, copy)

        generated = "".join(file.read_text() for file in self.directory.glob("*.go"))
        self.assertIn("Submit", generated)
        self.assertIn("SlowestHost", generated)


if __name__ == "__main__":
    harness.main()

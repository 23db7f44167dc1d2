#!/usr/bin/python3
"""The command line of urlstatd, and what it says when something is wrong before it serves."""

import os
import sqlite3
import subprocess
import unittest

import daemon_run
import harness

OK, FAILED, USAGE, NO_PERMISSION, NOT_CONFIGURED = 0, 1, 2, 4, 6


class Arguments(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.socket = self.directory / "io.urlstat"
        self.state = self.directory / "state"
        self.empty = self.config("")

    def config(self, text):
        path = self.directory / "urlstatd.conf"
        path.write_text(text)
        return path

    def expect(self, status, note, *arguments, **options):
        result = daemon_run.run(*arguments, **options)
        self.assertEqual(result.returncode, status, result.notes)
        self.assertIn(note, result.notes)
        return result

    def serve(self, status, note, **options):
        """Starts it as by hand, and it is expected to refuse."""
        return self.expect(
            status,
            note,
            f"--config={self.empty}",
            f"--listen={self.socket}",
            f"--state-directory={self.state}",
            **options,
        )

    def test_help_names_every_option_of_the_interface(self):
        result = self.expect(OK, "", "--help")

        for option in (
            "--config=FILE",
            "--listen=PATH",
            "--state-directory=DIR",
            "-w, --workers=N",
            "-k, --top=K",
            "--allow-networks=CIDR,...",
            "--test-config",
            "--version",
            "--help",
        ):
            self.assertIn(option, result.text)
        self.assertEqual(result.notes, "")

    def test_version_is_one_line(self):
        self.assertRegex(self.expect(OK, "", "--version").text, r"^urlstatd \d+\.\d+\.\d+\n$")

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([harness.BINARIES / "urlstatd", "--version"], stdout=full, check=False)
        self.assertEqual(result.returncode, FAILED)

    def test_mistyped_option_finds_its_nearest(self):
        self.expect(USAGE, "unknown option --listn=x: did you mean --listen?", "--listn=x")
        self.expect(USAGE, "unknown option --frobnicate; see urlstatd --help", "--frobnicate")
        self.expect(USAGE, "unknown option -z", "-z")

    def test_option_without_its_value_is_wrong_usage(self):
        self.expect(USAGE, "--listen needs a value", "--listen")
        self.expect(USAGE, "-w needs a value", "-w")

    def test_arguments_are_wrong_usage(self):
        self.expect(USAGE, "http://example.org/: no arguments are taken", "http://example.org/")

    def test_bad_value_of_an_option_is_wrong_usage(self):
        config = f"--config={self.empty}"
        self.expect(USAGE, "--workers: Workers=0 is not a whole number from 1 to 256", config, "-w", "0")
        self.expect(USAGE, "--top: TopWords=some is not a whole number", config, "--top=some")
        self.expect(USAGE, "--allow-networks: AllowNetworks=10.0.0.0/99 is not a network", config,
                    "--allow-networks=127.0.0.1,10.0.0.0/99")

    def test_good_configuration_passes_in_silence(self):
        path = self.config("[Daemon]\nWorkers=2\n[Host *.example.org]\nDelaySec=5s\n")

        result = self.expect(OK, "", f"--config={path}", "--test-config")

        self.assertEqual((result.text, result.notes), ("", ""))

    def test_bad_configuration_fails_with_every_warning(self):
        path = self.config("[Fetch]\nRobot=no\nMaxBodySize=16X\n[Stor]\nSync=full\njunk\n")

        result = self.expect(FAILED, "", f"--config={path}", "--test-config")

        self.assertIn(f"{path}:2: unknown key Robot= in [Fetch]: did you mean Robots=?", result.notes)
        self.assertIn(f"{path}:3: MaxBodySize=16X is not a size", result.notes)
        self.assertIn(f"{path}:4: unknown section [Stor]", result.notes)
        self.assertIn(f"{path}:6: neither [Section] nor Key=value", result.notes)
        self.assertEqual(len(result.notes.splitlines()), 4)

    def test_certificates_that_are_none_are_named_with_their_line(self):
        none, empty, key, good = (self.directory / name for name in ("none.pem", "empty.pem", "key.pem", "good.pem"))
        empty.write_text("")
        key.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        good.write_text("A comment.\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        for file, reason in ((none, "cannot be read: No such file or directory"),
                             (self.directory, "cannot be read: Is a directory"),
                             (empty, "has no certificate in PEM"), (key, "has no certificate in PEM")):
            path = self.config(f"[Fetch]\nCAFile={file}\n")
            self.expect(FAILED, f"{path}:2: CAFile={file} {reason}", f"--config={path}", "--test-config")

        path = self.config(f"[Fetch]\nCAFile={good}\n")
        self.expect(OK, "", f"--config={path}", "--test-config")

    def test_configuration_of_a_user_is_read_from_his_place(self):
        (self.directory / "urlstatd").mkdir()
        (self.directory / "urlstatd" / "urlstatd.conf").write_text("[Daemon]\nWorker=1\n")

        self.expect(FAILED, "urlstatd.conf:2: unknown key", "--user", "--test-config",
                    environment={"XDG_CONFIG_HOME": str(self.directory)})

    def test_missing_configuration_file_is_an_error(self):
        path = self.directory / "none.conf"
        self.expect(NOT_CONFIGURED, f"{path}: No such file or directory", f"--config={path}", "--test-config")

    def test_without_a_socket_it_says_how_to_get_one(self):
        self.expect(NOT_CONFIGURED, "start urlstatd.socket, or name a path by --listen=PATH", f"--config={self.empty}")

    def test_without_a_state_directory_it_says_how_to_name_one(self):
        self.expect(NOT_CONFIGURED, "--state-directory=DIR", f"--config={self.empty}", f"--listen={self.socket}")
        self.assertFalse(self.socket.exists(), "the socket is removed again")

    def test_file_in_place_of_the_socket_is_left_alone(self):
        self.socket.write_text("mine")

        self.serve(FAILED, "there is a file that is no socket")

        self.assertEqual(self.socket.read_text(), "mine")

    def test_living_daemon_keeps_its_socket(self):
        with harness.Daemon() as daemon:
            self.socket = daemon.socket
            self.serve(FAILED, "another daemon listens there")
            daemon.ctl("ping")

    def test_endless_socket_path_is_refused(self):
        self.socket = self.directory / ("a" * 120)
        self.serve(FAILED, "the path of a socket has 1 to 107 bytes")

    def test_state_directory_of_a_living_daemon_is_refused(self):
        with harness.Daemon() as daemon:
            self.state = daemon.state
            self.serve(FAILED, "another urlstatd keeps its jobs in")
            daemon.ctl("ping")

    def test_state_directory_that_is_a_file_is_refused(self):
        self.state.write_text("")
        self.serve(FAILED, "Not a directory")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become nobody")
    def test_state_directory_of_somebody_else_is_refused(self):
        self.state.mkdir(mode=0o700)
        os.chmod(self.directory, 0o777)

        self.serve(
            NO_PERMISSION,
            f"cannot write to {self.state}",
            prefix=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"],
        )

    def test_newer_store_is_refused_and_left_alone(self):
        with harness.Daemon() as daemon:
            daemon.stop()
            database = next(daemon.state.glob("*.db"))
            connection = sqlite3.connect(database)
            connection.execute("PRAGMA user_version = 1000000")
            connection.close()
            before = database.read_bytes()
            self.state = daemon.state

            self.serve(FAILED, "written by a newer urlstatd")

            self.assertEqual(database.read_bytes(), before)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Where clients come in: sockets from a manager, chosen by name, a connection from a manager, a socket of its own."""

import os
import socket
import stat
import unittest

import daemon_run
import harness


class Sockets(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.path = self.directory / "io.urlstat"

    def start(self, *arguments, **options):
        return self.enterContext(daemon_run.Manager(self.directory, *arguments, **options))

    def ping(self, path=None):
        return harness.ctl(f"--socket={path or self.path}", "ping")

    def test_client_that_came_before_the_daemon_is_served(self):
        listener = self.enterContext(daemon_run.listening_socket(self.path))
        with harness.Varlink(self.path) as early:
            early.send("io.urlstat.Ping")

            self.start(sockets=[listener], names=["varlink"])

            self.assertNotIn("error", early.receive())

    def test_socket_is_chosen_by_its_name(self):
        other_path = self.directory / "other"
        other = self.enterContext(daemon_run.listening_socket(other_path))
        listener = self.enterContext(daemon_run.listening_socket(self.path))

        manager = self.start(sockets=[other, listener], names=["metrics", "varlink"]).ready()

        self.ping()
        self.assertIn('socket "metrics" that was passed is not named "varlink"', manager.read_log())

    def test_only_socket_is_taken_whatever_its_name(self):
        listener = self.enterContext(daemon_run.listening_socket(self.path))

        self.start(sockets=[listener]).ready()

        self.ping()

    def test_two_sockets_of_the_name_are_both_served(self):
        paths = [self.directory / "one", self.directory / "two"]
        listeners = [self.enterContext(daemon_run.listening_socket(path)) for path in paths]

        self.start(sockets=listeners, names=["varlink", "varlink"]).ready()

        for path in paths:
            self.ping(path)

    def test_what_is_no_stream_socket_is_left_out(self):
        datagrams = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))

        manager = self.start(sockets=[datagrams], names=["varlink"])

        self.assertEqual(manager.wait(), 6)
        self.assertIn("is no stream socket of AF_UNIX and is left out", manager.read_log())

    def test_connected_descriptor_is_served_until_it_closes(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        manager = self.start(sockets=[theirs], names=["varlink"])
        theirs.close()
        ours.settimeout(harness.DEADLINE_SEC)

        ours.sendall(b'{"method":"io.urlstat.Ping"}\0')
        self.assertNotIn(b"error", ours.recv(65536))
        ours.close()

        self.assertEqual(manager.wait(), 0)

    def test_passed_socket_outlives_the_daemon(self):
        listener = self.enterContext(daemon_run.listening_socket(self.path))
        first = self.start(sockets=[listener]).ready()
        first.signal()
        self.assertEqual(first.wait(), 0)
        first.__exit__()

        with harness.Varlink(self.path) as waiting:
            waiting.send("io.urlstat.Ping")
            self.start(sockets=[listener])
            self.assertNotIn("error", waiting.receive())

    def test_own_socket_is_made_with_its_directory_and_removed(self):
        path = self.directory / "run" / "io.urlstat"
        manager = self.start(f"--listen={path}").ready()

        self.ping(path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
        self.assertEqual(stat.S_IMODE(os.stat(path.parent).st_mode), 0o755)

        manager.signal()
        self.assertEqual(manager.wait(), 0)
        self.assertFalse(path.exists())

    def test_stale_socket_is_replaced(self):
        daemon_run.listening_socket(self.path).close()
        self.assertTrue(self.path.exists())

        self.start(f"--listen={self.path}").ready()

        self.ping()

    def test_socket_that_another_put_in_place_is_not_removed(self):
        manager = self.start(f"--listen={self.path}").ready()
        self.path.unlink()
        self.enterContext(daemon_run.listening_socket(self.path))

        manager.signal()
        self.assertEqual(manager.wait(), 0)

        self.assertTrue(self.path.exists())

    def test_state_is_for_its_owner_alone(self):
        (self.directory / "state").mkdir(mode=0o755)
        self.start(f"--listen={self.path}").ready()

        for file in (self.directory / "state").iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode) & 0o077, 0, file)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Messages that no client should send: each closes its own connection, and no other."""

import json
import socket
import unittest

import harness

PING = b'{"method":"io.urlstat.Ping"}'

MALFORMED = [
    b"",
    b" ",
    b"x",
    b"\xff\xfe",
    b"GET / HTTP/1.1\r\n\r\n",
    b"null",
    b"[]",
    b'"io.urlstat.Ping"',
    b"{}",
    b"{",
    b'{"method":"io.urlstat.Ping"',
    b'{"method":"io.urlstat.Ping"}}',
    b'{"method":"io.urlstat.Ping"}{}',
    b'{"method":"io.urlstat.Ping",}',
    b"{'method':'io.urlstat.Ping'}",
    b'{"method":1}',
    b'{"method":null}',
    b'{"method":"io.urlstat.Ping","method":"io.urlstat.Ping"}',
    b'{"method":"io.urlstat.Ping","extra":1}',
    b'{"method":"io.urlstat.Ping","more":1}',
    b'{"method":"io.urlstat.Ping","more":true,"oneway":true}',
    b'{"method":"io.urlstat.Ping","parameters":[]}',
    b'{"method":"io.urlstat.Show","parameters":{"job":"1","job":"2"}}',
    b'{"method":"io.urlstat.Show","parameters":{"job":"\xc0\x80"}}',
    b'{"method":"io.urlstat.Show","parameters":{"job":"\xed\xa0\x80"}}',
    b'{"method":"io.urlstat.Show","parameters":{"job":"\\u0000"}}',
    b'{"method":"io.urlstat.Show","parameters":{"job":"a\nb"}}',
    b'{"method":"io.urlstat.Top","parameters":{"k":NaN}}',
    b'{"method":"io.urlstat.Top","parameters":{"k":01}}',
    b'{"method":"io.urlstat.Top","parameters":{"k":' + b"[" * 100 + b"]" * 100 + b"}}",
    b'{"method":"io.urlstat.Ping"}' + b" " * (1 << 20),
    b'{"method":"io.urlstat.Submit","parameters":{"urls":[' + b"{}," * 300000 + b"{}]}}",
]

REFUSED = [
    ({"method": "Ping"}, "org.varlink.service.InvalidParameter"),
    ({"method": "io.urlstat.Pong"}, "org.varlink.service.MethodNotFound"),
    ({"method": "io.urlstat2.Ping"}, "org.varlink.service.InterfaceNotFound"),
    ({"method": "io.urlstat.Ping", "parameters": {"x": 1}}, "org.varlink.service.InvalidParameter"),
    ({"method": "io.urlstat.Top", "parameters": {"k": "7"}}, "org.varlink.service.InvalidParameter"),
    ({"method": "io.urlstat.Top", "parameters": {"k": 1.5}}, "org.varlink.service.InvalidParameter"),
    ({"method": "io.urlstat.Top", "parameters": {"k": 1 << 70}}, "org.varlink.service.InvalidParameter"),
    ({"method": "io.urlstat.Top", "parameters": {"k": -1}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Top", "parameters": {"per": "pages"}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Urls", "parameters": {"state": "dead"}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Urls", "parameters": {"url": "nothing"}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Jobs", "parameters": {"since": "today"}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Retry", "parameters": {"outcomes": ["counted"]}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Remove", "parameters": {"jobs": []}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Show", "parameters": {"job": "99"}}, "io.urlstat.NoSuchJob"),
    ({"method": "io.urlstat.Show", "parameters": {"job": "no~7"}}, "io.urlstat.NoSuchJob"),
    ({"method": "io.urlstat.Append", "parameters": {"urls": []}}, "io.urlstat.NoSubmission"),
    ({"method": "io.urlstat.Commit"}, "io.urlstat.NoSubmission"),
    ({"method": "io.urlstat.Watch"}, "org.varlink.service.ExpectedMore"),
    ({"method": "io.urlstat.Begin", "parameters": {"name": "77"}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Begin", "parameters": {"priority": 101}}, "io.urlstat.InvalidInput"),
    ({"method": "io.urlstat.Submit", "parameters": {"urls": [{}]}}, "org.varlink.service.InvalidParameter"),
    (
        {"method": "io.urlstat.Submit", "parameters": {"urls": [{"url": "http://a/", "source": 1}]}},
        "org.varlink.service.InvalidParameter",
    ),
]


class Malformed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(harness.Daemon())
        cls.other = cls.enterClassContext(cls.daemon.connect())

    def connect(self):
        client = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        client.settimeout(harness.DEADLINE_SEC)
        client.connect(str(self.daemon.socket))
        return client

    def ends(self, client):
        """Nothing comes any more, not even a reply."""
        try:
            return client.recv(65536) == b""
        except ConnectionResetError:
            return True

    def send(self, client, data):
        try:
            client.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def test_malformed_messages_close_their_own_connection(self):
        for message in MALFORMED:
            with self.subTest(message=message[:60]):
                client = self.connect()
                self.send(client, message + b"\0" + PING + b"\0")
                self.assertTrue(self.ends(client))
        self.assertIn("version", self.other.call("Ping"))

    def test_message_without_end_is_cut_off(self):
        client = self.connect()
        self.send(client, b"x" * (3 << 20))
        self.assertTrue(self.ends(client))

    def test_refused_calls_leave_the_connection_open(self):
        with self.daemon.connect() as connection:
            for message, error in REFUSED:
                with self.subTest(message=message):
                    connection.socket.sendall(json.dumps(message).encode() + b"\0")
                    self.assertEqual(connection.receive().get("error"), error)
            self.assertIn("version", connection.call("Ping"))

    def test_calls_in_one_write_are_answered_in_order(self):
        with self.daemon.connect() as connection:
            connection.socket.sendall((PING + b"\0" + b'{"method":"io.urlstat.Status"}\0') * 50)
            for _ in range(50):
                self.assertNotIn("pid", connection.receive()["parameters"])
                self.assertIn("pid", connection.receive()["parameters"])

    def test_connection_that_ends_before_commit_leaves_nothing(self):
        before = self.other.call("Jobs")["jobs"]
        connection = self.daemon.connect()
        connection.call("Begin")
        connection.call("Append", {"urls": [{"url": "http://127.0.0.1:1/"}]})
        connection.close()
        self.assertEqual(self.other.call("Jobs")["jobs"], before)

    def test_second_list_on_one_connection_is_refused(self):
        with self.daemon.connect() as connection:
            connection.call("Begin")
            with self.assertRaises(harness.VarlinkError) as raised:
                connection.call("Begin")
            self.assertEqual(raised.exception.name, "io.urlstat.SubmissionOpen")

    def test_clients_that_never_read_do_not_grow_the_daemon(self):
        description = b'{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"io.urlstat"}}\0'
        before = self.daemon.memory("VmRSS")
        for _ in range(16):
            client = self.connect()
            client.setblocking(False)
            try:
                for _ in range(20000):
                    client.sendall(description)
            except BlockingIOError:
                pass
        self.assertIn("version", self.other.call("Ping"))
        self.assertLess(self.daemon.memory("VmRSS") - before, 64 << 20)


if __name__ == "__main__":
    harness.main()

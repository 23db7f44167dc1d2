#!/usr/bin/python3
"""HTTPS through the whole daemon, against nginx with certificates made for the test: which are trusted and what is said
of the others, HTTP/2, and connections that go on with the TLS session of the one before."""

import contextlib
import select
import shutil
import socket
import ssl
import subprocess
import threading
import unittest

import harness

N_PAGES = 8
VALID = ("20200101000000Z", "20491231235959Z")
# Name of the host -> the name its certificate has, and when that is valid.
SIGNED = {
    "good.example": ("good.example", *VALID),
    "again.example": ("again.example", *VALID),
    "wrong.example": ("other.example", *VALID),
    "expired.example": ("expired.example", "20200101000000Z", "20200201000000Z"),
    "early.example": ("early.example", "20490101000000Z", "20491231235959Z"),
}
# By itself alone.
SELF_SIGNED = "self.example"
# Host -> what its detail has.
BAD = {
    "wrong.example": "wrong.example",
    "expired.example": "expired",
    "early.example": "not yet valid",
    SELF_SIGNED: "self-signed",
}

AUTHORITY = """
[ca]
default_ca = x
[x]
database = {directory}/index
new_certs_dir = {directory}
serial = {directory}/serial
certificate = {directory}/ca.pem
private_key = {directory}/ca.key
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
"""

SERVER = """
server {{
    listen 127.0.0.1:PORT ssl {protocol};
    server_name {host};
    ssl_certificate {directory}/{host}.pem;
    ssl_certificate_key {directory}/{host}.key;
    access_log {directory}/access.log tls;
    {more}
    location / {{ alias {directory}/pages/; }}
}}
"""


class Certificates:
    def __init__(self, directory):
        self.directory = directory
        (directory / "index").write_text("")
        (directory / "serial").write_text("01\n")
        (directory / "ca.cnf").write_text(AUTHORITY.format(directory=directory))
        self.sign_oneself("ca", "Test Authority")
        for host, (name, start, end) in SIGNED.items():
            self.make(host, name, start, end)
        self.sign_oneself(SELF_SIGNED, SELF_SIGNED, "-addext", f"subjectAltName=DNS:{SELF_SIGNED}")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL, cwd=self.directory,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def request(self, file, name, *arguments):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch", "-subj",
                     f"/CN={name}", "-keyout", f"{file}.key", *arguments)

    def sign_oneself(self, file, name, *arguments):
        self.request(file, name, "-x509", "-days", "3650", "-out", f"{file}.pem", *arguments)

    def make(self, file, name, start, end):
        self.request(file, name, "-out", f"{file}.csr")
        (self.directory / f"{file}.ext").write_text(f"subjectAltName=DNS:{name}\n")
        self.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-in", f"{file}.csr", "-out", f"{file}.pem",
                     "-startdate", start, "-enddate", end, "-extfile", f"{file}.ext")


class BothSchemes:
    """A page for each request, by http and by https on one port; knows how many connections were open at once."""

    def __init__(self, directory, host):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(directory / f"{host}.pem", directory / f"{host}.key")
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.open = []
        self.most_open = self.requests = self.with_tls = 0
        threading.Thread(target=self.accept, daemon=True).start()

    @staticmethod
    def has_ended(connection):
        """The client has closed it."""
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        return bool(poll.poll(0))

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.open = [other for other in self.open if not self.has_ended(other)] + [connection]
                self.most_open = max(self.most_open, len(self.open))
                # The thread has a descriptor of its own, so that this one can be asked.
                threading.Thread(target=self.serve, args=(connection.dup(),), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            if connection.recv(1, socket.MSG_PEEK) == b"\x16":
                self.with_tls += 1
                connection = self.context.wrap_socket(connection, server_side=True)
            asked = b""
            while piece := connection.recv(65536):
                asked += piece
                if asked.endswith(b"\r\n\r\n"):
                    self.requests += 1
                    asked = b""
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nword")


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        harness.need(shutil.which("openssl"), "openssl is not installed")
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        (cls.directory / "pages").mkdir()
        for i in range(N_PAGES):
            (cls.directory / "pages" / f"{i}.html").write_text(f"<title>{i}</title><p>word number {i}")
        Certificates(cls.directory)
        cls.names = cls.enterClassContext(
            harness.Script("dns_server.py", "--until-stdin-ends", "*.example=127.0.0.1"))
        cls.server = cls.enterClassContext(cls.web_server("http2", [*SIGNED, SELF_SIGNED]))

    @classmethod
    def web_server(cls, protocol, hosts, more=""):
        log = "ssl_session_cache shared:sessions:1m; log_format tls '$host $connection $server_protocol $ssl_session_reused $status';"
        servers = "".join(SERVER.format(host=host, directory=cls.directory, protocol=protocol, more=more)
                          for host in hosts)
        return harness.WebServer({}, listen=f"ssl {protocol}", http=log + servers,
                                 server=f"ssl_certificate {cls.directory}/good.example.pem;"
                                        f" ssl_certificate_key {cls.directory}/good.example.key;")

    def config(self, **changes):
        return harness.merged(harness.IMPOLITE, {
            "Daemon": {"Workers": "1"},
            "Fetch": {"DnsServers": f"127.0.0.1:{self.names.first_line}", "CAFile": self.directory / "ca.pem",
                      "HostConnections": "1", **changes}})

    def fetch(self, config, hosts, pages=1, server=None):
        """Host -> its rows."""
        port = (server or self.server).port
        urls = {host: [f"https://{host}:{port}/{i}.html" for i in range(pages)] for host in hosts}
        with harness.Daemon(config) as daemon:
            file = harness.write_list(daemon.directory / "list", sum(urls.values(), []))
            daemon.ctl("submit", "--wait", file, expected=None)
            rows = {row["submitted"]: row for row in daemon.json("urls", "1")["urls"]}
            self.log = daemon.read_log()
        return {host: [rows[url] for url in urls[host]] for host in hosts}

    def requests(self, host, n):
        """Connection, protocol, whether its session was known, status; in the order of the log."""
        def lines():
            text = (self.directory / "access.log").read_text()
            found = [line.split(" ")[1:] for line in text.splitlines() if line.startswith(host)]
            return found if len(found) >= n else None

        return harness.wait_until(lines, "the server's log")

    def test_certificates_that_are_bad_are_named(self):
        rows = self.fetch(self.config(), BAD)

        for host, said in BAD.items():
            self.assertEqual(rows[host][0]["outcome"], "tls_failed", host)
            self.assertIn(said, rows[host][0]["detail"])

    def test_pages_come_over_one_http2_connection(self):
        rows = self.fetch(self.config(), ["good.example"], N_PAGES)["good.example"]

        self.assertEqual({row["outcome"] for row in rows}, {"counted"})
        seen = self.requests("good.example", N_PAGES)
        self.assertEqual({(protocol, status) for _, protocol, _, status in seen}, {("HTTP/2.0", "200")})
        self.assertEqual(len({connection for connection, *_ in seen}), 1)

    def test_new_connections_go_on_with_the_session_of_the_host(self):
        with self.web_server("", ["again.example"], more="keepalive_requests 1;") as server:
            rows = self.fetch(self.config(), ["again.example"], N_PAGES, server)["again.example"]

        self.assertEqual({row["outcome"] for row in rows}, {"counted"})
        seen = self.requests("again.example", N_PAGES)
        self.assertEqual(len({connection for connection, *_ in seen}), N_PAGES)
        self.assertEqual([reused for _, _, reused, _ in seen], ["."] + ["r"] * (N_PAGES - 1))

    def test_idle_connections_of_both_schemes_count_together(self):
        # By what is configured and by whether a limit of bytes lets transfers pause.
        for allowed, limit in ((1, "0"), (3, "0"), (3, "10M")):
            server = BothSchemes(self.directory, "good.example")
            urls = [f"http{'s' * (i // 5 % 2)}://good.example:{server.port}/{i}" for i in range(60)]
            config = self.config(HostConnections=str(allowed), MaxBytesPerSec=limit)
            with harness.Daemon(config, arguments=["--workers=2"]) as daemon:
                daemon.ctl("submit", "--wait", harness.write_list(daemon.directory / "list", urls))
            server.listening.shutdown(socket.SHUT_RDWR)
            server.listening.close()

            self.assertGreaterEqual(server.requests, len(urls))
            self.assertLessEqual(server.most_open, allowed)
            self.assertGreater(server.with_tls, 0)

    def test_authority_that_nobody_named_is_not_trusted(self):
        row = self.fetch(self.config(CAFile=""), ["good.example"])["good.example"][0]

        self.assertEqual(row["outcome"], "tls_failed")
        self.assertIn("CAFile=", row["detail"])

    def test_authorities_that_cannot_be_read_are_warned_about_and_trust_nobody(self):
        missing = self.directory / "missing.pem"

        row = self.fetch(self.config(CAFile=missing), ["good.example"])["good.example"][0]

        self.assertEqual(row["outcome"], "tls_failed")
        self.assertIn("CAFile=", row["detail"])
        self.assertIn(f"CAFile={missing} cannot be read", self.log)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""HTTPS through the whole daemon, against nginx with certificates made for the test: which are trusted and what is said
of the others, HTTP/2, and connections that go on with the TLS session of the one before."""

import shutil
import subprocess
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

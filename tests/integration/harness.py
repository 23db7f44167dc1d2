"""Real programs for the integration tests: a daemon of one's own in a temporary directory, the client, web servers.

A test is a file *_test.py that ends with harness.main(). It takes the directory of the binaries from its first
argument, else from URLSTAT_BIN_DIR. Whole tests that cannot run here end with status 77, which ctest shows as skipped.
"""

import contextlib
import faulthandler
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
SKIPPED = 77
# How long anything may take that ought to be quick, sanitizers and a busy machine included.
DEADLINE_SEC = 60.0

# After so long ctest ends a test; 0 without ctest.
TEST_TIMEOUT_SEC = int(os.environ.get("TEST_TIMEOUT", "0"))
# A call of the client that takes so long hangs; less than what the test may take, so that it can say so.
CTL_DEADLINE_SEC = max(150.0, TEST_TIMEOUT_SEC / 2)

BINARIES = Path(os.environ.get("URLSTAT_BIN_DIR", HERE.parent.parent / "build" / "debug" / "bin"))

# Politeness off, and this machine allowed.
IMPOLITE = {
    "Fetch": {
        "AllowNetworks": "127.0.0.0/8",
        "HostDelaySec": "0",
        "Robots": "no",
        "HostConnections": "50",
        "Contact": "test@example.org",
    },
    "Store": {"MinFreeSpace": "1M"},
}


# Logs of the daemons that run: what a test that fails shows.
LOGS = []


def shown_logs():
    """The end of each, with headings."""
    shown = ""
    for log in LOGS:
        if log.exists():
            shown += f"---- {log}\n{log.read_text(errors='replace')[-20000:]}\n----\n"
    return shown


# Before a program: it ends when the test does, even when that is killed.
DIES_WITH_US = ["setpriv", "--pdeathsig", "TERM", "--"]


def merged(base, changes):
    """`base` with the keys of `changes` set: section -> key -> value."""
    result = {section: dict(keys) for section, keys in base.items()}
    for section, keys in changes.items():
        result.setdefault(section, {}).update(keys)
    return result


def wait_until(condition, what, deadline_sec=DEADLINE_SEC, interval_sec=0.01):
    """Asks until the condition holds, and returns what it gave."""
    end = time.monotonic() + deadline_sec
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline_sec:.0f} s for {what}")
        time.sleep(interval_sec)


def is_sanitized():
    """Built with a sanitizer, which takes many times as long."""
    program = (BINARIES / "urlstatd").read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


class Varlink:
    """One connection to the daemon, by hand: for asking often, and for saying what the client would never say."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(DEADLINE_SEC)
        self.socket.connect(str(path))
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, method, parameters=None, **flags):
        message = {"method": method, "parameters": parameters or {}, **flags}
        self.socket.sendall(json.dumps(message).encode() + b"\0")

    def receive(self):
        """The next message, None at the end of the connection."""
        while b"\0" not in self.pending:
            piece = self.socket.recv(65536)
            if not piece:
                return None
            self.pending += piece
        frame, self.pending = self.pending.split(b"\0", 1)
        return json.loads(frame)

    def call(self, method, parameters=None):
        """The reply's parameters; a named error is raised."""
        self.send(method if "." in method else f"io.urlstat.{method}", parameters)
        reply = self.receive()
        if reply is None:
            raise AssertionError(f"the daemon closed the connection instead of answering {method}")
        if "error" in reply:
            raise VarlinkError(reply["error"], reply.get("parameters"))
        return reply["parameters"]


class VarlinkError(Exception):
    def __init__(self, name, parameters):
        super().__init__(f"{name} {parameters}")
        self.name = name
        self.parameters = parameters


class Ready:
    """What a service manager's notification socket hears."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.socket.bind(str(path))
        self.lines = []

    def wait(self, line, process, deadline_sec=DEADLINE_SEC):
        """Until the process says `line`; False if it ends instead."""
        end = time.monotonic() + deadline_sec
        exit_fd = os.pidfd_open(process.pid)
        try:
            while line not in self.lines:
                left = end - time.monotonic()
                readable, _, _ = select.select([self.socket, exit_fd], [], [], max(left, 0))
                if self.socket in readable:
                    self.lines += self.socket.recv(65536).decode().splitlines()
                elif exit_fd in readable:
                    return False
                elif left <= 0:
                    raise AssertionError(f"waited {deadline_sec:.0f} s for {line}")
            return True
        finally:
            os.close(exit_fd)

    def close(self):
        self.socket.close()
        self.path.unlink(missing_ok=True)


class Daemon:
    """urlstatd, started by hand in a directory of its own. The state stays over stop(), kill() and start()."""

    def __init__(self, config=None, arguments=(), program="urlstatd"):
        # Short, as a socket's path is at most 107 bytes.
        self.directory = Path(tempfile.mkdtemp(prefix="urlstat-", dir="/tmp"))
        self.socket = self.directory / "io.urlstat"
        self.state = self.directory / "state"
        self.config_file = self.directory / "urlstatd.conf"
        self.log = self.directory / "log"
        self.arguments = list(arguments)
        self.program = BINARIES / program
        self.process = None
        self.state.mkdir(mode=0o700)
        self.configure(IMPOLITE if config is None else config)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *ignored):
        try:
            self.stop()
        finally:
            if kind is not None:
                sys.stderr.write(f"---- log of the daemon\n{self.read_log()[-20000:]}\n----\n")
            if self.log in LOGS:
                LOGS.remove(self.log)
            shutil.rmtree(self.directory, ignore_errors=True)

    def configure(self, config):
        """For the next start()."""
        lines = []
        for section, keys in config.items():
            lines += [f"[{section}]", *(f"{key}={value}" for key, value in keys.items()), ""]
        self.config_file.write_text("\n".join(lines))

    def start(self):
        notify = self.spawn()
        try:
            if not notify.wait("READY=1", self.process):
                raise AssertionError(f"urlstatd ended with {self.process.wait()}:\n{self.read_log()}")
        finally:
            notify.close()

    def spawn(self):
        """Starts without waiting until it serves; returns the ear that hears of that, which the caller closes."""
        notify = Ready(self.directory / "notify")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LISTEN_")}
        environment["NOTIFY_SOCKET"] = str(notify.path)
        environment.pop("JOURNAL_STREAM", None)
        command = [
            *DIES_WITH_US,
            self.program,
            f"--config={self.config_file}",
            f"--listen={self.socket}",
            f"--state-directory={self.state}",
            *self.arguments,
        ]
        if self.log not in LOGS:
            LOGS.append(self.log)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        return notify

    def stop(self, expected=0):
        """SIGTERM, and its exit status must be the one expected."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(DEADLINE_SEC)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("urlstatd did not end after SIGTERM") from None
        self.process = None
        if status != expected:
            raise AssertionError(f"urlstatd ended with {status}:\n{self.read_log()[-20000:]}")

    def kill(self):
        """SIGKILL: what a crash is."""
        self.process.kill()
        self.process.wait(DEADLINE_SEC)
        self.process = None

    def read_log(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def connect(self):
        return Varlink(self.socket)

    def peak_memory(self):
        """Bytes that were resident at most."""
        return self.memory("VmHWM")

    def memory(self, field):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE).group(1)) * 1024

    def ctl(self, *arguments, expected=0, **options):
        """urlstatctl, talking to this daemon; see ctl()."""
        return ctl(f"--socket={self.socket}", *arguments, expected=expected, **options)

    def json(self, *arguments, expected=0, **options):
        return json.loads(self.ctl("-o", "json", *arguments, expected=expected, **options).stdout)

    def job(self, number):
        with self.connect() as connection:
            return connection.call("Show", {"job": str(number)})["jobs"][0]

    def wait_for_status(self, condition, what):
        with self.connect() as connection:

            def ask():
                status = connection.call("Status")
                return status if condition(status) else None

            return wait_until(ask, what)

    def wait_for_job(self, number, condition, what, deadline_sec=DEADLINE_SEC):
        """Asks for the job, on one connection, until the condition holds of it."""
        with self.connect() as connection:

            def ask():
                job = connection.call("Show", {"job": str(number)})["jobs"][0]
                return job if condition(job) else None

            return wait_until(ask, what, deadline_sec, interval_sec=0.002)


def ctl(*arguments, expected=0, stdin=None, environment=None, prefix=(), timeout=CTL_DEADLINE_SEC, directory=None):
    """Runs urlstatctl to its end. expected: its exit status, None for any. stdin: bytes or text."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    command = [*prefix, BINARIES / "urlstatctl", *map(str, arguments)]
    words = " ".join(map(str, arguments))
    try:
        result = subprocess.run(
            command,
            input=stdin if stdin is not None else b"",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            timeout=timeout,
            cwd=directory,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said = b"".join(part or b"" for part in (late.stdout, late.stderr)).decode(errors="replace")
        raise AssertionError(f"urlstatctl {words}: no end within {timeout:.0f} s\n{said}") from None
    result.text = result.stdout.decode(errors="replace")
    result.notes = result.stderr.decode(errors="replace")
    if expected is not None and result.returncode != expected:
        raise AssertionError(
            f"urlstatctl {words}: status {result.returncode}, not {expected}\n{result.text}\n{result.notes}"
        )
    return result


def listening_sockets(addresses):
    """Listening sockets on these addresses, all on one free port."""
    for _ in range(100):
        sockets = []
        port = 0
        try:
            for address in addresses:
                listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                sockets.append(listener)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
                listener.listen(4096)
                port = listener.getsockname()[1]
            return sockets, port
        except OSError:
            for listener in sockets:
                listener.close()
    raise AssertionError(f"no port is free on all of {addresses}")


NGINX = """
daemon off;
worker_processes 1;
error_log {directory}/error.log notice;
pid {directory}/pid;
events {{ worker_connections 8192; }}
http {{
    default_type application/octet-stream;
    types {{
        text/html html htm;
        text/plain txt;
        text/css css;
        application/pdf pdf;
        image/png png;
    }}
    log_format spacing '$msec $request_time $server_addr $status $request_uri $http_user_agent';
    access_log {directory}/access.log spacing;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 60;
    keepalive_requests 100000;
    gzip off;
    {http}
    server {{
        {listen}
        {server}
    }}
}}
"""


class WebServer:
    """nginx with a private configuration. It is given listening sockets, so it serves from the moment it is started.

    directories: path below / -> directory. server, http: further lines of those sections, PORT in them is its port.
    listen: further words of its lines "listen", such as "ssl http2".
    """

    def __init__(self, directories, addresses=("127.0.0.1",), server="", http="", listen=""):
        self.program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if self.program is None:
            raise unittest.SkipTest("nginx is not installed (package nginx-light)")
        self.directory = Path(tempfile.mkdtemp(prefix="urlstat-nginx-", dir="/tmp"))
        self.addresses = list(addresses)
        self.sockets, self.port = listening_sockets(self.addresses)
        locations = [
            f"location {path} {{ alias {directory}/; }}" for path, directory in directories.items()
        ]
        text = NGINX.format(
            directory=self.directory,
            listen="\n        ".join(f"listen {address}:{self.port} {listen};" for address in self.addresses),
            server="\n        ".join([*locations, server]).replace("PORT", str(self.port)),
            http=http.replace("PORT", str(self.port)),
        )
        if os.geteuid() == 0:
            text = "user root;\n" + text
        (self.directory / "nginx.conf").write_text(text)
        self.process = None

    def __enter__(self):
        environment = {**os.environ, "NGINX": "".join(f"{s.fileno()};" for s in self.sockets)}
        self.process = subprocess.Popen(
            [*DIES_WITH_US, self.program, "-p", self.directory, "-c", self.directory / "nginx.conf", "-e", "error.log"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[s.fileno() for s in self.sockets],
            env=environment,
        )
        for listener in self.sockets:
            listener.close()
        try:
            with socket.create_connection((self.addresses[0], self.port), DEADLINE_SEC):
                pass
        except OSError as error:
            raise AssertionError(f"nginx: {error}: {self.read('error.log')}") from None
        return self

    def __exit__(self, *ignored):
        self.process.terminate()
        self.process.wait(DEADLINE_SEC)
        shutil.rmtree(self.directory, ignore_errors=True)

    def read(self, name):
        path = self.directory / name
        return path.read_text(errors="replace") if path.exists() else ""

    def url(self, path="/", address=None):
        return f"http://{address or self.addresses[0]}:{self.port}{path}"

    def requests(self):
        """What was asked for: (start in seconds, address, status, path), in the order of its end."""
        found = []
        for line in self.read("access.log").splitlines():
            end, took, address, status, path, *_ = line.split(" ")
            found.append((float(end) - float(took), address, int(status), path))
        return found


class Script:
    """A Python program of this folder which serves until its stdin ends, and says on its first line of stdout where."""

    def __init__(self, name, *arguments):
        self.command = [*DIES_WITH_US, "/usr/bin/python3", HERE / name, *map(str, arguments)]
        self.process = None
        self.first_line = ""

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        readable, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SEC)
        if readable:
            self.first_line = self.process.stdout.readline().decode().strip()
        if not self.first_line:
            self.process.kill()
            raise AssertionError(f"{self.command} did not say where it serves")
        return self

    def __exit__(self, *ignored):
        self.process.terminate()
        self.process.communicate(timeout=DEADLINE_SEC)


@contextlib.contextmanager
def temporary_directory():
    with tempfile.TemporaryDirectory(prefix="urlstat-", dir="/tmp") as name:
        os.chmod(name, 0o755)
        yield Path(name)


def write_list(path, urls):
    path.write_text("".join(f"{url}\n" for url in urls))
    return path


def need(condition, reason):
    """Ends the whole file as skipped unless the condition holds."""
    if not condition:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)


class Result(unittest.TextTestResult):
    """Shows what the daemons have logged as soon as a test fails: what cleans up after it removes that."""

    def addError(self, test, err):
        super().addError(test, err)
        sys.stderr.write(shown_logs())

    def addFailure(self, test, err):
        super().addFailure(test, err)
        sys.stderr.write(shown_logs())


def descendants():
    """(number, name) of the processes that this one started, and they."""
    parents = {}
    names = {}
    for path in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            head, fields = (path / "stat").read_text().rsplit(")", 1)
            parents[int(path.name)] = int(fields.split()[1])
            names[int(path.name)] = head.split("(", 1)[1]
    found = [os.getpid()]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return [(number, names[number]) for number in found[1:]]


def show_where_it_hangs(*ignored):
    """Before ctest ends us without a word: where this test stands, what was logged, where our programs stand."""
    sys.stderr.write("\n---- this test is about to run into its timeout\n")
    faulthandler.dump_traceback(all_threads=True)
    sys.stderr.write(shown_logs())
    for number, name in descendants():
        sys.stderr.write(f"---- process {number}, {name}\n")
        if shutil.which("gdb") and name.startswith("urlstat"):
            sys.stderr.write(stacks_of(number))
    sys.stderr.flush()


def stacks_of(number):
    command = ["gdb", "-q", "-batch", "-nx", "-p", str(number), "-ex", "thread apply all backtrace"]
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DEBUGINFOD_URLS": ""},
            timeout=10,
            check=False,
        ).stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return "gdb did not answer\n"


def watch_the_clock():
    if TEST_TIMEOUT_SEC > 60:
        signal.signal(signal.SIGALRM, show_where_it_hangs)
        signal.alarm(TEST_TIMEOUT_SEC - 45)
        # Should the interpreter itself hang.
        faulthandler.dump_traceback_later(TEST_TIMEOUT_SEC - 10)


def main():
    global BINARIES
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and os.path.isdir(sys.argv[1]):
        BINARIES = Path(sys.argv.pop(1)).resolve()
    need((BINARIES / "urlstatctl").exists(), f"no urlstatctl in {BINARIES}")
    watch_the_clock()
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=2)
    program = unittest.main(module="__main__", testRunner=runner, exit=False)
    signal.alarm(0)
    result = program.result
    if result.wasSuccessful() and result.testsRun > 0 and len(result.skipped) == result.testsRun:
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())

"""urlstatd as a process: started with exactly these arguments and descriptors, heard as its service manager hears it."""

import os
import select
import signal
import socket
import subprocess
import time

import harness

# What a stop may take beyond its own limits.
SLACK_SEC = 10.0


def run(*arguments, environment=None, timeout=harness.DEADLINE_SEC, prefix=()):
    """Runs urlstatd to its end: the result has text (stdout), notes (stderr) and returncode."""
    result = subprocess.run(
        [*prefix, harness.BINARIES / "urlstatd", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=plain_environment(environment),
        timeout=timeout,
        check=False,
    )
    result.text = result.stdout.decode(errors="replace")
    result.notes = result.stderr.decode(errors="replace")
    return result


def plain_environment(more=None):
    """Ours without what a manager of ours has told us."""
    told = ("LISTEN_", "NOTIFY_", "WATCHDOG_", "STATE_DIRECTORY", "JOURNAL_STREAM", "XDG_CONFIG_HOME",
            "CREDENTIALS_DIRECTORY", "MEMORY_PRESSURE_")
    return {**{key: value for key, value in os.environ.items() if not key.startswith(told)}, **(more or {})}


class Manager:
    """Starts urlstatd as a manager does: with sockets as descriptors from 3 on, and an ear for sd_notify()."""

    def __init__(self, directory, *arguments, sockets=(), names=None, environment=None, config=None):
        self.directory = directory
        self.lines = []
        config_file = directory / "urlstatd.conf"
        sections = harness.IMPOLITE if config is None else config
        config_file.write_text(
            "".join(
                f"[{section}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
                for section, keys in sections.items()
            )
        )
        self.log = directory / "log"
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.ear.bind(str(directory / "notify"))
        told = {"NOTIFY_SOCKET": str(directory / "notify"), "STATE_DIRECTORY": str(directory / "state")}
        if sockets:
            told["LISTEN_FDS"] = str(len(sockets))
        if names:
            told["LISTEN_FDNAMES"] = ":".join(names)
        # The shell becomes urlstatd, so its own number is the one that the descriptors are for.
        script = 'if [ "$LISTEN_FDS" ]; then export LISTEN_PID=$$; fi; exec "$0" "$@"'
        command = ["/bin/sh", "-c", script, harness.BINARIES / "urlstatd", f"--config={config_file}", *arguments]
        harness.LOGS.append(self.log)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*harness.DIES_WITH_US, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=plain_environment({**told, **(environment or {})}),
                close_fds=False,
                preexec_fn=lambda: place([s.fileno() for s in sockets]),
            )

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(harness.DEADLINE_SEC)
        if self.log in harness.LOGS:
            harness.LOGS.remove(self.log)
        self.ear.close()
        (self.directory / "notify").unlink(missing_ok=True)

    def hear(self, wanted, deadline_sec=harness.DEADLINE_SEC):
        """Until a line for which `wanted` (a text it begins with) has come; the line. What came before is in `lines`."""
        end = time.monotonic() + deadline_sec
        known = 0
        while True:
            for line in self.lines[known:]:
                if line.startswith(wanted):
                    return line
            known = len(self.lines)
            readable, _, _ = select.select([self.ear], [], [], max(end - time.monotonic(), 0))
            if not readable:
                raise AssertionError(f"waited {deadline_sec:.0f} s for {wanted}: {self.lines}\n{self.read_log()}")
            self.lines += self.ear.recv(65536).decode().splitlines()

    def ready(self):
        self.hear("READY=1")
        return self

    def forget(self):
        """What was heard so far."""
        self.lines = []

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, deadline_sec=harness.DEADLINE_SEC):
        """The exit status, once it has ended. Listens meanwhile: who tells a manager that does not listen, waits."""
        end = time.monotonic() + deadline_sec
        exit_fd = os.pidfd_open(self.process.pid)
        try:
            while True:
                readable, _, _ = select.select([self.ear, exit_fd], [], [], max(end - time.monotonic(), 0))
                if not readable:
                    raise AssertionError(f"urlstatd did not end:\n{self.read_log()}")
                if self.ear in readable:
                    self.lines += self.ear.recv(65536).decode().splitlines()
                elif exit_fd in readable:
                    return self.process.wait()
        finally:
            os.close(exit_fd)

    def hear_out(self):
        """What is left to hear of a process that has ended."""
        while select.select([self.ear], [], [], 0)[0]:
            self.lines += self.ear.recv(65536).decode().splitlines()
        return self.lines

    def read_log(self):
        return self.log.read_text(errors="replace")


def place(descriptors):
    """In the child: these descriptors become 3, 4 and so on, and stay open."""
    copies = [os.dup(fd) for fd in descriptors]
    high = [os.dup2(fd, 200 + i) for i, fd in enumerate(copies)]
    os.closerange(3, 200)
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i, inheritable=True)
        os.close(fd)


def listening_socket(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.bind(str(path))
    listener.listen(16)
    return listener


class HeldPage:
    """A web server whose one page comes when release() says so, and not before."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.connection:
            self.connection.close()
        self.listener.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/"

    def wait_for_request(self):
        self.listener.settimeout(harness.DEADLINE_SEC)
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(harness.DEADLINE_SEC)
        self.connection.recv(65536)

    def release(self):
        body = b"<p>held words held"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.connection.sendall(head.encode() + body)

"""A daemon that answers what a test tells it to: for what a real one does rarely, or never should."""

import contextlib
import json
import socket
import tempfile
import threading
from pathlib import Path

ENGINE = {"id": "e1", "rules": "1", "icu": "72.1", "unicode": "15.0", "dictionaries": "00"}


def job(number=7, **changes):
    """A Job, done, with what the test wants otherwise."""
    fields = {
        "job": number, "name": None, "state": "done", "user": "anna", "uid": 1000, "priority": 0, "total": 3,
        "queued": 0, "active": 0, "counted": 3, "failed": 0, "skipped": 0, "cancelled": 0, "duplicates": 0,
        "tokens": 99, "bytes": 1234, "submitted": "2026-11-22T10:00:00Z", "finished": "2026-11-22T10:00:05Z",
        "remaining": None,
        "expires": None,
        "deadline": None,
    }  # fmt: skip
    return {**fields, **changes}


def url(page=1, **changes):
    """A Url that failed."""
    fields = {
        "job": 7, "page": page, "source": "urls.txt", "line": page, "label": None,
        "submitted": f"http://example.org/{page}", "url": f"http://example.org/{page}", "finalUrl": None,
        "host": "example.org", "state": "failed", "outcome": "http_error", "detail": "404 Not Found",
        "httpStatus": 404, "fetched": "2026-11-22T10:00:01Z", "countedFrom": None, "contentType": None,
        "charset": None, "charsetFrom": None, "title": None, "contentHash": None, "bodyBytes": None,
        "wireBytes": None, "replaced": None, "tokens": None, "distinct": None, "attempts": 1, "seconds": 0.25,
    }  # fmt: skip
    return {**fields, **changes}


def word(rank=1, text="the", tokens=42):
    return {"rank": rank, "word": text, "tokens": tokens, "perMillion": 1000.5, "pages": 2, "hosts": 1}


def group(page=1, words=(("the", 42), ("of", 30)), **changes):
    fields = {
        "job": 7, "page": page, "url": f"http://example.org/{page}", "tokens": 800, "distinct": 300,
        "words": [{"rank": i + 1, "word": text, "tokens": n} for i, (text, n) in enumerate(words)],
    }  # fmt: skip
    return {**fields, **changes}


def top(words=None, groups=None, **changes):
    fields = {
        "jobs": [7], "complete": True, "total": 3, "queued": 0, "failed": 0, "skipped": 0, "pages": 3, "tokens": 72,
        "distinct": 2, "engine": ENGINE, "engines": [ENGINE["id"]],
    }  # fmt: skip
    if words is not None:
        fields["words"] = words
    if groups is not None:
        fields["groups"] = groups
    return {**fields, **changes}


def watch(jobs=(), **changes):
    return {"jobs": list(jobs), "urlsPerSecond": 10.5, "bytesPerSecond": 1e6, **changes}


def commit(number=7, accepted=3, **changes):
    return {"job": number, "accepted": accepted, "duplicates": 0, "rejectedCount": 0, "existed": False,
            "slowestHost": None, **changes}  # fmt: skip


def submitted(number=7, accepted=3, **changes):
    return {"rejected": [], **commit(number, accepted), **changes}


class Error:
    """An error reply."""

    def __init__(self, name, **parameters):
        self.name = name if "." in name else f"io.urlstat.{name}"
        self.parameters = parameters


# In the place of a reply: the connection stays open and silent, or is closed.
Hold = object()
Close = object()


class Raw:
    """Bytes as they are."""

    def __init__(self, data):
        self.data = data


class FakeDaemon:
    """answers: method without the interface -> replies, or a function of the parameters that returns them.

    Several replies are sent as one stream. `calls` has every call, as (method, parameters).
    """

    def __init__(self, **answers):
        self.answers = answers
        self.calls = []
        self.held = threading.Event()  # a Hold was reached
        self.directory = tempfile.TemporaryDirectory(prefix="urlstat-", dir="/tmp")
        self.socket = Path(self.directory.name) / "io.urlstat"
        self.connections = []

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.socket))
        self.listener.listen(16)
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()
        return self

    def __exit__(self, *ignored):
        # A thread that waits on a descriptor does not notice that it was closed, and may go on with the next socket of that
        # number: another daemon's.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join()
        self.listener.close()
        for connection, server in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            server.join()
            connection.close()
        self.directory.cleanup()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            server = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            server.start()
            self.connections.append((connection, server))

    def serve(self, connection):
        pending = b""
        try:
            while piece := connection.recv(65536):
                pending += piece
                while b"\0" in pending:
                    frame, pending = pending.split(b"\0", 1)
                    if not self.answer(connection, json.loads(frame)):
                        return
        except OSError:
            return

    def answer(self, connection, call):
        method = call["method"].rpartition(".")[2]
        self.calls.append((method, call.get("parameters", {})))
        replies = self.answers.get(method)
        if callable(replies):
            replies = replies(call.get("parameters", {}))
        if not isinstance(replies, list):
            replies = [replies]
        for index, reply in enumerate(replies):
            if reply is Hold:
                self.held.set()
                return True
            if reply is Close:
                connection.shutdown(socket.SHUT_RDWR)
                return False
            connection.sendall(self.encode(reply, index + 1 < len(replies) and call.get("more", False)))
        return True

    @staticmethod
    def encode(reply, continues):
        if isinstance(reply, Raw):
            return reply.data
        if reply is None:
            reply = Error("org.varlink.service.MethodNotFound", method="?")
        if isinstance(reply, Error):
            message = {"error": reply.name, "parameters": reply.parameters}
        else:
            message = {"parameters": reply}
            if continues:
                message["continues"] = True
        return json.dumps(message).encode() + b"\0"

    def parameters(self, method):
        """Of each call of the method."""
        return [parameters for name, parameters in self.calls if name == method]

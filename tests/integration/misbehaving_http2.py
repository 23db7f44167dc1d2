"""HTTP/2 that misbehaves, by hand-made frames (RFC 9113), for misbehaving_server.py.

What it does, the first label of the name says that a client greets it by: reset.example, goaway.example.

  good          a page                         never         takes the request, and answers nothing
  reset         ends the stream with an error  goaway        wants no more requests, and closes
  close         closes after the request       garbage       bytes that are no frames
  short, long   a body of another length than Content-Length says
  data-first    a body before its head         headers       a head without end, in CONTINUATION frames
  informational 103 without end                endless       a body without end, whatever the window
  settings      SETTINGS without end           pings         PING without end
"""

import asyncio
import itertools
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INTERNAL_ERROR = 2

# HPACK (RFC 7541): literals without indexing; 8 and 31 are :status and content-type of the static table.
STATUS_200, TYPE_HTML = b"\x88", b"\x0f\x10\x09text/html"


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def head(stream, fields=b"", flags=END_HEADERS):
    return frame(HEADERS, flags, stream, STATUS_200 + TYPE_HTML + fields)


def body(stream, data, flags=END_STREAM):
    return frame(DATA, flags, stream, data)


def answer(kind, stream):
    """The pieces that are sent for a request; without an end where it misbehaves so."""
    page = b"<p>a page of words\n"
    length = str(len(page)).encode()
    more = literal(b"x-more", b"of the same " * 10) * 100
    return {
        "good": [head(stream), body(stream, page)],
        "never": [],
        "reset": [frame(RST_STREAM, 0, stream, struct.pack("!I", INTERNAL_ERROR))],
        "goaway": [frame(GOAWAY, 0, 0, struct.pack("!II", 0, 0)), None],
        "close": [None],
        "garbage": [b"\xff" * 1000, None],
        "short": [head(stream, literal(b"content-length", length)), body(stream, page[:5])],
        "long": [head(stream, literal(b"content-length", length)), body(stream, page * 2)],
        "data-first": [body(stream, page)],
        "headers": itertools.chain([head(stream, flags=0)], itertools.repeat(frame(CONTINUATION, 0, stream, more))),
        "informational": itertools.repeat(frame(HEADERS, END_HEADERS, stream, b"\x08\x03103")),
        "endless": itertools.chain([head(stream)], itertools.repeat(body(stream, page * 500, 0))),
        "settings": itertools.repeat(frame(SETTINGS, 0, 0, struct.pack("!HI", 4, 65535)) * 100),
        "pings": itertools.repeat(frame(PING, 0, 0, bytes(8)) * 100),
    }[kind]


async def serve(reader, writer, kind):
    """One connection. A piece that is None closes it."""
    await reader.readexactly(len(PREFACE))
    writer.write(frame(SETTINGS, 0, 0))
    while True:
        start = await reader.readexactly(9)
        got, flags, stream = start[3], start[4], int.from_bytes(start[5:], "big")
        await reader.readexactly(int.from_bytes(start[:3], "big"))
        if got == SETTINGS and not flags & ACK:
            writer.write(frame(SETTINGS, ACK, 0))
        if got != HEADERS:
            continue
        for piece in answer(kind, stream):
            if piece is None:
                return
            # Over TLS drain() does not tell that the client is gone.
            if writer.transport.is_closing() or reader.at_eof():
                return
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

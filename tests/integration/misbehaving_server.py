#!/usr/bin/env python3
"""A web server that misbehaves on demand: what it does, the path of a request says.

Prints its port on stdout once it listens, and serves until it is ended, or until stdin closes with --until-stdin-ends.
--address may be 0.0.0.0, so that each of 127.0.0.0/8 is a host of its own. Numbers in queries are optional.

  /ok?n=1&words=200     a page of its own for each n, with an ETag (a matching If-None-Match gets a 304) and links
  /tagged?tag="a"&how=never   a page with that ETag; tags=2000 makes one as long. To a condition it answers: how=never
                        the page again, always 304, body 304 with a body, other 304 of another version, weak 304 of
                        the weak form of it, refused 412; changing is another version each time, unasked 304 from the
                        second time on
  /conditions           what each /tagged was asked with, in order: "TARGET<tab>IF-NONE-MATCH"
  /404 /500 ...         that status, with a small page; /503?retry=5 and /429?retry=... with a Retry-After, which may
                        be seconds or a date, and with times=2 only for the first two requests of that path; seconds=1 later
  /never                takes the request and never answers
  /drip?period=1        the head, then a byte each period, without end; /drip-head drips the head
  /stall?after=1000     stops in the middle of the body; /stall-head in the middle of the head
  /endless              a chunked body without end; /endless-close one that only the close would end
  /lying-length?more=100&fewer=0   Content-Length says so many bytes more (or fewer) than come
  /early-close          closes after the request; /close-head in the head, /close-chunk in a chunk
  /reset                resets the connection; /reset-body in the middle of the body
  /gzip-bomb?mb=100, /deflate-bomb?mb=100, /br-bomb?mb=100 (404 if Python has no brotli), /zstd-bomb?mb=100
  /stacked-encodings?n=2&mb=1      gzip in gzip, n times
  /unasked-encoding?name=compress  a Content-Encoding that nobody asked for; /unasked-transfer-encoding
  /broken-gzip          says gzip and is not; /truncated-gzip
  /coded?name=gzip&how=whole   a page in that coding: deflate, bare (deflate without zlib's header), br, zstd; how=cut in a
                        whole answer, damaged, trailing with something behind it, twice for two members, empty
  /endless-behind?name=gzip    a whole coded page, and bytes that never end behind it; /endless-members of nothing
  /broken-chunks        no chunk size where one belongs; /endless-extension?code=200 a chunk size whose extension has
                        no end, /endless-extensions long ones of small chunks
  /endless-headers, /huge-header?kb=1024, /many-informational (1xx without end)
  /folded?name=Content-Encoding   a good page whose field of that name goes over two lines, or Content-Length or
                        Transfer-Encoding
  /garbage-status, /old-http (HTTP/0.9), /nul-header, /odd-status?code=999
  /redirect?to=URL&code=302&after=0 (seconds), /redirect-chain?n=5, /redirect-loop, /redirect-self, /bare-fragment,
                        /no-location
  /pdf /no-type /no-type-pdf /type?is=TYPE /empty /no-content (204) /partial (206)
  /deep?n=10000, /long-attribute?mb=100, /long-word?mb=100, /nuls?kb=100, /random?kb=100
  /slow?seconds=30      a good page, late; /held one that waits until somebody asks for /release
  /session              whether the TLS session of its connection was known ("reused", "new"), which it then closes
  /set-cookie           sets one, and shows what the request said; /echo shows the request's head
"""

import argparse
import asyncio
import contextlib
import gzip
import random
import socket
import struct
import sys
import time
import urllib.parse
import zlib

import misbehaving_http2

try:
    import brotli
except ImportError:
    brotli = None

FOREVER = 3600.0
MAX_HEAD = 64 * 1024
MEGABYTE = 1024 * 1024
WORDS = "alder birch cedar dogwood elm fir ginkgo hazel ivy juniper kapok larch maple nutmeg oak pine".split()


def pack(coding, body):
    if coding == "br":
        return brotli.compress(body)
    if coding == "zstd":  # one raw block (RFC 8878 3.1.1.2)
        return bytes.fromhex("28b52ffd 00 58") + struct.pack("<I", len(body) << 3 | 1)[:3] + body
    packer = zlib.compressobj(6, zlib.DEFLATED, {"gzip": 31, "deflate": 15, "bare": -15}[coding])
    return packer.compress(body) + packer.flush()


class Request:
    def __init__(self, head, peer):
        lines = head.decode("latin-1").split("\r\n")
        self.head = head
        self.peer = peer
        parts = (lines[0].split(" ") + ["", ""])[:3]
        self.method, self.target = parts[0], parts[1]
        self.headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                self.headers[name.strip().lower()] = value.strip()
        path, _, query = self.target.partition("?")
        self.path = path
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, encoding="latin-1"))

    def number(self, name, default):
        return int(self.query.get(name, default))


class Server:
    def __init__(self, options):
        self.options = options
        self.log = open(options.access_log, "a", buffering=1, encoding="utf-8") if options.access_log else None
        self.times = {}
        self.conditions = []
        self.released = asyncio.Event()

    async def serve(self, reader, writer):
        tls = writer.get_extra_info("ssl_object")
        try:
            if tls and tls.selected_alpn_protocol() == "h2":
                await misbehaving_http2.serve(reader, writer, tls.greeted_by.partition(".")[0])
                return
            is_first = True
            while await self.serve_one(reader, writer, is_first):
                is_first = False
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(Exception):
                await writer.wait_closed()

    async def serve_one(self, reader, writer, is_first):
        head = await reader.readuntil(b"\r\n\r\n")
        request = Request(head, writer.get_extra_info("peername"))
        if self.log:
            host = request.headers.get("host", "-")
            self.log.write(f"{time.time():.6f} {request.peer[0]} {host} {request.target}\n")
        answer = Answer(self, request, reader, writer)
        answer.is_first = is_first
        name = request.path.strip("/").replace("-", "_").replace(".", "_") or "ok"
        if name.isdigit():
            await answer.by_status(int(name))
        else:
            await getattr(answer, "do_" + name, answer.do_missing)()
        await writer.drain()
        return answer.keeps and request.headers.get("connection", "").lower() != "close"


class Answer:
    """One method a path. `keeps`: the connection goes on after it. `is_first`: nothing was asked on it before."""

    def __init__(self, server, request, reader, writer):
        self.server = server
        self.request = request
        self.reader = reader
        self.writer = writer
        self.keeps = True
        self.is_first = True

    # How answers are put together.

    def send(self, data):
        self.writer.write(data)

    def head(self, status="200 OK", content_type="text/html; charset=utf-8", **fields):
        lines = [f"HTTP/1.1 {status}", "Server: misbehaving"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def whole(self, body, status="200 OK", content_type="text/html; charset=utf-8", **fields):
        self.head(status, content_type, Content_Length=len(body), **fields)
        if self.request.method != "HEAD":
            self.send(body)

    def page(self, n=1, words=200):
        chosen = random.Random(n).choices(WORDS, k=words)
        return (f"<!doctype html><title>Page {n}</title><p>{' '.join(chosen)}</p>"
                f"<a href=\"/ok?n={n + 1}\">next</a>\n").encode()

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def sleep(self, seconds):
        """Until then, or until the client is gone."""
        self.keeps = False
        await self.writer.drain()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.reader.read(1), seconds)
            raise ConnectionError

    async def pour(self, piece, n):
        """`piece` n times, as fast as the client takes it."""
        for _ in range(n):
            self.send(piece)
            await self.writer.drain()

    def reset(self):
        self.keeps = False
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    # Good ones, and statuses.

    async def do_ok(self):
        n = self.request.number("n", 1)
        tag = f'"page-{n}"'
        if self.request.headers.get("if-none-match") == tag:
            self.send(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
        else:
            self.whole(self.page(n, self.request.number("words", 200)), ETag=tag,
                       Last_Modified="Sun, 01 Nov 2026 00:00:00 GMT")

    async def do_tagged(self):
        asked = self.request.headers.get("if-none-match", "")
        self.server.conditions.append((self.request.target, asked))
        n = sum(target == self.request.target for target, _ in self.server.conditions)
        how = self.request.query.get("how", "never")
        tag = self.request.query.get("tag", '"a"')
        if "tags" in self.request.query:
            tag = f'"{"a" * self.request.number("tags", 2000)}"'
        if how == "changing":
            tag = f'"version-{n}"'
        if (asked and how in ("always", "body", "other", "weak")) or (how == "unasked" and n > 1):
            fields = {"always": "", "body": "Content-Length: 5\r\n", "other": 'ETag: "other"\r\n',
                      "weak": f"ETag: W/{tag}\r\n", "unasked": ""}[how]
            self.send(f"HTTP/1.1 304 Not Modified\r\n{fields}\r\n".encode("latin-1"))
            if how == "body":
                self.send(b"<p>no")
        elif asked and how == "refused":
            self.whole(b"<p>no\n", "412 Precondition Failed")
        else:
            self.whole(self.page(n), ETag=tag)

    async def do_conditions(self):
        lines = "".join(f"{target}\t{asked}\n" for target, asked in self.server.conditions)
        self.whole(lines.encode(), content_type="text/plain")

    async def do_missing(self):
        self.whole(b"<p>no such thing\n", "404 Not Found")

    async def by_status(self, status):
        fields = {}
        key = (self.request.headers.get("host"), self.request.path)
        self.server.times[key] = self.server.times.get(key, 0) + 1
        if self.server.times[key] > self.request.number("times", 1 << 62):
            await self.do_ok()
            return
        if "retry" in self.request.query:
            fields["Retry_After"] = self.request.query["retry"]
        if "seconds" in self.request.query:
            await self.sleep(float(self.request.query["seconds"]))
        self.whole(f"<p>status {status}\n".encode(), f"{status} As Asked", **fields)

    async def do_odd_status(self):
        self.whole(b"<p>odd\n", self.request.query.get("code", "999") + " Odd")

    async def do_slow(self):
        await self.sleep(float(self.request.query.get("seconds", 30)))
        self.whole(self.page())

    async def do_held(self):
        await self.server.released.wait()
        self.whole(self.page())

    async def do_release(self):
        self.server.released.set()
        self.whole(b"<p>go on\n")

    async def do_empty(self):
        self.whole(b"")

    async def do_no_content(self):
        self.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def do_partial(self):
        self.whole(self.page(), "206 Partial Content", Content_Range="bytes 0-99/1000")

    async def do_session(self):
        self.keeps = False
        tls = self.writer.get_extra_info("ssl_object")
        self.whole(b"reused" if tls and tls.session_reused else b"new", content_type="text/plain", Connection="close")

    async def do_set_cookie(self):
        self.whole(self.request.head, content_type="text/plain", Set_Cookie="who=you; path=/")

    async def do_echo(self):
        self.whole(self.request.head, content_type="text/plain")

    # Slow and endless.

    async def do_never(self):
        await self.sleep(FOREVER)

    async def do_drip(self):
        period = float(self.request.query.get("period", 1))
        self.head(Transfer_Encoding="chunked")
        while True:
            self.chunk(b"a")
            await self.sleep(period)

    async def do_drip_head(self):
        period = float(self.request.query.get("period", 1))
        self.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            self.send(b"a")
            await self.sleep(period)

    async def do_stall(self):
        after = self.request.number("after", 1000)
        self.head(Content_Length=after + 1000)
        self.send(b"word " * (after // 5))
        await self.sleep(FOREVER)

    async def do_stall_head(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/")
        await self.sleep(FOREVER)

    async def do_endless(self):
        self.keeps = False
        self.head(Transfer_Encoding="chunked")
        block = b"endless words " * 4096
        while True:
            self.chunk(block)
            await self.writer.drain()

    async def do_endless_close(self):
        self.keeps = False
        self.head(Connection="close")
        while True:
            await self.pour(b"endless words " * 4096, 1)

    # Lies and ends.

    async def do_lying_length(self):
        body = self.page()
        self.keeps = self.request.number("more", 100) == 0
        self.head(Content_Length=len(body) + self.request.number("more", 100) - self.request.number("fewer", 0))
        self.send(body)

    async def do_early_close(self):
        self.keeps = False

    async def do_close_kept(self):
        if self.is_first:
            self.whole(self.page())
        else:
            self.keeps = False

    async def do_close_head(self):
        self.keeps = False
        self.send(b"HTTP/1.1 200 OK\r\nContent-Ty")

    async def do_close_chunk(self):
        self.keeps = False
        self.head(Transfer_Encoding="chunked")
        self.send(b"1000\r\nnot that many")

    async def do_reset(self):
        self.reset()

    async def do_reset_body(self):
        self.head(Content_Length=1_000_000)
        self.send(b"word " * 1000)
        await self.writer.drain()
        # What was sent is to arrive before the reset throws it away.
        await asyncio.sleep(0.05)
        self.reset()

    # Encodings.

    async def bomb(self, encoding, compress, flush):
        megabytes = self.request.number("mb", 100)
        self.keeps = False
        self.head(Content_Encoding=encoding, Transfer_Encoding="chunked")
        block = b"boom " * (MEGABYTE // 5)
        for piece in [compress(block) for _ in range(megabytes)] + [flush()]:
            if piece:
                self.chunk(piece)
                await self.writer.drain()
        self.send(b"0\r\n\r\n")

    async def do_gzip_bomb(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        await self.bomb("gzip", packer.compress, packer.flush)

    async def do_deflate_bomb(self):
        packer = zlib.compressobj(9)
        await self.bomb("deflate", packer.compress, packer.flush)

    async def do_br_bomb(self):
        if not brotli:
            await self.do_missing()
            return
        packer = brotli.Compressor(quality=5, lgwin=24)
        await self.bomb("br", packer.process, packer.finish)

    async def do_zstd_bomb(self):
        """A frame without a size, of blocks that repeat one byte 128 Ki times (RFC 8878 3.1). Its window is the largest
        that HTTP allows, 8 MiB (RFC 9659); window=24 or more is the next power of two, and too large."""
        self.keeps = False
        self.head(Content_Encoding="zstd", Transfer_Encoding="chunked")
        size, repeated, last = 128 * 1024, 1 << 1, 1
        block = struct.pack("<I", size << 3 | repeated)[:3] + b"z"
        end = struct.pack("<I", size << 3 | repeated | last)[:3] + b"z"
        n = self.request.number("mb", 100) * MEGABYTE // size
        window = bytes([(self.request.number("window", 23) - 10) << 3])
        self.chunk(bytes.fromhex("28b52ffd 00") + window + block * (n - 1) + end)
        self.send(b"0\r\n\r\n")

    async def do_stacked_encodings(self):
        n = self.request.number("n", 2)
        body = b"boom " * (self.request.number("mb", 1) * MEGABYTE // 5)
        for _ in range(n):
            body = gzip.compress(body)
        self.whole(body, Content_Encoding=", ".join(["gzip"] * n))

    async def do_unasked_encoding(self):
        self.whole(self.page(), Content_Encoding=self.request.query.get("name", "compress"))

    async def do_unasked_transfer_encoding(self):
        self.keeps = False
        self.head(Transfer_Encoding=self.request.query.get("name", "br"))
        self.send(self.page())

    async def do_broken_gzip(self):
        self.whole(self.page(), Content_Encoding="gzip")

    async def do_truncated_gzip(self):
        body = gzip.compress(self.page(words=20000))
        self.whole(body[:len(body) // 2], Content_Encoding="gzip")

    async def do_coded(self):
        name, how = self.request.query.get("name", "gzip"), self.request.query.get("how", "whole")
        if name == "br" and not brotli:
            await self.do_missing()
            return
        body = pack(name, self.page(words=2000))
        bodies = {"whole": body, "cut": body[:-1], "damaged": body[:8] + bytes([255 - b for b in body[8:]]),
                  "trailing": body + b"\r\n<!-- cached -->", "twice": body + body, "empty": b""}
        self.whole(bodies[how], Content_Encoding="deflate" if name == "bare" else name)

    async def flood(self, piece):
        """Until the client goes."""
        self.keeps = False
        while not self.writer.is_closing():
            self.send(piece)
            await self.writer.drain()
            await self.sleep(0)

    async def do_endless_behind(self):
        name = self.request.query.get("name", "gzip")
        if name == "br" and not brotli:
            await self.do_missing()
            return
        self.head(Content_Encoding=name)
        self.send(pack(name, self.page()))
        await self.flood(bytes(65536))

    async def do_endless_members(self):
        self.head(Content_Encoding="gzip")
        await self.flood(gzip.compress(b"") * 3000)

    async def do_broken_chunks(self):
        self.keeps = False
        self.head(Transfer_Encoding="chunked")
        self.send(b"5\r\nwords\r\nthis is no size\r\n")

    async def do_endless_extension(self):
        self.head(f"{self.request.number('code', 200)} Endless", Transfer_Encoding="chunked")
        self.send(b"1;")
        await self.flood(b"x" * 65536)

    async def do_endless_extensions(self):
        self.head(Transfer_Encoding="chunked")
        await self.flood(b"1;" + b"x" * 65000 + b"\r\nw\r\n")

    # Heads.

    async def do_endless_headers(self):
        self.keeps = False
        self.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await self.pour(b"X-More: of the same\r\n" * 100, 1)

    async def do_huge_header(self):
        self.keeps = False
        self.send(b"HTTP/1.1 200 OK\r\nX-Huge: ")
        await self.pour(b"a" * 1024, self.request.number("kb", 1024))
        self.send(b"\r\nContent-Length: 0\r\n\r\n")

    async def do_many_informational(self):
        self.keeps = False
        while True:
            await self.pour(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100, 1)

    async def do_garbage_status(self):
        self.keeps = False
        self.send(b"HTTP/x.y what? \xff\xfe\r\nContent-Length: 0\r\n\r\n")

    async def do_old_http(self):
        self.keeps = False
        self.send(self.page())

    async def do_nul_header(self):
        self.whole(self.page(), X_Nul="a\0b")

    async def do_folded(self):
        name = self.request.query.get("name", "Content-Encoding")
        body = pack("gzip", self.page()) if name == "Content-Encoding" else self.page()
        fields = {"Content-Length": len(body), "Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
        sent = {name: f"\r\n {fields[name]}"}
        if name == "Content-Encoding":
            sent["Content-Length"] = len(body)
        self.head(**sent)
        if name == "Transfer-Encoding":
            self.chunk(body)
            self.chunk(b"")
        else:
            self.send(body)

    # Redirects.

    def redirect(self, to, code=302):
        self.whole(b"<p>elsewhere\n", f"{code} Elsewhere", Location=to)

    async def do_redirect(self):
        await asyncio.sleep(self.request.number("after", 0))
        self.redirect(self.request.query.get("to", "/ok"), self.request.number("code", 302))

    async def do_redirect_chain(self):
        n = self.request.number("n", 5)
        self.redirect(f"/redirect-chain?n={n - 1}" if n > 1 else "/ok")

    async def do_redirect_loop(self):
        turn = 1 - self.request.number("turn", 0)
        self.redirect(f"/redirect-loop?turn={turn}")

    async def do_redirect_self(self):
        self.redirect(self.request.target)

    async def do_bare_fragment(self):
        self.redirect("#top")

    async def do_no_location(self):
        self.whole(b"<p>where?\n", "302 Found")

    # Contents.

    async def do_pdf(self):
        self.whole(b"%PDF-1.7\n" + b"\0" * 100_000, content_type="application/pdf")

    async def do_no_type(self):
        self.whole(self.page(), content_type=None)

    async def do_no_type_pdf(self):
        self.whole(b"%PDF-1.4\n" + self.page(), content_type=None)

    async def do_type(self):
        self.whole(self.page(), content_type=self.request.query.get("is", "text/html"))

    async def do_deep(self):
        n = self.request.number("n", 10_000)
        self.whole(b"<div>" * n + b"deep words" + b"</div>" * n)

    async def do_long_attribute(self):
        megabytes = self.request.number("mb", 100)
        start, end = b"<p>before</p><a title=\"", b"\">inside</a> <p>after</p>"
        self.head(Content_Length=megabytes * MEGABYTE + len(start) + len(end))
        self.send(start)
        await self.pour(b"a" * MEGABYTE, megabytes)
        self.send(end)

    async def do_long_word(self):
        megabytes = self.request.number("mb", 100)
        self.head(content_type="text/plain", Content_Length=megabytes * MEGABYTE)
        await self.pour(b"a" * MEGABYTE, megabytes)

    async def do_nuls(self):
        self.whole(b"<p>before</p>" + b"\0" * (self.request.number("kb", 100) * 1024) + b"<p>after</p>")

    async def do_random(self):
        self.whole(random.Random(1).randbytes(self.request.number("kb", 100) * 1024))

    async def do_robots_txt(self):
        kind = self.server.options.robots
        text = {"allow": b"User-agent: *\nAllow: /\n", "disallow": b"User-agent: *\nDisallow: /\n"}.get(kind)
        if kind == "huge":
            self.head(content_type="text/plain", Content_Length=50 * MEGABYTE)
            self.send(b"User-agent: *\nDisallow: /404\n")
            await self.pour((b"# filler\n" * (MEGABYTE // 9 + 1))[:MEGABYTE], 50)
        elif kind == "redirect":
            self.redirect("/robots-moved.txt")
        elif kind == "redirect-loop":
            self.redirect("/robots.txt")
        elif kind.startswith("at:"):
            port = self.request.headers["host"].rpartition(":")[2]
            address, _, path = kind[3:].partition("/")
            self.redirect(f"http://{address}:{port}/{path or 'robots-moved.txt'}")
        elif kind == "never":
            await self.sleep(FOREVER)
        elif text is not None:
            self.whole(text, content_type="text/plain")
        elif kind.startswith("file:"):
            with open(kind[5:], "rb") as file:
                self.whole(file.read(), content_type="text/plain")
        else:
            self.whole(b"robots?\n", f"{kind} As Asked", "text/plain")

    async def do_robots_moved_txt(self):
        self.whole(b"User-agent: *\nDisallow: /404\n", content_type="text/plain")


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--access-log", metavar="FILE",
                        help="a line a request: seconds since 1970, the peer's address, Host, target")
    parser.add_argument("--robots", default="404", help="allow, disallow, huge, redirect, redirect-loop, "
                        "at:ADDRESS[/PATH] (a redirect to another host), never, file:NAME, or a status such as 503 (404)")
    parser.add_argument("--certificate", metavar="FILE", help="serve https with this PEM file (certificate and key)")
    parser.add_argument("--http2", action="store_true", help="over https, speak HTTP/2: see misbehaving_http2.py")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end when stdin is closed")
    options = parser.parse_args()
    tls = None
    if options.certificate:
        import ssl
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate)
        tls.sni_callback = lambda connection, name, _context: setattr(connection, "greeted_by", name or "")
        if options.http2:
            tls.set_alpn_protocols(["h2"])

    server = await asyncio.start_server(Server(options).serve, options.address, options.port, limit=MAX_HEAD,
                                        backlog=1024, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    if options.until_stdin_ends:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    else:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())

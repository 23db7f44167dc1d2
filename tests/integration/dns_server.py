#!/usr/bin/env python3
"""A name server on loopback (UDP and TCP) whose answers a script of lines gives. Prints its port once it listens.

Each argument, and each line of --file, is NAME=ANSWER[,ANSWER...][/TTL][;...]:

  good.example=127.0.0.1,127.0.0.2,::1/60    addresses, IPv4 and IPv6, with a TTL in seconds (default 60)
  turning.example=192.0.2.7/0;127.0.0.1/0    one answer after the other, a question of each kind each; the last stays
  away.example=nxdomain    broken.example=servfail    no.example=refused    quiet.example=silent
  long.example=tcp,192.0.2.1                 over UDP only that the answer is too long, over TCP the addresses
  alias.example=@good.example                a CNAME, with the addresses of its target
  *.many.example=127.0.0.1                   all names below

Names that no line has get NXDOMAIN. --access-log FILE takes a line a question: its type and name.
"""

import argparse
import contextlib
import ipaddress
import socket
import struct
import sys
import threading

TYPE_A, TYPE_CNAME, TYPE_AAAA = 1, 5, 28
CODES = {"nxdomain": 3, "servfail": 2, "refused": 5}
DEFAULT_TTL = 60
TRUNCATED = 0x0200


class Zone:
    def __init__(self, lines):
        self.answers = {}
        self.asked = {}
        for line in lines:
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            name, _, turns = line.partition("=")
            self.answers[name.lower()] = [self.parse(turn) for turn in turns.split(";")]

    @staticmethod
    def parse(turn):
        """(words, ttl)"""
        words, slash, ttl = turn.partition("/")
        return words.split(","), int(ttl) if slash else DEFAULT_TTL

    def find(self, name):
        if name in self.answers:
            return self.answers[name]
        labels = name.split(".")
        for i in range(1, len(labels)):
            below = "*." + ".".join(labels[i:])
            if below in self.answers:
                return self.answers[below]
        return None

    def answer(self, name, kind):
        """What this question gets: (words, ttl), or None for a name that does not exist."""
        turns = self.find(name)
        if turns is None:
            return None
        n = self.asked.get((name, kind), 0)
        self.asked[(name, kind)] = n + 1
        return turns[min(n, len(turns) - 1)]


def read_name(packet, at):
    labels = []
    while packet[at] != 0:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace"))
        at += 1 + packet[at]
    return ".".join(labels).lower(), at + 1


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(name, kind, ttl, data):
    return wire_name(name) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def address_records(zone, name, kind, words, ttl):
    """All records that a list of words gives for this type."""
    records = []
    for word in words:
        if word.startswith("@"):
            target = word[1:].lower()
            records.append(record(name, TYPE_CNAME, ttl, wire_name(target)))
            found = zone.answer(target, kind)
            if found:
                records += address_records(zone, target, kind, *found)
            continue
        address = ipaddress.ip_address(word)
        if (address.version == 4) == (kind == TYPE_A) and kind in (TYPE_A, TYPE_AAAA):
            records.append(record(name, kind, ttl, address.packed))
    return records


def reply(zone, packet, log, over_tcp):
    """The answer's bytes, or None for silence."""
    query_id, _flags, n_questions = struct.unpack("!HHH", packet[:6])
    if n_questions != 1:
        return None
    name, end = read_name(packet, 12)
    kind = struct.unpack("!H", packet[end:end + 2])[0]
    question = packet[12:end + 4]
    if log:
        log.write(f"{({TYPE_A: 'A', TYPE_AAAA: 'AAAA'}).get(kind, kind)} {name}\n")
    found = zone.answer(name, kind)
    words, ttl = found if found else (["nxdomain"], 0)
    if words == ["silent"]:
        return None
    truncated = 0
    if words[0] == "tcp":
        words = words[1:] if over_tcp else []
        truncated = 0 if over_tcp else TRUNCATED
    code = CODES.get(words[0], 0) if words else 0
    records = [] if code else address_records(zone, name, kind, words, ttl)
    flags = 0x8580 | truncated | code
    return struct.pack("!HHHHHH", query_id, flags, 1, len(records), 0, 0) + question + b"".join(records)


def answer_datagrams(server, zone, log):
    while True:
        packet, peer = server.recvfrom(4096)
        with contextlib.suppress(IndexError, ValueError, struct.error):
            answer = reply(zone, packet, log, over_tcp=False)
            if answer:
                server.sendto(answer, peer)


def answer_connections(listener, zone, log):
    """One after the other: few questions come this way."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(10)
        with connection, contextlib.suppress(OSError, IndexError, ValueError, struct.error):
            stream = connection.makefile("rb")
            while size := stream.read(2):
                answer = reply(zone, stream.read(int.from_bytes(size, "big")), log, over_tcp=True)
                if answer:
                    connection.sendall(struct.pack("!H", len(answer)) + answer)


def sockets_on_one_port(address, port):
    """For datagrams and for connections. A free port need not be free for both."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for attempt in range(100):
        datagrams = socket.socket(family, socket.SOCK_DGRAM)
        datagrams.bind((address, port))
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, datagrams.getsockname()[1]))
        except OSError:
            if port != 0 or attempt == 99:
                raise
            datagrams.close()
            listener.close()
            continue
        listener.listen()
        return datagrams, listener
    raise AssertionError


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", help="more lines")
    parser.add_argument("--access-log", metavar="FILE")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end when stdin is closed")
    parser.add_argument("lines", nargs="*", metavar="NAME=ANSWERS")
    options = parser.parse_args()
    lines = list(options.lines)
    if options.file:
        with open(options.file, encoding="utf-8") as file:
            lines += file.readlines()
    zone = Zone(lines)
    log = open(options.access_log, "a", buffering=1, encoding="utf-8") if options.access_log else None

    datagrams, listener = sockets_on_one_port(options.address, options.port)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    print(datagrams.getsockname()[1], flush=True)
    threading.Thread(target=answer_connections, args=(listener, zone, log), daemon=True).start()
    if options.until_stdin_ends:
        threading.Thread(target=answer_datagrams, args=(datagrams, zone, log), daemon=True).start()
        sys.stdin.read()
    else:
        answer_datagrams(datagrams, zone, log)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

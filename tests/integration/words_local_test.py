#!/usr/bin/python3
"""`count` and `text`: local files, counted and printed without a daemon."""

import bz2
import gzip
import json
import lzma
import os
import pty
import select
import subprocess
import unittest

import harness

PAGE = (
    "<!doctype html><title>The title</title><body><p>Foo<b>bar</b> caf&eacute; the<script>x</script>"
    "<p hidden>unseen<p>The \u6f22\u5b57\u6587\u5b57"
)
# "Foo bar foo", as zstd packs it with a checksum.
ZSTANDARD = bytes.fromhex("28b52ffd0468590000466f6f2062617220666f6f3b15fd77")


class Local(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.page = cls.directory / "page.html"
        cls.page.write_text(PAGE)

    def test_words_of_files_add_up(self):
        counted = json.loads(harness.ctl("-o", "json", "count", "-k", "1", self.page, self.page).text)

        self.assertEqual(counted["files"], 2)
        self.assertEqual(counted["bytes"], 2 * self.page.stat().st_size)
        self.assertEqual(counted["tokens"], 16)
        self.assertEqual(counted["distinct"], 6)
        self.assertEqual(counted["words"], [{"rank": 1, "word": "the", "tokens": 6}])
        self.assertEqual(set(counted["engine"]), {"id", "rules", "icu", "unicode", "dictionaries"})

    def test_all_words_are_in_order(self):
        rows = harness.ctl("-o", "tsv", "count", "-k", "0", self.page).text.splitlines()

        self.assertEqual(rows[0], "rank\tword\ttokens")
        self.assertEqual([row.split("\t")[1] for row in rows[1:]], ["the", "caf\u00e9", "foobar", "title", "\u6587\u5b57", "\u6f22\u5b57"])

    def test_stdin_counts_like_the_file(self):
        file = harness.ctl("-o", "csv", "count", self.page).text

        self.assertEqual(harness.ctl("-o", "csv", "count", stdin=PAGE.encode()).text, file)
        self.assertEqual(harness.ctl("-o", "csv", "count", "-", stdin=PAGE.encode()).text, file)

    def test_type_and_charset_can_be_told(self):
        russian = "<b>\u0442\u0435\u043a\u0441\u0442".encode("koi8-r")

        rows = harness.ctl("-o", "tsv", "count", "--type=html", "--charset=koi8-r", stdin=russian).text.splitlines()
        self.assertEqual(rows[1:], ["1\t\u0442\u0435\u043a\u0441\u0442\t1"])
        rows = harness.ctl("-o", "tsv", "count", "--type=text", "--charset=koi8-r", stdin=russian).text.splitlines()
        self.assertEqual(rows[1:], ["1\tb\t1", "2\t\u0442\u0435\u043a\u0441\u0442\t1"])

    def test_text_is_what_a_reader_sees(self):
        self.assertEqual(
            harness.ctl("text", self.page).text, "The title\nFoobar caf\u00e9 the\nThe \u6f22\u5b57\u6587\u5b57\n"
        )

    def test_a_page_cannot_command_the_terminal(self):
        page = "a\x1b[31mb\u009b31mc\u00a0\u00e9"
        master, slave = pty.openpty()
        with open(master, "rb", buffering=0) as terminal, open(slave, "wb") as stdout:
            subprocess.run([harness.BINARIES / "urlstatctl", "text"], input=page.encode(), stdout=stdout, check=True)
            shown = terminal.read(4096)

        self.assertEqual(shown.decode(), "a\ufffd[31mb\ufffd31mc\u00a0\u00e9\r\n")
        self.assertEqual(harness.ctl("text", stdin=page.encode()).text, page + "\n")

    def test_text_counts_to_what_the_page_counts(self):
        text = harness.ctl("text", self.page).stdout

        self.assertEqual(
            harness.ctl("-o", "tsv", "count", "-k0", "--type=text", stdin=text).text,
            harness.ctl("-o", "tsv", "count", "-k0", self.page).text,
        )

    def test_file_that_cannot_be_read_is_named_and_the_others_are_counted(self):
        result = harness.ctl("-o", "tsv", "count", "missing", self.directory, self.page, expected=1)

        self.assertIn("missing: No such file or directory", result.notes)
        self.assertIn("Is a directory", result.notes)
        self.assertIn("\tthe\t3", result.text)

    def test_files_that_cannot_be_read_leave_one_json_document(self):
        self.assertEqual(json.loads(harness.ctl("-o", "json", "count", "missing", self.page, expected=1).text)["files"], 1)
        failure = json.loads(harness.ctl("-o", "json", "count", "missing", self.directory, expected=1).text)
        self.assertEqual(failure["error"], "io.urlstat.ctl.Input")

    def test_compressed_files_are_read_as_what_they_hold(self):
        text = b"Foo bar foo"
        plain = harness.ctl("-o", "json", "count", stdin=text).text

        for packed in (gzip.compress(text), bz2.compress(text), lzma.compress(text), ZSTANDARD):
            # The name says nothing.
            file = self.directory / "page.txt"
            file.write_bytes(packed)
            self.assertEqual(harness.ctl("-o", "json", "count", file).text, plain)
            self.assertEqual(harness.ctl("-o", "json", "count", stdin=packed).text, plain)
            self.assertEqual(harness.ctl("text", file).text, "Foo bar foo\n")
            self.assertEqual(json.loads(harness.ctl("-o", "json", "count", stdin=packed * 2).text)["bytes"], 22)

    def test_damaged_file_is_named_and_does_not_count(self):
        good, damaged, cut = (self.directory / name for name in ("good.gz", "damaged.gz", "cut.gz"))
        packed = gzip.compress(b"word " * 100000)
        good.write_bytes(packed)
        cut.write_bytes(packed[:-9])
        damaged.write_bytes(packed[:-8] + b"\0" + packed[-7:])

        result = harness.ctl("-o", "tsv", "count", damaged, good, cut, expected=1)

        self.assertEqual(result.text, "rank\tword\ttokens\n1\tword\t100000\n")
        self.assertIn("damaged.gz: its gzip data are damaged", result.notes)
        self.assertIn("cut.gz: its gzip data are cut short", result.notes)
        self.assertIn("cut.gz: its gzip data are cut short", harness.ctl("text", cut, expected=1).notes)

    def test_what_follows_compressed_data_is_refused_unless_it_is_zeros(self):
        def reason(packed):
            return harness.ctl("count", stdin=packed, expected=1).notes

        either = "followed by something else"
        for pack, name in ((gzip.compress, "gzip"), (bz2.compress, "bzip2"), (lzma.compress, "xz")):
            packed = pack(b"word")
            self.assertIn(f"its {name} data are damaged or {either}", reason(packed + b"something else behind"))
            self.assertNotIn(either, reason(packed[:-3]))
            self.assertIn("word\t1", harness.ctl("-o", "tsv", "count", stdin=packed + bytes(100)).text)
        self.assertIn(f"its xz data are cut short or {either}", reason(packed + b"garbage"))
        long = gzip.compress(os.urandom(1 << 18))
        self.assertIn("its gzip data are damaged\n", reason(long + long[:-4] + bytes(4)))

    def test_text_of_a_damaged_file_shows_what_came_before(self):
        words = " ".join(f"word{i}" for i in range(20000))
        for text in ("short", words):
            packed = gzip.compress(text.encode())
            result = harness.ctl("text", stdin=packed[:-4] + b"\0" * 4, expected=1)
            self.assertEqual(result.text, text + "\n")
            self.assertIn("stdin: its gzip data are damaged", result.notes)
        cut = harness.ctl("text", stdin=packed[: len(packed) // 2], expected=1)
        self.assertTrue(words.startswith(cut.text.removesuffix("\n")))
        self.assertGreater(len(cut.text), len(words) // 4)

    def test_what_becomes_large_takes_no_memory(self):
        bomb = self.directory / "bomb.xz"
        with lzma.open(bomb, "wb", preset=0) as file:
            for _ in range(10 if harness.is_sanitized() else 100):
                file.write(b"word " * 200000)
        # Sanitizers take much memory themselves.
        harness.ctl("count", bomb, prefix=[] if harness.is_sanitized() else ["prlimit", f"--data={64 << 20}"])

    def test_number_of_threads_does_not_change_a_byte(self):
        files = []
        for i in range(40):
            file = self.directory / f"{i}.html"
            file.write_text(PAGE + "".join(f" w{i * j}" for j in range(400)))
            files.append(file)
        large = self.directory / "large.txt"
        large.write_bytes(b"w1 large " * (1 << 18))
        packed = self.directory / "packed.gz"
        packed.write_bytes(gzip.compress(b"w1 packed"))
        files[20:20] = ["missing", large, packed, self.directory]
        one = f"{min(os.sched_getaffinity(0))}"

        every = harness.ctl("-o", "json", "count", "-k0", *files, expected=1)
        alone = harness.ctl("-o", "json", "count", "-k0", *files, expected=1, prefix=["taskset", "-c", one])

        self.assertEqual(json.loads(every.text)["files"], 42)
        self.assertEqual(every.text, alone.text)
        self.assertEqual(every.notes, alone.notes)

    def test_what_is_no_text_is_noted(self):
        self.assertIn("stdin looks like a binary file", harness.ctl("count", stdin=b"\x7fELF\0\1\2").notes)
        self.assertEqual(harness.ctl("-q", "count", stdin=b"\x7fELF\0\1\2").notes, "")
        self.assertEqual(harness.ctl("count", "--charset=utf-16le", stdin="word".encode("utf-16le")).notes, "")
        self.assertEqual(harness.ctl("count", stdin="word".encode("utf-16")).notes, "")

    def test_long_input_has_a_bar_on_a_terminal_alone(self):
        text = b"word " * 50000
        for arguments, bar in ((["count"], True), (["-q", "count"], False), (["text"], True)):
            shown = self.shown_while_it_reads(arguments, text)
            self.assertEqual("MB/s" in shown, bar, shown)
            # The line goes when it is done.
            self.assertTrue(not bar or shown.endswith("\r\x1b[K"), shown)

    def shown_while_it_reads(self, arguments, text):
        """What a terminal at stderr gets, while stdin is slow: its end comes once there is a bar, or without one late."""
        master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm"}
        with open(master, "rb", buffering=0) as terminal:
            process = subprocess.Popen(
                [harness.BINARIES / "urlstatctl", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=slave,
                env=environment,
            )
            os.close(slave)
            shown = b""
            quiet = "-q" in arguments
            for _ in range(1 if quiet else 1000):
                process.stdin.write(text)
                process.stdin.flush()
                if select.select([terminal], [], [], 0.05)[0]:
                    break
            process.stdin.close()
            while piece := self.read_terminal(terminal):
                shown += piece
            self.assertEqual(process.wait(harness.DEADLINE_SEC), 0)
        return shown.decode()

    @staticmethod
    def read_terminal(terminal):
        """Nothing once its other side is closed."""
        try:
            return terminal.read(4096)
        except OSError:
            return b""

    def test_wrong_usage_is_told(self):
        self.assertIn("klingon", harness.ctl("count", "--charset=klingon", self.page, expected=2).notes)
        self.assertIn("did you mean html", harness.ctl("count", "--type=htm", self.page, expected=2).notes)
        self.assertIn("whole number", harness.ctl("count", "-k", "many", self.page, expected=2).notes)
        harness.ctl("-o", "json", "text", self.page, expected=2)


if __name__ == "__main__":
    harness.main()

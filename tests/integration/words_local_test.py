#!/usr/bin/python3
"""`count` and `text`: local files, counted and printed without a daemon."""

import json
import pty
import subprocess
import unittest

import harness

PAGE = (
    "<!doctype html><title>The title</title><body><p>Foo<b>bar</b> caf&eacute; the<script>x</script>"
    "<p hidden>unseen<p>The \u6f22\u5b57\u6587\u5b57"
)


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

    def test_wrong_usage_is_told(self):
        self.assertIn("klingon", harness.ctl("count", "--charset=klingon", self.page, expected=2).notes)
        self.assertIn("did you mean html", harness.ctl("count", "--type=htm", self.page, expected=2).notes)
        self.assertIn("whole number", harness.ctl("count", "-k", "many", self.page, expected=2).notes)
        harness.ctl("-o", "json", "text", self.page, expected=2)


if __name__ == "__main__":
    harness.main()

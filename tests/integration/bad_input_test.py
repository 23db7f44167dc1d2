#!/usr/bin/python3
"""What people get wrong: one clear line each, with file and line, and the good lines are queued all the same."""

import json
import os
import shutil
import unittest

import harness


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(harness.Daemon())
        cls.server = cls.enterClassContext(harness.WebServer({"/": harness.DATA / "site"}))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        cls.good = cls.server.url("/index.html")

    def file(self, name, content):
        path = self.directory / name
        path.write_bytes(content)
        return path

    def submit(self, *sources, expected):
        return self.daemon.ctl("submit", "--wait", *sources, expected=expected)

    def assertOneLine(self, text, *parts):
        lines = [line for line in text.splitlines() if all(part in line for part in parts)]
        self.assertEqual(len(lines), 1, f"one line with {parts} in:\n{text}")

    def test_missing_file(self):
        result = self.submit(self.directory / "nowhere.txt", expected=1)
        self.assertOneLine(result.notes, "nowhere.txt", "No such file")
        self.assertEqual(result.text, "")

    def test_missing_file_beside_a_good_one(self):
        good = self.file("good.txt", f"{self.good}\n".encode())
        result = self.submit(self.directory / "nowhere.txt", good, expected=None)
        self.assertOneLine(result.notes, "nowhere.txt", "No such file")

    def test_directory(self):
        result = self.submit(self.directory, expected=1)
        self.assertOneLine(result.notes, str(self.directory), "directory")

    def test_empty_file(self):
        result = self.submit(self.file("empty.txt", b""), expected=1)
        self.assertOneLine(result.notes, "empty.txt")

    def test_file_of_comments_and_blank_lines(self):
        result = self.submit(self.file("comments.txt", b"# nothing\n\n   \n"), expected=1)
        self.assertTrue(result.notes.strip())

    def test_binary_file(self):
        result = self.submit(self.file("binary.bin", bytes(range(256)) * 64), expected=1)
        self.assertIn("binary.bin", result.notes)
        self.assertLess(len(result.notes), 10000, "garbage is not echoed at length")
        self.assertNotIn("\0", result.notes)
        self.assertNotIn("\x1b", result.notes)

    def test_line_of_a_megabyte_is_one_line_on_stderr_and_the_rest_is_queued(self):
        content = b"http://example.org/" + b"a" * (1 << 20) + b"\n" + self.good.encode() + b"\n"
        result = self.submit(self.file("long.txt", content), expected=0)
        self.assertOneLine(result.notes, "long.txt:1:")
        self.assertLess(len(result.notes), 10000)

    def test_bad_lines_are_named_with_file_and_line_and_good_ones_are_counted(self):
        content = f"{self.good}\nexample.org/page\n\n# comment\nftp://example.org/\nhttp://\n".encode()
        result = self.submit(self.file("mixed.txt", content), expected=0)
        self.assertOneLine(result.notes, "mixed.txt:2:", "did you mean https://example.org/page")
        self.assertOneLine(result.notes, "mixed.txt:5:")
        self.assertOneLine(result.notes, "mixed.txt:6:")
        self.assertNotIn("mixed.txt:1:", result.notes)
        self.assertNotIn("mixed.txt:4:", result.notes)

    def test_strict_queues_nothing(self):
        before = len(self.daemon.json("jobs")["jobs"])
        content = f"{self.good}\nexample.org/page\n".encode()
        self.daemon.ctl("submit", "--strict", self.file("strict.txt", content), expected=1)
        self.assertEqual(len(self.daemon.json("jobs")["jobs"]), before)

    def test_windows_file_with_byte_order_mark_is_fine(self):
        content = b"\xef\xbb\xbf" + self.good.encode() + b"\r\n\r\n"
        result = self.submit(self.file("windows.txt", content), expected=0)
        self.assertNotIn("windows.txt:", result.notes)

    def test_list_from_stdin(self):
        result = self.daemon.ctl("submit", "--wait", "-", stdin=f"{self.good}\nnonsense\n", expected=0)
        self.assertOneLine(result.notes, ":2:")

    def test_url_on_the_command_line(self):
        self.submit(self.good, expected=0)

    def test_errors_are_json_where_json_was_asked_for(self):
        result = self.daemon.ctl("-o", "json", "show", "999999", expected=1)
        error = json.loads(result.stderr or result.stdout)
        self.assertEqual(error["error"], "io.urlstat.NoSuchJob")
        self.assertIn("999999", error["message"])

    def test_control_characters_in_names_are_refused_those_beyond_ascii_too(self):
        with self.daemon.connect() as connection:
            for character in "\t\x7f\x80\x85\x9b\x9f":
                for key in ("name", "label", "key"):
                    with self.assertRaises(harness.VarlinkError) as refused:
                        connection.call("Submit", {"urls": [], key: f"a{character}b"})
                    self.assertEqual(refused.exception.name, "io.urlstat.InvalidInput")
                    self.assertIn("control characters", refused.exception.parameters["message"])
        notes = self.daemon.ctl("submit", "--name=a\x9bb", "http://127.0.0.1:1/", expected=2).notes
        self.assertIn("control characters", notes)


class Commands(unittest.TestCase):
    def test_unknown_verb_is_answered_with_the_nearest(self):
        result = harness.ctl("sumbit", "urls.txt", expected=2)
        self.assertIn("submit", result.notes)

    def test_unknown_option_is_answered_with_the_nearest(self):
        result = harness.ctl("top", "--per-page", expected=2)
        self.assertIn("--per", result.notes)

    def test_bad_value_is_wrong_usage(self):
        result = harness.ctl("top", "-k", "many", expected=2)
        self.assertIn("many", result.notes)
        self.assertIn("pages", harness.ctl("top", "--per=pages", expected=2).notes)

    def test_missing_operand_is_wrong_usage(self):
        harness.ctl("submit", expected=2)

    def test_no_daemon_names_the_socket_and_how_to_start_it(self):
        with harness.temporary_directory() as directory:
            path = directory / "io.urlstat"
            result = harness.ctl(f"--socket={path}", "status", expected=3)
        self.assertIn(str(path), result.notes)
        self.assertIn("urlstatd", result.notes)

    def test_socket_path_from_the_environment(self):
        with harness.temporary_directory() as directory:
            path = directory / "elsewhere"
            result = harness.ctl("ping", environment={"URLSTAT_SOCKET": str(path)}, expected=3)
        self.assertIn(str(path), result.notes)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_no_permission_names_the_group(self):
        with harness.Daemon() as daemon:
            os.chmod(daemon.directory, 0o755)
            os.chmod(daemon.socket, 0o660)
            nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")
            result = daemon.ctl("status", prefix=nobody, expected=3)
        self.assertIn("urlstat", result.notes)
        self.assertIn("group", result.notes)

    def test_no_command_echoes_control_characters(self):
        result = harness.ctl("count", "no\x1b[31mfile", expected=1)
        self.assertNotIn("\x1b", result.notes)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""README.md, taken at its word: its commands are run, its examples are held against what the programs print."""

import contextlib
import lzma
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import unittest
from pathlib import Path

import ctl_docs_test
import harness

ROOT = harness.HERE.parent.parent
TEXT = (ROOT / "README.md").read_text()
SITE = harness.DATA / "site"
LOOPBACK = {"Fetch": {"AllowNetworks": "127.0.0.0/8", "HostDelaySec": "0"}, "Store": {"MinFreeSpace": "1M"}}

PROGRAMS = ("urlstatctl ", "urlstatd ", "build/", "cmake ", "packaging/", "tests/", "sudo ", "systemctl ", "man ", "apt ")

# What this test cannot run -> why, the test that does, and what stands there.
ELSEWHERE = {
    "packaging/quickstart": ("installs and builds", "tests/system/fresh_machine", "inside packaging/quickstart\n"),
    "packaging/quickstart urls.txt": ("installs and builds", "tests/system/fresh_machine", "packaging/quickstart /tmp/urls.txt"),
    "packaging/build-deb /tmp/urlstat": ("builds for minutes", "tests/system/run", 'packaging/build-deb" "$work/deb"'),
    "packaging/install-dependencies build run": ("installs", "packaging/quickstart", 'packaging/install-dependencies" build run\n'),
    "sudo apt install /tmp/urlstat/urlstat_*.deb": ("needs root", "tests/system/steps", "dpkg -i urlstat.deb"),
    'sudo adduser "$USER" urlstat': ("needs root", "tests/system/steps", "-G urlstat"),
    "systemctl reload urlstatd": ("needs systemd", "tests/system/steps", "systemctl reload urlstatd"),
    "systemctl start urlstatd": ("needs systemd", "tests/system/steps", "systemctl start urlstatd"),
    "cmake --preset release && cmake --build --preset release": (
        "builds for minutes", "tests/run", 'cmake --preset "$preset" -DBUILD_TESTING=ON && cmake --build --preset "$preset"'),
    "tests/bench/run": ("measures for minutes", "tests/bench/run", "argparse.ArgumentParser"),
}  # fmt: skip

# What a new user does in five minutes, with a list of which one page is missing: command -> (exit status, what it says).
FIVE_MINUTES = {
    "urlstatctl submit --follow urls.txt": (5, r"^RANK +WORD +TOKENS +PER MILLION +PAGES +HOSTS\n +1 +the +\d"),
    "urlstatctl submit -n docs urls.txt": (0, r"^job \d+: 17 URLs$"),
    "urlstatctl wait docs": (5, r"^http_error +1 .*status 404$"),
    "urlstatctl show docs": (0, r"^ +Failed: +1$"),
    "urlstatctl urls docs --state=failed": (0, r"/missing\.html"),
    "urlstatctl explain docs": (0, r"^ +Why: +it is done; 15 of its 17 URLs were counted, and 1 failed: urlstatctl retry \d+$"),
    "urlstatctl hosts docs": (0, r"^no hosts$"),
    "urlstatctl watch": (0, r"^job \d+ +100% +17/17"),
    "urlstatctl retry docs": (0, r"^1 URL waits again$"),
    "urlstatctl top docs -k 20": (0, r"^ +20 +\w+ +\d"),
    "urlstatctl top docs --per=host -k 5": (0, r"^127\.0\.0\.1:\d+  \(14 pages, .*\)\n +the \d+, and \d+, "),
    "urlstatctl top docs --stop-words=en": (0, r"^ +1 +light +17 "),
    "urlstatctl top docs --vs=other": (0, r"^ +1 +\w+ "),
    "urlstatctl compare other docs": (0, r"^compared 1 page that was counted in both, of 1 page in the base and 15 "),
    "urlstatctl why lorem docs": (0, r"^2 times on 1 of 15 pages$"),
    "urlstatctl -o json top docs -k 0": (0, r'"word":"lorem","tokens":2'),
    "urlstatctl report docs docs.html": (0, r"^$"),
    "urlstatctl submit --again=docs": (0, r"^job \d+: 17 URLs$"),
    "urlstatctl count *.html dump.txt.xz": (0, r"^\d+ files, "),
    "urlstatctl backup > urlstat.backup": (0, r"^$"),
    "urlstatctl metrics": (0, r"^# EOF$"),
}

# By hand, from the build tree, without an installation.
BY_HAND = (
    "build/release/bin/urlstatd --listen=/tmp/io.urlstat --state-directory=/tmp/urlstat",
    "build/release/bin/urlstatctl --socket=/tmp/io.urlstat status",
)


def blocks():
    """The indented blocks, each a list of lines without their indentation."""
    found = [[]]
    for line in TEXT.splitlines():
        if line.startswith("    "):
            found[-1].append(line[4:])
        elif not line and found[-1]:
            found[-1].append("")
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def session():
    """The block with what is typed at a prompt, and the answers."""
    return next(block for block in blocks() if block[0].startswith("$ "))


def pictures():
    """(what is told of it, file)"""
    return re.findall(r"!\[([^]]*)\]\(([^)]*)\)", TEXT)


def without_comment(line):
    return re.sub(r"  +# .*", "", line).strip()


def typed():
    return [line[2:] for line in session() if line.startswith("$ ")]


def commands():
    """Every command of the page, in its order."""
    found = typed()
    for block in blocks():
        if block != session():
            found += [without_comment(line) for line in block if line]
    prose = re.sub(r"^    .*$", "", TEXT, flags=re.MULTILINE)
    spans = [span for span in re.findall(r"`([^`\n]+)`", prose) if span.startswith(PROGRAMS)]
    # A file that is only named, and cannot be run, is no command.
    return found + [span for span in spans if " " in span or os.access(ROOT / span, os.X_OK)]


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))

    def setUp(self):
        self.directory = self.enterContext(harness.temporary_directory())
        self.list = (SITE / "urls.txt").read_text().replace("ORIGIN", self.server.url(""))
        (self.directory / "urls.txt").write_text(self.list)

    def shell(self, command, daemon, expected=0):
        """Runs what a user types, in a directory with a list, with our programs installed; what it prints and says."""
        environment = {
            **os.environ,
            "PATH": f"{harness.BINARIES}:{os.environ['PATH']}",
            "URLSTAT_SOCKET": str(daemon.socket),
            "LC_ALL": "C.UTF-8",
        }
        result = subprocess.run(
            ["sh", "-c", command],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=harness.CTL_DEADLINE_SEC,
            check=False,
        )
        text = result.stdout.decode()
        self.assertEqual(result.returncode, expected, f"{command}\n{text}")
        return text

    def test_each_is_run_here_or_by_another_test(self):
        known = {*typed(), *FIVE_MINUTES, *BY_HAND, *ELSEWHERE}
        for command in commands():
            if command.startswith("man "):
                self.assertTrue(list((ROOT / "man").glob(f"{command[4:]}.[1-8]")), command)
            else:
                self.assertIn(command, known, "nobody runs this")
        for command in known:
            self.assertIn(command, commands(), "README.md has it no more")

    def test_what_is_run_elsewhere_is_there(self):
        for command, (_, file, words) in ELSEWHERE.items():
            self.assertIn(words, (ROOT / file).read_text(), command)

    def test_first_example_is_what_is_printed(self):
        daemon = self.enterContext(harness.Daemon(LOOPBACK))
        lines = session()
        first = lines.index(f"$ {typed()[1]}")

        printed = self.shell(typed()[0], daemon)
        printed = re.sub(r"(?<=127\.0\.0\.1):\d+", ":8765", printed)
        # As on a terminal, notes come between data, and columns are as wide as the port is long.
        expected = "\n".join(lines[1:first])
        self.assertEqual(
            sorted(re.sub(r" +", " ", line).strip() for line in printed.splitlines() if line),
            sorted(re.sub(r" +", " ", line).strip() for line in expected.splitlines() if line),
        )
        labels = self.shell(typed()[1], daemon)
        for piece in "\n".join(lines[first + 1 :]).strip().split("...\n"):
            self.assertIn(piece, labels)

    def test_five_minutes(self):
        daemon = self.enterContext(harness.Daemon(LOOPBACK))
        for file in SITE.glob("*.html"):
            shutil.copy(file, self.directory)
        (self.directory / "dump.txt.xz").write_bytes(lzma.compress(b"Words of a dump"))
        served = self.enterContext(harness.temporary_directory())
        (served / "lorem.html").write_text("<p>Lorem ipsum, and lorem again.</p>")
        with harness.WebServer({"/": served}) as more:
            urls = f"{self.list}{self.server.url('/missing.html')}\n{more.url('/lorem.html')}\n"
            (self.directory / "urls.txt").write_text(urls)
            self.shell(f"urlstatctl submit --wait -n other {self.server.url('/de.html')}", daemon)
            for command, (status, pattern) in FIVE_MINUTES.items():
                self.assertRegex(self.shell(command, daemon, status), re.compile(pattern, re.MULTILINE), command)
        self.assertTrue((self.directory / "urlstat.backup").read_bytes().startswith(b"SQLite format 3"))
        report = (self.directory / "docs.html").read_text()
        self.assertTrue(report.startswith("<!DOCTYPE html>") and report.endswith("</html>\n"), report[:80])

    def test_by_hand_from_the_build_tree(self):
        (self.directory / "build" / "release").mkdir(parents=True)
        (self.directory / "build" / "release" / "bin").symlink_to(harness.BINARIES)
        serve, ask = (shlex.split(command.replace("/tmp/", f"{self.directory}/")) for command in BY_HAND)
        notify = harness.Ready(self.directory / "notify")
        environment = {**os.environ, "NOTIFY_SOCKET": str(notify.path)}
        with open(self.directory / "log", "wb") as log:
            daemon = subprocess.Popen(
                [*harness.DIES_WITH_US, *serve], cwd=self.directory, env=environment, stdout=log, stderr=log
            )
        try:
            self.assertTrue(notify.wait("READY=1", daemon), (self.directory / "log").read_text())
            status = subprocess.run(ask, cwd=self.directory, stdout=subprocess.PIPE, check=True).stdout.decode()
            self.assertRegex(status, rf"(?m)^ urlstatd:  \S+, process {daemon.pid}, ")
        finally:
            notify.close()
            with contextlib.suppress(ProcessLookupError):
                daemon.send_signal(signal.SIGINT)
            self.assertEqual(daemon.wait(harness.DEADLINE_SEC), 0)

    def test_scripts_that_it_names_tell_how_they_are_used(self):
        for script in ("packaging/quickstart", "tests/run"):
            result = subprocess.run([ROOT / script, "--help"], stdout=subprocess.PIPE, check=True)
            self.assertRegex(result.stdout.decode(), rf"^{script} \[")
            wrong = subprocess.run([ROOT / script, "--no-such"], stderr=subprocess.PIPE, check=False)
            self.assertEqual(wrong.returncode, 2)
            self.assertIn(script, wrong.stderr.decode())


class Pictures(unittest.TestCase):
    def test_are_small_told_of_in_words_and_can_be_made_again(self):
        self.assertEqual(len(pictures()), 2)
        maker = (ROOT / "tests" / "pictures").read_text()
        for words, file in pictures():
            data = (ROOT / file).read_bytes()
            self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n", file)
            width, height = struct.unpack(">II", data[16:24])
            self.assertTrue(600 <= width <= 1000 and 300 <= height <= 1200, (file, width, height))
            self.assertLess(len(data), 150_000, file)
            self.assertGreater(len(words), 60, file)
            self.assertIn(f'"{Path(file).name}"', maker)


class Names(unittest.TestCase):
    def test_manual_pages_are_there(self):
        pages = re.findall(r"\b(urlstat[\w.-]*)\((\d)\)", TEXT)
        self.assertGreaterEqual(len(pages), 4)
        for name, section in pages:
            self.assertTrue((ROOT / "man" / f"{name}.{section}").is_file(), name)

    def test_files_are_there(self):
        named = re.findall(r"\b[A-Z]+\.md\b|(?<=`)(?:packaging|tests|man)/[\w./-]+", TEXT)
        named += re.findall(r"\]\(([^)#:]+)\)", TEXT)
        self.assertGreater(len(named), 4)
        for name in named:
            self.assertTrue((ROOT / name).exists(), name)

    def test_news_tell_of_every_verb(self):
        told = (ROOT / "NEWS.md").read_text()
        for verb in ctl_docs_test.verbs():
            self.assertRegex(told, rf"`(?:urlstatctl )?{verb}\b", verb)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Verbs, --help, the manual page, the completions and the interface description tell the same story."""

import re
import shutil
import subprocess
import unittest

import harness

ROOT = harness.HERE.parent.parent
MANUAL = ROOT / "man" / "urlstatctl.1"
PROTOCOL = ROOT / "man" / "urlstat-protocol.7"
INTERFACE = ROOT / "daemon" / "wire" / "io.urlstat.varlink"
COMPLETIONS = sorted((ROOT / "packaging" / "completions").glob("urlstatctl.*"))
CONFIGURATION = ROOT / "man" / "urlstatd.conf.5"
KEYS = ROOT / "daemon" / "config_keys.c"

OPTION = re.compile(r"^  (?:-(\w), |    )--([a-z-]+)(?:=(\S+))?  ", re.MULTILINE)


def help_text(*verb):
    return harness.ctl(*verb, "--help").text


def verbs():
    return re.findall(r"^  ([a-z-]+)(?: \S.*)?  ", help_text().partition("Options of all verbs")[0], re.MULTILINE)


def own_options(verb):
    """(letter, name, argument) of the verb alone."""
    text = help_text(verb)
    if "\nOptions:\n" not in text:
        return []
    return OPTION.findall(text.partition("\nOptions:\n")[2].partition("\n\n")[0] + "\n")


def common_options():
    return OPTION.findall(help_text().partition("Options of all verbs:\n")[2].partition("\n\n")[0] + "\n")


def section(name):
    """The part of the manual page that is about one verb."""
    text = MANUAL.read_text()
    begin = re.search(rf"^\.It Cm {name}\b.*$", text, re.MULTILINE)
    if not begin:
        return None
    rest = text[begin.end() :]
    depth = 0
    for match in re.finditer(r"^\.(Bl|El|It Cm|Ss|Sh)\b", rest, re.MULTILINE):
        if match.group(1) == "Bl":
            depth += 1
        elif match.group(1) == "El":
            if depth == 0:
                return rest[: match.start()]
            depth -= 1
        elif depth == 0:
            return rest[: match.start()]
    return rest


def options_in_manual(text):
    found = []
    for line in re.findall(r"^\.It (Fl .*)$", text, re.MULTILINE):
        letter = re.search(r"\bFl (\w) ", line)
        name = re.search(r"\bFl -([a-z-]+)", line)
        if name:
            found.append((letter.group(1) if letter else "", name.group(1), "Ns = Ns" in line))
    return found


class Manual(unittest.TestCase):
    def test_every_verb_is_there_with_its_options_in_the_order_of_help(self):
        self.assertGreater(len(verbs()), 15)
        for verb in verbs():
            text = section(verb)
            self.assertIsNotNone(text, f"{verb} is not in {MANUAL.name}")
            expected = [(letter, name, bool(argument)) for letter, name, argument in own_options(verb)]
            self.assertEqual(options_in_manual(text), expected, verb)

    def test_no_verb_is_there_that_is_not_in_the_program(self):
        text = MANUAL.read_text()
        documented = re.findall(r"^\.It Cm ([a-z-]+)", text.partition(".Sh OUTPUT")[0], re.MULTILINE)
        self.assertEqual(sorted(documented), sorted(verbs()))

    def test_common_options(self):
        text = MANUAL.read_text().partition(".Ss Options of all verbs")[2].partition(".Sh VERBS")[0]
        expected = [(letter, name, bool(argument)) for letter, name, argument in common_options()]
        self.assertEqual(options_in_manual(text), expected)

    def test_operands_are_those_of_help(self):
        for verb in verbs():
            usage = re.search(rf"^Usage: urlstatctl {verb} \[OPTIONS\](.*)$", help_text(verb), re.MULTILINE).group(1)
            line = re.search(rf"^\.It Cm {verb}\b(.*)$", MANUAL.read_text(), re.MULTILINE).group(1)
            operands = [word for word in line.split() if word.isupper()]
            self.assertEqual(operands, re.findall(r"[A-Z]+", usage), verb)

    def test_aliases_are_there(self):
        for verb in verbs():
            for alias in re.findall(r'"(\w+)" is another name', help_text(verb)):
                self.assertIn(f".Cm {alias}\nis another name", section(verb))

    def test_every_outcome_is_there(self):
        source = (ROOT / "daemon" / "base" / "outcome.c").read_text()
        outcomes = re.findall(r'\[OUTCOME_\w+\] = "(\w+)"', source)
        documented = re.findall(r"^\.It Li (\w+)", MANUAL.read_text(), re.MULTILINE)
        self.assertEqual(documented, outcomes)

    def test_exit_statuses_are_those_of_help(self):
        text = MANUAL.read_text().partition(".Sh EXIT STATUS")[2].partition(".Sh EXAMPLES")[0]
        in_help = re.findall(r"^  (\d+)  ", help_text("wait").partition("Exit status:")[2], re.MULTILINE)
        self.assertEqual(re.findall(r"^\.It (\d+)", text, re.MULTILINE), in_help)

    def test_every_failure_of_the_client_is_there(self):
        names = re.findall(r'"io\.urlstat\.ctl\.(\w+)"', (ROOT / "ctl" / "say.h").read_text())
        self.assertGreater(len(names), 3)
        text = MANUAL.read_text().partition(".Sh OUTPUT")[2].partition(".Sh OUTCOMES")[0]
        self.assertEqual(set(re.findall(r"^\.Li (\w+)", text, re.MULTILINE)), set(names))

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_finds_nothing(self):
        pages = sorted((ROOT / "man").glob("*.[1-8]"))
        self.assertEqual(len(pages), 5)
        result = subprocess.run(
            ["mandoc", "-Tlint", "-Wwarning", *pages], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        self.assertEqual(result.stdout.decode(), "")


class Interface(unittest.TestCase):
    def test_every_method_and_error_is_in_the_manual_of_the_protocol(self):
        text = PROTOCOL.read_text()
        named = set(re.findall(r"\b[A-Z][A-Za-z]+\b", text))
        for kind in ("method", "error"):
            for name in re.findall(rf"^{kind} (\w+)", INTERFACE.read_text(), re.MULTILINE):
                self.assertIn(name, named)

    def test_every_method_has_its_verb(self):
        # Those that no verb is named after are how other verbs do their work.
        parts = {"Begin": "submit", "Append": "submit", "Commit": "submit", "Watch": "wait", "SetLogLevel": "log-level"}
        methods = re.findall(r"^method (\w+)", INTERFACE.read_text(), re.MULTILINE)
        self.assertGreater(len(methods), 10)
        for method in methods:
            self.assertIn(parts.get(method, method.lower()), verbs())

    def test_every_verb_but_local_ones_has_its_method(self):
        methods = [name.lower() for name in re.findall(r"^method (\w+)", INTERFACE.read_text(), re.MULTILINE)]
        for verb in verbs():
            # A report is made of what other methods tell.
            if verb not in ("count", "text", "merge", "report"):
                self.assertIn({"log-level": "setloglevel"}.get(verb, verb), methods)


class Daemon(unittest.TestCase):
    def test_options_are_those_of_help(self):
        program = harness.BINARIES / "urlstatd"
        if not program.exists():
            self.skipTest("urlstatd was not built")
        printed = subprocess.run([program, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
        in_help = re.findall(r"^ +(?:-(\w), )?--([a-z-]+)(=?)", printed, re.MULTILINE)
        text = (ROOT / "man" / "urlstatd.8").read_text().partition(".Ss Options")[2].partition("\n.Ss ")[0]
        documented = [(letter, name, "=" if argument else "") for letter, name, argument in options_in_manual(text)]
        self.assertEqual(sorted(documented), sorted(in_help))


class Completions(unittest.TestCase):
    def test_every_shell_knows_every_verb_and_option(self):
        self.assertEqual([path.suffix for path in COMPLETIONS], [".bash", ".fish", ".zsh"])
        for path in COMPLETIONS:
            words = set(re.findall(r"[a-z][a-z-]*", path.read_text()))
            for verb in verbs():
                self.assertIn(verb, words, path.name)
                for _, name, _ in own_options(verb) + common_options():
                    self.assertIn(name, words, f"{path.name}: {verb}")


class Configuration(unittest.TestCase):
    def test_every_key_is_in_the_manual_and_no_other(self):
        keys = set(re.findall(r'^    \{"\w+", "(\w+)", CONFIG_', KEYS.read_text(), re.MULTILINE))
        documented = set()
        for line in re.findall(r"^\.It (Va .*)$", CONFIGURATION.read_text(), re.MULTILINE):
            documented |= set(re.findall(r"(\w+)=", line))
        self.assertEqual(documented, keys)


if __name__ == "__main__":
    harness.main()

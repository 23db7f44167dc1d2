#!/usr/bin/python3
"""What urlstatctl -o json prints of a real daemon has the shapes of the interface description, and csv its columns."""

import csv
import io
import json
import re
import unittest

import harness

INTERFACE = harness.HERE.parent.parent / "daemon" / "wire" / "io.urlstat.varlink"
SITE = harness.DATA / "site"


class Description:
    """The types and replies of a Varlink interface description, without comments."""

    def __init__(self, text):
        text = re.sub(r"#.*", "", text)
        self.types = {name: self.fields(body) for name, body in re.findall(r"^type (\w+) \(([^()]*)\)", text, re.M)}
        self.replies = {
            name: self.fields(body)
            for name, body in re.findall(r"^method (\w+)\([^()]*\) -> \(([^()]*)\)", text, re.MULTILINE)
        }

    @staticmethod
    def fields(body):
        return dict(re.findall(r"(\w+): (\S+?)(?:,|\s|$)", body))

    def check(self, value, kind, path):
        """Raises AssertionError where the value is not of that type."""
        if kind.startswith("?"):
            return None if value is None else self.check(value, kind[1:], path)
        if kind.startswith("[]"):
            assert isinstance(value, list), f"{path} is no list"
            return [self.check(item, kind[2:], f"{path}[{i}]") for i, item in enumerate(value)]
        if kind in self.types:
            return self.check_struct(value, self.types[kind], path)
        types = {"int": int, "float": (int, float), "string": str, "bool": bool}[kind]
        assert isinstance(value, types), f"{path} is {value!r}, no {kind}"
        assert kind == "bool" or not isinstance(value, bool), f"{path} is {value!r}, no {kind}"
        return None

    def check_struct(self, value, fields, path):
        assert isinstance(value, dict), f"{path} is no object"
        assert not (unknown := set(value) - set(fields)), f"{path} has unknown {unknown}"
        for name, kind in fields.items():
            assert name in value or kind.startswith("?"), f"{path} lacks {name}"
            self.check(value.get(name), kind, f"{path}.{name}")


DESCRIPTION = Description(INTERFACE.read_text())


class Shapes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))
        # Slow enough that a job can be paused before it ends.
        config = harness.merged(harness.IMPOLITE, {"Fetch": {"HostDelaySec": "50ms"}})
        cls.daemon = cls.enterClassContext(harness.Daemon(config))
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        lines = [f"{cls.server.url('/' + file.name)}\tlabel" for file in sorted(SITE.glob("*.html"))]
        lines += [cls.server.url("/nowhere"), "http://169.254.0.1/", "nonsense"]
        cls.list = cls.directory / "urls.txt"
        cls.list.write_text("\n".join(lines) + "\n")
        cls.daemon.ctl("submit", "-n", "docs", "--wait", cls.list, expected=5)
        cls.daemon.ctl("submit", "--wait", cls.server.url("/index.html"))

    def check(self, method, *arguments, expected=0):
        document = self.daemon.json(*arguments, expected=expected)
        DESCRIPTION.check_struct(document, DESCRIPTION.replies[method], method)
        return document

    def test_the_description_is_understood(self):
        self.assertGreater(len(DESCRIPTION.types), 10)
        self.assertGreater(len(DESCRIPTION.replies), 15)
        self.assertEqual(DESCRIPTION.types["GroupWord"], {"rank": "int", "word": "string", "tokens": "int"})
        with self.assertRaises(AssertionError):
            DESCRIPTION.check({"rank": "1", "word": "a", "tokens": 1}, "GroupWord", "")
        with self.assertRaises(AssertionError):
            DESCRIPTION.check({"rank": 1, "word": "a"}, "GroupWord", "")

    def test_lists_of_jobs(self):
        self.assertEqual(len(self.check("Jobs", "jobs")["jobs"]), 2)
        (job,) = self.check("Show", "show", "docs")["jobs"]
        self.assertGreaterEqual(len(job["outcomes"]), 3)
        self.check("Wait", "wait", "docs", expected=5)

    def test_urls(self):
        urls = self.check("Urls", "urls", "docs")["urls"]
        self.assertEqual({url["state"] for url in urls}, {"counted", "failed", "skipped"})
        self.check("Urls", "urls", "--url", self.server.url("/index.html"))

    def test_top(self):
        self.assertEqual(len(self.check("Top", "top", "docs")["words"]), 10)
        for group in ("page", "host", "label", "job"):
            groups = self.check("Top", "top", "docs", f"--per={group}")["groups"]
            self.assertTrue(groups)
        self.check("Top", "top", "--all", "-k", "0", "--by=pages", "--unique")

    def test_the_daemon(self):
        self.check("Status", "status")
        self.check("Workers", "workers")
        self.assertTrue(self.check("Hosts", "hosts")["hosts"])
        self.check("Metrics", "metrics")
        self.check("Ping", "ping")

    def test_submitting_and_controlling(self):
        submitted = self.check("Submit", "submit", "-n", "more", self.list)
        self.assertEqual(len(submitted["rejected"]), 1)
        self.check("Pause", "pause", "more")
        self.check("Resume", "resume", "more")
        self.check("Cancel", "cancel", "more")
        self.check("Retry", "retry", "more", "--outcome=cancelled")
        self.check("Wait", "wait", "more", expected=5)
        self.check("Remove", "remove", "more")

    def test_columns_are_the_scalar_fields_of_the_items(self):
        items = {"jobs": ("Job", ["jobs"]), "urls": ("Url", ["urls", "docs"]), "top": ("Word", ["top"]),
                 "hosts": ("Host", ["hosts"])}
        for verb, (kind, arguments) in items.items():
            fields = DESCRIPTION.types[kind]
            scalars = [name for name, type_ in fields.items() if type_.strip("?") in ("int", "float", "string", "bool")]
            header = next(csv.reader(io.StringIO(self.daemon.ctl("-o", "csv", *arguments).text)))
            self.assertEqual(header, scalars, verb)

    def test_csv_reads_back_as_the_items_of_json(self):
        words = self.daemon.json("top", "-k", "0", "docs")["words"]
        rows = list(csv.DictReader(io.StringIO(self.daemon.ctl("-o", "csv", "top", "-k", "0", "docs").text)))
        self.assertEqual([{name: json.dumps(value, ensure_ascii=False).strip('"') for name, value in word.items()}
                          for word in words], rows)  # fmt: skip


if __name__ == "__main__":
    harness.main()

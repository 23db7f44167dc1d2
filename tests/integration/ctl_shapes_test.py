#!/usr/bin/python3
"""What each verb of urlstatctl prints of a real daemon, in every format: shapes are those of the interface description,
columns those of its fields, and nothing but data is on stdout."""

import collections
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

    def test_compare(self):
        for arguments in (["docs", "2"], ["2", "docs", "--pages=all", "-k", "0"]):
            document = self.check("Compare", "compare", *arguments)
            self.assertTrue(document["words"] or document["pages"] == "both")

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
                 "hosts": ("Host", ["hosts"]), "compare": ("ChangedWord", ["compare", "docs", "2"])}
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



# How a verb is called here, and what it prints then. method: whose reply it prints, or one of LOCAL; None: nothing that
# has fields, in no format but its own. items: the list of the reply that jsonl, csv and tsv have; None: the whole of it
# is one item. In arguments LIST, DONE, EXPORTED and SITE are a list of URLs, a job that has ended, its file of counts and the
# site's directory; WAITING is a job that waits all the time, RUNNING, PAUSED and CANCELLED are one in that state, made for
# the call, and PAUSEDHOST is a host that is paused. silent: a table has nothing to show. own: columns that are no fields.
Row = collections.namedtuple("Row", "method items arguments silent own", defaults=(False, ()))

# Replies that no daemon gives.
LOCAL = {
    "count": {"files": "int", "bytes": "int", "tokens": "int", "distinct": "int", "engine": "Engine", "words": "[]GroupWord"},
    "watch": {"jobs": "[]Job"},
}  # fmt: skip

# verb -> rows. A new verb gets its rows here.
VERBS = {
    "submit": [Row("Submit", None, "LIST"), Row("Submit", None, "--wait LIST")],
    "jobs": [Row("Jobs", "jobs", ""), Row("Jobs", "jobs", "--name=docs --all")],
    "show": [Row("Show", "jobs", "DONE"), Row("Show", "jobs", "WAITING")],
    "urls": [Row("Urls", "urls", "DONE"), Row("Urls", "urls", "WAITING")],
    "wait": [Row("Wait", "jobs", "DONE", True)],
    "watch": [Row("watch", "jobs", "DONE")],
    "pause": [Row("Pause", "jobs", "RUNNING"), Row("Pause", "jobs", "--host=nowhere.example", True)],
    "resume": [Row("Resume", "jobs", "PAUSED"), Row("Resume", "jobs", "--host=PAUSEDHOST", True)],
    "cancel": [Row("Cancel", "jobs", "RUNNING")],
    "retry": [Row("Retry", "jobs", "CANCELLED")],
    "priority": [Row("Priority", "jobs", "WAITING -p -1")],
    "remove": [Row("Remove", None, "RUNNING", True, ("job",))],
    "top": [
        Row("Top", "words", "DONE"),
        Row("Top", "words", "--all -k 0 --by=pages --unique"),
        *(Row("Top", "groups", f"DONE -k 3 --per={group}") for group in ("page", "host", "label", "job")),
    ],
    "why": [Row("Why", "pagesWith", "light DONE")],
    "compare": [Row("Compare", "words", "few DONE --pages=all"), Row("Compare", "words", "DONE DONE", True)],
    "report": [Row(None, None, "DONE")],
    "export": [Row(None, None, "DONE"), Row(None, None, "--no-times DONE")],
    "status": [Row("Status", None, "")],
    "hosts": [Row("Hosts", "hosts", ""), Row("Hosts", "hosts", "WAITING")],
    "explain": [Row("Explain", None, "WAITING"), Row("Explain", None, "DONE"), Row("Explain", None, "127.0.0.1")],
    "workers": [Row("Workers", "workers", "")],
    "backup": [Row(None, None, "")],
    "reload": [Row("Reload", None, "", True)],
    "log-level": [Row("SetLogLevel", None, "info", True)],
    "metrics": [Row("Metrics", None, "")],
    "ping": [Row("Ping", None, "")],
    "count": [Row("count", "words", "SITE/de.html SITE/ja.html")],
    "import": [Row("Import", None, "EXPORTED")],
    "merge": [Row(None, None, "EXPORTED")],
    "text": [Row(None, None, "SITE/de.html")],
}


class EveryVerb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))
        cls.daemon = cls.enterClassContext(harness.Daemon())
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        # Takes connections, and answers none.
        (cls.silent,), cls.silent_port = harness.listening_sockets(["127.0.0.2"])
        cls.addClassCleanup(cls.silent.close)
        lines = [f"{cls.server.url('/' + file.name)}\tlabel" for file in sorted(SITE.glob("*.html"))]
        cls.list = harness.write_list(cls.directory / "urls.txt", lines)
        cls.daemon.ctl("submit", "-n", "few", "--wait", "-", stdin=lines[0])
        cls.daemon.ctl("submit", "-n", "docs", "--wait", cls.list)
        cls.waiting = cls.daemon.ctl("submit", "-q", f"http://127.0.0.2:{cls.silent_port}/").text.strip()

    def job_in(self, state):
        urls = "".join(f"http://127.0.0.2:{self.silent_port}/{i}\n" for i in range(3))
        job = self.daemon.ctl("submit", "-q", "-", stdin=urls).text.strip()
        self.made.append(job)
        if state != "RUNNING":
            self.daemon.ctl({"PAUSED": "pause", "CANCELLED": "cancel"}[state], job)
        return job

    def paused_host(self):
        self.daemon.ctl("pause", "--host=paused.example")
        return "paused.example"

    def run_row(self, verb, row, *options, expected=0):
        """Without a note on stderr, unless it fails."""
        self.made = []
        words = {
            "LIST": lambda: str(self.list),
            "DONE": lambda: "docs",
            "EXPORTED": self.exported,
            "SITE": lambda: str(SITE),
            "WAITING": lambda: self.waiting,
            "PAUSEDHOST": self.paused_host,
        }
        for state in ("RUNNING", "PAUSED", "CANCELLED"):
            words[state] = lambda state=state: self.job_in(state)
        arguments = [re.sub("[A-Z]{4,}", lambda word: words[word.group()](), each) for each in row.arguments.split()]
        result = self.daemon.ctl("-q", *options, verb, *arguments, expected=expected)
        for job in self.made:
            self.daemon.ctl("remove", "-q", job, expected=None)
        if expected == 0:
            self.assertEqual(result.notes, "")
        return result

    def exported(self):
        path = self.directory / "exported"
        self.daemon.ctl("export", "docs", path)
        return str(path)

    def reply(self, row):
        return LOCAL.get(row.method) or DESCRIPTION.replies[row.method]

    def item(self, row):
        """The fields of what jsonl has in a line."""
        reply = self.reply(row)
        return DESCRIPTION.types[reply[row.items].strip("?[]")] if row.items else reply

    def check_json(self, verb, row):
        document = json.loads(self.run_row(verb, row, "-o", "json").stdout)
        DESCRIPTION.check_struct(document, self.reply(row), verb)
        if row.items:
            self.assertIn(row.items, document)

    def check_jsonl(self, verb, row):
        lines = self.run_row(verb, row, "-o", "jsonl").text.splitlines()
        for line in lines:
            DESCRIPTION.check_struct(json.loads(line), self.item(row), verb)
        if not row.silent:
            self.assertTrue(lines)
        if not row.items:
            self.assertEqual(len(lines), 1)

    def known_names(self, fields):
        """Of fields, and of those of the structs and lists within."""
        names = set()
        for name, kind in fields.items():
            kind = kind.strip("?[]")
            names |= {name} | self.known_names(DESCRIPTION.types.get(kind, {}))
        return names

    def check_separated(self, verb, row):
        with_csv = self.run_row(verb, row, "-o", "csv").text
        with_tsv = self.run_row(verb, row, "-o", "tsv").text
        if not self.reply(row):
            self.assertEqual((with_csv, with_tsv), ("", ""))
            return
        tables = [
            list(csv.reader(io.StringIO(with_csv), strict=True)),
            [line.split("\t") for line in with_tsv.split("\n")[:-1]],
        ]
        for header, *rows in tables:
            self.assertEqual(len(set(header)), len(header), header)
            known = self.known_names(self.reply(row)) | set(row.own)
            self.assertEqual([name for name in header if name.split(".")[-1] not in known], [])
            self.assertEqual([each for each in rows if len(each) != len(header)], [])
            if not row.silent:
                self.assertTrue(rows)
        self.assertEqual(tables[0][0], tables[1][0])
        bare = self.run_row(verb, row, "-o", "tsv", "--no-legend").text
        self.assertNotIn("\t".join(tables[1][0]) + "\n", bare)

    def check_table(self, verb, row):
        result = self.run_row(verb, row, "-o", "table")
        self.assertNotIn(b"\x1b", result.stdout)
        if not row.silent:
            self.assertTrue(result.stdout)

    def check_own_format(self, verb, row):
        """It has one, and refuses the others instead of mixing them up."""
        self.assertTrue(self.run_row(verb, row).stdout)
        for form in ("jsonl", "csv", "tsv"):
            self.assertEqual(self.run_row(verb, row, "-o", form, expected=2).stdout, b"")
        refused = json.loads(self.run_row(verb, row, "-o", "json", expected=2).stdout)
        self.assertEqual(refused["error"], "io.urlstat.ctl.Usage")

    def test_every_verb_of_help_has_its_rows(self):
        text = harness.ctl("--help").text.partition("Options of all verbs")[0]
        listed = re.findall(r"^  ([a-z-]+)(?: \S.*)?  ", text, re.MULTILINE)
        self.assertGreater(len(listed), 20)
        for verb in listed:
            self.assertIn(verb, VERBS, f"{verb} is new: VERBS of this file says how it is called and what it prints")
        self.assertEqual(sorted(VERBS), sorted(listed))

    def test_every_verb_prints_in_every_format_what_the_interface_says(self):
        for verb, rows in VERBS.items():
            # Sanitizers have no more to see in the second one.
            for row in rows[:1] if harness.is_sanitized() else rows:
                with self.subTest(verb=verb, arguments=row.arguments):
                    if row.method is None:
                        self.check_own_format(verb, row)
                        continue
                    self.check_json(verb, row)
                    self.check_jsonl(verb, row)
                    self.check_separated(verb, row)
                    self.check_table(verb, row)


if __name__ == "__main__":
    harness.main()

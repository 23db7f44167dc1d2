#!/usr/bin/python3
"""Files of counts, urlstat-counts(5): a list that was counted in parts adds up to what one job has, byte for byte; and
what the files say is held against a computation of its own."""

import collections
import ctypes
import ctypes.util
import re
import unittest

import harness

SITE = harness.DATA / "site"
PAGES = sorted(path.name for path in SITE.glob("*.html")) + ["log-1962.txt"]
COLUMNS = (
    "url submitted label outcome httpStatus host finalUrl contentType charset charsetFrom title contentHash bodyBytes "
    "wireBytes replaced tokens distinct fetched countedFrom seconds attempts detail"
).split()


def unescape(field):
    return re.sub(r"\\x(..)", lambda match: chr(int(match.group(1), 16)), field)


def xxh128(data):
    """Of libxxhash itself, as xxh128sum prints it."""

    class Hash(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]

    function = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0").XXH3_128bits
    function.restype, function.argtypes = Hash, [ctypes.c_char_p, ctypes.c_size_t]
    found = function(data, len(data))
    return f"{found.high:016x}{found.low:016x}"


class File:
    """A file of counts, read as the manual page describes it."""

    def __init__(self, data):
        body, last, empty = data.rsplit(b"\n", 2)
        assert empty == b"" and last == b"xxh128\t" + xxh128(body + b"\n").encode(), last
        self.head, self.settings, self.names, self.pages = {}, {}, [], []
        for line in body.decode().split("\n"):
            key, *fields = line.split("\t")
            if key == "":
                self.pages[-1][1][unescape(fields[0])] = int(fields[1])
            elif key == "page":
                self.pages.append((dict(zip(COLUMNS, map(unescape, fields), strict=True)), {}))
            elif key == "setting":
                self.settings.update([unescape(fields[0]).split("=", 1)])
            elif key == "name":
                self.names.append(unescape(fields[0]))
            elif key == "end":
                self.end = fields
            else:
                self.head[key] = fields

    def urls(self):
        return [page["url"] for page, _ in self.pages]

    def tokens(self):
        total = collections.Counter()
        for _, words in self.pages:
            total.update(words)
        return dict(total)


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        (cls.directory / "made").mkdir()
        cls.server = cls.enterClassContext(
            harness.WebServer({"/site/": SITE, "/made/": cls.directory / "made"}, ["127.0.0.1", "127.0.0.2"])
        )
        (cls.directory / "made" / "odd.html").write_text("<title>a \\ b</title><p>don't don’t naïve Ünder\u200bscore")
        (cls.directory / "made" / "empty.html").write_text("")
        urls = [cls.server.url(f"/site/{name}", cls.server.addresses[i % 2]) for i, name in enumerate(PAGES)]
        urls += [cls.server.url(path) for path in ("/made/odd.html", "/made/empty.html", "/made/gone", "/made/x?B&a")]
        # In no order, some as nobody would type them, some with labels.
        cls.urls = [
            (url.replace("/site/", "/site/./") if i % 3 == 0 else url) + ("\tlabel %d" % i if i % 4 == 0 else "")
            for i, url in enumerate(reversed(urls))
        ]
        cls.daemon = cls.enterClassContext(harness.Daemon())
        # Each starts from nothing: else a page of the whole would be asked for once more, and be not modified.
        cls.others = [cls.enterClassContext(harness.Daemon()) for _ in range(3)]
        cls.submit(cls.daemon, "whole", cls.urls)
        for i, daemon in enumerate(cls.others):
            cls.submit(daemon, "part", cls.urls[i::3])

    @classmethod
    def submit(cls, daemon, name, urls):
        daemon.ctl("submit", "--wait", "--max-failed=9", f"--name={name}", "-", stdin="\n".join(urls))

    def export(self, *arguments, daemon=None):
        return (daemon or self.daemon).ctl("export", *arguments).stdout

    def write(self, name, data):
        path = self.directory / name
        path.write_bytes(data)
        return path

    def parts(self, *options):
        """One of each daemon."""
        return [
            self.write(f"part{i}", self.export("part", *options, daemon=daemon))
            for i, daemon in enumerate(self.others)
        ]

    def refusal(self, *arguments, daemon=None):
        result = (daemon.ctl if daemon else harness.ctl)(*arguments, expected=1)
        self.assertEqual(result.stdout[result.stdout.rfind(b"\nxxh128") :].count(b"xxh128"), 0, "a whole file")
        return result.notes

    # ---- export ----

    def test_file_tells_what_the_daemon_tells(self):
        file = File(self.export("whole"))
        told = {url["url"]: url for url in self.daemon.json("urls", "whole")["urls"]}
        self.assertEqual(file.urls(), sorted(told))
        for page, words in file.pages:
            url = told[page["url"]]
            for column in COLUMNS:
                expected = url[column]
                if column == "submitted" and expected == url["url"]:
                    expected = None
                if column == "seconds":
                    self.assertAlmostEqual(float(page[column]), expected, places=3)
                else:
                    self.assertEqual(page[column], "" if expected is None else str(expected), column)
            self.assertEqual(list(words), sorted(words))
            self.assertEqual(sum(words.values()), url["tokens"] or 0)
            self.assertEqual(len(words), url["distinct"] or 0)
        self.assertEqual(file.names, ["whole"])
        with self.daemon.connect() as connection:
            cite = connection.call("Show", {"job": "whole", "cite": True})["jobs"][0]["cite"]
        self.assertEqual(file.settings, {setting["name"]: setting["value"] for setting in cite["settings"]})
        self.assertEqual(file.head["urlstat-counts"], ["1"])
        self.assertEqual(file.head["columns"], COLUMNS)
        self.assertEqual(file.head["engine"], [self.daemon.json("status")["engine"]["id"]])

    def test_words_add_up_to_the_top_list(self):
        file = File(self.export("whole"))
        top = self.daemon.json("top", "whole", "-k", "0")
        self.assertEqual(file.tokens(), {word["word"]: word["tokens"] for word in top["words"]})
        job = self.daemon.json("show", "whole")["jobs"][0]
        fetched = [page["fetched"] for page, _ in file.pages]
        states = [job["total"], job["counted"], job["failed"], job["skipped"], job["cancelled"], job["tokens"]]
        self.assertEqual(file.end, [*map(str, states), min(fetched), max(fetched)])
        groups = self.daemon.json("top", "whole", "--per=page", "-k", "0")["groups"]
        per_page = {group["url"]: {w["word"]: w["tokens"] for w in group["words"]} for group in groups}
        self.assertEqual({p["url"]: words for p, words in file.pages if p["outcome"] == "counted"}, per_page)

    def test_file_is_written_whole_or_not_at_all(self):
        path = self.write("there", b"before")
        self.daemon.ctl("export", "whole", path)
        self.assertEqual(path.read_bytes(), self.export("whole"))
        path.write_bytes(b"before")
        self.daemon.ctl("export", "no-such-job", path, expected=1)
        self.assertEqual(path.read_bytes(), b"before")
        self.assertEqual([p.name for p in self.directory.glob("there*")], ["there"])

    def test_job_that_has_not_ended_is_refused(self):
        (silent,), port = harness.listening_sockets(["127.0.0.1"])
        self.addCleanup(silent.close)
        job = self.daemon.json("submit", f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/2")["job"]
        self.assertRegex(self.refusal("export", job, daemon=self.daemon), f"job {job} is (queued|running): .*wait {job}")
        self.daemon.ctl("cancel", job)
        file = File(self.export(job))
        self.assertEqual(file.end[:6], ["2", "0", "0", "0", "2", "0"])
        self.assertEqual({page["outcome"] for page, _ in file.pages}, {"cancelled"})

    # ---- merge ----

    def test_parts_equal_the_whole_in_any_order(self):
        parts = self.parts("--no-times")
        merged = harness.ctl("merge", *parts).stdout
        self.assertEqual(merged, harness.ctl("merge", *reversed(parts)).stdout)
        self.assertEqual(merged, self.renamed())
        first = self.write("first", harness.ctl("merge", parts[2], parts[0]).stdout)
        self.assertEqual(merged, harness.ctl("merge", first, parts[1]).stdout)
        path = self.directory / "merged"
        harness.ctl("merge", f"--to={path}", *parts)
        self.assertEqual(path.read_bytes(), merged)

    def renamed(self):
        """What the whole's file would be if its job were named as the parts' are."""
        body = self.export("whole", "--no-times").rsplit(b"\n", 2)[0].replace(b"\nname\twhole", b"\nname\tpart") + b"\n"
        return body + b"xxh128\t" + xxh128(body).encode() + b"\n"

    def test_times_are_kept_and_do_not_mix_with_none(self):
        parts = self.parts()
        merged = File(harness.ctl("merge", *parts).stdout)
        self.assertEqual(
            sorted((page["url"], page["fetched"]) for part in parts for page, _ in File(part.read_bytes()).pages),
            [(page["url"], page["fetched"]) for page, _ in merged.pages],
        )
        without = self.write("without", self.export("part", "--no-times", daemon=self.others[0]))
        self.assertRegex(self.refusal("merge", parts[0], without), "part0 has times and .*without has none")

    def test_page_in_two_files_is_refused_or_taken_once(self):
        one, other = self.write("one", self.export("part", daemon=self.others[0])), self.write("other", self.export("whole"))
        self.assertRegex(self.refusal("merge", one, other), r"other:\d+: this page is in \S*/one:\d+ too")
        merged = harness.ctl("merge", "--same=latest", one, other).stdout
        self.assertEqual(merged, harness.ctl("merge", "--same=latest", other, one).stdout)
        self.assertEqual(File(merged).urls(), File(other.read_bytes()).urls())
        self.assertEqual(File(merged).names, ["part", "whole"])
        self.assertEqual(File(merged).tokens(), File(other.read_bytes()).tokens())

    def test_other_engines_and_versions_are_refused(self):
        text = self.export("whole")
        engine = File(text).head["engine"][0].encode()
        whole = self.write("whole", text)
        other = self.write("other", text.replace(engine, b"rules9-icu99.9"))
        self.assertRegex(self.refusal("merge", whole, other), "whole was counted by engine .*rules9-icu99.9")
        strict = self.write("strict", text.replace(b"setting\tMaxAttempts=", b"setting\tMaxAttempts=1"))
        self.assertRegex(self.refusal("merge", whole, strict), "was not counted with MaxAttempts=")
        newer = self.write("newer", text.replace(b"urlstat-counts\t1", b"urlstat-counts\t2"))
        self.assertRegex(self.refusal("merge", newer), "newer:1: the format has version 2")

    def test_damaged_and_cut_files_are_refused_with_the_line(self):
        text = self.export("whole")
        lines = text.split(b"\n")
        at = next(i for i, line in enumerate(lines) if line.startswith(b"\tthe\t"))
        count = lines[at].rsplit(b"\t", 1)[1]
        more = b"\n".join([*lines[:at], b"\tthe\t%d" % (int(count) + 1), *lines[at + 1 :]])
        swapped = b"\n".join([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
        cases = {
            "more": (more, r"more:\d+: "),
            "swapped": (swapped, rf"swapped:{at + 2}: the words of a page come in the order"),
            "title": (text.replace(b"Birds", b"Words"), rf"title:{len(lines) - 1}: the checksum"),
            "cut": (text[: len(text) // 2], r"cut:\d+: the file ends here: it was cut"),
            "short": (text[:-1], r"short:\d+: the file ends here: it was cut"),
            "lineless": (b"\n".join(lines[:-2]) + b"\n", rf"lineless:{len(lines) - 1}: the file ends here"),
            "longer": (text + b"page\n", rf"longer:{len(lines)}: something follows"),
            "none": (b"http://example.org/\n", "none:1: this is no file of urlstatctl export"),
            "empty": (b"", "empty: is empty"),
            "packed": (b"\x28\xb5\x2f\xfd0000", "packed: is compressed"),
        }
        for name, (data, reason) in cases.items():
            with self.subTest(name):
                self.assertNotEqual(data, text)
                self.assertRegex(self.refusal("merge", self.write(name, data)), reason)
        before = self.write("kept", b"before")
        self.refusal("merge", f"--to={before}", self.write("cut", cases["cut"][0]))
        self.assertEqual(before.read_bytes(), b"before")
        self.assertRegex(self.refusal("merge", self.directory / "nowhere"), "nowhere: No such file")

    # ---- import ----

    def merged(self):
        return self.write("merged", harness.ctl("merge", *self.parts()).stdout)

    def told(self, daemon, job):
        """What is told of a job, without what is its own: numbers, the list's lines, the order of its pages."""
        top = daemon.ctl("-o", "tsv", "top", "-k", "0", job).stdout
        hosts = daemon.json("top", "--per=host", "-k", "0", job)["groups"]
        labels = daemon.json("top", "--per=label", "-k", "0", job)["groups"]
        pages = {group["url"]: (group["tokens"], group["words"])
                 for group in daemon.json("top", "--per=page", "-k", "0", job)["groups"]}  # fmt: skip
        return top, hosts, labels, pages

    def test_imported_job_tells_what_the_undivided_one_tells(self):
        other = self.others[0]
        job = other.json("import", "--name=imported", self.merged())
        shown = other.json("show", "imported")["jobs"][0]
        self.assertEqual(job["job"], shown["job"])
        self.assertEqual((job["urls"], job["tokens"]), (shown["total"], shown["tokens"]))
        self.assertEqual(self.told(other, "imported"), self.told(self.daemon, "whole"))
        whole = self.daemon.json("show", "whole")["jobs"][0]
        for field in ("state", "total", "queued", "counted", "failed", "skipped", "cancelled", "tokens", "bytes"):
            self.assertEqual(shown[field], whole[field], field)
        self.assertEqual(*({o["outcome"]: o["urls"] for o in j["outcomes"]} for j in (shown, whole)))
        own = {"job", "page", "source", "line", "fetched", "countedFrom", "seconds", "attempts"}
        urls = [
            {url["url"]: {k: v for k, v in url.items() if k not in own} for url in daemon.json("urls", name)["urls"]}
            for daemon, name in ((other, "imported"), (self.daemon, "whole"))
        ]
        self.assertEqual(*urls)
        other.ctl("report", "imported", self.directory / "report.html")

    def test_file_that_was_imported_is_exported_again_byte_for_byte(self):
        for options in ((), ("--no-times",)):
            text = self.export("whole", *options)
            self.others[1].ctl("import", "-", stdin=text)
            self.assertEqual(self.export("whole", daemon=self.others[1], *options), text)

    def test_pages_of_an_import_are_not_taken_for_other_jobs(self):
        daemon = self.enterContext(harness.Daemon())
        claimed = self.export("whole")
        daemon.ctl("import", "-", stdin=claimed)
        self.submit(daemon, "after", self.urls)
        outcomes = {url["outcome"] for url in daemon.json("urls", "after")["urls"]}
        self.assertEqual(outcomes & {"fresh", "not_modified"}, set())
        fresh = daemon.json("submit", "--max-age=1d", "--wait", self.server.url("/site/ru.html"))["job"]
        self.assertEqual(daemon.json("urls", fresh)["urls"][0]["outcome"], "fresh")

    def test_pages_that_were_not_modified_give_the_file_they_gave_before(self):
        daemon = self.enterContext(harness.Daemon())
        for name in ("whole", "again"):
            self.submit(daemon, name, self.urls)
        self.assertIn("not_modified", {url["outcome"] for url in daemon.json("urls", "again")["urls"]})
        first, again = (self.export(name, "--no-times", daemon=daemon) for name in ("whole", "again"))
        self.assertEqual(File(first).pages, File(again).pages)

    def test_what_an_import_does_not_tell_is_not_made_up(self):
        daemon = self.enterContext(harness.Daemon())
        text = self.export("whole", "--no-times")
        job = daemon.json("import", "--name=import", "-", stdin=text)["job"]
        for url in daemon.json("urls", job)["urls"]:
            self.assertEqual([url[field] for field in ("fetched", "countedFrom", "seconds", "attempts", "wireBytes")], [None] * 5)
        self.assertEqual(self.export("import", daemon=daemon), self.export("import", "--no-times", daemon=daemon))
        shown = daemon.json("show", job)["jobs"][0]
        self.assertIs(shown["imported"], True)
        self.assertNotIn("imported", {k for k, v in self.daemon.json("show", "whole")["jobs"][0].items() if v is not None})
        block = daemon.ctl("show", job).stdout.decode().split("To cite this job:")[1]
        self.assertIn(f"Imported from a file of counts {shown['submitted']}, which does not tell when", " ".join(block.split()))
        self.assertNotRegex(block, "Submitted|ended")

    def test_refused_page_is_named_with_its_line(self):
        lines = self.export("whole").split(b"\n")[:-2]
        at = next(i for i, line in enumerate(lines) if b"/made/odd.html\t" in line)
        fields = lines[at].split(b"\t")
        fields[1 + COLUMNS.index("host")] = b"A.example"
        body = b"\n".join([*lines[:at], b"\t".join(fields), *lines[at + 1 :]]) + b"\n"
        path = self.write("host", body + b"xxh128\t" + xxh128(body).encode() + b"\n")
        self.assertRegex(self.refusal("import", path, daemon=self.daemon), rf"host:{at + 1}: http://\S+/made/odd.html: host is not")

    def test_show_names_the_engine_of_the_file(self):
        engine = self.daemon.json("status")["engine"]["id"].encode()
        body = self.export("whole").rsplit(b"\n", 2)[0].replace(engine, b"9-other") + b"\n"
        job = self.daemon.json("import", "--name=foreign", "-", stdin=body + b"xxh128\t" + xxh128(body).encode() + b"\n")["job"]
        shown = self.daemon.ctl("show", job).stdout
        self.assertRegex(shown, rb"Engine: +9-other")
        self.assertNotIn(engine, shown)

    def test_imported_job_is_not_retried(self):
        daemon = self.enterContext(harness.Daemon())
        job = daemon.json("import", "-", stdin=self.export("whole"))["job"]
        before = daemon.json("show", job)["jobs"][0]
        self.assertGreater(before["failed"], 0)
        self.assertRegex(self.refusal("retry", job, daemon=daemon), f"job {job} was imported and stays as its file has it")
        self.assertNotIn("retry", daemon.ctl("explain", job).stdout.decode())
        self.assertEqual(daemon.json("show", job)["jobs"][0], before)

    def test_job_without_a_counted_page_is_cited_without_an_engine(self):
        job = self.daemon.json("submit", "--wait", self.server.url("/made/nowhere"), expected=5)["job"]
        block = self.daemon.ctl("show", job).stdout.decode().split("To cite this job:")[1]
        self.assertNotIn("Counted by", block)

    def test_import_of_a_damaged_file_leaves_nothing(self):
        text = self.export("whole")
        before = len(self.daemon.json("jobs")["jobs"])
        for data in (text[:-20], text[: len(text) // 2], text.replace(b"Birds", b"Words")):
            self.assertRegex(
                self.daemon.ctl("import", "-", stdin=data, expected=1).notes, r"stdin:\d+: (the file ends|the checksum)"
            )
        self.daemon.ctl("import", self.directory / "nowhere", expected=1)
        self.assertEqual(len(self.daemon.json("jobs")["jobs"]), before)

    def page(self, path="/", **more):
        url = "http://a.example" + path
        page = {"job": 0, "page": 0, "submitted": url, "url": url, "host": "a.example", "state": "counted",
                "outcome": "counted", "contentHash": "0" * 32, "tokens": 3, "distinct": 2}  # fmt: skip
        return {"url": {**page, **more.pop("url", {})}, "engine": "e-1", "words": ["a", "b"], "counts": [1, 2], **more}

    def refused(self, *calls):
        """The error of the last call; those before are taken."""
        with self.daemon.connect() as connection:
            for pages in calls[:-1]:
                connection.call("Import", {"pages": pages})
            with self.assertRaises(harness.VarlinkError) as raised:
                connection.call("Import", {"pages": calls[-1], "end": True})
        return str(raised.exception)

    def test_pages_that_cannot_be_are_refused(self):
        cases = {
            "the order of their URLs": [self.page("/b"), self.page("/a")],
            "order of their code points, each once": [self.page(words=["b", "a"])],
            "do not add up": [self.page(counts=[1, 1])],
            "not equally many": [self.page(counts=[3])],
            "from 1 to": [self.page(counts=[4, -1])],
            "has a space": [self.page(words=["a b", "c"])],
            "no such outcome": [self.page(url={"outcome": "eaten"})],
            "has words": [self.page(url={"outcome": "timeout"})],
            "is not normalised": [self.page(url={"url": "http://A.example/"})],
            "host is not as": [self.page(url={"host": "a/b"})],
            "finalUrl": [self.page(url={"finalUrl": "file:///etc/passwd"})],
            "contentHash": [self.page(url={"contentHash": "x" * 32})],
            "out of range": [self.page(url={"bodyBytes": 1 << 62})],
            "like 2026": [self.page(url={"fetched": "yesterday"})],
            "engine that counted": [self.page(engine="e 1")],
            "was to go on": [self.page(more=True)],
        }
        before = len(self.daemon.json("jobs")["jobs"])
        for reason, pages in cases.items():
            with self.subTest(reason):
                self.assertIn(reason, self.refused(pages))
        self.assertIn("order of their URLs", self.refused([self.page("/b")], [self.page("/b")]))
        self.assertIn("no URL", self.refused([]))
        self.assertEqual(len(self.daemon.json("jobs")["jobs"]), before)

    def test_page_may_come_in_pieces(self):
        pieces = [self.page(words=["a"], counts=[1], more=True), self.page(words=["b"], counts=[2])]
        with self.daemon.connect() as connection:
            first = connection.call("Import", {"name": "pieces", "pages": pieces[:1]})
            self.assertEqual((first["job"], first["urls"]), (None, 0))
            with self.assertRaises(harness.VarlinkError):
                connection.call("Append", {"urls": []})
            job = connection.call("Import", {"pages": pieces[1:], "end": True})["job"]
        self.assertEqual(File(self.export(job)).tokens(), {"a": 1, "b": 2})
        self.assertEqual(File(self.export(job)).head["engine"], ["e-1"])

    def test_killed_in_the_middle_of_an_import_nothing_of_it_is_there(self):
        daemon = self.enterContext(harness.Daemon())
        with daemon.connect() as connection:
            connection.call("Import", {"name": "half", "pages": [self.page("/a"), self.page("/b")]})
            daemon.kill()
        daemon.start()
        self.assertEqual(daemon.json("jobs")["jobs"], [])
        whole = self.export("whole")
        daemon.ctl("import", "-", stdin=whole)
        daemon.kill()
        daemon.start()
        self.assertEqual(self.export("whole", daemon=daemon), whole)

    def test_limits_hold_for_imports_as_for_lists(self):
        daemon = self.enterContext(
            harness.Daemon(harness.merged(harness.IMPOLITE, {"Daemon": {"MaxQueuedUrlsPerUser": 5}}))
        )
        notes = daemon.ctl("import", "-", stdin=self.export("whole"), expected=1).notes
        self.assertRegex(notes, "MaxQueuedUrlsPerUser=5 holds for an import .*more than 5: have the limit raised")
        self.assertEqual(daemon.json("jobs")["jobs"], [])


if __name__ == "__main__":
    harness.main()

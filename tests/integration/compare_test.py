#!/usr/bin/python3
"""compare, held against a computation of its own from the words of each page."""

import collections
import csv
import io
import json
import math
import random
import sqlite3
import unittest

import harness

A, B = "127.0.0.1", "127.0.0.2"
CHANGES = {"came", "went", "rose", "fell"}
MAX_FRAME = 1 << 20


def log_likelihood(a, b, n, m):
    """Rayson and Garside 2000, as a table of observed and expected counts."""
    expected = [n * (a + b) / (n + m), m * (a + b) / (n + m)]
    return 2 * sum(o * math.log(o / e) for o, e in zip((a, b), expected) if o)


def change_of(before, after, n, m):
    """None if the share is the same."""
    if before * m == after * n:
        return None
    return "came" if not before else "went" if not after else "rose" if after * n > before * m else "fell"


def sums(pages):
    """(tokens, pages) of each word."""
    tokens, on = collections.Counter(), collections.Counter()
    for words in pages:
        tokens.update(words)
        on.update(words.keys())
    return tokens, on


def expected_changes(base, new, min_tokens=0, by="log-likelihood", wanted=lambda word: True):
    """Of the words of two lists of pages."""
    (before, base_pages), (after, new_pages) = sums(base), sums(new)
    n, m = sum(before.values()), sum(after.values())
    rows = []
    for word in set(before) | set(after):
        a, b = before[word], after[word]
        kind = change_of(a, b, n, m)
        if kind is None or a + b < min_tokens or not wanted(word):
            continue
        ratio = math.log2(((b or 0.5) / m) / ((a or 0.5) / n))
        rows.append((word, kind, a, b, base_pages[word], new_pages[word], log_likelihood(b, a, m, n), ratio))
    number = 6 if by == "log-likelihood" else 7
    return sorted(rows, key=lambda row: (-round(abs(row[number]), 4), row[0].encode()))


class Site:
    """Pages of words that are drawn by chance, always the same."""

    def __init__(self, directory):
        self.directory = directory
        self.chance = random.Random(20000)
        self.vocabulary = [f"w{i}" for i in range(400)] + ["naïve", "Übung", "слово", "2024", "the", "of"]

    def write(self, name, words):
        (self.directory / f"{name}.html").write_text(f"<!doctype html><meta charset=utf-8><p>{' '.join(words)}</p>")

    def write_some(self, name, favourite):
        """About 300 words, some of them more often than others."""
        weights = [1 / (1 + (i + favourite) % len(self.vocabulary)) for i in range(len(self.vocabulary))]
        self.write(name, self.chance.choices(self.vocabulary, weights, k=self.chance.randrange(200, 400)))


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(harness.temporary_directory())
        cls.server = cls.enterClassContext(harness.WebServer({"/": directory}, [A, B]))
        cls.daemon = cls.enterClassContext(harness.Daemon())
        site = Site(directory)
        for i in range(1, 11):
            site.write_some(i, favourite=0)
        site.write("many", [f"m{i}" for i in range(12000)])
        # 1 to 9 of both hosts, but for what is not there yet.
        cls.submit("before", [cls.url(host, i) for host in (A, B) for i in (*range(1, 10), "late")], expected=5)
        for i in range(3, 10):
            site.write_some(i, favourite=i % 3)
        for i in range(11, 14):
            site.write_some(i, favourite=5)
        site.write_some("late", favourite=1)
        # 5 to 13, other ones with the same words, and one that the other job has too but could not count.
        cls.submit("after", [cls.url(host, i) for host in (A, B) for i in (*range(5, 14), "late")])
        cls.submit("apart", [cls.url(A, 1) + "?", cls.url(A, 10)])
        cls.submit("many", [cls.url(A, "many")])
        (directory / "late.html").unlink()
        cls.submit("gone", [cls.url(A, "late"), cls.url(B, 2) + "?x"], expected=5)

    @classmethod
    def url(cls, host, page):
        return cls.server.url(f"/{page}.html", host)

    @classmethod
    def submit(cls, name, urls, expected=0):
        # Asked for anew whatever is known: the files change within a second.
        cls.daemon.ctl(
            "submit", "--wait", "--max-age=0", f"--name={name}", "-", stdin="\n".join(urls), expected=expected
        )

    def pages(self, job, host=None):
        """URL -> words, of what was counted."""
        urls = {url["page"]: url["url"] for url in self.daemon.json("urls", job)["urls"]}
        found = {}
        for group in self.daemon.json("top", job, "--per=page", "-k", "0")["groups"]:
            url = urls[group["page"]]
            if host is None or url.startswith(f"http://{host}:"):
                found[url] = {word["word"]: word["tokens"] for word in group["words"]}
        return found

    def compare(self, *arguments):
        said = self.daemon.ctl("compare", "-o", "json", *arguments)
        return json.loads(said.text), said.notes

    def check_words(self, words, expected):
        self.assertEqual([int(word["rank"]) for word in words], list(range(1, len(words) + 1)))
        self.assertEqual([(w["word"], w["change"]) for w in words], [row[:2] for row in expected])
        for word, row in zip(words, expected):
            found = [int(word[key]) for key in ("baseTokens", "newTokens", "basePages", "newPages")]
            self.assertEqual(found, list(row[2:6]), word)
            self.assertAlmostEqual(float(word["logLikelihood"]), row[6], delta=0.0001)
            self.assertAlmostEqual(float(word["logRatio"]), row[7], delta=0.0001)

    def check(self, base, new, arguments=(), pages="both", **how):
        """Against all pages of these two, or those that are in both; returns the reply and the notes."""
        left, right = (self.pages(*side.split("/")[:1], host=side.partition("/")[2] or None) for side in (base, new))
        both = set(left) & set(right)
        chosen = [[side[url] for url in side if pages == "all" or url in both] for side in (left, right)]
        sides = [f"{job}/{host}:{self.server.port}" if host else job for job, _, host in
                 (side.partition("/") for side in (base, new))]
        out, notes = self.compare(*sides, "-k", "0", *arguments)
        expected = expected_changes(*chosen, **how)
        self.check_words(out["words"], expected)
        self.assertEqual(out["pages"], pages)
        for side, counted, compared in ((out["base"], left, chosen[0]), (out["new"], right, chosen[1])):
            tokens, _ = sums(compared)
            self.assertEqual(side["counted"], len(counted))
            self.assertEqual(side["pages"], len(compared))
            self.assertEqual(side["tokens"], sum(tokens.values()))
            self.assertEqual(side["distinct"], len(tokens))
            self.assertEqual(len(side["engines"]), 1 if counted else 0)
        for word in out["words"]:
            for side, tokens in (("base", "baseTokens"), ("new", "newTokens")):
                share = word[tokens] * 1e6 / out[side]["tokens"]
                self.assertAlmostEqual(word[f"{side}PerMillion"], share, delta=0.0001)
        return out, notes

    # ---- which pages ----

    def test_pages_that_were_counted_in_both_are_compared(self):
        out, notes = self.check("before", "after")
        self.assertEqual({word["change"] for word in out["words"]}, CHANGES)
        self.assertEqual((out["overlap"], out["complete"]), (True, True))
        self.assertEqual(out["base"]["pages"], 10)
        self.assertIn("compared 10 pages that were counted in both, of 18 pages in the base and 20 pages", notes)

    def test_the_other_way_round_what_came_went(self):
        there, _ = self.check("before", "after")
        back, _ = self.check("after", "before")
        opposite = {"came": "went", "went": "came", "rose": "fell", "fell": "rose"}
        self.assertEqual(
            {word["word"]: opposite[word["change"]] for word in back["words"]},
            {word["word"]: word["change"] for word in there["words"]},
        )

    def test_all_pages_can_be_compared(self):
        out, notes = self.check("before", "after", ["--pages=all"], pages="all")
        self.assertNotIn("overlap", out)
        self.assertIn("compared all pages: 18 pages in the base and 20 pages in the new one", notes)

    def test_all_pages_are_compared_where_the_lists_have_none_in_common(self):
        out, notes = self.check("before", "apart", pages="all")
        self.assertIs(out["overlap"], False)
        self.assertIn("the lists have no URL in common, so all pages are compared: 18 pages", notes)

    def test_a_side_may_be_a_host(self):
        out, _ = self.check(f"before/{A}", f"after/{A}")
        self.assertEqual((out["base"]["host"], out["base"]["pages"]), (f"{A}:{self.server.port}", 5))
        self.check(f"before/{A}", "after")
        self.check("before", f"after/{B}")
        out, _ = self.check(f"before/{A}", f"before/{B}", pages="all")
        self.assertEqual(out["words"], [], "both have the same pages")
        self.check(f"after/{A}", f"before/{B}", pages="all")
        self.check(f"before/{A}", f"after/{A}", ["--pages=all"], pages="all")

    def test_lists_that_overlap_where_nothing_was_counted_in_both_give_nothing(self):
        out, notes = self.check("after", "gone")
        self.assertEqual((out["words"], out["base"]["pages"], out["overlap"]), ([], 0, True))
        self.assertIn("compared 0 pages", notes)
        self.assertIn("nothing can be compared: both are without words", notes)

    def test_a_host_without_pages_is_named_and_nothing_else_is_said_of_it(self):
        notes = self.daemon.ctl("compare", "before", "before/nowhere.example").notes
        self.assertRegex(notes, r"job \d+ has no counted page of nowhere.example: urlstatctl top --per=host")
        self.assertIn("nothing can be compared: the new one is without words", notes)
        self.assertNotRegex(notes, "no word has changed|no URL in common")

    def test_a_job_has_not_changed_against_itself(self):
        out, _ = self.check("after", "after")
        self.assertEqual((out["words"], out["base"]["pages"]), ([], 20))
        said = self.daemon.ctl("compare", "after", "after")
        self.assertIn("no word has changed", said.notes)
        self.check("after", "after", ["--pages=all"], pages="all")

    def test_name_with_a_slash_that_is_not_found_is_told_the_rule(self):
        notes = self.daemon.ctl("compare", "no/such", "before", expected=1).notes
        scheme = self.daemon.ctl("compare", "before", "before/http://a.example/", expected=1).notes
        self.assertIn("without a scheme: JOB/example.org", scheme)
        self.assertIn("behind the last slash of no/such stands a host: a job of that name is no/such/", notes)

    def test_earlier_jobs_of_a_name_and_names_with_a_slash(self):
        for i in (1, 2):
            self.submit("a/b", [self.url(A, i), self.url(A, 5)])
        by_number = [str(job["job"]) for job in self.daemon.json("jobs", "--name=a/b")["jobs"]]
        expected = self.compare(*sorted(by_number, key=int), "-k", "0")[0]
        self.assertEqual(expected["base"]["pages"], 1)
        self.assertEqual(self.compare("a/b~1/", "a/b/", "-k", "0")[0], expected)

    # ---- which words ----

    def test_rare_words_are_left_out(self):
        out, _ = self.check("before", "after", ["--min-tokens=8"], min_tokens=8)
        self.assertLess(len(out["words"]), len(self.check("before", "after")[0]["words"]))

    def test_the_first_k_are_those_of_all_in_either_order(self):
        for by in ("log-likelihood", "log-ratio"):
            whole, _ = self.check("before", "after", [f"--by={by}"], by=by)
            some, _ = self.compare("before", "after", f"--by={by}", "-k", "7")
            self.assertEqual(some["words"], whole["words"][:7])
        self.assertEqual(len(self.compare("before", "after")[0]["words"]), 10)

    def test_filters_are_those_of_top(self):
        self.check("before", "after", ["--match=W1*", "--match=сло*"], wanted=lambda w: w[:2] == "w1" or w == "слово")
        self.check("before", "after", ["--min-length=4"], wanted=lambda w: len(w) >= 4)
        self.check("before", "after", ["--no-numbers"], wanted=lambda w: w != "2024")
        self.check("before", "after", ["--stop-words=en"], wanted=lambda w: w not in ("the", "of"))

    # ---- output ----

    def test_formats_say_the_same(self):
        words = self.compare("before", "after", "-k", "20")[0]["words"]
        columns = list(words[0])
        for form, dialect in (("csv", "excel"), ("tsv", "excel-tab")):
            text = self.daemon.ctl("compare", "before", "after", "-k", "20", "-o", form).text
            rows = list(csv.DictReader(io.StringIO(text), dialect=dialect))
            self.assertEqual(list(rows[0]), columns)
            self.assertEqual([row["word"] for row in rows], [word["word"] for word in words])
            self.check_words(rows, self.expected_both()[:20])
        lines = self.daemon.ctl("compare", "before", "after", "-k", "20", "-o", "jsonl").text.splitlines()
        self.assertEqual([json.loads(line) for line in lines], words)
        table = self.daemon.ctl("compare", "before", "after", "-k", "20").text.splitlines()
        self.assertEqual(table[0].split()[:4], ["RANK", "WORD", "CHANGE", "BASE"])
        self.assertEqual([line.split()[1] for line in table[1:]], [word["word"] for word in words])
        self.assertEqual(self.daemon.ctl("compare", "before", "after", "-q").notes, "")

    def expected_both(self):
        left, right = self.pages("before"), self.pages("after")
        both = set(left) & set(right)
        return expected_changes([left[url] for url in both], [right[url] for url in both])

    def ask(self, parameters, **flags):
        """The replies of one call, and the size of the largest."""
        replies, largest = [], 0
        with self.daemon.connect() as connection:
            connection.send("io.urlstat.Compare", parameters, **flags)
            while not replies or replies[-1].get("continues"):
                replies.append(connection.receive())
                largest = max(largest, len(json.dumps(replies[-1], ensure_ascii=False).encode()))
        return replies, largest

    def test_long_replies_come_in_parts_that_fit_a_frame(self):
        parameters = {"base": "apart", "new": "many", "k": 0}
        replies, largest = self.ask(parameters, more=True)
        self.assertGreater(len(replies), 5)
        self.assertLessEqual(largest, MAX_FRAME)
        words = [word for reply in replies for word in reply["parameters"]["words"]]
        self.check_words(words, expected_changes(self.pages("apart").values(), self.pages("many").values()))
        heads = [{key: value for key, value in reply["parameters"].items() if key != "words"} for reply in replies]
        self.assertEqual(heads, [heads[0]] * len(replies))
        (refused,), _ = self.ask(parameters)
        self.assertEqual(refused["error"], "io.urlstat.LimitReached")
        (one,), _ = self.ask({"base": "apart", "new": "many"})
        self.assertEqual(one["parameters"]["words"], words[:10])

    # ---- what is said ----

    def test_a_job_that_runs_is_compared_as_far_as_it_is(self):
        (silent,), port = harness.listening_sockets([A])
        self.addCleanup(silent.close)
        urls = [self.url(A, 5), self.url(B, 6), f"http://{A}:{port}/"]
        job = self.daemon.json("submit", "--max-age=0", "-", stdin="\n".join(urls))["job"]
        self.daemon.wait_for_job(job, lambda j: j["counted"] == 2 and j["active"] == 1, "two pages")
        for pages in ("both", "all"):
            out, notes = self.check("before", str(job), [f"--pages={pages}"], pages=pages)
            self.assertEqual((out["complete"], out["new"]["complete"], out["new"]["queued"]), (False, False, 1))
            self.assertIn(f"job {job} is not complete: 1 of 3 URLs still wait", notes)
        self.daemon.ctl("remove", job)

    def test_what_is_wrong_is_said(self):
        for arguments, status, reason in (
            (("before",), 2, "BASE NEW is missing"),
            (("before", "after", "7"), 2, "no more than 2 operands"),
            (("before", "nowhere"), 1, 'there is no job "nowhere"'),
            (("nowhere/host", "after"), 1, 'there is no job "nowhere"'),
            (("/host", "after"), 2, "is no JOB or JOB/HOST: a job's name is not empty"),
            (("before/a b", "after"), 1, "is no host"),
            (("before", "after", "--pages=bot"), 2, "did you mean both"),
            (("before", "after", "--by=tokens"), 2, "unknown value tokens"),
            (("before", "after", "--min-tokens=-1"), 2, "min-tokens"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(reason, self.daemon.ctl("compare", *arguments, expected=status).notes)
        for parameters, reason in (
            ({"k": -1}, "from 0"),
            ({"minTokens": -1}, "from 0"),
            ({"minLength": -1}, "minLength"),
            ({"pages": "some"}, "no value of"),
            ({"by": "words"}, "no value of"),
        ):
            with self.subTest(parameters=parameters):
                (refused,), _ = self.ask({"base": "before", "new": "after", **parameters})
                self.assertEqual(refused["error"], "io.urlstat.InvalidInput")
                self.assertIn(reason, refused["parameters"]["message"])


class EngineIds(unittest.TestCase):
    def test_sides_of_different_ids_are_told_apart(self):
        with harness.temporary_directory() as directory, harness.WebServer({"/": directory}) as server:
            with harness.Daemon() as daemon:
                for name in ("one", "two"):
                    (directory / f"{name}.html").write_text(f"<p>{name} word")
                urls = "\n".join(server.url(f"/{name}.html") for name in ("one", "two"))
                for name in ("base", "new"):
                    daemon.ctl("submit", "--wait", "--max-age=0", f"--name={name}", "-", stdin=urls)
                same = daemon.ctl("compare", "base", "new")
                self.assertNotIn("engine id", same.notes)
                daemon.stop()
                with sqlite3.connect(next(daemon.state.glob("*.db"))) as store:
                    store.execute("UPDATE outcome SET engine = 'older' WHERE job = 1 AND seq = 1")
                daemon.start()
                out = daemon.json("compare", "base", "new")
                self.assertEqual((out["base"]["engines"][0], len(out["base"]["engines"])), ("older", 2))
                self.assertEqual(out["new"]["engines"], out["base"]["engines"][1:])
                notes = daemon.ctl("compare", "base", "new").notes
                self.assertIn("warning: the base was counted under the engine id older, ", notes)

    def imported(self, name, engines):
        """A job of a page of each of these ids."""
        pages = []
        for i, engine in enumerate(engines):
            url = f"http://a.example/{name}/{i}"
            told = {"job": 0, "page": 0, "submitted": url, "url": url, "host": "a.example", "state": "counted",
                    "outcome": "counted", "contentHash": "0" * 32, "tokens": 3, "distinct": 2}  # fmt: skip
            pages.append({"url": told, "engine": engine, "words": ["page", "word"], "counts": [1, 2]})
        with self.daemon.connect() as connection:
            connection.call("Import", {"name": name, "pages": pages, "end": True})

    def test_top_names_the_ids_of_what_it_adds_up(self):
        directory = self.enterContext(harness.temporary_directory())
        (directory / "one.html").write_text("<p>one word")
        server = self.enterContext(harness.WebServer({"/": directory}))
        self.daemon = self.enterContext(harness.Daemon())
        self.daemon.ctl("submit", "--wait", "--name=own", server.url("/one.html"))
        self.daemon.ctl("submit", "--wait", "--name=reused", "--max-age=1d", server.url("/one.html"))
        self.daemon.ctl("submit", "--wait", "--name=none", server.url("/gone"), expected=5)
        self.imported("older", ["e-1"])
        self.imported("mixed", ["e-2", "e-1"])
        own = self.daemon.json("status")["engine"]["id"]
        end = "words may differ by the rules alone"
        older = f"the pages were counted under the engine id e-1, the daemon's own is {own}: {end}"
        for arguments, engines, warnings in (
            (["own"], [own], []),
            (["reused", "own"], [own], []),
            (["none"], [], []),
            (["older"], ["e-1"], [older]),
            (["mixed"], ["e-1", "e-2"], [f"the pages were counted under the engine ids e-1, e-2: {end}"]),
            (["older", "own"], [own, "e-1"], [f"the pages were counted under the engine ids {own}, e-1: {end}"]),
            (["--all"], [own, "e-1", "e-2"], [f"the pages were counted under the engine ids {own}, e-1, e-2: {end}"]),
        ):
            for more in ([], ["--per=page"], ["--per=job"], ["--per=host"], ["-k", "0", "--unique"]):
                with self.subTest(arguments=arguments, more=more):
                    said = self.daemon.ctl("top", "-o", "json", *arguments, *more)
                    top = json.loads(said.text)
                    self.assertEqual((top["engine"]["id"], top["engines"]), (own, engines))
                    said = [line for line in said.notes.splitlines() if "engine id" in line]
                    self.assertEqual(said, ["warning: " + warning for warning in warnings])
        self.assertEqual(self.daemon.ctl("top", "-q", "mixed").notes, "")
        vs = self.daemon.ctl("top", "older", "--vs=mixed").notes
        self.assertIn(f"warning: the reference was counted under the engine ids e-1, e-2: {end}\n", vs)
        self.assertIn(f"warning: {older}\n", vs)
        for base, engines in (("mixed", ["e-1", "e-2"]), ("none", []), ("mixed/a.example", ["e-1", "e-2"])):
            out = self.daemon.json("compare", base, "own", "--pages=all")
            self.assertEqual(sorted(out["base"]["engines"]), engines)
            self.assertEqual(out["new"]["engines"], [own])
        said = self.daemon.ctl("report", "older", directory / "report.html")
        self.assertIn(f"warning: {older}\n", said.notes)
        text = (directory / "report.html").read_text()
        self.assertIn("<dt>Word engine</dt><dd>e-1</dd>", text)
        self.assertNotIn("<dt>Rules</dt>", text)


if __name__ == "__main__":
    harness.main()

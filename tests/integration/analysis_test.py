#!/usr/bin/python3
"""Stop words, keyness and the rest of what top leaves out or ranks by, held against a computation of its own."""

import collections
import csv
import io
import json
import math
import unittest

import documentation
import harness

SITE = harness.DATA / "site"


def log_likelihood(a, b, n, m):
    """Rayson and Garside 2000, as a table of observed and expected counts."""
    expected = [n * (a + b) / (n + m), m * (a + b) / (n + m)]
    return 2 * sum(o * math.log(o / e) for o, e in zip((a, b), expected) if o)


def log_ratio(a, b, n, m):
    return math.log2(((a or 0.5) / n) / ((b or 0.5) / m))


def keywords(words, reference):
    """(word, tokens, LL, log ratio) of the words that are used more often than in the reference."""
    n, m = sum(words.values()), sum(reference.values())
    found = []
    for word, tokens in words.items():
        ratio = log_ratio(tokens, reference.get(word, 0), n, m)
        if ratio > 0:
            found.append((word, tokens, log_likelihood(tokens, reference.get(word, 0), n, m), ratio))
    return sorted(found, key=lambda row: (-round(row[2], 4), row[0].encode()))


@unittest.skipUnless(documentation.pages(), f"the packages {documentation.PACKAGES} are not installed")
class Analysis(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directories = {"/site/": SITE, **documentation.DIRECTORIES}
        cls.server = cls.enterClassContext(harness.WebServer(directories, documentation.ADDRESSES))
        cls.daemon = cls.enterClassContext(harness.Daemon())
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        urls = documentation.urls(cls.server, step=20)
        english = [url for url in urls if "/python/" in url or "/gimp/en/" in url]
        cls.submit("all", urls)
        cls.submit("python", [url for url in english if "/python/" in url])
        cls.submit("gimp", [url for url in english if "/gimp/" in url])

    @classmethod
    def submit(cls, name, urls):
        cls.daemon.ctl("submit", "--wait", f"--name={name}", "-", stdin="\n".join(urls))

    def words(self, *arguments):
        return {w["word"]: w for w in self.daemon.json("top", *arguments, "-k", "0")["words"]}

    def tokens(self, *arguments):
        return {word: w["tokens"] for word, w in self.words(*arguments).items()}

    # ---- what is left out ----

    def test_stop_words_of_a_language_are_left_out_and_nothing_else(self):
        text = (harness.HERE.parent.parent / "ctl" / "stop_words" / "en.txt").read_text()
        stop = {word for line in text.splitlines() if not line.startswith("#") for word in line.split()}
        self.assertGreater(len(stop), 100)
        every = self.tokens("python")
        self.assertIn("the", every)
        self.assertEqual(
            self.tokens("python", "--stop-words=en"), {w: n for w, n in every.items() if w not in stop}
        )

    def test_stop_words_of_files_are_spelled_as_words_are(self):
        first, second = self.directory / "first", self.directory / "second"
        first.write_text("# THE comment\nTHE  Of\n\tis\n")
        second.write_text("ＡＮＤ\n")
        every = self.tokens("python")
        for word in ("the", "of", "is", "and"):
            del every[word]
        self.assertEqual(self.tokens("python", f"--stop-words={first}", f"--stop-words={second}"), every)
        self.assertEqual(
            self.daemon.json("top", "python", "-k", "3", f"--stop-words={first}", "--per=page")["groups"][0]["words"][0]["rank"],
            1,
        )

    def test_every_language_has_a_list(self):
        lists = sorted(path.stem for path in (harness.HERE.parent.parent / "ctl" / "stop_words").glob("*.txt"))
        self.assertGreaterEqual(len(lists), 10)
        for language in lists:
            self.assertTrue(self.daemon.ctl("top", "all", f"--stop-words={language}").text)
        refusal = self.daemon.ctl("top", "all", "--stop-words=xx", expected=1).notes
        for language in lists:
            self.assertIn(f" {language}", refusal)

    def test_max_pages_leaves_out_what_is_on_more_of_them(self):
        every = self.words("python")
        pages = self.daemon.json("top", "python")["pages"]
        for share in (10, 50, 99.5, 100):
            expected = {w for w, n in every.items() if n["pages"] <= pages * share / 100}
            self.assertEqual(set(self.words("python", f"--max-pages={share}%")), expected)
        self.assertIn("of one page", self.daemon.ctl("top", "--per=page", "--max-pages=5%", expected=2).notes)
        for bad in ("0", "101", "x", "5x", "0x20", " 50", "1e1"):
            self.assertIn("share", self.daemon.ctl("top", f"--max-pages={bad}", expected=2).notes)

    # ---- where a word comes from ----

    def test_why_names_the_pages_with_most_of_the_word(self):
        pages = []
        for group in self.daemon.json("top", "gimp", "--per=page", "-k", "0")["groups"]:
            tokens = {w["word"]: w["tokens"] for w in group["words"]}.get("image", 0)
            if tokens:
                pages.append((-tokens, group["page"], group["url"], group["tokens"]))
        said = self.daemon.json("why", "Image", "gimp", "-k", "0")
        self.assertEqual(said["word"], "image")
        self.assertEqual((said["tokens"], said["pages"]), (-sum(n for n, *_ in pages), len(pages)))
        self.assertEqual(said["allPages"], self.daemon.json("top", "gimp")["pages"])
        found = [(-p["tokens"], p["page"], p["url"], p["allTokens"]) for p in said["pagesWith"]]
        self.assertEqual(found, sorted(pages)[:100])
        self.assertEqual(self.daemon.json("why", "image", "gimp", "-k", "3")["pagesWith"], said["pagesWith"][:3])

    def test_why_of_a_word_that_is_nowhere(self):
        said = self.daemon.json("why", "nowhereatall", "gimp")
        self.assertEqual((said["tokens"], said["pages"], said["pagesWith"]), (0, 0, []))
        self.assertIn("is no word", self.daemon.ctl("why", "\u00ad", "gimp", expected=1).notes)
        for typed in ("*", "the same", "..."):
            self.assertIn("is no word", self.daemon.ctl("why", typed, "gimp", expected=1).notes)
        self.assertIn("there is no job", self.daemon.ctl("why", "a", "99", expected=1).notes)

    # ---- keyness ----

    def check(self, rows, expected):
        self.assertEqual([row["word"] for row in rows], [row[0] for row in expected])
        for row, (_, tokens, likelihood, ratio) in zip(rows, expected):
            self.assertEqual(int(row["tokens"]), tokens)
            self.assertAlmostEqual(float(row["logLikelihood"]), likelihood, delta=0.001)
            self.assertAlmostEqual(float(row["logRatio"]), ratio, delta=0.001)

    def test_keyness_against_a_job(self):
        expected = keywords(self.tokens("gimp"), self.tokens("python"))
        self.assertGreater(len(expected), 100)
        self.check(self.daemon.json("top", "gimp", "--vs=python", "-k", "0")["words"], expected)
        self.check(self.daemon.json("top", "gimp", "--vs=python", "-k", "7")["words"], expected[:7])

    def test_keyness_against_a_file_is_that_against_the_job_it_is_of(self):
        by_job = self.daemon.ctl("top", "gimp", "--vs=python", "-k", "0", "-o", "tsv").text
        for form in ("tsv", "csv"):
            path = self.directory / f"python.{form}"
            path.write_text(self.daemon.ctl("top", "python", "-k", "0", "-o", form).text)
            self.assertEqual(self.daemon.ctl("top", "gimp", f"--vs={path}", "-k", "0", "-o", "tsv").text, by_job)

    def test_lists_of_others_are_understood(self):
        lists = {
            "word first": "the 10\nimage 1\n",
            "count first": "     10 the\n      1 image\n",
            "tabs": "the\t10\nimage\t1\n",
            "heading": "\ufeffRank\tFreq\tWord\r\n1\t10\tThe\r\n2\t1\tIMAGE\r\n",
            "quoted": 'word,count\n"the",10\n"image",1\n',
            "quoted comma": 'word,tokens\n"the",10\n"1,000,000",0\nimage,1\n',
            "old Mac": "# a list\rword\tcount\rthe\t10\rimage\t1\r",
            "added up": "the 4\nTHE 6\n# no word\n\nimage 1\n",
        }
        seen = set()
        for text in lists.values():
            seen.add(self.daemon.ctl("top", "gimp", "--vs=-", "-o", "csv", "-k", "5", stdin=text).text)
        self.assertEqual(len(seen), 1)
        rows = list(csv.DictReader(io.StringIO(seen.pop())))
        self.check(rows, keywords(self.tokens("gimp"), {"the": 10, "image": 1})[:5])

    def test_bad_lines_of_a_list_are_told_with_their_number(self):
        result = self.daemon.ctl("top", "gimp", "--vs=-", stdin="the 10\nnothing\nimage 1\n")
        self.assertIn("stdin:2: no word with a count", result.notes)
        self.assertIn("no words with their counts", self.daemon.ctl("top", "--vs=-", stdin="x\n", expected=1).notes)
        self.assertIn("there is no job", self.daemon.ctl("top", "--vs=nowhere", expected=1).notes)
        self.assertIn("not with --by", self.daemon.ctl("top", "--vs=1", "--by=pages", expected=2).notes)

    def test_a_job_has_no_keywords_against_its_own_list(self):
        text = self.daemon.ctl("top", "all", "-k", "0", "-o", "csv").text
        said = self.daemon.ctl("top", "all", "--vs=-", "-k", "0", "-o", "json", stdin=text)
        self.assertEqual((said.notes, json.loads(said.text)["words"]), ("", []))

    def test_counts_beyond_all_measure_are_refused(self):
        too_many = f"the {2**63 - 1}\nimage {2**63 - 1}\n"
        self.assertIn("stdin:2: the counts add up", self.daemon.ctl("top", "--vs=-", stdin=too_many, expected=1).notes)
        self.assertIn("stdin:1: a line of more", self.daemon.ctl("top", "--vs=-", stdin="x" * 70000, expected=1).notes)
        self.assertIn("no word with a count", self.daemon.ctl("top", "--vs=-", stdin="the\t1\0\t2\nimage 1\n").notes)

    def test_keyness_of_each_page_is_that_of_its_words(self):
        reference = self.tokens("all")
        pages = collections.defaultdict(dict)
        for group in self.daemon.json("top", "gimp", "--per=page", "-k", "0")["groups"]:
            pages[group["page"]] = {w["word"]: w["tokens"] for w in group["words"]}
        groups = self.daemon.json("top", "gimp", "--per=page", "--vs=all", "-k", "4")["groups"]
        self.assertEqual([group["page"] for group in groups], list(pages))
        for group in groups:
            self.check(group["words"], keywords(pages[group["page"]], reference)[:4])
        lines = self.daemon.ctl("top", "gimp", "--per=page", "--vs=all", "-k", "4").text.splitlines()
        self.assertEqual(len(lines), 2 * len(groups))
        rows = self.daemon.ctl("top", "gimp", "--per=page", "--vs=all", "-k", "4", "-o", "tsv").text.splitlines()
        self.assertEqual(len(rows) - 1, sum(len(group["words"]) for group in groups))


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""A report is one page that needs nothing else: read by a real browser, on a phone and on a desk, light and dark."""

import html.parser
import itertools
import json
import os
import pty
import re
import shutil
import subprocess
import unittest

import documentation
import harness

SITE = harness.DATA / "site"
NAME = """<script>document.title = "run"</script> & 'it' "s</title>\u202e"""

# Runs beside the report, in a page that has it as a frame, since the report allows no script: how wide it is laid
# out, and the contrast of each text with what lies behind it (WCAG 2.2, 1.4.3).
PROBE = """<!DOCTYPE html><title>probe</title><iframe id="frame" src="report.html" style="width:%dpx;height:4000px"></iframe>
<pre id="result"></pre><script>
function luminance(color) {
  const parts = color.match(/[\\d.]+/g).map(Number);
  if (parts.length > 3 && parts[3] === 0) return null;
  const [r, g, b] = parts.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
frame.onload = () => {
  const page = frame.contentDocument, walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  let least = 99, where = "", texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("style, title, desc")) continue;
    const style = page.defaultView.getComputedStyle(element);
    const ink = luminance(element.closest("svg") ? style.fill : style.color);
    let paper = null;
    for (let e = element; e && paper === null; e = e.parentElement)
      paper = luminance(page.defaultView.getComputedStyle(e).backgroundColor);
    if (paper === null) paper = 1;
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    texts++;
    if (contrast < least) { least = contrast; where = element.outerHTML.slice(0, 80); }
  }
  result.textContent = JSON.stringify({
    width: page.documentElement.scrollWidth, least, where, texts, title: page.title,
    paper: luminance(page.defaultView.getComputedStyle(page.body).backgroundColor),
    bars: page.querySelectorAll("td.b > .bar").length, curve: page.querySelector(".curve").getTotalLength()});
};
</script>"""


class Elements(html.parser.HTMLParser):
    """Every element with its attributes, and the text of each element that is named."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(harness.temporary_directory())
        directories = {"/site/": SITE, "/made/": cls.directory, **documentation.DIRECTORIES}
        cls.server = cls.enterClassContext(harness.WebServer(directories, documentation.ADDRESSES[:14]))
        cls.daemon = cls.enterClassContext(harness.Daemon())
        urls = documentation.urls(cls.server, step=40) + [
            cls.server.url("/site/index.html"),
            cls.server.url("/gone?<b>=\"&amp;'"),
            *(cls.server.url(f"/gone/{i}") for i in range(120)),
        ]
        cls.list = harness.write_list(cls.directory / "urls.txt", urls)
        cls.daemon.ctl("submit", "--wait", "--max-failed=200", f"--name={NAME}", cls.list)
        cls.file = cls.directory / "report.html"
        cls.daemon.ctl("report", "1", cls.file)
        cls.text = cls.file.read_text()
        cls.page = Elements(cls.text)

    def test_needs_nothing_else_and_runs_nothing(self):
        for tag, attributes in self.page.elements:
            self.assertNotIn(tag, ("script", "link", "img", "iframe", "object", "embed", "base", "form"))
            for name in attributes:
                self.assertFalse(name in ("src", "href", "srcset", "action") or name.startswith("on"), (tag, name))
        self.assertNotRegex(self.text, r"url\(|@import")
        self.assertEqual(self.page.open, [])

    def test_names_that_look_like_markup_are_text(self):
        self.assertIn(("bdi", NAME), self.page.texts)
        self.assertIn(f"\u2068{html.escape(NAME, quote=False)}\u2069</title>".replace('"', "&quot;"), self.text)
        self.assertTrue(any("%3Cb%3E=%22&amp;'" in text for _, text in self.page.texts))

    def test_tells_what_the_daemon_tells(self):
        job = self.daemon.json("show", "1")["jobs"][0]
        top = self.daemon.json("top", "1", "-k", "50")
        numbers = [int(text.replace(",", "")) for tag, text in self.page.texts if tag == "strong"]
        self.assertEqual(numbers[:4], [job["total"], job["counted"], job["failed"], job["skipped"]])
        self.assertEqual(numbers[5:], [top["tokens"], top["distinct"]])
        words = [text for tag, text in self.page.texts if tag == "bdi"]
        for word in top["words"]:
            self.assertIn(word["word"], words)
        self.assertIn(top["engine"]["id"], self.text)
        self.assertIn("The first 100 of 121.", re.sub(r"\s+", " ", self.text))
        self.assertIn("12 with the most words, of 14 hosts", self.text)

    def test_curve_ends_at_the_rarest_word(self):
        words = self.daemon.json("top", "1", "-k", "0")["words"]
        self.assertIn(f"down to {words[-1]['tokens']} for rank {len(words)}", self.text)

    def test_is_accessible(self):
        tags = [tag for tag, _ in self.page.elements]
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        self.assertEqual(levels[0], 1)
        self.assertEqual(levels.count(1), 1)
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])))
        self.assertEqual(dict(self.page.elements)["html"]["lang"], "en")
        identities = [attributes["id"] for _, attributes in self.page.elements if "id" in attributes]
        self.assertEqual(len(identities), len(set(identities)))
        for _, attributes in self.page.elements:
            for name in attributes.get("aria-labelledby", "").split():
                self.assertIn(name, identities)

    def probe(self, width, is_dark):
        (self.directory / "probe.html").write_text(PROBE % width)
        asked = len(self.server.requests())
        run = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.directory}/profile",
             "--disable-background-networking", "--disable-component-update", "--no-first-run", "--virtual-time-budget=10000",
             f"--blink-settings=preferredColorScheme={0 if is_dark else 1}", "--dump-dom", self.server.url("/made/probe.html")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.CTL_DEADLINE_SEC, check=False,
            env={**os.environ, "HOME": str(self.directory)},
        )  # fmt: skip
        result = re.search(r'<pre id="result">(.*?)</pre>', run.stdout.decode(), re.DOTALL)
        self.assertTrue(result and result.group(1), run.stderr.decode()[-2000:])
        paths = {path for *_, path in self.server.requests()[asked:]} - {"/favicon.ico"}
        self.assertEqual(paths, {"/made/probe.html", "/made/report.html"})
        return json.loads(html.unescape(result.group(1)))

    def test_a_browser_shows_it_on_a_phone_and_on_a_desk_light_and_dark(self):
        if not shutil.which("chromium"):
            self.skipTest("chromium is not installed (package chromium)")
        for width, is_dark in itertools.product((360, 1280), (False, True)):
            seen = self.probe(width, is_dark)
            self.assertLessEqual(seen["width"], width, seen)
            self.assertGreaterEqual(seen["least"], 4.5, seen)
            self.assertEqual(seen["paper"] < 0.2, is_dark, seen)
            self.assertIn("<script>", seen["title"])
            self.assertGreater(seen["curve"], 300)
            self.assertGreater(seen["bars"], 50)

    def test_an_unfinished_job_says_so(self):
        self.daemon.ctl("submit", "-n", "later", "-", stdin="http://127.0.0.77:9/\n")
        self.daemon.ctl("pause", "later")
        text = self.daemon.ctl("report", "later").text
        self.assertIn("This job has not ended: 1 of 1", text)
        self.assertIn("No words were counted", text)
        Elements(text)

    def test_a_report_that_fails_leaves_the_file_that_was_there(self):
        self.daemon.ctl("report", "99", self.file, expected=1)
        self.assertEqual(self.file.read_text(), self.text)
        self.assertEqual(list(self.directory.glob("report.html.*")), [])
        self.assertIn("No such file", self.daemon.ctl("report", "1", "/nowhere/r.html", expected=1).notes)
        if os.path.exists("/dev/full"):
            self.assertIn("No space left", self.daemon.ctl("report", "1", "/dev/full", expected=1).notes)

    def test_a_link_leads_to_the_file_that_is_replaced(self):
        target, link = self.directory / "target.html", self.directory / "link.html"
        link.symlink_to(target)
        self.daemon.ctl("report", "1", link)
        self.assertTrue(link.is_symlink())
        os.chmod(target, 0o640)
        target.write_text("old")
        self.daemon.ctl("report", "1", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text(), self.text)
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)

    def test_wrong_usage_is_told(self):
        self.assertIn("not with -o", self.daemon.ctl("report", "1", "-o", "json", expected=2).text)
        self.assertIn("not empty", self.daemon.ctl("report", "1", "", expected=2).notes)
        self.assertIn("Is a directory", self.daemon.ctl("report", "1", self.directory, expected=1).notes)

    def test_a_terminal_is_no_place_for_it(self):
        leader, terminal = pty.openpty()
        run = subprocess.run(
            [harness.BINARIES / "urlstatctl", f"--socket={self.daemon.socket}", "report", "1"],
            stdout=terminal, stderr=subprocess.PIPE, timeout=harness.CTL_DEADLINE_SEC, check=False,
        )  # fmt: skip
        os.close(terminal)
        os.close(leader)
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"name a FILE", run.stderr)


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""Metrics as OpenMetrics text, read by two parsers that are not ours."""

import re
import shutil
import subprocess
import unittest

import harness

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

SITE = harness.DATA / "site"


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(harness.WebServer({"/": SITE}))
        cls.daemon = cls.enterClassContext(harness.Daemon())
        urls = [cls.server.url("/birds.html"), cls.server.url("/de.html"), cls.server.url("/gone.html")]
        cls.daemon.ctl("submit", "--wait", "--max-failed=1", "-", stdin="\n".join(urls))
        cls.text = cls.daemon.ctl("metrics").text

    @unittest.skipIf(text_string_to_metric_families is None, "python3-prometheus-client is not installed")
    def families(self):
        return {family.name: family for family in text_string_to_metric_families(self.text)}

    def value(self, family, name, **labels):
        samples = [s.value for s in self.families()[family].samples if s.name == name and s.labels == labels]
        self.assertEqual(len(samples), 1, (name, labels))
        return samples[0]

    def test_numbers_are_those_of_the_job(self):
        job = self.daemon.job(1)
        self.assertEqual(self.value("urlstat_words", "urlstat_words_total"), job["tokens"])
        self.assertEqual(self.value("urlstat_urls", "urlstat_urls_total", outcome="counted", state="counted"), 2)
        self.assertEqual(self.value("urlstat_urls", "urlstat_urls_total", outcome="http_error", state="failed"), 1)
        self.assertEqual(self.value("urlstat_page_words", "urlstat_page_words_count"), 2)
        self.assertEqual(self.value("urlstat_page_words", "urlstat_page_words_sum"), job["tokens"])
        self.assertEqual(self.value("urlstat_page_bytes", "urlstat_page_bytes_sum"), job["bytes"])
        self.assertEqual(self.value("urlstat_transfer_seconds", "urlstat_transfer_seconds_count"), 3)
        self.assertGreater(self.value("urlstat_store_batch_requests", "urlstat_store_batch_requests_sum"), 3)
        self.assertEqual(self.value("urlstat_jobs", "urlstat_jobs", state="running"), 0)

    def test_every_outcome_has_its_number(self):
        outcomes = {s.labels["outcome"] for s in self.families()["urlstat_urls"].samples}
        self.assertLess({"counted", "not_modified", "dns_failed", "expired", "cancelled"}, outcomes)

    def test_nothing_tells_of_urls_hosts_or_jobs(self):
        for label in re.findall(r'(\w+)="', self.text):
            self.assertIn(label, ("version", "engine", "state", "outcome", "le"))
        self.assertNotIn("127.0.0.1", self.text)

    def test_prometheus_reads_it(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed (package prometheus)")
        # Its reader of OpenMetrics wants a time with each sample, which a server that asks would add.
        with harness.temporary_directory() as directory:
            path = directory / "metrics"
            path.write_text(re.sub(r"^([^#].*)$", r"\1 1700000000", self.text, flags=re.MULTILINE))
            command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", path, directory / "data"]
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            self.assertEqual(run.returncode, 0, run.stdout.decode())
        # Its linter knows the older text format alone, in which a counter's name is that of its samples.
        run = subprocess.run(
            ["promtool", "check", "metrics"], input=self.text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
        for complaint in run.stdout.decode().splitlines():
            self.assertRegex(complaint, r"^urlstat_\w+_total no help text$")

    def test_programs_get_the_text_in_json(self):
        self.assertIn("urlstat_uptime_seconds", self.daemon.json("metrics")["text"])


if __name__ == "__main__":
    harness.main()

#!/usr/bin/python3
"""urlstatctl against a daemon that answers as the test says: each verb, each format, and what goes wrong."""

import contextlib
import csv
import io
import json
import os
import re
import resource
import shlex
import signal
import socket
import subprocess
import unittest

import harness
from ctl_fake import (ENGINE, Close, Error, FakeDaemon, Hold, Raw, commit, group, job, submitted, top, url,  # isort: skip
                      watch, word)  # fmt: skip

STATUS = {
    "version": "0.1.0", "engine": ENGINE, "pid": 1, "uptime": 3723.5, "jobs": {"queued": 1, "running": 2, "paused": 0},
    "queued": 10, "active": 4, "hosts": 1, "workers": 2, "maxTransfers": 512, "topWords": 7, "connections": 1,
    "urlsPerSecond": 1.5, "bytesPerSecond": 123456.0, "counted": 77,
    "store": {"bytes": 1234567, "walBytes": 123, "freeBytes": 10**11, "transactions": 3, "writeSeconds": 0.1,
              "usedBytes": 1234567, "maxBytes": None},
    "warnings": ["Contact= is unset"], "logLevel": None, "caller": None,
}  # fmt: skip


def call(daemon, *arguments, expected=0, **options):
    return harness.ctl(f"--socket={daemon.socket}", *arguments, expected=expected, **options)


class Case(unittest.TestCase):
    def daemon(self, **answers):
        return self.enterContext(FakeDaemon(**answers))

    def file(self, content):
        directory = self.enterContext(harness.temporary_directory())
        path = directory / "urls.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class Formats(Case):
    """The same data in each format, for every verb that has a list."""

    def setUp(self):
        words = [word(i + 1, f"word{i}", 100 - i) for i in range(5)]
        groups = [group(1), group(2)]
        workers = [{"worker": 0, "active": 1, "fetched": 10, "bytes": 1000, "tokens": 99,
                    "transfers": [{"job": 7, "page": 3, "url": "http://example.org/x", "seconds": 0.5}]}]  # fmt: skip
        outcomes = [{"outcome": "http_error", "state": "failed", "urls": 1, "exampleUrl": "http://example.org/2",
                     "exampleDetail": "404 Not Found"}]  # fmt: skip
        self.fake = self.daemon(
            # In parts, as long lists come.
            Top=lambda call: [top(groups=groups)] if "per" in call else [top(words=words[:2]), top(words=words[2:])],
            Jobs=[{"jobs": [job(7), job(8)]}, {"jobs": []}, {"jobs": [job(9)]}],
            Urls=[{"urls": [url(1)]}, {"urls": [url(2, title='a "title", with\ttab')]}],
            Workers={"workers": workers},
            Show={"jobs": [job(7, outcomes=outcomes, engine=ENGINE)]},
            Status=STATUS,
            Ping={"version": "0.1.0"},
        )
        self.words, self.groups, self.workers = words, groups, workers

    def test_json_is_the_reply_with_its_parts_put_together(self):
        self.assertEqual(json.loads(call(self.fake, "top", "-o", "json").stdout), top(words=self.words))
        self.assertEqual(json.loads(call(self.fake, "top", "--per=page", "-o", "json").stdout), top(groups=self.groups))
        jobs = json.loads(call(self.fake, "jobs", "-o", "json").stdout)
        self.assertEqual(jobs, {"jobs": [job(7), job(8), job(9)]})
        self.assertEqual(json.loads(call(self.fake, "workers", "-o", "json").stdout), {"workers": self.workers})
        self.assertEqual(json.loads(call(self.fake, "status", "-o", "json").stdout), STATUS)
        self.assertEqual(json.loads(call(self.fake, "-o", "json").stdout), STATUS)
        self.assertEqual(json.loads(call(self.fake, "ping", "-o", "json").stdout), {"version": "0.1.0"})

    def test_jsonl_is_the_items(self):
        for verb, items in (("top", self.words), ("jobs", [job(7), job(8), job(9)]), ("workers", self.workers)):
            lines = call(self.fake, verb, "-o", "jsonl").text.splitlines()
            self.assertEqual([json.loads(line) for line in lines], items)

    def test_csv_and_tsv_have_the_fields_as_columns(self):
        rows = list(csv.DictReader(io.StringIO(call(self.fake, "top", "-o", "csv").text)))
        self.assertEqual(list(rows[0]), ["rank", "word", "tokens", "perMillion", "pages", "hosts"])
        self.assertEqual([row["word"] for row in rows], [word["word"] for word in self.words])
        rows = list(csv.DictReader(io.StringIO(call(self.fake, "urls", "-o", "csv").text)))
        self.assertEqual(list(rows[0]), list(url()))
        self.assertEqual(rows[1]["title"], 'a "title", with\ttab')
        lines = call(self.fake, "urls", "-o", "tsv").text.splitlines()
        self.assertEqual({len(line.split("\t")) for line in lines}, {len(url())})

    def test_top_per_page_has_a_row_a_word(self):
        text = call(self.fake, "top", "--per=page", "-o", "tsv").text
        self.assertEqual(text.splitlines()[:2], ["job\tpage\trank\tword\ttokens", "7\t1\t1\tthe\t42"])
        text = call(self.fake, "top", "--per=page", "--with-url", "-o", "tsv", "--no-legend").text
        self.assertEqual(text.splitlines()[0], "7\t1\t1\tthe\t42\thttp://example.org/1")

    def test_output_does_not_depend_on_the_environment(self):
        for output in ("json", "jsonl", "csv", "tsv"):
            texts = {
                call(self.fake, "jobs", "-o", output, environment=environment).text
                for environment in ({"LC_ALL": "C", "TZ": "UTC"}, {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"})
            }
            self.assertEqual(len(texts), 1)

    def test_people_get_groups_in_two_lines(self):
        head = "7/1  http://example.org/1  (800 words, 300 distinct)\n    the 42, of 30\n"
        self.assertTrue(call(self.fake, "top", "--per=page").text.startswith(head))
        of = {"job": None, "page": None, "url": None, "words": [], "pages": 3}
        for per, fields, heading in (
            ("host", {"host": "example.org"}, "example.org  (3 pages,"),
            ("label", {"label": "a\x1bb"}, "a\\u001bb  (3 pages,"),
            ("label", {}, "(no label)  (3 pages,"),
            ("job", {"job": 7}, "job 7  (3 pages,"),
        ):
            fake = self.daemon(Top=top(groups=[{**group(), **of, **fields}]))
            self.assertIn(heading, call(fake, "top", f"--per={per}").text)
            self.assertEqual(call(fake, "top", f"--per={per}", "-o", "csv").text, f"{per},rank,word,tokens\n")

    def test_an_incomplete_job_is_said_so(self):
        fake = self.daemon(Top=top(words=[], complete=False, queued=2, failed=1, skipped=3))
        result = call(fake, "top")
        self.assertIn("job 7 is not complete: 2 of 3 URLs still wait", result.notes)
        self.assertIn("; 1 failed, 3 skipped", result.text)
        self.assertIn("no words", result.notes)
        fake.answers["Top"] = top(words=[], jobs=[7, 8], complete=False, queued=2)
        self.assertIn("the jobs are not complete", call(fake, "top", "--all").notes)
        self.assertEqual(call(fake, "-q", "top", "--all").notes, "")

    def test_people_get_tables(self):
        self.assertRegex(call(self.fake, "top").text, r"RANK +WORD +TOKENS +PER MILLION +PAGES +HOSTS\n")
        self.assertIn("404 Not Found", call(self.fake, "show").text)
        self.assertIn("http://example.org/x", call(self.fake, "workers").text)
        self.assertIn("Contact= is unset", call(self.fake).text)
        self.assertNotIn("\x1b", call(self.fake, "jobs").text)
        self.assertIn("\x1b[32m", call(self.fake, "jobs", "--color=always").text)


class Parameters(Case):
    def test_options_become_parameters(self):
        fake = self.daemon(Top=top(words=[]), Jobs={"jobs": []}, Urls={"urls": []}, Retry={"jobs": [], "retried": 0})
        call(fake, "top", "docs", "7", "-k", "0", "--by=pages", "--host=h", "--url=u", "--unique", "--min-length=3",
             "--no-numbers", "--match=a*", "--match=b*")  # fmt: skip
        call(fake, "words", "--per=host", "--all")
        call(fake, "jobs", "--state=done", "--owner=anna", "--name=docs", "--since=2026-11-22T10:00:00Z")
        call(fake, "urls", "docs~1", "--state=failed", "--outcome=http-error", "--max-tokens=5")
        call(fake, "retry", "7", "--outcome=timeout", "--outcome=dns_failed")
        self.assertEqual(
            fake.calls,
            [
                ("Top", {"jobs": ["docs", "7"], "k": 0, "by": "pages", "host": "h", "url": "u", "unique": True,
                         "minLength": 3, "noNumbers": True, "match": ["a*", "b*"]}),
                ("Top", {"per": "host", "all": True}),
                ("Jobs", {"state": "done", "owner": "anna", "name": "docs", "since": "2026-11-22T10:00:00Z"}),
                ("Urls", {"job": "docs~1", "state": "failed", "outcome": "http-error", "maxTokens": 5}),
                ("Retry", {"jobs": ["7"], "outcomes": ["timeout", "dns_failed"]}),
            ],
        )  # fmt: skip

    def test_control_verbs(self):
        answer = {"jobs": [job(7)]}
        fake = self.daemon(Pause=answer, Resume=answer, Cancel=answer, Remove={"removed": [7, 8]})
        for verb in ("pause", "resume", "cancel"):
            self.assertEqual(json.loads(call(fake, verb, "7", "-o", "json").stdout), answer)
        self.assertEqual(json.loads(call(fake, "remove", "7", "8", "-o", "json").stdout), {"removed": [7, 8]})
        self.assertEqual(fake.calls[-1], ("Remove", {"jobs": ["7", "8"]}))
        self.assertEqual(call(fake, "remove", "7", "8").notes, "job 7 is removed\njob 8 is removed\n")
        self.assertEqual(call(fake, "remove", "7", "8", "-o", "csv").text, "job\n7\n8\n")
        self.assertEqual(call(fake, "remove", "7", "8", "-o", "jsonl").text, '{"removed":[7,8]}\n')

    def test_wrong_values_are_said_before_the_daemon_is_asked(self):
        for words, hint in (
            (("urls", "--outcome=http-eror"), "did you mean http_error?"),
            (("retry", "--outcome=nonsense-indeed"), "man urlstatctl lists them"),
            (("urls", "--state=countd"), "did you mean counted?"),
            (("jobs", "--since=yesterday"), "2026-11-22"),
            (("top", "--per=hosts"), "did you mean host?"),
            (("top", "--by=xyz"), "urlstatctl top --help"),
            (("top", "--with-url"), "--per=page"),
            (("top", "--all", "7"), "leave out 7"),
            (("top", "-k", "-1"), "whole number"),
            (("top", "--min-length=99999999999"), "up to 4294967295"),
            (("show", "docs~x"), "no JOB"),
        ):
            result = harness.ctl("--socket=/nonexistent", *words, expected=2)
            self.assertIn(hint, result.notes)
            self.assertEqual(len(result.notes.splitlines()), 1)

    def test_local_times_are_taken_as_such(self):
        fake = self.daemon(Jobs={"jobs": []})
        tokyo = {"TZ": "Asia/Tokyo"}
        call(fake, "jobs", "--since=2026-11-22", environment=tokyo)
        call(fake, "jobs", "--since=2026-11-22T10:00:00", environment=tokyo)
        call(fake, "jobs", "--since=2026-11-22T10:00:00Z", environment=tokyo)
        self.assertEqual(
            [parameters["since"] for parameters in fake.parameters("Jobs")],
            ["2026-11-21T15:00:00Z", "2026-11-22T01:00:00Z", "2026-11-22T10:00:00Z"],
        )
        fake.answers["Jobs"] = {"jobs": [job()]}
        self.assertIn("2026-11-22 19:00:00", call(fake, "jobs", environment=tokyo).text)


class Submitting(Case):
    def test_a_short_list_is_one_call(self):
        fake = self.daemon(Submit=submitted())
        path = self.file("http://example.org/1\thello\nhttp://example.org/2\n")
        call(fake, "submit", "-n", "docs", "-p", "-5", "-l", "label", path, "http://example.org/3")
        ((method, parameters),) = fake.calls
        self.assertEqual(method, "Submit")
        self.assertEqual((parameters["name"], parameters["priority"], parameters["label"]), ("docs", -5, "label"))
        self.assertEqual(parameters["sources"], [str(path)])
        self.assertEqual(parameters["urls"][0], {"url": "http://example.org/1", "source": 0, "line": 1, "label": "hello"})
        self.assertEqual(parameters["urls"][2], {"url": "http://example.org/3"})

    def test_a_long_list_goes_out_in_batches_that_fit_a_frame(self):
        fake = self.daemon(
            Begin={},
            Append=lambda call: {"accepted": len(call["urls"]), "duplicates": 0, "rejected": [], "rejectedCount": 0},
            Commit=commit(accepted=5500),
        )
        lines = [f"http://example.org/{i}" for i in range(5000)] + [f"http://example.org/{'x' * 8000}{i}" for i in range(500)]
        result = call(fake, "-q", "submit", self.file("\n".join(lines)))
        self.assertEqual(result.text, "7\n")
        methods = [method for method, _ in fake.calls]
        self.assertEqual((methods[0], methods[-1], set(methods[1:-1])), ("Begin", "Commit", {"Append"}))
        batches = [parameters["urls"] for parameters in fake.parameters("Append")]
        self.assertEqual([entry["url"] for batch in batches for entry in batch], lines)
        for batch in batches:
            self.assertLessEqual(len(batch), 1000)
            self.assertLess(len(json.dumps(batch)), 1 << 19)

    def test_memory_does_not_grow_with_the_list(self):
        fake = self.daemon(
            Begin={},
            Append={"accepted": 1000, "duplicates": 0, "rejected": [], "rejectedCount": 0},
            Commit=commit(accepted=300000),
        )
        content = "".join(f"http://host{i % 1000}.example.org/page/{i}\n" for i in range(300000))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        call(fake, "-q", "submit", "-", stdin=content)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        if peak > before:  # else an earlier child was larger
            self.assertLess(peak * 1024, len(content) + (64 << 20))
        self.assertEqual(len(fake.parameters("Append")), 300)

    def test_an_error_in_the_middle_is_the_answer(self):
        fake = self.daemon(Begin={}, Append=Error("LimitReached", limit="MaxQueuedUrlsPerUser", message="too many"))
        result = call(fake, "submit", "-", stdin="http://a.example/\n" * 5000, expected=1)
        self.assertIn("too many", result.notes)
        self.assertNotIn("Commit", [method for method, _ in fake.calls])

    def test_daemon_that_goes_while_nobody_says_the_next_line_is_noticed(self):
        appended = {"accepted": 1000, "duplicates": 0, "rejected": [], "rejectedCount": 0}
        for lines, answers in ((0, {}), (5000, {"Begin": {}, "Append": appended})):
            fake = self.daemon(**answers)
            with self.submitting(fake) as process:
                process.stdin.write(b"http://a.example/\n" * lines)
                process.stdin.flush()
                harness.wait_until(lambda: fake.connections, "the client")
                harness.wait_until(lambda: len(fake.parameters("Append")) == (lines > 0) * 4, "the lines")
                fake.connections[0][0].shutdown(socket.SHUT_RDWR)
                self.assertEqual(process.wait(harness.DEADLINE_SEC), 3)
                notes = process.stderr.read().decode()
            self.assertIn("closed the connection", notes)
            self.assertIn("nothing was queued", notes)

    def test_list_that_is_refused_while_nobody_says_the_next_line_ends_at_once(self):
        with self.submitting(self.daemon(Begin={}, Append=Error("StoreFull", message="the store is full"))) as process:
            process.stdin.write(b"http://a.example/\n" * 2500)
            process.stdin.flush()
            self.assertEqual(process.wait(harness.DEADLINE_SEC), 1)
            self.assertIn("the store is full", process.stderr.read().decode())

    @contextlib.contextmanager
    def submitting(self, fake):
        command = [harness.BINARIES / "urlstatctl", f"--socket={fake.socket}", "submit", "-"]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        with subprocess.Popen(command, **pipes) as process:
            try:
                yield process
            finally:
                process.kill()

    def test_whether_the_job_was_queued_is_said_where_the_last_answer_is_missing(self):
        short = self.daemon(Submit=Close)
        appended = {"accepted": 1000, "duplicates": 0, "rejected": [], "rejectedCount": 0}
        long = self.daemon(Begin={}, Append=appended, Commit=Close)
        for fake, content in ((short, "http://a.example/\n"), (long, "http://a.example/\n" * 1500)):
            result = call(fake, "submit", "-", stdin=content, expected=3)
            self.assertIn("whether the job was queued is not known: urlstatctl jobs tells", result.notes)
            result = call(fake, "submit", "--key=k", "-", stdin=content, expected=3)
            self.assertIn("the same submit once more, with this --key, gives its number", result.notes)

    def test_job_that_was_queued_is_told_where_stdout_cannot_be_written(self):
        fake = self.daemon(Submit=submitted())
        command = [harness.BINARIES / "urlstatctl", f"--socket={fake.socket}", "submit", "-q", "http://a.example/"]
        with open("/dev/full", "w") as full:
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"job 7 was queued all the same", result.stderr)

    def test_host_that_is_taken_for_a_file_is_told_how_urls_begin(self):
        result = call(self.daemon(), "submit", "example.org/x", expected=1)
        self.assertIn("example.org/x: No such file or directory; a URL begins with http:// or https://", result.notes)

    def test_descriptors_that_are_closed_are_not_taken_for_the_daemon(self):
        fake = self.daemon(Jobs={"jobs": [job()]}, Submit=submitted())
        program = f"{shlex.quote(str(harness.BINARIES / 'urlstatctl'))} --socket={fake.socket}"
        for line in ("submit - <&-", "jobs >&-"):
            result = subprocess.run(
                ["sh", "-c", f"{program} {line}"], stderr=subprocess.PIPE, timeout=harness.DEADLINE_SEC, check=False
            )
            self.assertIn(b"Bad file descriptor", result.stderr, line)
            self.assertEqual(result.returncode, 1)

    def test_strict_sends_no_commit(self):
        fake = self.daemon(Begin={}, Append={"accepted": 1000, "duplicates": 0, "rejected": [], "rejectedCount": 0})
        call(fake, "submit", "--strict", "-", stdin="http://a.example/\nnonsense\n", expected=1)
        self.assertNotIn("Commit", [method for method, _ in fake.calls])
        self.assertNotIn("Submit", [method for method, _ in fake.calls])
        call(fake, "submit", "--strict", "-", stdin="http://a.example/\n" * 2500 + "nonsense\n", expected=1)
        self.assertNotIn("Commit", [method for method, _ in fake.calls])

    def test_strict_reports_what_the_daemon_rejects_beside_what_the_client_does(self):
        rejected = [{"source": "stdin", "line": 1, "text": "http://", "reason": "the host is missing"}]
        fake = self.daemon(Begin={}, Append={"accepted": 0, "duplicates": 0, "rejected": rejected, "rejectedCount": 1})
        result = call(fake, "submit", "--strict", "-", stdin="http://\nnonsense\n", expected=1)
        self.assertIn("stdin:1: the host is missing", result.notes)
        self.assertIn("2 bad lines", result.notes)

    def test_lines_that_the_daemon_rejects_are_reported_with_file_and_line(self):
        rejected = [{"source": "urls.txt", "line": 3, "text": "http://", "reason": "the host is missing"}]
        fake = self.daemon(Submit=submitted(rejected=rejected, rejectedCount=1))
        result = call(fake, "submit", "-o", "json", "http://example.org/")
        self.assertIn("urls.txt:3: the host is missing", result.notes)
        self.assertEqual(json.loads(result.stdout)["rejected"], rejected)

    def test_bad_lines_without_end_are_a_hundred_lines_and_a_number(self):
        result = call(self.daemon(), "submit", "-", stdin="nonsense\n" * 5000, expected=1)
        self.assertEqual(len(result.notes.splitlines()), 102)
        self.assertIn("and 4900 more bad lines", result.notes)

    def test_the_slowest_host_is_told(self):
        slowest = {"host": "example.org", "urls": 6000, "delay": 1.0, "seconds": 6000.0}
        result = call(self.daemon(Submit=submitted(slowestHost=slowest)), "submit", "http://example.org/")
        self.assertIn("slowest host example.org: 1 page a second, 1 h 40 min left", result.text)

    def test_options_that_need_others_say_so(self):
        for words in (("--per=page",), ("-k", "7"), ("--max-failed=1",), ("--wait", "--max-failed=many"), ("-p", "200"),
                      ("-n", "7"), ("-f", "--per=page", "-k", "0"), ("-f", "--per=page", "-k", "1001")):  # fmt: skip
            result = call(self.daemon(), "submit", *words, "http://example.org/", expected=2)
            self.assertEqual(len(result.notes.splitlines()), 1)


class Waiting(Case):
    RUNNING = watch([job(7, state="running", counted=0)])

    def ended(self, **changes):
        return watch([job(7, **changes)])

    def wait(self, ended, *arguments, expected):
        fake = self.daemon(Watch=[self.RUNNING, ended], Show={"jobs": ended["jobs"][:1]})
        return call(fake, "wait", *arguments, expected=expected)

    def test_exit_status_tells_how_the_job_ended(self):
        self.wait(self.ended(), expected=0)
        self.wait(self.ended(counted=2, failed=1), expected=5)
        self.wait(self.ended(counted=2, skipped=1), expected=0)
        self.wait(self.ended(counted=0, skipped=3), expected=5)
        self.wait(self.ended(counted=2, cancelled=1, state="cancelled"), expected=5)
        self.wait(self.ended(counted=2, failed=1), "--max-failed=1", expected=0)
        self.wait(self.ended(counted=2, failed=1), "--max-failed=34%", expected=0)
        self.wait(self.ended(counted=2, failed=1), "--max-failed=33%", expected=5)

    def test_one_bad_job_of_several_counts(self):
        ended = watch([job(7), job(8, counted=2, failed=1)])
        result = self.wait(ended, "7", "8", expected=5)
        self.assertIn("job 7 is done: 3 counted", result.notes)
        self.assertIn("job 8 is done: 2 counted, 1 failed", result.notes)

    def test_timeout_is_of_the_whole_wait(self):
        result = call(self.daemon(Watch=[self.RUNNING, Hold]), "wait", "--timeout=300ms", expected=4)
        self.assertIn("urlstatctl wait 7", result.notes)

    def interrupt(self, number, *arguments, after=b"", **answers):
        """Sends the signal to a client that waits and has printed `after`; what it printed, said and ended with."""
        answers = {"Watch": [self.RUNNING, watch(page=group(1)), Hold], **answers}
        fake = self.daemon(Submit=submitted(), Status=STATUS, **answers)
        command = [harness.BINARIES / "urlstatctl", f"--socket={fake.socket}", "submit", "--follow", *arguments]
        with subprocess.Popen(
            [*command, "http://example.org/"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            self.assertTrue(fake.held.wait(harness.DEADLINE_SEC))
            text = b""
            while after not in text:
                text += os.read(process.stdout.fileno(), 65536)
            process.send_signal(number)
            rest, notes = process.communicate(timeout=harness.DEADLINE_SEC)
        return (text + rest).decode(), notes.decode(), process.returncode

    def test_ctrl_c_leaves_the_job_running_and_says_so(self):
        _, notes, status = self.interrupt(signal.SIGINT)
        self.assertIn("job 7 goes on; urlstatctl wait 7", notes)
        self.assertEqual(status, 130)

    def test_a_document_is_whole_also_when_the_wait_was_interrupted(self):
        text, notes, status = self.interrupt(signal.SIGTERM, "-q", "--per=page", "-o", "json", after=b"page")
        answer = json.loads(text)
        self.assertEqual(len(answer["groups"]), 1)
        self.assertEqual(answer["error"], "io.urlstat.ctl.Interrupted")
        self.assertIn("job 7 goes on", answer["message"])
        self.assertEqual((notes, status), ("", 143))

    def test_ctrl_c_after_the_wait_ends_the_program(self):
        _, _, status = self.interrupt(signal.SIGINT, Watch=[self.ended()], Top=Hold)
        self.assertEqual(status, -signal.SIGINT)

    def test_a_daemon_that_comes_back_is_waited_for(self):
        answers = iter([[self.RUNNING, Close], [self.RUNNING, self.ended()]])
        fake = self.daemon(Watch=lambda _: next(answers), Show={"jobs": [job()]})
        result = call(fake, "wait", expected=0)
        self.assertIn("waiting for it to come back", result.notes)
        # Not the latest, which may be another one by then.
        self.assertEqual(fake.parameters("Watch"), [{}, {"jobs": ["7"]}])

    def test_a_daemon_that_hangs_up_over_and_over_is_given_up(self):
        answers = iter([[self.RUNNING, Close]])
        result = call(self.daemon(Watch=lambda _: next(answers, Close)), "wait", expected=3)
        self.assertIn("closed the connection", result.notes)

    def test_a_job_that_is_removed_meanwhile_did_not_end_well(self):
        call(self.daemon(Watch=[watch([job(7, state="running", counted=1)]), watch()], Show={"jobs": []}), "wait",
             expected=5)  # fmt: skip

    def test_pages_are_shown_once_also_when_the_daemon_tells_them_again(self):
        answers = iter([[self.RUNNING, watch(page=group(1)), Close], [watch(page=group(1)), watch(page=group(2)), self.ended()]])
        fake = self.daemon(Submit=submitted(), Status=STATUS, Watch=lambda _: next(answers))
        result = call(fake, "submit", "--follow", "--per=page", "-o", "jsonl", "http://example.org/")
        self.assertEqual([json.loads(line)["page"] for line in result.text.splitlines()], [1, 2])

    def test_people_see_how_urls_ended_that_were_not_counted(self):
        outcome = {"outcome": "timeout", "state": "failed", "urls": 1, "exampleUrl": "http://slow.example/",
                   "exampleDetail": None}  # fmt: skip
        ended = self.ended(counted=2, failed=1, outcomes=[outcome])
        self.assertIn("http://slow.example/", self.wait(ended, expected=5).text)
        self.assertEqual(self.wait(ended, "-q", expected=5).text, "")

    def test_wait_prints_the_jobs_as_data(self):
        fake = self.daemon(Watch=[self.ended()], Wait={"jobs": [job(7)]})
        self.assertEqual(json.loads(call(fake, "wait", "-o", "json").stdout), {"jobs": [job(7)]})


class Following(Case):
    def setUp(self):
        outcomes = [{"outcome": "http_error", "state": "failed", "urls": 1, "exampleUrl": "http://example.org/2",
                     "exampleDetail": "404 Not Found"}]  # fmt: skip
        self.fake = self.daemon(
            Submit=submitted(),
            Status=STATUS,
            Watch=[
                watch([job(7, state="running", counted=0)]),
                watch(page=group(1, url="http://example.org/\x1b[2J")),
                watch(url=url(2)),
                watch([job(7, counted=2, failed=1)], page=group(3, words=())),
            ],
            Top=top(words=[word()]),
            Show={"jobs": [job(7, counted=2, failed=1, outcomes=outcomes)]},
        )

    def follow(self, *arguments, expected=5):
        return call(self.fake, "submit", "--follow", *arguments, "http://example.org/", expected=expected)

    def test_people_see_each_page_with_its_words_then_the_words_of_all_and_the_outcomes(self):
        result = self.follow("--per=page")
        lines = result.text.splitlines()
        self.assertEqual(lines[0], "1/3  http://example.org/\\u001b[2J  the 42, of 30")
        self.assertEqual(lines[1], "2/3  http://example.org/2  http_error: 404 Not Found")
        self.assertEqual(lines[2], "3/3  http://example.org/3  no words")
        self.assertRegex(result.text, r"RANK +WORD")
        self.assertRegex(result.text, r"OUTCOME +URLS")
        self.assertIn("job 7: 3 URLs", result.notes)

    def test_the_daemons_number_of_words_is_asked_for_unless_another_is_given(self):
        self.follow("--per=page")
        self.follow("--per=page", "-k", "3")
        self.assertEqual([call["perPage"] for call in self.fake.parameters("Watch")], [7, 3])

    def test_a_daemon_that_shows_all_words_shows_a_thousand_of_a_page(self):
        self.fake.answers["Status"] = {**STATUS, "topWords": 0}
        self.follow("--per=page")
        self.assertEqual(self.fake.parameters("Watch")[0]["perPage"], 1000)

    def test_as_data_the_pages_are_the_answer(self):
        lines = self.follow("--per=page", "-o", "tsv").text.splitlines()
        self.assertEqual(lines[0], "job\tpage\trank\tword\ttokens\turl")
        self.assertEqual(len(lines), 3)
        groups = json.loads(self.follow("--per=page", "-o", "json").stdout)["groups"]
        self.assertEqual([entry["page"] for entry in groups], [1, 3])

    def test_without_pages_the_words_of_all_are_the_answer(self):
        self.assertEqual(json.loads(self.follow("-o", "json").stdout), top(words=[word()]))
        self.assertEqual(self.follow("-o", "tsv", "--no-legend", "-q").text, "1\tthe\t42\t1000.5\t2\t1\n")
        self.assertEqual(self.follow("-q", "--max-failed=1", expected=0).notes, "")

    def test_a_terminal_gets_a_bar_that_is_gone_at_the_end(self):
        leader, follower = os.openpty()
        with subprocess.Popen(
            [harness.BINARIES / "urlstatctl", f"--socket={self.fake.socket}", "submit", "-f", "http://example.org/"],
            stdout=subprocess.DEVNULL, stderr=follower, env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
        ) as process:  # fmt: skip
            os.close(follower)
            text = b""
            try:
                while piece := os.read(leader, 65536):
                    text += piece
            except OSError:  # the terminal's other end is closed
                pass
            process.wait(harness.DEADLINE_SEC)
        os.close(leader)
        self.assertRegex(text.decode(), r"\rjob 7  .*0%  0/3.*\x1b\[K")
        self.assertIn("\r\x1b[K", text.decode())
        self.assertRegex(text.decode(), r"\r\x1b\[Kjob 7 is done: 2 counted, 1 failed\r\n$")


class Sockets(Case):
    def test_a_users_own_daemon_is_below_the_runtime_directory(self):
        directory = self.enterContext(harness.temporary_directory())
        environment = {"XDG_RUNTIME_DIR": str(directory), "URLSTAT_SOCKET": "/nonexistent"}
        result = harness.ctl("--user", "ping", environment=environment, expected=3)
        self.assertIn(f"{directory}/urlstatd/io.urlstat", result.notes)
        self.assertIn("systemctl --user start urlstatd", result.notes)
        result = harness.ctl("--user", "ping", environment={"XDG_RUNTIME_DIR": ""}, expected=3)
        self.assertIn("XDG_RUNTIME_DIR", result.notes)

    def test_the_option_wins_over_the_variable(self):
        fake = self.daemon(Ping={"version": "0.1.0"})
        result = call(fake, "ping", environment={"URLSTAT_SOCKET": "/nonexistent"})
        self.assertRegex(result.text, r"^urlstatd 0\.1\.0 answers within [0-9.]+ ms\n$")

    def test_the_variable_is_the_default(self):
        fake = self.daemon(Ping={"version": "0.1.0"})
        harness.ctl("ping", environment={"URLSTAT_SOCKET": str(fake.socket)})
        self.assertEqual(fake.calls, [("Ping", {})])


class Failures(Case):
    def test_errors_of_the_daemon(self):
        fake = self.daemon(Show=Error("NoSuchJob", job="99", message="there is no job 99"))
        self.assertEqual(call(fake, "show", "99", expected=1).notes, "urlstatctl: there is no job 99\n")
        result = call(fake, "show", "99", "-o", "json", expected=1)
        self.assertEqual(json.loads(result.stdout), {"error": "io.urlstat.NoSuchJob", "message": "there is no job 99"})
        self.assertEqual(result.notes, "")

    def test_an_error_after_the_first_part_keeps_the_document_whole(self):
        fake = self.daemon(Jobs=[{"jobs": [job(7)]}, Error("StoreFailed", message="disk is broken")])
        answer = json.loads(call(fake, "jobs", "-o", "json", expected=1).stdout)
        self.assertEqual(answer, {"jobs": [job(7)], "error": "io.urlstat.StoreFailed", "message": "disk is broken"})

    def test_a_silent_daemon_times_out(self):
        result = call(self.daemon(Ping=Hold), "ping", "--timeout=200ms", expected=4)
        self.assertIn("--timeout", result.notes)

    def test_a_daemon_that_hangs_up_is_unreachable(self):
        self.assertIn("closed the connection", call(self.daemon(Ping=Close), "ping", expected=3).notes)

    def test_what_is_no_reply_is_said_so(self):
        for data in (b"HTTP/1.1 400 Bad Request\r\n\0", b"{}}\0", b'{"parameters":{"version":7}}\0', b"\xff\0"):
            result = call(self.daemon(Ping=Raw(data)), "ping", expected=1)
            self.assertIn("does not speak the protocol", result.notes)

    def test_what_an_older_daemon_does_not_know_is_left_out(self):
        def show(call):
            if "cite" in call:
                return Error("org.varlink.service.InvalidParameter", parameter="cite")
            return {"jobs": [job(7, engine=ENGINE, outcomes=[])]}

        ranking = top(words=[word()])
        del ranking["engines"]
        fake = self.daemon(Show=show, Top=ranking, Urls={"urls": []})
        self.assertIn("the", call(fake, "top").text)
        self.assertIn("     Job:  7\n", call(fake, "show", "7").text)
        self.assertEqual(json.loads(call(fake, "show", "-o", "json").text)["jobs"][0]["job"], 7)
        self.assertEqual(fake.calls[-2:], [("Show", {"cite": True}), ("Show", {})])
        call(fake, "report", "7", self.file("").parent / "report.html")

    def test_parameter_that_an_older_daemon_does_not_know_is_named(self):
        fake = self.daemon(Top=Error("org.varlink.service.InvalidParameter", parameter="unique"))
        result = call(fake, "top", "--unique", expected=1)
        self.assertIn("does not know the parameter unique, or refuses its value", result.notes)
        self.assertEqual(len(fake.calls), 1)

    def test_unknown_fields_of_a_newer_daemon_are_fine(self):
        fake = self.daemon(Jobs={"jobs": [job(7, state="hibernating", mood="good")], "total": 1})
        self.assertIn("hibernating", call(fake, "jobs").text)

    def test_owners_that_the_daemon_does_not_name_are_shown_by_their_uid(self):
        fake = self.daemon(Jobs={"jobs": [job(7, user=None, uid=0), job(8, user=None, uid=4242424)]})
        self.assertRegex(call(fake, "jobs").text, r"7 +done +root .*\n +8 +done +4242424 ")
        self.assertIsNone(json.loads(call(fake, "jobs", "-o", "json").stdout)["jobs"][0]["user"])

    def test_a_full_disk_is_no_success(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        fake = self.daemon(Top=top(words=[word()]))
        with open("/dev/full", "wb") as full:
            result = subprocess.run(
                [harness.BINARIES / "urlstatctl", f"--socket={fake.socket}", "top"],
                stdout=full, stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
        self.assertEqual(result.returncode, 1)
        self.assertTrue(re.search(rb"cannot write to stdout", result.stderr))


if __name__ == "__main__":
    harness.main()

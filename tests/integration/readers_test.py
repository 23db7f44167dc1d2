#!/usr/bin/python3
"""Who may see what: every method of the interface, asked by the owner of a job, by another user and by root, under both
settings of ReadJobs=."""

import contextlib
import json
import os
import re
import unittest

import harness

OWNER, OTHER, ROOT = 65534, 2, 0
# What the owner's jobs are about, and what nobody else is to see under ReadJobs=owner.
NAME, LATER, LABEL, SOURCE, PAGE, WORD, KEY, DETAIL = (
    "secretname", "secretlater", "secretlabel", "secretsource", "secretpage", "secretword", "secretkey", "secretmissing",
)
HOST = "127.0.0.77"
SECRETS = ("secret", HOST)

# What a row of the table says of the others, beside the owner and root who are answered:
SEEN = "seen"  # by everybody, without a secret
LISTED = "listed"  # answers everybody, with the owner's secrets for those alone who may read his jobs
READ = "read"  # refused unless they may read the job
MINE = "mine"  # means the caller's own jobs, whatever may be read
CHANGED = "changed"  # refused always: for the owner and root
FOR_ROOT = "for root"  # refused to the owner, too

# method -> rows of (parameters, kind, a secret that is shown to those who may read). "DONE" stands for a job that has
# ended, "RUNS" for one that has a page in flight and another waiting, "EACH" for a fresh one. A new method gets its rows
# here; parameters None: the test below says by itself what holds for it.
METHODS = {
    "Submit": [({"urls": [], "again": "DONE"}, READ, None)],
    "Begin": [({"again": "DONE"}, READ, None)],
    "Append": None,
    "Commit": None,
    "Top": [
        ({"jobs": ["DONE"]}, READ, WORD),
        ({"all": True}, LISTED, WORD),
        ({"all": True, "host": "DONEHOST"}, LISTED, WORD),
        ({"jobs": ["DONE"], "per": "page"}, READ, PAGE),
        ({"jobs": ["DONE"], "per": "host"}, READ, WORD),
        ({"jobs": ["DONE"], "per": "label"}, READ, LABEL),
        ({"all": True, "per": "page"}, LISTED, PAGE),
        ({"all": True, "per": "label"}, LISTED, LABEL),
        ({"all": True, "url": "DONEURL"}, LISTED, WORD),
        ({"jobs": [NAME]}, MINE, WORD),
    ],
    "Why": [({"word": WORD, "job": "DONE"}, READ, PAGE), ({"word": WORD, "job": NAME}, MINE, PAGE)],
    "Compare": [
        ({"base": "DONE", "new": "DONE"}, READ, None),
        ({"base": "DONE", "new": "RUNS", "pages": "all"}, READ, None),
        ({"base": NAME, "new": NAME}, MINE, None),
    ],
    "Jobs": [
        ({"all": True}, LISTED, NAME),
        ({"all": True, "name": NAME}, LISTED, NAME),
        ({"owner": str(OWNER)}, LISTED, NAME),
    ],
    "Show": [
        ({"job": "DONE"}, LISTED, NAME),
        ({"job": "DONE"}, LISTED, DETAIL),
        ({"job": "DONE", "cite": True}, LISTED, "listHash"),
        ({"job": NAME}, MINE, NAME),
    ],
    "Urls": [
        ({"job": "DONE"}, READ, PAGE),
        ({"job": "DONE"}, READ, SOURCE),
        ({"job": "RUNS", "state": "queued"}, READ, PAGE),
        ({"job": "DONE", "url": "DONEURL"}, READ, PAGE),
        ({"url": "DONEURL"}, MINE, PAGE),
    ],
    "Wait": [({"jobs": ["DONE"]}, LISTED, NAME)],
    "Watch": [({"jobs": ["DONE"]}, LISTED, NAME), ({"jobs": ["DONE"], "perPage": 5}, READ, PAGE)],
    "Pause": [({"jobs": ["EACH"]}, CHANGED, LATER), ({"host": "nowhere.example"}, FOR_ROOT, None)],
    "Resume": [({"jobs": ["EACH"]}, CHANGED, LATER), ({"host": "nowhere.example"}, FOR_ROOT, None)],
    "Cancel": [({"jobs": ["EACH"]}, CHANGED, LATER)],
    "Priority": [({"jobs": ["EACH"], "priority": -1}, CHANGED, LATER)],
    "Retry": [({"jobs": ["EACH"]}, CHANGED, LATER)],
    "Remove": [({"jobs": ["EACH"]}, CHANGED, None)],
    # Of a URL or a host the caller learns what he says himself: explain_test.py.
    "Explain": [({"subject": "RUNS"}, READ, HOST)],
    "Hosts": [({}, LISTED, HOST), ({"host": HOST}, LISTED, HOST), ({"job": "RUNS"}, READ, HOST)],
    "Workers": [({}, LISTED, PAGE)],
    "Export": [({"job": "DONE"}, READ, WORD), ({"job": "DONE"}, READ, LABEL), ({"job": NAME}, MINE, PAGE)],
    # It reads nothing: the job is the caller's own.
    "Import": None,
    "Backup": [({}, FOR_ROOT, None)],
    "Reload": [({}, FOR_ROOT, None)],
    "SetLogLevel": [({"level": "info"}, FOR_ROOT, None)],
    "Status": [({}, SEEN, None)],
    "Metrics": [({}, SEEN, None)],
    "Ping": [({}, SEEN, None)],
}
# Answered in parts, or only so.
STREAMS = {"Watch", "Top", "Compare", "Urls", "Jobs", "Hosts", "Export", "Backup"}


@contextlib.contextmanager
def user(uid):
    """Sockets are connected as this user meanwhile."""
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        root = cls.enterClassContext(harness.temporary_directory())
        (root / f"{PAGE}.html").write_text(f"<title>{PAGE}</title><p>{WORD} of a page")
        cls.server = cls.enterClassContext(harness.WebServer({"/": root}, [HOST]))

    def prepare(self, setting):
        """A daemon with the owner's jobs."""
        config = harness.merged(
            harness.IMPOLITE, {"Daemon": {"ReadJobs": setting}, "Fetch": {"HostConnections": "1", "MaxAttempts": "1"}}
        )
        self.daemon = self.enterContext(harness.Daemon(config))
        # Takes connections and never answers; its end lets the daemon's transfers end.
        (silent,), self.silent_port = harness.listening_sockets([HOST])
        self.addCleanup(silent.close)
        os.chmod(self.daemon.directory, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        self.asked = {uid: self.connect(uid) for uid in (OWNER, OTHER, ROOT)}
        self.url = self.server.url(f"/{PAGE}.html")
        self.done = self.submit(OWNER, [self.url, self.server.url(f"/{DETAIL}.html")], name=NAME, key=KEY)
        self.asked[ROOT].call("Wait", {"jobs": [str(self.done)]})
        self.runs = self.submit(OWNER, self.silent_urls())
        self.daemon.wait_for_job(self.runs, lambda job: job["active"] == 1, "a transfer")

    def connect(self, uid):
        with user(uid):
            return self.enterContext(self.daemon.connect())

    def silent_urls(self):
        return [f"http://{HOST}:{self.silent_port}/{PAGE}-{i}" for i in range(2)]

    def submit(self, uid, urls, **more):
        entries = [{"url": url, "source": 0, "line": 1} for url in urls]
        parameters = {"name": LATER, "label": LABEL, "sources": [SOURCE], "urls": entries, **more}
        return self.asked[uid].call("Submit", parameters)["job"]

    def fill_in(self, value):
        if isinstance(value, dict):
            return {key: self.fill_in(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.fill_in(each) for each in value]
        if value == "EACH":
            return str(self.submit(OWNER, self.silent_urls()))
        known = {
            "DONE": str(self.done),
            "RUNS": str(self.runs),
            "DONEURL": self.url,
            "DONEHOST": f"{HOST}:{self.server.port}",
        }
        return known.get(value, value) if isinstance(value, str) else value

    def ask(self, uid, method, parameters):
        """All that comes back, as text, and the error's name, None if there is none."""
        # Its own connection: a list that Begin opened goes with it.
        with self.connect(uid) as connection:
            more = {"more": True} if method in STREAMS else {}
            connection.send(f"io.urlstat.{method}", self.fill_in(parameters), **more)
            told = ""
            while True:
                reply = connection.receive()
                told += json.dumps(reply)
                if "error" in reply or not reply.get("continues"):
                    return told, reply.get("error")

    def check_others(self, method, parameters, kind, secret, may_read):
        # What a caller says himself comes back in errors about it.
        said = json.dumps(self.fill_in(parameters)) if kind == MINE else ""
        told, error = self.ask(OTHER, method, parameters)
        if kind in (CHANGED, FOR_ROOT) or (kind == READ and not may_read):
            self.assertEqual(error, "io.urlstat.NotPermitted")
        elif kind == MINE:
            self.assertIn(error, (None, "io.urlstat.NoSuchJob"))
        else:
            self.assertIsNone(error, told)
        if kind in (LISTED, READ) and may_read:
            if secret:
                self.assertIn(secret, told)
        else:
            for each in SECRETS:
                if each not in said:
                    self.assertNotIn(each, told)

    def check_owner_and_root(self, method, parameters, kind, secret):
        for uid in (OWNER, ROOT):
            told, error = self.ask(uid, method, parameters)
            if kind == FOR_ROOT and uid == OWNER:
                self.assertEqual(error, "io.urlstat.NotPermitted")
            elif kind == MINE and uid == ROOT:
                self.assertIn(error, (None, "io.urlstat.NoSuchJob"))
            elif method in ("Resume", "Retry"):
                # Of a job that is neither paused nor ended.
                self.assertIn(error, (None, "io.urlstat.WrongState"))
            else:
                self.assertIsNone(error, told)
                if secret:
                    self.assertIn(secret, told)

    def check_table(self, setting):
        self.prepare(setting)
        for method, rows in METHODS.items():
            for parameters, kind, secret in rows or []:
                with self.subTest(method=method, parameters=parameters):
                    self.check_others(method, parameters, kind, secret, setting == "group")
                    self.check_owner_and_root(method, parameters, kind, secret)

    def test_table_holds_with_owner(self):
        self.check_table("owner")

    def test_table_holds_with_group(self):
        self.check_table("group")

    def test_table_has_every_method(self):
        with harness.Daemon() as daemon, daemon.connect() as connection:
            description = connection.call(
                "org.varlink.service.GetInterfaceDescription", {"interface": "io.urlstat"}
            )["description"]
        methods = re.findall(r"^method (\w+)", description, re.MULTILINE)
        self.assertEqual(sorted(METHODS), sorted(methods))

    def test_list_in_parts_is_its_own_caller_s(self):
        self.prepare("group")
        with self.connect(OWNER) as mine, self.connect(OTHER) as theirs:
            mine.call("Begin", {"name": NAME})
            for method, parameters in (("Append", {"urls": []}), ("Commit", {})):
                with self.assertRaises(harness.VarlinkError) as refused:
                    theirs.call(method, parameters)
                self.assertEqual(refused.exception.name, "io.urlstat.NoSubmission")

    def test_key_of_another_names_no_job_of_his(self):
        self.prepare("group")
        self.assertEqual(self.submit(OWNER, [self.url], key=KEY), self.done)
        self.assertNotEqual(self.submit(OTHER, [self.url], key=KEY), self.done)

    def test_both_sides_of_a_comparison_must_be_readable(self):
        self.prepare("owner")
        mine = self.submit(OTHER, [self.server.url("/")])
        for base, new in ((mine, self.done), (self.done, mine), (f"{self.done}/", mine)):
            told, error = self.ask(OTHER, "Compare", {"base": str(base), "new": str(new)})
            self.assertEqual(error, "io.urlstat.NotPermitted")
            self.assertNotIn("secret", told)
        told, error = self.ask(ROOT, "Compare", {"base": str(mine), "new": str(self.done), "pages": "all", "k": 0})
        self.assertIsNone(error, told)

    def outcome_for(self, uid, **more):
        job = self.submit(uid, [self.url], **more)
        self.asked[uid].call("Wait", {"jobs": [str(job)]})
        (page,) = self.asked[uid].call("Urls", {"job": str(job)})["urls"]
        return page["outcome"]

    def test_pages_of_others_are_reused_only_by_those_who_may_read_them(self):
        for setting, fresh, unchanged in (("owner", "counted", "counted"), ("group", "fresh", "not_modified")):
            with self.subTest(setting=setting):
                self.prepare(setting)
                self.assertEqual(self.outcome_for(OTHER), unchanged)
        self.prepare("owner")
        self.assertEqual(self.outcome_for(OTHER, maxAge=3600.0), "counted")
        self.assertEqual(self.outcome_for(OTHER, maxAge=3600.0), "fresh", "his own by now")
        self.assertEqual(self.outcome_for(OWNER, maxAge=3600.0), "fresh")
        self.prepare("group")
        self.assertEqual(self.outcome_for(OTHER, maxAge=3600.0), "fresh")


if __name__ == "__main__":
    harness.main()

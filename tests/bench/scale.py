"""Lists of millions: how long they take to be taken in, what they cost in memory and on disk, how soon fetching begins,
and how soon a daemon that was killed or stopped is back. Politeness is on, as it is for the world."""

import os
import re
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import threading
import time
from pathlib import Path

import harness

URLS = 2_000_000
MANY_HOSTS = 10_000
MOST_HOSTS = 1_000_000
# How long the daemon is watched while it has nothing to do but to wait for servers that do not answer.
IDLE_SECONDS = 5
CONFIG = harness.merged(
    harness.IMPOLITE,
    {"Fetch": {"HostDelaySec": "1s", "HostConnections": "2", "Robots": "no", "TransferTimeoutSec": "600s"}},
)
GOALS = {"rate": 200_000, "memory": 200e6, "first": 1.0, "start": 2.0}


class SilentServer:
    """Takes connections on every address of 127/8 and never answers, so that a queue stays as it was submitted."""

    def __init__(self):
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.first = None
        self.connections = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.first is None:
                self.first = time.time()
            self.connections.append(connection)

    def forget(self):
        """What is open; the next connection is the first one again."""
        kept, self.connections = self.connections, []
        for connection in kept:
            connection.close()
        self.first = None

    def close(self):
        self.listener.close()
        self.forget()


def write_urls(path, n_hosts, port, n_urls=URLS):
    """As many URLs, over so many hosts in turn."""
    hosts = [
        f"http://{socket.inet_ntoa(struct.pack('!I', 0x7F010000 + i))}:{port}" for i in range(min(n_hosts, n_urls))
    ]
    with open(path, "w", encoding="utf-8") as lines:
        for i in range(n_urls):
            lines.write(f"{hosts[i % len(hosts)]}/documents/{i // len(hosts)}/page-{i}.html\n")
    return path


def peak_of(command):
    """Runs it: seconds, processor seconds, and the bytes that were resident at most, as far as looking often tells.
    (What the kernel tells at its end begins with what its parent had.)"""
    peak = 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
        peak = max(peak, int(found.group(1)) * 1024 if found else 0)
        time.sleep(0.005)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise AssertionError(f"{command} ended with {process.returncode}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def processor_seconds(pid):
    spent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def size_on_disk(directory):
    return sum(path.stat().st_blocks * 512 for path in directory.rglob("*") if path.is_file())


def wait_for_first(server):
    return harness.wait_until(lambda: server.first, "the first fetch", interval_sec=0.001)


def started(daemon, server):
    """Seconds until it is ready, and until it fetches."""
    server.forget()
    start = time.time()
    daemon.start()
    ready = time.time() - start
    return ready, wait_for_first(server) - start


def submitted(daemon, server, path):
    """What taking in the list, and all that follows, came to."""
    figures = {}
    server.forget()
    command = [harness.BINARIES / "urlstatctl", f"--socket={daemon.socket}", "-q", "submit", path]
    before = processor_seconds(daemon.process.pid)
    figures["seconds"], spent, figures["client"] = peak_of(command)
    end = time.time()
    figures["spent"] = spent + processor_seconds(daemon.process.pid) - before
    figures["first"] = wait_for_first(server) - end
    before = processor_seconds(daemon.process.pid)
    time.sleep(IDLE_SECONDS)
    figures["idle"] = (processor_seconds(daemon.process.pid) - before) / IDLE_SECONDS
    figures["daemon"] = daemon.peak_memory()
    figures["disk"] = size_on_disk(daemon.state)
    daemon.kill()
    figures["killed"], figures["killed-first"] = started(daemon, server)
    daemon.stop()
    figures["stopped"], figures["stopped-first"] = started(daemon, server)
    figures["restarted"] = daemon.peak_memory()
    return figures


def mark(value, goal, is_least=False):
    return " " if (value >= goal if is_least else value <= goal) else "!"


def show(title, figures, n_urls):
    rate = n_urls / figures["seconds"]
    memory = figures["daemon"] + figures["client"]
    print(
        f"{figures['seconds']:7.2f} {rate:8.0f}{mark(rate, GOALS['rate'], True)}"
        f"{figures['spent']:7.2f} {figures['daemon'] / 1e6:8.0f} {figures['client'] / 1e6:6.0f}{mark(memory, GOALS['memory'])}"
        f"{figures['first']:7.2f}{mark(figures['first'], GOALS['first'])}"
        f"{figures['disk'] / 1e6:7.0f} {figures['idle'] * 100:6.1f}"
        f"{figures['killed']:7.2f}{mark(figures['killed'], GOALS['start'])}{figures['killed-first']:6.2f} "
        f"{figures['stopped']:7.2f}{mark(figures['stopped'], GOALS['start'])}{figures['stopped-first']:6.2f}"
        f"  {title}",
        flush=True,
    )


def bench_scale(directory, runs):
    print(f"scale: {URLS} URLs submitted from one file, to servers that never answer; medians of {runs} rounds. The goals are")
    print(f"{GOALS['rate']} URLs/s, {GOALS['memory'] / 1e6:.0f} MB of memory for daemon and client together, the first fetch within")
    print(f"{GOALS['first']:.0f} s of the end of submit, and a start within {GOALS['start']:.0f} s; a ! stands behind what missed one. Processor")
    print("seconds are the client's and the daemon's while the list is submitted. Idle: processor time in percent of one, while")
    print("all that can be in flight waits for an answer. Then the seconds until the daemon is ready, and until it fetches,")
    print("after kill -9 and after a clean stop.")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before.\n")
    print("                 processor  MB of memory  first     MB          killed,        stopped,")
    print("seconds   URLs/s   seconds daemon client  fetch   disk   idle  ready   fetch  ready   fetch")
    limit, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard), hard))
    server = SilentServer()
    try:
        for n_hosts in (MANY_HOSTS, 1, MOST_HOSTS):
            path = write_urls(directory / "scale.txt", n_hosts, server.port)
            rounds = []
            for _ in range(runs):
                with harness.Daemon(CONFIG) as daemon:
                    rounds.append(submitted(daemon, server, path))
            show(f"{n_hosts} hosts", {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}, URLS)
    finally:
        server.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    print()


# ---- lists that come out, and many jobs ----

JOBS, JOB_URLS = 1000, 2000


def listed(daemon, *arguments):
    """Seconds, and the peaks of the client and of the daemon meanwhile."""
    # From here on the daemon's peak counts anew.
    Path(f"/proc/{daemon.process.pid}/clear_refs").write_text("5")
    seconds, _, client = peak_of([harness.BINARIES / "urlstatctl", f"--socket={daemon.socket}", *arguments])
    return seconds, client, daemon.peak_memory()


def show_listed(title, figures):
    seconds, client, daemon = figures
    print(f"{seconds:7.2f} {daemon / 1e6:8.0f} {client / 1e6:6.0f}  {title}", flush=True)


def bench_lists(directory, runs):
    print(f"lists: of a job of {URLS} URLs over {MANY_HOSTS} hosts that runs; then of {JOBS} jobs of {JOB_URLS} URLs each, of one")
    print(f"user, to hosts of their own. {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before.\n")
    print("         MB of memory")
    print("seconds   daemon client")
    server = SilentServer()
    try:
        with harness.Daemon(CONFIG) as daemon:
            path = write_urls(directory / "lists.txt", MANY_HOSTS, server.port)
            daemon.ctl("-q", "submit", path)
            show_listed("urls, all of them", listed(daemon, "-o", "tsv", "urls", "1"))
            show_listed("urls --state=counted, none of them", listed(daemon, "-o", "tsv", "urls", "1", "--state=counted"))
            show_listed("urls --host=", listed(daemon, "-o", "tsv", "urls", "1", f"--host=127.1.0.7:{server.port}"))
            show_stalled_reader(daemon, directory)
            daemon.kill()
        with harness.Daemon(CONFIG) as daemon:
            show_many_jobs(daemon, server)
            daemon.kill()
    finally:
        server.close()
    print()


def show_stalled_reader(daemon, directory):
    """Somebody asks for all and reads nothing, while a list is written."""
    with daemon.connect() as reader:
        reader.send("io.urlstat.Urls", {"job": "1"}, more=True)
        daemon.ctl("-q", "submit", write_urls(directory / "more.txt", 100, 9, 200_000))
        megabytes = daemon.json("status")["store"]["walBytes"] / 1e6
    print(f"        {megabytes:8.0f} MB of write-ahead log, after 200000 URLs were submitted while a reader of urls stood still")


def show_many_jobs(daemon, server):
    start = time.monotonic()
    with daemon.connect() as connection:
        for job in range(JOBS):
            hosts = (socket.inet_ntoa(struct.pack("!I", 0x7F010000 + job * JOB_URLS + i)) for i in range(JOB_URLS))
            connection.call("Submit", {"urls": [{"url": f"http://{host}:{server.port}/"} for host in hosts]})
    seconds = time.monotonic() - start
    print(f"{seconds:7.2f} {daemon.peak_memory() / 1e6:8.0f}         submit, {JOBS} times")
    show_listed("jobs", listed(daemon, "-o", "tsv", "jobs"))
    before = processor_seconds(daemon.process.pid)
    time.sleep(IDLE_SECONDS)
    spent = (processor_seconds(daemon.process.pid) - before) / IDLE_SECONDS
    print(f"{'':16}        {spent * 100:.1f} % of a processor while all wait", flush=True)


# ---- the most used words of a large job ----

TOP_PAGES, TOP_HOSTS, TOP_TOKENS, TOP_LABELS = 100_000, 1000, 800, 10
# So many of its URLs wait for ever.
TOP_WAITING = 1000
TOP_GOALS = {"cold": 2.0, "warm": 0.1}


def drop_cached(directory):
    """What the kernel has of the files in memory, so that they are read from the disk."""
    for path in directory.rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def bench_top(directory, runs, program):
    print(f"top: of a job of {TOP_PAGES} pages of {TOP_TOKENS} words over {TOP_HOSTS} hosts, of which {TOP_WAITING} URLs more wait;")
    print(f"medians of {runs} rounds. Cold: the first time after a start, with nothing of the store in the kernel's memory. The")
    print(f"goals are {TOP_GOALS['cold']:.0f} s, and {TOP_GOALS['warm'] * 1000:.0f} ms once warm; a ! stands behind what missed one.")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before.\n")
    print("          MB of memory\n   cold    warm   daemon client")
    host = "127.1.0.5:9"
    asked = (
        (),
        ("--by=hosts",),
        (f"--host={host}",),
        (f"--url=http://{host}/documents/page-5.html",),
        ("--unique",),
        ("--per=host",),
        ("--per=label",),
        ("--per=page",),
        ("--per=page", "-k", "0"),
    )
    daemon = harness.Daemon(harness.merged(CONFIG, {"Fetch": {"AllowNetworks": "127.0.0.0/8"}}))
    try:
        filled = [TOP_PAGES, TOP_WAITING, TOP_HOSTS, TOP_TOKENS, TOP_LABELS]
        subprocess.run([program, daemon.state, *map(str, filled)], stdout=subprocess.DEVNULL, check=True)
        daemon.start()
        # Or they would all fail soon, and the job be done.
        daemon.ctl("pause", "1")
        daemon.kill()
        for arguments in asked:
            rounds = []
            for _ in range(runs):
                drop_cached(daemon.state)
                daemon.start()
                cold = listed(daemon, "-o", "tsv", "top", "1", *arguments)
                rounds.append((cold[0], *listed(daemon, "-o", "tsv", "top", "1", *arguments)))
                daemon.kill()
            cold, warm, client, peak = (statistics.median(column) for column in zip(*rounds))
            print(
                f"{cold:7.2f}{mark(cold, TOP_GOALS['cold'])}{warm:7.3f}{mark(warm, TOP_GOALS['warm'])}"
                f"{peak / 1e6:8.0f} {client / 1e6:6.0f}  top {' '.join(arguments)}",
                flush=True,
            )
    finally:
        if daemon.process:
            daemon.kill()
        shutil.rmtree(daemon.directory, ignore_errors=True)
    print()

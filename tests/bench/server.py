#!/usr/bin/python3
"""A word-counting server as a course homework asks for it: threads, requests, BeautifulSoup. A peer for the bench.

    server.py -w WORKERS -k TOP [--port PORT]

A client sends one URL a line and gets one line of JSON back: the page's most used words. Prints its port first."""

import argparse
import collections
import json
import queue
import re
import socket
import threading

import bs4
import requests

WORD = re.compile(r"\w+")


def count(session, url, top):
    page = session.get(url, timeout=60)
    page.raise_for_status()
    text = bs4.BeautifulSoup(page.content, "html.parser").get_text(" ")
    return dict(collections.Counter(WORD.findall(text.lower())).most_common(top))


def work(jobs, top):
    session = requests.Session()
    session.trust_env = False
    while True:
        url, answer = jobs.get()
        try:
            answer(count(session, url, top))
        except Exception as error:
            answer({"error": str(error)})


def serve(connection, jobs):
    lock = threading.Lock()

    def answer(words):
        with lock:
            connection.sendall(json.dumps(words, ensure_ascii=False).encode() + b"\n")

    with connection, connection.makefile("r") as lines:
        for line in lines:
            done = threading.Event()

            def answer_and_go_on(words, done=done):
                answer(words)
                done.set()

            jobs.put((line.strip(), answer_and_go_on))
            done.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-w", type=int, default=10)
    parser.add_argument("-k", type=int, default=7)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    jobs = queue.Queue(options.w)
    for _ in range(options.w):
        threading.Thread(target=work, args=(jobs, options.k), daemon=True).start()
    listener = socket.create_server(("127.0.0.1", options.port), backlog=100)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, jobs), daemon=True).start()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The client of server.py: so many threads, each with a connection of its own, share a list of URLs.

    client.py THREADS LIST --port PORT"""

import argparse
import queue
import socket
import threading


def ask(port, urls, lock):
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rw") as stream:
        while True:
            try:
                url = urls.get_nowait()
            except queue.Empty:
                return
            stream.write(url + "\n")
            stream.flush()
            words = stream.readline().strip()
            with lock:
                print(f"{url}: {words}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("threads", type=int)
    parser.add_argument("list")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    urls = queue.Queue()
    with open(options.list, encoding="utf-8") as lines:
        for line in lines:
            urls.put(line.strip())
    lock = threading.Lock()
    threads = [threading.Thread(target=ask, args=(options.port, urls, lock)) for _ in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()

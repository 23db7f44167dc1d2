"""Real pages for tests and bench: those of four Debian packages, 2,585 in three languages, as 16 hosts.

words_files.c has those and more, in 15 languages, for what needs no server."""

from pathlib import Path

# Path below / of the server -> directory.
DIRECTORIES = {
    "/python/": "/usr/share/doc/python3.11/html",
    "/gimp/en/": "/usr/share/gimp/2.0/help/en",
    "/gimp/ru/": "/usr/share/gimp/2.0/help/ru",
    "/gimp/ja/": "/usr/share/gimp/2.0/help/ja",
}
PACKAGES = "python3.11-doc gimp-help-en gimp-help-ru gimp-help-ja"
ADDRESSES = [f"127.0.0.{i}" for i in range(1, 17)]
N_PAGES = 2585


def pages():
    """(path below / of the server, file), in one order everywhere. Empty if a package is missing."""
    found = []
    for prefix, directory in DIRECTORIES.items():
        files = sorted(Path(directory).rglob("*.html"))
        if not files:
            return []
        found += [(prefix + str(file.relative_to(directory)), file) for file in files]
    return found


def urls(server, step=1):
    """Every step-th page once, spread over the server's addresses."""
    addresses = server.addresses
    return [
        server.url(path, addresses[i % len(addresses)]) for i, (path, _) in enumerate(pages()[::step])
    ]

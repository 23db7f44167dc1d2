"""Stops single threads of a process, and no others: `stopped_thread.py PROCESS THREAD...` until that ends, or in a test.

As a debugger does (ptrace(2)), so the process must be a child of ours, or we must be root.
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def find_thread(process, name):
    for task in Path(f"/proc/{process}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    raise LookupError(f"process {process} has no thread {name}")


class StoppedThread:
    def __init__(self, process, name):
        self.thread = find_thread(process, name)

    def __enter__(self):
        ptrace(SEIZE, self.thread)
        ptrace(INTERRUPT, self.thread)
        os.waitpid(self.thread, WALL)
        return self

    def __exit__(self, *ignored):
        self.detach()

    def detach(self):
        try:
            ptrace(DETACH, self.thread)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        for name in sys.argv[2:]:
            stack.enter_context(StoppedThread(int(sys.argv[1]), name))
        print("stopped", flush=True)
        # Threads that are killed are ours to bury: the process does not end before.
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, WALL)

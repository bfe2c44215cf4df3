#!/usr/bin/env python3
"""A test program that hangs is killed after its time, and its stacks say where it hung."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

from stack import BIN, SKIP_EXIT_CODE, Failure, free_port  # noqa: E402
from stacks import TIMEOUT_EXIT_CODE, run  # noqa: E402


def main():
    if not shutil.which("gdb") and not shutil.which("eu-stack"):
        print("neither gdb nor eu-stack is installed")
        return SKIP_EXIT_CODE
    code, output = run(["sh", "-c", "echo begun; exit 3"], 60)
    if (code, output) != (3, "begun\n"):
        raise Failure(f"a program that ends: {code} {output!r}")
    # A shell whose child waits for ever: the hub serves until it is told to stop.
    hub = f"{BIN}/epimetheus-hub query --http-address=127.0.0.1:{free_port()} --grpc-address=127.0.0.1:{free_port()}"
    code, output = run(["sh", "-c", f"{hub}; true"], 3)
    if code != TIMEOUT_EXIT_CODE:
        raise Failure(f"a program that hangs: exit code {code}")
    for part in ("no end after 3 s", "listening for requests", "epimetheus-hub query", "epoll_wait", "RunGroup"):
        if part not in output:
            raise Failure(f"no {part!r} in what is told of a program that hangs:\n{output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs a program with a time limit; one that exceeds it tells where it hangs: the stacks of all threads of it and its children."""

import os
import shutil
import signal
import subprocess

STACKS_TIMEOUT_SECONDS = 60
STACK_TEXT_MAX = 20000
TIMEOUT_EXIT_CODE = 124


def children(pid):
    """The process and all below it, parents first."""
    found = [pid]
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += children(int(child))
    except OSError:
        pass
    return found


def stacks_of(pid):
    if shutil.which("gdb"):
        command = ["gdb", "-batch", "-nx", "-p", str(pid), "-iex", "set debuginfod enabled off", "-ex", "set pagination off",
                   "-ex", "thread apply all -q bt 40"]
    elif shutil.which("eu-stack"):
        command = ["eu-stack", "-p", str(pid)]
    else:
        return "neither gdb nor eu-stack is installed"
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                              errors="replace", timeout=STACKS_TIMEOUT_SECONDS, check=False)
        return done.stdout
    except subprocess.TimeoutExpired:
        return f"no stacks within {STACKS_TIMEOUT_SECONDS} s"


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "(gone)"


def describe(pid):
    """Where the process and each of its children stand."""
    return "\n".join(f"--- {each} {command_line(each)}\n{stacks_of(each)[-STACK_TEXT_MAX:]}" for each in children(pid))


def run(command, timeout, env=None):
    """(exit code, combined output). A program that takes longer is killed with its group: exit code 124, and its stacks in the output."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          start_new_session=True, env=env) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            stacks = describe(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return TIMEOUT_EXIT_CODE, f"{output}\nno end after {timeout} s; where it stood:\n{stacks}"
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise

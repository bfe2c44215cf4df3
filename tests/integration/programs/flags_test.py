#!/usr/bin/env python3
"""The command lines of the programs: every flag of Thanos has one of four outcomes, all that is listed is true and all there is is listed;
help, versions, did-you-mean, and completion in the shells that use it."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))

from certificates import make_certificates  # noqa: E402
from stack import BIN, Failure, Stack  # noqa: E402

COMMANDS = {"sidecar": "epimetheus-agent", "query": "epimetheus-hub"}
# So that no test waits for a port: --help-metrics makes all parts, prints what they count, and ends.
ENDS_AT_ONCE = "--help-metrics"


def run(program, *arguments):
    done = subprocess.run([os.path.join(BIN, program), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def require(condition, what):
    if not condition:
        raise Failure(what)


def listed():
    """(command, outcome, flags with values) of each line of the list."""
    with open(os.path.join(HERE, "thanos_flags.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                command, outcome, flags = line.strip().split(None, 2)
                # A flag begins at a space before two dashes: values may have spaces.
                arguments = re.split(r"\s+(?=--)", flags)
                for each in COMMANDS if command == "both" else [command]:
                    yield each, outcome, arguments


def name_of(argument):
    return argument.split("=", 1)[0]


def check_outcome(command, outcome, arguments, directory):
    arguments = [argument.replace("{dir}", directory) for argument in arguments]
    code, _, error = run(COMMANDS[command], command, *arguments, ENDS_AT_ONCE)
    what = f"{command} {' '.join(arguments)} is to be {outcome}, but ends with {code} and says: {error}"
    flag = name_of(arguments[-1])
    if outcome == "refused":
        require(code == 1 and f"flag {flag} is not available: " in error, what)
        return
    require(code == 0 and "not available" not in error, what)
    warnings = {"works": "", "old": f"warning: flag {flag} is deprecated", "idle": f"warning: flag {flag} has no effect: "}[outcome]
    require(warnings in error and ("warning:" in error) == bool(warnings), what)


def check_list(stack):
    make_certificates(stack)
    stack.write("web.yaml", "basic_auth_users: {}\n")
    stack.write("client.yaml", "")
    stack.write("endpoints.yaml", "endpoints: []\n")
    known = {command: set() for command in COMMANDS}
    for command, outcome, arguments in listed():
        check_outcome(command, outcome, arguments, stack.directory)
        known[command].update(name_of(argument).replace("--no-", "--") for argument in arguments)
    for command, program in COMMANDS.items():
        table = run(program, command, "--help-markdown")[1]
        missing = set(re.findall(r"^\| `(--[\w.-]+)`", table, re.MULTILINE)) - known[command]
        require(not missing, f"flags of {command} that are not in thanos_flags.txt: {sorted(missing)}")


def check_help():
    for command, program in COMMANDS.items():
        code, text, _ = run(program, command, "--help")
        groups = [title for title in ("Logging:", "HTTP:", "gRPC:") if f"\n{title}\n" in text]
        require(code == 0 and text.startswith(f"usage: {program} {command}") and len(groups) == 3, f"help of {command}: {text}")
        require(max(len(line) for line in text.splitlines()) <= 100, f"help of {command} is wider than 100 columns")
        require(f"  {command}" in run(program, "--help")[1], f"help of {program} does not name {command}")
        code, version, _ = run(program, "--version")
        require(code == 0 and re.match(rf"{program}, version \d+\.\d+\.\d+ \(branch: .*, revision: .*\)", version), f"version: {version}")


def check_mistakes():
    for command, program in COMMANDS.items():
        flags = re.findall(r"^\| `(--[\w.-]+)`", run(program, command, "--help-markdown")[1], re.MULTILINE)
        for flag in flags:
            # A letter doubled: no flag has that name, and the one meant is the nearest.
            wrong = flag[:-1] + flag[-1] * 2
            code, _, error = run(program, command, f"{wrong}=x")
            require(code == 1 and f"unknown long flag '{wrong}', did you mean \"{flag}\"?" in error, f"{command} {wrong}: {error}")
        code, _, error = run(program, command[1:])
        require(code == 1 and f'did you mean "{command}"?' in error, f"{program} {command[1:]}: {error}")


def complete(shell, stack, program, words):
    """What the shell offers for the last word."""
    script = stack.write(f"{program}.{shell}", run(program, f"--completion-script-{shell}")[1])
    function = f"_{program.replace('-', '_')}_complete"
    quoted = " ".join(f"'{word}'" for word in words)
    if shell == "zsh":
        # The way of zsh's own bashcompinit, which sets these and calls compgen.
        body = (f"autoload -U compinit && compinit -u -D\n. {script}\nwords=({quoted}); CURRENT={len(words)}\n"
                f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\ncompgen -F {function} -- '{words[-1]}'\n")
    else:
        body = (f". {script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n{function}\n"
                "printf '%s\\n' \"${COMPREPLY[@]}\"\n")
    done = subprocess.run([shell, stack.write("complete", body)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          check=False)
    require(done.returncode == 0 and not done.stderr, f"{shell} completes {words}: {done.returncode} {done.stderr}")
    # zsh narrows down what is offered to what was typed by itself.
    return [offer for offer in done.stdout.split() if shell == "bash" or offer.startswith(words[-1])]


def check_completion(stack):
    for shell in ("bash", "zsh"):
        require(shutil.which(shell), f"{shell} is not installed")
        for program, words, expected in (
                ("epimetheus-hub", ["epimetheus-hub", "que"], ["query"]),
                ("epimetheus-hub", ["epimetheus-hub", "query", "--query.timeo"], ["--query.timeout"]),
                ("epimetheus-hub", ["epimetheus-hub", "query", "--log.format", "js"], ["json"]),
                ("epimetheus-hub", ["epimetheus-hub", "tools", "tsdb", "v"], ["verify"]),
                ("epimetheus-agent", ["epimetheus-agent", "sidecar", "--reloader.method", "s"], ["signal"])):
            offered = complete(shell, stack, program, words)
            require(offered == expected, f"{shell} offers {offered} for {words}, not {expected}")


def main():
    with Stack("flags") as stack:
        check_list(stack)
        check_help()
        check_mistakes()
        check_completion(stack)


if __name__ == "__main__":
    main()

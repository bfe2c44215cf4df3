"""Runs the whole test suite and sums it up. Called by tests/run.sh; see there for the options.

Steps, each a list of named tests with an outcome:
  1. install what is missing (deploy/install-deps.sh --tests)
  2. configure and build the release preset
  3. unit test programs build/release/bin/unit_* and integration_*: every Catch2 case is one test
  4. tests/tidy/tidy.py: the repository's own rules
  5. the PromQL corpus of $PROMQL_CORPUS, when given
  6. tests/integration/*.sh and *_test.py: exit code 0 passed, 77 skipped (last line of output says why), else failed
  7. fuzz targets: the fuzz preset, each for $FUZZ_SECONDS (default 30); 0 replays the kept seeds
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

import stacks

PRESET = "release"
BIN = f"build/{PRESET}/bin"
SKIP_EXIT_CODE = 77
TEST_TIMEOUT_SECONDS = 900


class Tally:
    """Counts outcomes and remembers what failed and why something was skipped."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def add(self, name, passed, detail=""):
        if passed:
            self.passed += 1
        else:
            self.failed.append(name)
            print(f"FAILED {name}\n{detail}", flush=True)

    def skip(self, name, reason):
        self.skipped.append(name)
        print(f"SKIPPED {name}: {reason}", flush=True)


def run(command, timeout=TEST_TIMEOUT_SECONDS, env=None):
    """(exit code, combined output); a timeout is exit code 124, with the stacks of what hung."""
    return stacks.run(command, timeout, {**os.environ, **(env or {})})


def build(preset, tally, target=None):
    started = time.monotonic()
    code, output = run(["cmake", "--preset", preset], timeout=300)
    if code == 0:
        command = ["cmake", "--build", "--preset", preset] + (["--target", target] if target else [])
        code, output = run(command, timeout=3600)
    print(f"build {preset}: {time.monotonic() - started:.0f} s", flush=True)
    tally.add(f"build {preset}", code == 0, output[-8000:])
    return code == 0


def run_unit(program, tally):
    """One test per Catch2 case; a crash fails the program as a whole."""
    name = os.path.basename(program)
    report = f"build/{PRESET}/{name}.xml"
    if os.path.exists(report):
        os.remove(report)
    started = time.monotonic()
    code, output = run([program, "-r", "junit", "-o", report])
    try:
        cases = ElementTree.parse(report).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
        tally.add(name, False, output[-8000:] + f"\nexit code {code}, no report")
        return
    failed = {}
    names = set()
    for case in cases:
        case_name = case.get("classname", "").removeprefix(name).strip(".") + " " + case.get("name", "")
        names.add(case_name)
        problems = case.findall("failure") + case.findall("error")
        if problems:
            failed.setdefault(case_name, "\n".join((p.text or "") for p in problems))
    for case_name in sorted(names):
        tally.add(f"{name}: {case_name.strip()}", case_name not in failed, failed.get(case_name, "")[-4000:])
    if code != 0 and not failed:
        tally.add(name, False, output[-8000:] + f"\nexit code {code}")
    print(f"{name}: {len(names)} cases, {len(failed)} failed, {time.monotonic() - started:.1f} s", flush=True)


def run_tidy(tally):
    if os.path.exists("tests/tidy/tidy.py"):
        code, output = run([sys.executable, "tests/tidy/tidy.py"])
        tally.add("tidy", code == 0, output)


def run_corpus(tally):
    """Each line "file: passed/total" of promql_corpus counts its evals."""
    corpus = os.environ.get("PROMQL_CORPUS", "")
    program = f"{BIN}/promql_corpus"
    if not os.path.exists(program):
        return
    if not corpus or not os.path.isdir(corpus):
        tally.skip("promql corpus", "PROMQL_CORPUS names no directory of .test files")
        return
    code, output = run([program, corpus])
    print(output.strip()[-4000:], flush=True)
    tally.add("promql corpus", code == 0, f"exit code {code}")


def run_integration(tally, only):
    tests = sorted(glob.glob("tests/integration/**/*.sh", recursive=True) +
                   glob.glob("tests/integration/**/*_test.py", recursive=True))
    for test in tests:
        if only and not re.search(only, test):
            continue
        started = time.monotonic()
        command = [sys.executable, test] if test.endswith(".py") else ["bash", test]
        code, output = run(command, env={"EPI_BIN": os.path.abspath(BIN)})
        lines = output.strip().splitlines()
        if code == SKIP_EXIT_CODE:
            tally.skip(test, lines[-1] if lines else "no reason given")
        else:
            tally.add(test, code == 0, output[-8000:])
        print(f"{test}: exit {code}, {time.monotonic() - started:.1f} s", flush=True)


def run_fuzzer(program, seconds):
    """Fuzzes for so long; zero seconds replays the kept seeds only, with the same outcome every time."""
    name = os.path.basename(program)
    corpus = f"build/fuzz/corpus/{name}"
    seeds = f"tests/fuzz/seeds/{name}"
    how = [f"-max_total_time={seconds}", corpus] if seconds else ["-runs=0"]
    os.makedirs(corpus, exist_ok=True)
    command = [program, *how, "-rss_limit_mb=2048", "-timeout=20", "-print_final_stats=0",
               f"-artifact_prefix=build/fuzz/{name}-"] + ([seeds] if os.path.isdir(seeds) else [])
    return name, *run(command, timeout=seconds + 120)


def run_fuzz(tally, only):
    seconds = int(os.environ.get("FUZZ_SECONDS", "30"))
    if not glob.glob("tests/fuzz/**/*_fuzz.cc", recursive=True):
        return
    if subprocess.run(["which", "clang++-14"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
        tally.skip("fuzz", "clang++-14 is not installed")
        return
    if not build("fuzz", tally):
        return
    programs = [p for p in sorted(glob.glob("build/fuzz/bin/*_fuzz")) if not only or re.search(only, p)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, code, output in pool.map(lambda p: run_fuzzer(p, seconds), programs):
            tally.add(name, code == 0, output[-6000:])
            print(f"{name}: {seconds} s, exit {code}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="run only tests whose program or path matches this regex")
    parser.add_argument("--no-install", action="store_true", help="do not install packages")
    options = parser.parse_args()
    tally = Tally()
    started = time.monotonic()
    if not options.no_install:
        code, output = run(["bash", "deploy/install-deps.sh", "--tests"], timeout=1800)
        tally.add("install dependencies", code == 0, output[-4000:])
    if build(PRESET, tally):
        for program in sorted(glob.glob(f"{BIN}/unit_*") + glob.glob(f"{BIN}/integration_*")):
            if not options.only or re.search(options.only, program):
                run_unit(program, tally)
        if not options.only or re.search(options.only, "tidy"):
            run_tidy(tally)
        if not options.only or re.search(options.only, "promql corpus"):
            run_corpus(tally)
        run_integration(tally, options.only)
        if not options.only or "fuzz" in options.only:
            run_fuzz(tally, "" if options.only == "fuzz" else options.only)
    print(f"total time: {time.monotonic() - started:.0f} s")
    for name in tally.failed:
        print(f"failed: {name}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed, {len(tally.skipped)} skipped")
    return 1 if tally.failed or tally.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

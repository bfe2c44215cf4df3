#!/usr/bin/env python3
"""The repository's own rules: layers, third-party headers, bans, sizes, links. Prints file:line: rule: what; ends non-zero on any.

  tests/tidy/tidy.py [root]

Rules are data where they can be: layers.txt says who may include what, exceptions.txt names what is excused and why.
"""

import fnmatch
import os
import re
import subprocess
import sys

from cpp_text import function_lengths, strip_comments_and_strings

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
CODE_FOLDERS = ("common", "agent", "hub", "deploy", "proto", "tests")
CODE_SUFFIXES = (".h", ".cc")

STANDARD = set("""algorithm any array atomic barrier bit bitset cassert cctype cerrno cfloat charconv chrono cinttypes climits
clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cwchar deque exception execution filesystem forward_list fstream functional future initializer_list iomanip ios
iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream
queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept
stop_token streambuf string string_view system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
utility valarray variant vector version""".split())
SYSTEM = re.compile(r"^((sys|netinet|arpa|net|linux|bits)/.+|(unistd|fcntl|dirent|errno|poll|pthread|netdb|signal|stdint|time|"
                    r"sched|dlfcn|malloc|cpuid|execinfo|pwd|fnmatch|spawn|termios|glob|elf|link|ifaddrs)\.h)$")
TEST_HEADERS = re.compile(r"^(catch2/|benchmark/|grpcpp/|grpc/|google/|absl/)")

# Rule, pattern in code without comments and strings, what to use instead, whether tests are bound by it too.
BANS = [
    ("ban-mutex", r"std::(recursive_|shared_|timed_)?mutex\b|std::(lock_guard|unique_lock|scoped_lock|shared_lock)\b|"
                  r"std::condition_variable", "use Mutex, MutexLock and CondVar of common/base/mutex.h", False),
    ("ban-async", r"std::async\b|std::jthread\b|\.detach\(\)", "use the pools of common/runtime", True),
    ("ban-regex", r"std::regex|#\s*include\s*<regex>", "use common/labels/anchored_regex.h", True),
    ("ban-iostream", r"#\s*include\s*<iostream>|std::c(out|err|log)\b", "use common/log/logger.h", False),
    ("ban-sleep", r"sleep_for\b|sleep_until\b|\busleep\(|\bsleep\(", "wait for the condition, or use FakeClock", True),
    ("ban-rand", r"\bs?rand\(|std::mt19937", "use Random of common/base/random.h", False),
    ("ban-throw", r"\bthrow\b", "return a Status", False),
    ("ban-stoi", r"std::sto(i|l|ul|ll|ull|f|d|ld)\(", "use std::from_chars, which does not throw", False),
    ("ban-assert", r"(?<![_\w])assert\(", "use CHECK or DCHECK of common/base/check.h", True),
]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
FORBIDDEN = re.compile(r"/wo" r"rk/|(?<![\w./-])sha" r"red/")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOC_PATH = re.compile(r"\bdocs/[\w./-]+\.md\b")


class Report:
    def __init__(self, exceptions):
        self.exceptions = exceptions
        self.used = set()
        self.lines = []

    def add(self, rule, path, line, text):
        if (rule, path) in self.exceptions:
            self.used.add((rule, path))
        else:
            self.lines.append(f"{path}:{line}: {rule}: {text}")


def read_rules(folder):
    """(layers as lists of module patterns, third-party table, exceptions)."""
    layers, third, exceptions = [], [], {}
    for line in open(os.path.join(folder, "layers.txt"), encoding="utf-8"):
        words = line.split("#")[0].split("—")
        fields = words[0].split()
        if fields and fields[0] == "layer":
            layers.append(fields[1:])
        elif fields and fields[0] == "third":
            third.append((fields[1], fields[2:], words[1].strip()))
    for number, line in enumerate(open(os.path.join(folder, "exceptions.txt"), encoding="utf-8"), 1):
        if line.strip() and not line.startswith("#"):
            rule, path, reason = line.split(None, 2)
            if not reason.startswith("—"):
                sys.exit(f"exceptions.txt:{number}: no reason")
            exceptions[(rule, path)] = number
    return layers, third, exceptions


def module_of(path):
    """common/tsdb/x.h → common/tsdb; agent/main.cc → agent; proto/x → proto; tests are of no module."""
    parts = path.split("/")
    if parts[0] == "common":
        return "/".join(parts[:2])
    if parts[0] in ("agent", "hub"):
        return "/".join(parts[:2]) if len(parts) > 2 else parts[0]
    return parts[0]


def matches(module, patterns):
    return any(fnmatch.fnmatchcase(module, pattern) for pattern in patterns)


def layer_of(module, layers):
    return next((number for number, patterns in enumerate(layers) if matches(module, patterns)), None)


def side(module):
    return module.split("/")[0]


def check_own_include(path, line, target, layers, report):
    module, other = module_of(path), module_of(target)
    if side(module) == "tests" or module == other:
        return
    if side(other) == "tests":
        report.add("layers", path, line, f"{module} includes a test's header {target}")
        return
    mine, theirs = layer_of(module, layers), layer_of(other, layers)
    if theirs is None or mine is None:
        report.add("layers", path, line, f"{other if theirs is None else module} is in no layer of tests/tidy/layers.txt")
    elif {side(module), side(other)} == {"agent", "hub"}:
        report.add("layers", path, line, f"{module} must not see {other}")
    elif theirs >= mine:
        report.add("layers", path, line, f"{module} (layer {mine}) includes {target} (layer {theirs}); only strictly lower layers")


def check_angle_include(path, line, header, third, report):
    module = module_of(path)
    if header in STANDARD or SYSTEM.match(header):
        return
    if module == "tests" and TEST_HEADERS.match(header):
        return
    known = next((entry for entry in third if header.startswith(entry[0])), None)
    if known is None:
        report.add("third-party", path, line, f"<{header}> is not known; add it to tests/tidy/layers.txt with a reason")
    elif module != "tests" and not matches(module, known[1]):
        report.add("third-party", path, line, f"<{header}> is for {', '.join(known[1])} only: {known[2]}")


def check_includes(path, lines, layers, third, files, report):
    for number, text in enumerate(lines, 1):
        own = re.match(r'\s*#\s*include\s+"([^"]+)"', text)
        if own:
            target = own.group(1)
            generated = target.endswith((".pb.h", ".grpc.pb.h"))
            if target not in files and not generated:
                report.add("include-path", path, number, f'"{target}" is not a path from the repository\'s root')
            else:
                check_own_include(path, number, target, layers, report)
        angle = re.match(r"\s*#\s*include\s+<([^>]+)>", text)
        if angle:
            check_angle_include(path, number, angle.group(1), third, report)


def check_code(path, text, layers, third, files, report):
    lines = text.split("\n")
    is_test = path.startswith("tests/")
    if len(lines) - 1 > FILE_LINES_MAX:
        report.add("file-size", path, FILE_LINES_MAX, f"{len(lines) - 1} lines, at most {FILE_LINES_MAX}")
    code = strip_comments_and_strings(text)
    for start, length, name in function_lengths(code):
        if length > FUNCTION_LINES_MAX:
            report.add("function-size", path, start, f"{name} has {length} lines, at most {FUNCTION_LINES_MAX}")
    if path.endswith(".h"):
        if not lines[0].startswith("//"):
            report.add("header-comment", path, 1, "the first line says what the header is")
        if "#pragma once" not in lines:
            report.add("pragma-once", path, 1, "missing #pragma once")
    check_includes(path, lines, layers, third, files, report)
    for number, line in enumerate(code.split("\n"), 1):
        for rule, pattern, instead, tests_too in BANS:
            if (tests_too or not is_test) and re.search(pattern, line):
                report.add(rule, path, number, instead)
    for number, line in enumerate(lines, 1):
        for target in DOC_PATH.findall(line):
            if target not in files:
                report.add("doc-path", path, number, f"{target} does not exist")


def check_dead_headers(texts, report):
    included = set(re.findall(r'#\s*include\s+"([^"]+)"', "\n".join(texts.values())))
    for path in texts:
        if path.endswith(".h") and path not in included:
            report.add("dead-header", path, 1, "nothing includes it")


def check_links(path, text, files, report):
    folders = {os.path.dirname(name) for name in files}
    in_code = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        for target in [] if in_code else LINK.findall(line):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            resolved = os.path.normpath(os.path.join(os.path.dirname(path), target.split("#")[0]))
            if resolved not in files and resolved not in folders and not any(f.startswith(resolved + "/") for f in folders):
                report.add("doc-link", path, number, f"{target} does not exist")


def read_tree(root):
    """Path → text of every tracked or new text file."""
    names = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    texts = {}
    for name in names:
        full = os.path.join(root, name)
        if not os.path.isfile(full) or os.path.islink(full):
            continue
        data = open(full, "rb").read()
        texts[name] = "" if b"\0" in data else data.decode("utf-8", errors="replace")
    return texts


def check_tree(root, rules):
    layers, third, exceptions = rules
    report = Report(exceptions)
    texts = read_tree(root)
    code = {path: text for path, text in texts.items() if path.endswith(CODE_SUFFIXES) and path.split("/")[0] in CODE_FOLDERS}
    for path, text in code.items():
        check_code(path, text, layers, third, texts, report)
    check_dead_headers(code, report)
    for path, text in texts.items():
        if path.endswith(".md"):
            check_links(path, text, texts, report)
        for number, line in enumerate(text.split("\n"), 1):
            if UNFINISHED.search(line) and path.endswith((".h", ".cc", ".py", ".sh", ".cmake", ".ts", ".tsx", "CMakeLists.txt")):
                report.add("unfinished", path, number, "finish it, or record it as a decision")
            if FORBIDDEN.search(line):
                report.add("forbidden-word", path, number, "names a place outside the repository")
    for (rule, path), number in exceptions.items():
        if (rule, path) not in report.used:
            report.lines.append(f"tests/tidy/exceptions.txt:{number}: stale: {rule} {path} is not needed")
    return report.lines


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(here))
    violations = check_tree(root, read_rules(here))
    for line in sorted(violations):
        print(line)
    print(f"tidy: {len(violations)} violation{'' if len(violations) == 1 else 's'}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())

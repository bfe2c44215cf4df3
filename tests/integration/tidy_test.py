#!/usr/bin/env python3
"""tests/tidy/tidy.py reports every kind of violation, and nothing in a clean tree."""

import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "tidy"))

import tidy  # noqa: E402

LAYERS = [["common/base"], ["common/labels"], ["agent/*", "hub/*"]]
THIRD = [("re2/", ["common/labels"], "matchers")]
HEAD = "// A header.\n#pragma once\n"
UNFINISHED_WORD = "TO" + "DO"

# Files of one tree, and the start of the only line that must come out.
CASES = [
    ({"common/base/a.cc": '#include "common/labels/l.h"\n', "common/labels/l.h": HEAD}, "common/base/a.cc:1: layers"),
    ({"hub/q/a.cc": '#include "agent/s/l.h"\n', "agent/s/l.h": HEAD}, "hub/q/a.cc:1: layers"),
    ({"agent/r/a.cc": '#include "agent/s/l.h"\n', "agent/s/l.h": HEAD}, "agent/r/a.cc:1: layers"),
    ({"common/new/a.cc": '#include "common/base/l.h"\n', "common/base/l.h": HEAD}, "common/new/a.cc:1: layers"),
    ({"common/base/a.cc": "#include <re2/re2.h>\n"}, "common/base/a.cc:1: third-party"),
    ({"common/base/a.cc": "#include <boost/x.hpp>\n"}, "common/base/a.cc:1: third-party"),
    ({"common/base/a.cc": '#include "base/x.h"\n'}, "common/base/a.cc:1: include-path"),
    ({"common/base/a.cc": "\nstd::mutex m;\n"}, "common/base/a.cc:2: ban-mutex"),
    ({"common/base/a.cc": "void F() {\n  std::async(G);\n}\n"}, "common/base/a.cc:2: ban-async"),
    ({"common/base/a.cc": "#include <regex>\n"}, "common/base/a.cc:1: ban-regex"),
    ({"tests/unit/a_test.cc": "void F() {\n  sleep_for(x);\n}\n"}, "tests/unit/a_test.cc:2: ban-sleep"),
    ({"common/base/a.cc": "\n" * 501}, "common/base/a.cc:500: file-size"),
    ({"common/base/a.cc": "namespace a {\nint F(int x) {\n" + "  ++x;\n" * 70 + "}\n}\n"}, "common/base/a.cc:2: function-size: F"),
    ({"common/base/a.cc": "A::A(int x)\n    : x_{x}, y_(x) {\n" + "  ++x;\n" * 70 + "}\n"}, "common/base/a.cc:1: function-size"),
    ({"common/base/a.h": "// A.\n", "common/base/a.cc": '#include "common/base/a.h"\n'}, "common/base/a.h:1: pragma-once"),
    ({"common/base/a.h": "#pragma once\n", "common/base/a.cc": '#include "common/base/a.h"\n'}, "common/base/a.h:1: header-comment"),
    ({"common/base/a.h": HEAD}, "common/base/a.h:1: dead-header"),
    ({"common/base/a.cc": f"// {UNFINISHED_WORD}: later\n"}, "common/base/a.cc:1: unfinished"),
    ({"common/base/a.cc": "// Format: docs/formats/none.md.\n"}, "common/base/a.cc:1: doc-path"),
    ({"README.md": "[a](docs/a.md)\n"}, "README.md:1: doc-link"),
    ({"docs/a.md": "see /wo" + "rk/x\n"}, "docs/a.md:1: forbidden-word"),
]

CLEAN = {
    "common/base/a.h": HEAD + "#include <string>\n#include <unistd.h>\n",
    "common/labels/a.cc": '#include "common/base/a.h"\n\n#include <re2/re2.h>\n\n// std::mutex is named in a comment only.\n'
                          'const char* kText = "std::regex and throw";\n',
    "docs/a.md": "[b](../README.md#x) [c](https://example.com) [d](#here)\n```\n[e](none.md)\n```\n",
    "README.md": "[a](docs/a.md) [docs](docs)\n",
}


def violations(files, exceptions):
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return tidy.check_tree(root, (LAYERS, THIRD, exceptions))


def main():
    failures = []
    for files, expected in CASES:
        found = violations(files, {})
        if len(found) != 1 or not found[0].startswith(expected):
            failures.append(f"expected only {expected}, got {found}")
    if violations(CLEAN, {}):
        failures.append(f"a clean tree has violations: {violations(CLEAN, {})}")
    excused = {("ban-mutex", "common/base/a.cc"): 1, ("ban-regex", "common/base/b.cc"): 2}
    found = violations({"common/base/a.cc": "std::mutex m;\n"}, excused)
    if len(found) != 1 or "stale" not in found[0]:
        failures.append(f"expected one stale exception, got {found}")
    print("\n".join(failures) or f"{len(CASES) + 2} cases")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

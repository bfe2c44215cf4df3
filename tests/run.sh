#!/usr/bin/env bash
# Runs every test: installs what is missing, builds release, then unit, tidy, integration and fuzz tests.
#
#   tests/run.sh                 everything
#   tests/run.sh --only REGEX    only the test programs whose name matches
#   FUZZ_SECONDS=600 tests/run.sh --only fuzz    longer fuzzing
#   PROMQL_CORPUS=DIR tests/run.sh               also runs the .test files of DIR
#
# Ends with one line: "N passed, N failed, N skipped". A skipped test prints its reason.
set -uo pipefail
cd "$(dirname "$0")/.."
exec python3 tests/support/run_tests.py "$@"

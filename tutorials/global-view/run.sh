#!/usr/bin/env bash
# The global view in one command: three Prometheus servers in two clusters, an agent beside each, one hub over all.
#
#   tutorials/global-view/run.sh           installs, builds, starts everything, prints what to try; Ctrl-C stops all
#   tutorials/global-view/run.sh --check   the same, then asserts the whole story and exits
#
# PORT_OFFSET=N adds N to every port when the usual ones (9090-9092, 19090-19192, 29090) are taken.
set -euo pipefail
cd "$(dirname "$0")/../.."

deploy/install-deps.sh --tutorial
if [[ -z "${EPI_BIN:-}" ]]; then
  cmake --preset release -DEPI_TESTS=OFF -DEPI_BENCH=OFF -B build/tutorial >/dev/null
  cmake --build build/tutorial --target epimetheus epimetheus-agent epimetheus-hub
  export EPI_BIN="$PWD/build/tutorial/bin"
fi
exec python3 tutorials/global-view/story.py "$@"

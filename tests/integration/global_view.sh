#!/usr/bin/env bash
# Plays the global-view tutorial on ports of its own and checks every claim it makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
PORT_OFFSET=20000 exec tutorials/global-view/run.sh --check

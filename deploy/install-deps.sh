#!/usr/bin/env bash
# Installs what the build and the tests need on Debian 12. Idempotent; says nothing when there is nothing to do.
#   deploy/install-deps.sh              build and run
#   deploy/install-deps.sh --tutorial   and what the tutorials start (Prometheus)
#   deploy/install-deps.sh --tests      and what the tests talk to (fuzzer, interop peers)
set -euo pipefail

build=(build-essential cmake ninja-build pkg-config ccache mold git ca-certificates
  libuv1-dev libnghttp2-dev libssl-dev libcurl4-openssl-dev protobuf-compiler libprotobuf-dev
  libyaml-cpp-dev libspdlog-dev libfmt-dev libre2-dev libsnappy-dev libdeflate-dev zlib1g-dev
  libsimdjson-dev libc-ares-dev libxxhash-dev libjemalloc-dev)
tutorial=(prometheus python3 curl)
tests=(catch2 libbenchmark-dev libgrpc++-dev protobuf-compiler-grpc openssl clang-14 libclang-rt-14-dev procps iproute2 gdb zsh faketime)

wanted=("${build[@]}")
case "${1:-}" in
  "") ;;
  --tutorial) wanted+=("${tutorial[@]}") ;;
  --tests) wanted+=("${tutorial[@]}" "${tests[@]}") ;;
  *) echo "install-deps.sh: unknown option $1 (known: --tutorial, --tests)" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  [[ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" == "install ok installed" ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then as_root=(sudo); fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian starts a packaged service on installation; a policy file that forbids it leaves running systems alone.
policy=/usr/sbin/policy-rc.d
made_policy=false
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  made_policy=true
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
if $made_policy; then "${as_root[@]}" rm -f $policy; fi

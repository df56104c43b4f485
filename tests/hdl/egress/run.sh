#!/usr/bin/env bash
# Checks hdl/rtl/egress: builds the bench with Verilator and runs it.
# Usage: tests/hdl/egress/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random replies a width, and frames a source of each mux (default 4000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/artifacts/hdl/egress"
count=4000
seed=1
mutants=no
while [ $# -gt 0 ]; do
  case $1 in
    --mutants) mutants=yes ;;
    --seed) seed=$2; shift ;;
    *) count=$1 ;;
  esac
  shift
done

# build SOURCES OUTPUT LINT: one simulation; a mutant may have warnings, the sources may not
build() {
  mkdir -p "$2"
  verilator --cc --exe --build "$3" --top-module egress_bench --Mdir "$2" -CFLAGS "-std=c++17 -O1" \
    -I"$root/hdl/rtl/generated" -y "$1" "$here/egress_bench.v" "$here/egress_bench.cpp" "$here/reference.cpp" \
    -o egress_bench > "$2.log" 2>&1 ||
    { cat "$2.log"; return 1; }
}

build "$root/hdl/rtl/egress" "$out/bench" -Wall
"$out/bench/egress_bench" "$root/hdl/rtl/generated/offload_map.vh" "$count" "$seed"

[ "$mutants" = yes ] || exit 0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  copy="$out/mutants/$name"
  rm -rf "$copy"
  mkdir -p "$copy"
  cp -r "$root/hdl/rtl/egress" "$copy/egress"
  patch -s -d "$copy/egress" -p1 < "$patch"
  build "$copy/egress" "$copy/bench" -Wno-lint
  if "$copy/bench/egress_bench" "$root/hdl/rtl/generated/offload_map.vh" "$count" "$seed" > "$copy/result"; then
    echo "SURVIVED: $name"
    exit 1
  fi
  echo "caught: $name: $(head -n 1 "$copy/result")"
done

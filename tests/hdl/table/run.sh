#!/usr/bin/env bash
# Checks hdl/rtl/table: builds the bench with Verilator and runs it.
# Usage: tests/hdl/table/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks a load (default 300000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/artifacts/hdl/table"
count=300000
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

# build SOURCES OUTPUT: one simulation (the sources are linted by a test of their own)
build() {
  mkdir -p "$2"
  verilator --cc --exe --build -Wno-lint --top-module table_bench --Mdir "$2" -CFLAGS "-std=c++17 -O1" \
    -I"$root/hdl/rtl/generated" -y "$1" -y "$root/hdl/rtl/common" "$here/table_bench.v" "$here/table_bench.cpp" -o table_bench > "$2.log" 2>&1 ||
    { cat "$2.log"; return 1; }
}

build "$root/hdl/rtl/table" "$out/bench"
"$out/bench/table_bench" "$count" "$seed"

[ "$mutants" = yes ] || exit 0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  copy="$out/mutants/$name"
  rm -rf "$copy"
  mkdir -p "$copy"
  cp -r "$root/hdl/rtl/table" "$copy/table"
  patch -s -d "$copy/table" -p1 < "$patch"
  build "$copy/table" "$copy/bench"
  if "$copy/bench/table_bench" "$count" "$seed" > "$copy/result"; then
    echo "SURVIVED: $name"
    exit 1
  fi
  echo "caught: $name: $(tail -n 1 "$copy/result")"
done

#!/usr/bin/env bash
# Checks hdl/rtl/hash: builds the bench with Verilator and runs it.
# Usage: tests/hdl/hash/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random messages, one a clock (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/artifacts/hdl/hash"
count=20000
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
  verilator --cc --exe --build "$3" --top-module hash_bench --Mdir "$2" -CFLAGS "-std=c++17 -O1" \
    -I"$root/hdl/rtl/generated" -y "$1" "$here/hash_bench.v" "$here/hash_bench.cpp" -o hash_bench > "$2.log" 2>&1 ||
    { cat "$2.log"; return 1; }
}

build "$root/hdl/rtl/hash" "$out/bench" -Wall
"$out/bench/hash_bench" "$root/tests/vectors/siphash-2-4.txt" "$count" "$seed"

[ "$mutants" = yes ] || exit 0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  copy="$out/mutants/$name"
  rm -rf "$copy"
  mkdir -p "$copy"
  cp -r "$root/hdl/rtl/hash" "$copy/hash"
  patch -s -d "$copy/hash" -p1 < "$patch"
  build "$copy/hash" "$copy/bench" -Wno-lint
  if "$copy/bench/hash_bench" "$root/tests/vectors/siphash-2-4.txt" "$count" "$seed" > "$copy/result"; then
    echo "SURVIVED: $name"
    exit 1
  fi
  echo "caught: $name: $(head -n 1 "$copy/result")"
done

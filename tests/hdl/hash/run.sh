#!/usr/bin/env bash
# Checks hdl/rtl/hash, the port queue and the cookie modules: builds the benches with Verilator and runs them.
# Usage: tests/hdl/hash/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random messages, one a clock, and clocks of the queue (default 20000)
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

# build NAME SOURCES OUTPUT LINT: one simulation; a mutant may have warnings, the sources may not
build() {
  mkdir -p "$3"
  verilator --cc --exe --build $4 --top-module "$1" --Mdir "$3" -CFLAGS "-std=c++17 -O1" \
    -I"$root/hdl/rtl/generated" -y "$2/hash" -y "$2/pipeline" -y "$2/control" -y "$2/common" \
    "$here/$1.v" "$here/$1.cpp" -o "$1" > "$3.log" 2>&1 ||
    { cat "$3.log"; return 1; }
}

build hash_bench "$root/hdl/rtl" "$out/bench" "-Wall $root/hdl/lint.vlt"
build queue_bench "$root/hdl/rtl" "$out/queue" "-Wall $root/hdl/lint.vlt"
"$out/bench/hash_bench" "$root/tests/vectors/siphash-2-4.txt" "$count" "$seed"
"$out/queue/queue_bench" "$count" "$seed"

[ "$mutants" = yes ] || exit 0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  copy="$out/mutants/$name"
  rm -rf "$copy"
  mkdir -p "$copy"
  for folder in hash pipeline control common; do cp -r "$root/hdl/rtl/$folder" "$copy/$folder"; done
  patch -s -d "$copy" -p1 < "$patch"
  # A mutant's name says which bench it is for.
  case $name in
    siphash-*|isn-*|placement-*) bench=hash_bench; run=("$root/tests/vectors/siphash-2-4.txt" "$count" "$seed") ;;
    *)                           bench=queue_bench; run=("$count" "$seed") ;;
  esac
  build "$bench" "$copy" "$copy/bench" -Wno-lint
  if "$copy/bench/$bench" "${run[@]}" > "$copy/result"; then
    echo "SURVIVED: $name"
    exit 1
  fi
  echo "caught: $name: $(head -n 1 "$copy/result")"
done

#!/usr/bin/env bash
# Checks hdl/rtl/hash, the port queue and the cookie modules: builds the benches with Verilator and runs them.
# Usage: tests/hdl/hash/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random messages, one a clock, and clocks of the queue (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one.
#              A mutant's name says which bench it is for, and that alone is built.
here=$(cd "$(dirname "$0")" && pwd)
count=20000
. "$here/../lib.sh"

# one RTL OUT NAME WARNINGS [FOLDED]: builds and runs the bench NAME; a mutant may have warnings, the sources may not
one() {
  local vectors=() folded=()
  if [ "$3" = queue_bench ]; then folded=(-GFOLDED="${5:-0}" -CFLAGS "-DFOLDED=${5:-0}")
  else vectors=("$root/tests/vectors/siphash-2-4.txt"); fi
  verilated "$1" "$2/$3${5:-}" "$3" $4 ${folded[@]+"${folded[@]}"} -y "$1/hash" -y "$1/pipeline" -y "$1/control" -y "$1/common" "$here/$3.v" "$here/$3.cpp" &&
  "$2/$3${5:-}/$3" ${vectors[@]+"${vectors[@]}"} "$count" "$seed"
}

bench() {
  one "$1" "$2" hash_bench "-Wall $root/hdl/lint.vlt"
  one "$1" "$2" queue_bench "-Wall $root/hdl/lint.vlt"
  one "$1" "$2" queue_bench "-Wall $root/hdl/lint.vlt" 1
}

mutant() {
  case $1 in
    siphash-*|isn-*|placement-*) one "$2" "$3" hash_bench -Wno-lint ;;
    folded-*)                    one "$2" "$3" queue_bench -Wno-lint 1 ;;
    *)                           one "$2" "$3" queue_bench -Wno-lint ;;
  esac
}

bench_main "$@"

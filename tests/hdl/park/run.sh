#!/usr/bin/env bash
# Checks hdl/rtl/park: builds the bench of the park store with Verilator, for five numbers of slots at 64 bits and
# for one at 512, and runs it.
# Usage: tests/hdl/park/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks a build (default 100000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one. They
#              run with 64 bits and 8 slots, those whose name begins with `none-` or `many-` with 0 or 64.
here=$(cd "$(dirname "$0")" && pwd)
count=100000
. "$here/../lib.sh"

# one RTL OUT WIDTH SLOTS [WARNINGS]: builds and runs
one() {
  verilated "$1" "$2/$3x$4" park_store -GDATA_WIDTH="$3" -GPARK_SLOTS="$4" ${5:--Wno-lint} \
    -CFLAGS "-DDATA_WIDTH=$3 -DPARK_SLOTS=$4" -y "$1/park" -y "$1/common" "$1/park/park_store.v" "$here/bench.cpp" &&
  "$2/$3x$4/park_store" "$count" "$seed"
}

bench() {
  local slots
  for slots in 0 1 8 32 64; do one "$1" "$2" 64 "$slots"; done
  one "$1" "$2" 512 8
  echo "passed: park, $count clocks a build, seed $seed"
}

mutant() {
  case $1 in
    none-*) one "$2" "$3" 64 0 ;;
    many-*) one "$2" "$3" 64 64 ;;
    *)      one "$2" "$3" 64 8 ;;
  esac
}

bench_main "$@"

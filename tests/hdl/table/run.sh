#!/usr/bin/env bash
# Checks hdl/rtl/table: builds the bench with Verilator and runs it, with an event a clock and with one at a time.
# Usage: tests/hdl/table/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks a load (default 300000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=300000
. "$here/../lib.sh"

moving() {                                              # the sources are linted by a test of their own
  verilated "$1" "$2/bench" table_bench -Wno-lint -y "$1/table" -y "$1/common" "$here/table_bench.v" "$here/table_bench.cpp" &&
  "$2/bench/table_bench" "$count" "$seed"
}

single() {
  verilated "$1" "$2/single" table_bench -Wno-lint -GSINGLE=1 -y "$1/table" -y "$1/common" "$here/table_bench.v" "$here/table_bench.cpp" &&
  "$2/single/table_bench" "$count" "$seed" single
}

bench() { moving "$1" "$2" && single "$1" "$2"; }

mutant() {
  case $1 in
    single-*) single "$2" "$3" ;;
    *) moving "$2" "$3" ;;
  esac
}

bench_main "$@"

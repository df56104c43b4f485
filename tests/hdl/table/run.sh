#!/usr/bin/env bash
# Checks hdl/rtl/table: builds the bench with Verilator and runs it.
# Usage: tests/hdl/table/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks a load (default 300000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=300000
. "$here/../lib.sh"

bench() {                                               # the sources are linted by a test of their own
  verilated "$1" "$2/bench" table_bench -Wno-lint -y "$1/table" -y "$1/common" "$here/table_bench.v" "$here/table_bench.cpp" &&
  "$2/bench/table_bench" "$count" "$seed"
}

mutant() { bench "$2" "$3"; }

bench_main "$@"

#!/usr/bin/env bash
# Checks hdl/rtl/control/heartbeat.v, occupancy.v, reset_limiter.v and counters.v: builds the bench with Verilator and
# runs it. The cookies' keys and their control are checked by tests/hdl/hash.
# Usage: tests/hdl/control/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks (default 1000000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=1000000
. "$here/../lib.sh"

# A mutant may have warnings, the sources may not.
control() {
  verilated "$1" "$2/bench" control_bench "$3" -y "$1/control" "$here/control_bench.v" "$here/control_bench.cpp" &&
  "$2/bench/control_bench" "$count" "$seed"
}

bench() { control "$1" "$2" -Wall; }
mutant() { control "$2" "$3" -Wno-lint; }

bench_main "$@"

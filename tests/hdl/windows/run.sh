#!/usr/bin/env bash
# Checks hdl/rtl/control/entry_windows.v: builds its bench with Verilator and runs it.
# Usage: tests/hdl/windows/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      clocks (default 1000000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=1000000
. "$here/../lib.sh"

# A mutant may have warnings, the sources may not.
windows() {
  verilated "$1" "$2/bench" entry_windows "$3" "$root/hdl/lint.vlt" -CFLAGS "$(awk '/^`define (ENTRY|EVENT)_(BITS|WORDS) / { print "-D" $2 "=" $3 }' \
    "$1/generated/offload_map.vh" | tr '\n' ' ')" -y "$1/common" "$1/control/entry_windows.v" "$here/bench.cpp" &&
  "$2/bench/entry_windows" "$count" "$seed"
}

bench() { windows "$1" "$2" -Wall; }
mutant() { windows "$2" "$3" -Wno-lint; }

bench_main "$@"

#!/usr/bin/env bash
# Checks hdl/rtl/egress: builds the bench with Verilator and runs it.
# Usage: tests/hdl/egress/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random replies a width, and frames a source of each mux (default 4000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=4000
. "$here/../lib.sh"

# A mutant may have warnings, the sources may not.
egress() {
  verilated "$1" "$2/bench" egress_bench "$3" -y "$1/egress" "$here/egress_bench.v" "$here/egress_bench.cpp" "$here/reference.cpp" &&
  "$2/bench/egress_bench" "$1/generated/offload_map.vh" "$count" "$seed"
}

bench() { egress "$1" "$2" -Wall; }
mutant() { egress "$2" "$3" -Wno-lint; }

bench_main "$@"

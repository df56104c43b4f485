#!/usr/bin/env bash
# Checks hdl/rtl/egress: builds the bench with Verilator and runs it.
# Usage: tests/hdl/egress/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      random replies a width, and frames a source of each mux (default 4000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one.
#              `words-` are those of reply_words.v.
here=$(cd "$(dirname "$0")" && pwd)
count=4000
. "$here/../lib.sh"

# egress RTL OUT WORDS ARGUMENT: a mutant may have warnings, the sources may not.
egress() {
  verilated "$1" "$2/bench$3" egress_bench "$4" -GWORDS="$3" -CFLAGS -DWORDS="$3" -y "$1/egress" -y "$1/common" \
    "$here/egress_bench.v" "$here/egress_bench.cpp" "$here/reference.cpp" &&
  "$2/bench$3/egress_bench" "$1/generated/offload_map.vh" "$count" "$seed"
}

bench() { egress "$1" "$2" 0 -Wall; egress "$1" "$2" 1 -Wall; }
mutant() {
  case $1 in
    words-*) egress "$2" "$3" 1 -Wno-lint ;;
    *) egress "$2" "$3" 0 -Wno-lint ;;
  esac
}

bench_main "$@"

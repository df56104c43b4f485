#!/usr/bin/env bash
# Checks hdl/rtl/control/heartbeat.v, occupancy.v, reset_limiter.v and counters.v: builds the bench with Verilator and
# runs it; and both forms of listener_memory.v, with Icarus. The cookies' keys and their control are checked by tests/hdl/hash.
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

listeners() {
  local result
  mkdir -p "$2"
  iverilog -g2005 -Plistener_bench.LISTENERS="$3" -I"$1/generated" -o "$2/listeners$3.vvp" "$here/listener_bench.v" "$1/control/listener_memory.v" || return 3
  result=$(vvp "$2/listeners$3.vvp" +count=400 +seed="$seed")
  echo "$result"
  ! grep -q FAIL <<< "$result"
}

bench() { control "$1" "$2" -Wall && listeners "$1" "$2" 16 && listeners "$1" "$2" 5; }
mutant() {
  case $1 in
    listener-*) listeners "$2" "$3" 5 ;;
    *) control "$2" "$3" -Wno-lint ;;
  esac
}

bench_main "$@"

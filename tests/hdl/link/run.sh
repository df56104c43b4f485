#!/usr/bin/env bash
# Runs the bench of hdl/rtl/link, the register link: over a UART with and without flow control, and over both FIFOs.
# Usage: tests/hdl/link/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      requests with faults a link (default 3000); a UART, which is slow, has a tenth
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one. They run
#              over the synchronous FIFO, those whose name begins with `uart-`, `uartflow-` or `async-` over that.
here=$(cd "$(dirname "$0")" && pwd)
count=3000
. "$here/../lib.sh"

# port RTL OUT LINK OPTIMIZATION WARNINGS [LIKE]: one simulation, OUT/LINK/bench. For a mutant, what the build of LIKE
# has compiled and this one would compile to the same again is taken over: Verilator's own runtime and the bench.
port() {
  local to="$2/$3" kind=2 flow=0 object
  case $3 in uart) kind=0 ;; uartflow) kind=0 flow=1 ;; async) kind=1 ;; esac
  mkdir -p "$to"
  {
    verilator --cc --exe -O1 --x-assign unique --x-initial unique --top-module link_bench --Mdir "$to" \
      "$5" -GKIND=$kind -GFLOW_CONTROL=$flow -CFLAGS "-std=c++17 -I$here -DKIND=$kind -DFLOW_CONTROL=$flow" \
      "$root/hdl/lint.vlt" -y "$1/link" -y "$1/common" "$here/link_bench.v" "$here/bench.cpp" -o bench &&
    for object in ${6:+"$6"/verilated*.o "$6/bench.o"}; do cp "$object" "$to/"; done &&
    make -s -C "$to" -f Vlink_bench.mk OPT_FAST="$4" OPT_SLOW=-O0
  } > "$to.log" 2>&1 || { cat "$to.log" >&2; return 3; }
}

bench() {
  local link
  for link in sync async uart uartflow; do port "$1" "$2" $link -O1 -Wall; done
  for link in sync async; do "$2/$link/bench" "$count" "$seed"; done
  for link in uart uartflow; do "$2/$link/bench" $((count / 10)) "$seed"; done
  echo "passed: link, $count requests, seed $seed"
}

mutant() {
  local link=sync requests=3000
  case $1 in uart-*) link=uart requests=150 ;; uartflow-*) link=uartflow requests=150 ;; async-*) link=async ;; esac
  port "$2" "$3" $link -O0 -Wno-lint "$out/$link" && timeout 300 "$3/$link/bench" $requests "$seed"
}

bench_main "$@"

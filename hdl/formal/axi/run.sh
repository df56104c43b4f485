#!/usr/bin/env bash
# Proves of generated/offload_registers.v, as an AXI4-Lite slave whose master keeps to the rules: answers stand
# unchanged until they are taken; each belongs to one request, and every request is taken and answered in bounded time.
# Bounded: the first 12 clocks after a reset, which is more than two accesses of each kind.
# Usage: hdl/formal/axi/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

arrays=yes

translate() {
  bind_properties "$1/generated/offload_registers.v" "$here/properties.vh" "$2/offload_registers.v"
  smt2 "$2/axi.smt2" offload_registers "$2/offload_registers.v"
}

proof() {
  translate "$1" "$2"
  proved "12 clocks" holds "$2/axi.smt2" 12
  proved "covers" covered "$2/axi.smt2" 12
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/axi.smt2" 12
}

formal_main "$@"

#!/usr/bin/env bash
# Proves of common/fifo.v, by base case and induction, at 4 elements of 4 bits: what is written comes out once, whole
# and in order; a full queue takes no more and an empty one gives nothing; empty, full and count are right.
# Usage: hdl/formal/fifo/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  bind_properties "$1/common/fifo.v" "$here/properties.vh" "$2/fifo.v"
  smt2 "$2/fifo.smt2" fifo "$2/fifo.v" -- "chparam -set WIDTH 4 -set DEPTH_BITS 2 fifo"
}

proof() {
  translate "$1" "$2"
  proved "base case" holds "$2/fifo.smt2" 8
  proved "induction" inductive "$2/fifo.smt2" 2
  proved "covers" covered "$2/fifo.smt2" 12
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/fifo.smt2" 12
}

formal_main "$@"

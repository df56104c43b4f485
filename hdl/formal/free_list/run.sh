#!/usr/bin/env bash
# Proves of table/free_list.v, at 8 numbers: no number is offered while it is out, and while one is not out a number is
# offered within three clocks; so none is ever lost. Only numbers that are out come back, and take follows available.
# Bounded: the first 12 clocks after a reset, in which every number is given out and some come back.
# Usage: hdl/formal/free_list/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  bind_properties "$1/table/free_list.v" "$here/properties.vh" "$2/free_list.v"
  smt2 "$2/free_list.smt2" free_list "$2/free_list.v" "$1/common/fifo.v" -- "chparam -set INDEX_BITS 3 free_list"
}

proof() {
  translate "$1" "$2"
  proved "12 clocks" holds "$2/free_list.smt2" 12
  proved "covers" covered "$2/free_list.smt2" 18
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/free_list.smt2" 12
}

formal_main "$@"

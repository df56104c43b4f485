#!/usr/bin/env bash
# Proves of dispatcher.v, by base case and induction: two events with one hash, whichever hash, are never both between
# issue and write, but at least WINDOW + 1 clocks apart; every event that is taken is issued once, unchanged and in
# order, after WINDOW clocks at most; and the walker is passed over once at most while it waits, as are the ports by
# each other.
# Usage: hdl/formal/dispatcher/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  bind_properties "$1/pipeline/dispatcher.v" "$here/properties.vh" "$2/dispatcher.v"
  smt2 "$2/dispatcher.smt2" dispatcher "$2/dispatcher.v" -- "chparam -set SLOT_BITS 2 dispatcher"
}

proof() {
  translate "$1" "$2"
  proved "base case" holds "$2/dispatcher.smt2" 4
  proved "induction" inductive "$2/dispatcher.smt2" 2
  proved "covers" covered "$2/dispatcher.smt2" 16
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/dispatcher.smt2" 16
}

formal_main "$@"

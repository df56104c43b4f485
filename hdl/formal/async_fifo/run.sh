#!/usr/bin/env bash
# Proves of common/async_fifo.v, by base case and induction, at 4 elements of 2 bits, for any two clocks: what is written
# comes out once, whole and in order; a full queue takes no more and an empty one gives nothing; neither side is ever told
# of more than there is, and three clocks after the other one's last deed it knows all of it. A pointer that is taken while
# it changes comes over with each bit old or new (synchronizer.v in this folder).
# Usage: hdl/formal/async_fifo/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# translate RTL OUT [-DINDUCTION: with the invariant, too]
translate() {
  bind_properties "$1/common/async_fifo.v" "$here/properties.vh" "$2/async_fifo.v"
  # The stand-in shows its insides to the invariant.
  sed -i -e '0,/^ *synchronizer /s//    wire [DEPTH_BITS:0] f_write_before, f_write_first, f_read_before, f_read_first;\n&/' \
    -e 's/\.to(\(write\|read\)_gray_seen)/&, .before(f_\1_before), .first(f_\1_first)/' "$2/async_fifo.v"
  nice yosys -q -p "read_verilog -sv -formal ${3:-} -I$2 $2/async_fifo.v $here/synchronizer.v
    chparam -set WIDTH 2 -set DEPTH_BITS 2 async_fifo
    hierarchy -check -top async_fifo
    prep -top async_fifo -flatten
    clk2fflogic; memory_map -formal; setundef -undriven -anyseq; opt_clean
    write_smt2 -wires $2/async_fifo.smt2" > "$2/async_fifo.yosys.log" 2>&1 || { cat "$2/async_fifo.yosys.log" >&2; return 2; }
}

proof() {
  translate "$1" "$2" -DINDUCTION
  proved "base case" holds "$2/async_fifo.smt2" 12
  proved "induction" inductive "$2/async_fifo.smt2" 3
  proved "covers" covered "$2/async_fifo.smt2" 40
}

# By what the ports show alone.
refuted() {
  translate "$1" "$2" || return 2
  broken "$2/async_fifo.smt2" 24
}

formal_main "$@"

#!/usr/bin/env bash
# Proves of park_slots.v and park_drain.v together, at 4 slots, by base case and induction: a connection's frames are
# sent in the order in which they were parked, each only when it is whole; none is sent that was discarded before its
# turn; a drain ends by itself only when nothing of its connection is left; and slots are neither lost nor given twice.
# The queue of awaited slots is cut to what hdl/formal/fifo proves of it: it offers slots that a frame is awaited in.
# Usage: hdl/formal/park/run.sh [--mutants]
# Rules: P9
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# The drain's state is shown to the properties, which stand among the slots.
translate() {
  cp "$here/order_proof.v" "$2"
  bind_properties "$1/park/park_slots.v" "$here/properties.vh" "$2/slots.v"
  sed -i 's/^    output reg  \[6:0\]           in_use,/    input wire [2:0] f_state, input wire f_found, f_over, f_look,\n&/' "$2/slots.v"
  sed 's/^    input  wire                 clk,/    output wire [2:0] f_state, output wire f_found, f_over, f_look,\n&/
    s/^endmodule/    assign f_state = state; assign f_found = found; assign f_over = over; assign f_look = state == LOOK;\n&/' \
    "$1/park/park_drain.v" > "$2/drain.v"
  smt2 "$2/park.smt2" order_proof "$2/order_proof.v" "$2/slots.v" "$2/drain.v"
}

proof() {
  translate "$1" "$2"
  proved "base case" holds "$2/park.smt2" 4
  proved "induction" inductive "$2/park.smt2" 2
  proved "covers" covered "$2/park.smt2" 24
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/park.smt2" 18
}

formal_main "$@"

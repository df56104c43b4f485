#!/usr/bin/env bash
# Proves of control/event_queue.v, at 2 events of 64 bits: nothing is lost, doubled or reordered until it is full; what is
# lost then is counted exactly; a pop with any number but the oldest event's does nothing; the oldest can be read whole.
# Bounded: the first 10 clocks after a reset, in which its places are filled and emptied again.
# Usage: hdl/formal/event_queue/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  sed 's/`EVENT_BITS/64/g' "$here/properties.vh" > "$2/event_queue_properties.vh"
  sed 's/`EVENT_BITS/64/g' "$1/control/event_queue.v" > "$2/narrow.v"
  bind_properties "$2/narrow.v" "$2/event_queue_properties.vh" "$2/event_queue.v"
  smt2 "$2/event_queue.smt2" event_queue "$2/event_queue.v" "$1/control/word_window.v" "$1/common/block_ram.v" -- \
    "chparam -set DEPTH 2 event_queue"
}

proof() {
  translate "$1" "$2"
  proved "10 clocks" holds "$2/event_queue.smt2" 10
  proved "covers" covered "$2/event_queue.smt2" 10
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/event_queue.smt2" 10
}

formal_main "$@"

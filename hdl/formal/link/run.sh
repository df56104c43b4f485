#!/usr/bin/env bash
# Proves of link/link_receive.v, by base case and induction, at contents of up to 4 words and a ring of 256: what becomes
# visible in the ring is a whole frame whose COBS groups, CRC-32 and length are right by a second account of the bytes; it
# lies there word by word as it came; nothing that is still needed is overwritten. So nothing but frames with a right CRC
# reaches what writes registers.
# Usage: hdl/formal/link/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  bind_properties "$1/link/link_receive.v" "$here/receive.vh" "$2/link_receive.v"
  smt2 "$2/receive.smt2" link_receive "$2/link_receive.v" "$1/link/link_crc32.v" -- \
    "chparam -set RING_BITS 8 -set MAX_WORDS 4 -set BACKPRESSURE 0 link_receive"
}

proof() {
  translate "$1" "$2"
  proved "receive, base case" holds "$2/receive.smt2" 4
  proved "receive, induction" inductive "$2/receive.smt2" 2
}

refuted() {
  translate "$1" "$2" || return 2
  broken "$2/receive.smt2" 16
}

formal_main "$@"

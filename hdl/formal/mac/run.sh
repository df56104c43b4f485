#!/usr/bin/env bash
# Proves of the MAC (hdl/rtl/mac): a byte of CRC is IEEE 802.3's division, for every register and byte. And of its receiver,
# for every line and every reader, with frames of 9 to 17 bytes: what has begun is ended, once; nothing that goes on is lost
# for want of space; nothing bad is called good; each frame is counted once; with one clock, a beat is held while stalled.
# Usage: hdl/formal/mac/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# translate RTL OUT NAME ONE_CLOCK
translate() {
  local crossing space two held
  bind_properties "$1/mac/mac_receive.v" "$here/receive.vh" "$2/$3.v"
  if [ "$4" = 1 ]; then
    bind_properties "$1/common/fifo.v" "$here/fifo.vh" "$2/fifo.v"
    crossing="$2/fifo.v" space='!one_clock.full' two='one_clock.count < 3' held='!one_clock.empty'
  else
    crossing="$here/space.v $1/common/event_cross.v $1/common/synchronizer.v" space='two_clocks.space > two_clocks.leaves' two='two_clocks.space > 1' held="1'b1"
  fi
  sed -i -e "1i \\\`define F_SPACE $space" -e "1i \\\`define F_SPACE_FOR_TWO $two" -e "1i \\\`define F_HELD $held" "$2/$3.v"
  smt2 "$2/$3.smt2" mac_receive "$2/$3.v" "$here/any_crc.v" "$1/mac/word_widen.v" $crossing \
    -- "chparam -set MIN_FRAME_BYTES 9 -set MAX_FRAME_BYTES 17 -set FIFO_DEPTH_BITS 2 -set ONE_CLOCK $4 mac_receive"
}

# crc RTL OUT: each bit by itself, which a solver of XORs needs
crc() {
  nice yosys -q -p "read_verilog $here/crc_reference.v
    prep -top crc_reference; design -stash gold
    read_verilog $1/mac/crc32_8.v; prep -top crc32_8; design -stash gate
    design -copy-from gold -as gold crc_reference; design -copy-from gate -as gate crc32_8
    equiv_make gold gate equiv; hierarchy -top equiv; opt_clean; equiv_simple; equiv_status -assert" > "$2/crc.log" 2>&1
}

proof() {
  proved "CRC" crc "$1" "$2"
  translate "$1" "$2" one_clock 1
  translate "$1" "$2" two_clocks 0
  local kind
  for kind in one_clock two_clocks; do
    proved "$kind, base case" holds "$2/$kind.smt2" 6
    proved "$kind, induction" inductive "$2/$kind.smt2" 2
  done
  proved "covers" covered "$2/two_clocks.smt2" 30
}

refuted() {
  if ! crc "$1" "$2"; then grep -q 'Found .* unproven' "$2/crc.log"; return; fi
  translate "$1" "$2" one_clock 1 && translate "$1" "$2" two_clocks 0 || return 2
  broken "$2/two_clocks.smt2" 26 || broken "$2/one_clock.smt2" 26
}

formal_main "$@"

#!/usr/bin/env bash
# Proves, by base case and induction where nothing else is said, that the streams between the parts hold while stalled,
# as AXI4-Stream has it: passed frames out of frame_fifo, parked ones out of park_memory, the engine's own out of
# reply_words and out of reply_demux to either port. (What leaves the core goes through frame_mux and reply_builder,
# which hdl/formal/egress proves.)
# Usage: hdl/formal/streams/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# translate RTL OUT MODULE_FILE STREAM CHPARAM [SOURCES...]
translate() {
  local rtl=$1 out=$2 file=$3 stream=$4 parameters=$5 module
  shift 5
  module=$(basename "$file" .v)
  sed "s/STREAM/$stream/g" "$here/properties.vh" > "$out/$stream.vh"
  [ "$module" != reply_demux ] || cat "$here/input.vh" >> "$out/$stream.vh"
  # A frame's last beat is 30 clocks behind its reply, more than the solver can look ahead; its first one has to do.
  [ "$module" != reply_words ] || sed -i -e 's/DATA_WIDTH/64/g' -e '/cover/s/ && m_axis_tlast//' "$out/$stream.vh"
  bind_properties "$rtl/$file" "$out/$stream.vh" "$out/$module-$stream.v"
  smt2 "$out/$module-$stream.smt2" "$module" "$out/$module-$stream.v" "$@" -- "${parameters:+chparam $parameters $module}"
}

# each RTL OUT ACTION: ACTION LABEL SMT2-FILE for each stream, until one fails
each() {
  translate "$1" "$2" ingress/frame_fifo.v m_axis "-set DATA_WIDTH 16 -set DEPTH 8 -set MAX_BEATS 2" "$1/common/simple_dual_port_ram.v"
  "$3" frame_fifo "$2/frame_fifo-m_axis.smt2" || return
  translate "$1" "$2" park/park_memory.v m_axis "-set DATA_WIDTH 16 -set SLOTS 2 -set SLOT_BITS 1 -set MAX_BEATS 4"
  "$3" park_memory "$2/park_memory-m_axis.smt2" || return
  arrays=1 translate "$1" "$2" egress/reply_words.v m_axis "" "$1/common/simple_dual_port_ram.v"
  "$3" reply_words "$2/reply_words-m_axis.smt2" || return
  translate "$1" "$2" egress/reply_demux.v m_axis_net "-set DATA_WIDTH 512" "$1/common/fifo.v"
  "$3" "reply_demux to the net port" "$2/reply_demux-m_axis_net.smt2" || return
  translate "$1" "$2" egress/reply_demux.v m_axis_host "-set DATA_WIDTH 512" "$1/common/fifo.v"
  "$3" "reply_demux to the host port" "$2/reply_demux-m_axis_host.smt2" || return
}

# The buffer of reply_demux is hdl/formal/fifo's affair; at 512 bits it holds two beats, and 8 clocks fill and empty it
# more than once. The others are inductive.
stream() {
  if [ "$1" = "reply_demux to the host port" ]; then
    proved "$1, 8 clocks" holds "$2" 8 && proved "$1, cover" covered "$2" 12
  elif [ "$1" = reply_words ]; then
    proved "$1, base case" holds "$2" 3 && proved "$1, induction" inductive "$2" 1 && proved "$1, cover" covered "$2" 14
  else
    proved "$1, base case" holds "$2" 5 && proved "$1, induction" inductive "$2" 4 && proved "$1, cover" covered "$2" 12
  fi
}
proof() { each "$1" "$2" stream; }

# A mutant is broken at one of the streams.
unbroken() { ! broken "$2" $([ "$1" = reply_words ] && echo 12 || echo 8); }
refuted() {
  if each "$1" "$2" unbroken; then return 1; fi
  grep -q 'Status: FAILED' "$2"/*.base.log || return 2
}

formal_main "$@"

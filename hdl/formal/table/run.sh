#!/usr/bin/env bash
# Proves of table/connection_table.v, by base case and induction, that a key is never twice in the connection table,
# whatever frames, commands and sweeps come: none is inserted while an entry has it, in the index, in the stash or on
# its way there; and that an event whose key has an entry finds it. Any key, any hash and any entry number are followed
# (tracking.vh), so nothing is bounded: neither the clocks since the reset nor how full the table is. What the
# induction needs beside is that an event in flight sees the table as it still is when it writes (properties.vh).
#
# The table's sizes are the smallest it takes, 64 entries and 33-bit hashes; keys are 8 bits long, as they are only
# compared and copied (so that the stash compares them in one part; the runs against mutants have keys of two parts).
#
# Assumed, and proved elsewhere: no two events with one hash are between issue and write (hdl/formal/dispatcher, any
# hash); no number is offered while it is out (hdl/formal/free_list, at 8 numbers and 12 clocks alone). Assumed, and
# proved here of the whole of transition.v (requests.vh): nothing is inserted on a hit, or without room; nothing is freed
# without a hit; an entry keeps its key. Assumed, and not proved: a key always has one hash, so the placement key must
# not change while the table is in use; only what was looked up by its key can be inserted; and nothing looks up before
# status.ready.
# A mutant of the table is refuted in a run from reset, in which something that is claimed for the induction fails. Z3
# finds none of so many clocks; ABC does, in few hashes and keys. The covers are found in the same way.
# Usage: hdl/formal/table/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# bind_table RTL OUT BITS [STASH]: the table with its properties, its memories tracked, keys of so many bits, a stash of so many places
bind_table() {
  cp "$here/tracking.vh" "$2"
  sed -E "s/(define (ENTRY|KEY)_BITS ).*/\1$3/; s/(define ENTRY_KEY ).*/\1$(($3 - 1)):0/" "$1/generated/offload_map.vh" > "$2/offload_map.vh"
  sed -e 's/parameter CONNECTIONS = 2048/parameter CONNECTIONS = 64/' \
      -e 's/parameter STASH       = 8/parameter STASH = '"${4:-8}"'/' \
      -e '/^ *genvar w;/i\    `include "tracking.vh"' \
      -e 's/block_ram #(.WIDTH(WORD_BITS)/tracked_ram #(.WIDTH(WORD_BITS)/' \
      -e '/tracked_ram.*WORD_BITS/,/\.clk(clk),/s/\.clk(clk),/.clk(clk), .track(w < WAYS\/2 ? left_row(f_hash) : right_row(f_hash)),\
                .tracked(f_words[w*WORD_BITS +: WORD_BITS]), .sampled(f_sampled[w*WORD_BITS +: WORD_BITS]),\
                .array_data(f_array[w*WORD_BITS +: WORD_BITS]),/' \
      -e 's/block_ram #(.WIDTH(`ENTRY_BITS)/tracked_ram #(.WIDTH(`ENTRY_BITS)/' \
      -e '/tracked_ram.*ENTRY_BITS/,/\.clk(clk),/s/\.clk(clk),/.clk(clk), .track(f_number),\
        .tracked(f_entry), .sampled(f_entry_sampled), .array_data(f_entry_array),/' \
      -e '/^ *free_list #/,/\.clk(clk),/s/\.clk(clk),/.clk(clk), .taken(f_take), .given(f_give), .given_index(f_give_index),/' \
      "$1/table/connection_table.v" > "$2/tracked_table.v"
  bind_properties "$2/tracked_table.v" "$here/properties.vh" "$2/connection_table.v"
}

# within OUT CLOCK DEFINES...: ABC finds, in so many clocks from reset, a state that properties.vh rules out
within() {
  local out=$1 clock=$2
  shift 2
  nice yosys -q -p "read_verilog -sv -formal $* -I$out $out/connection_table.v $here/tracked_ram.v $here/any_number.v
    hierarchy -check -top connection_table
    prep -top connection_table -flatten
    memory_map; async2sync; formalff -setundef -clk2ff -ff2anyinit; setundef -undriven -anyseq; opt -fast; dffunmap
    simplemap; techmap; opt -fast; aigmap; opt_clean; delete -output; write_aiger -zinit -B $out/table.aig" > "$out/aiger.log" 2>&1 || return 2
  nice yosys-abc -c "read_aiger $out/table.aig; fold; strash; orpos; bmc3 -T 3600 -S $clock -F $((clock + 1))" > "$out/abc.log" 2>&1 || return 2
  grep -q 'was asserted in frame' "$out/abc.log" && return 0
  grep -qE 'No output asserted|explored all' "$out/abc.log" && return 1
  return 2
}

translate() {
  bind_table "$1" "$2" 8
  smt2 "$2/table.smt2" connection_table "$2/connection_table.v" "$here/tracked_ram.v" "$here/any_number.v"
}

# reached OUT: what the proof speaks of does happen
reached() {
  local n
  for n in 1 2 3 4; do within "$1" 64 -DHUNT -DREACH=$n || return; done
}

# requests RTL OUT: transition.v asks of the table only what is assumed
requests() {
  bind_properties "$1/transition/transition.v" "$here/requests.vh" "$2/transition.v"
  nice yosys -q -l "$2/requests.log" -p "read_verilog -sv -formal -I$1/generated -I$2 $2/transition.v $1/transition/transition_*.v $1/transition/rules_*.v $1/common/delay.v
    hierarchy -check -top transition; prep -flatten; memory_map; opt -full
    sat -verify -seq 5 -prove-skip 4 -prove-asserts -set-assumes" > /dev/null 2>&1
}

proof() {
  mkdir -p "$2/requests"
  proved "what transition.v asks of the table" requests "$1" "$2/requests"
  translate "$1" "$2"
  proved "base case" holds "$2/table.smt2" 3
  proved "induction" inductive "$2/table.smt2" 1
  proved "covers" reached "$2"
}

# A mutant of the table is refuted in 62 clocks, what shows in a full stash in 46, with one of one place; any other mutant
# by what transition.v asks.
refuted() {
  local clock=62 places=8
  if cmp -s "$1/table/connection_table.v" "$root/hdl/rtl/table/connection_table.v"; then
    if requests "$1" "$2"; then return 1; fi
    grep -q 'model found: FAIL' "$2/requests.log" || return 2
  else
    case $1 in */stash-promised-twice/*) clock=46 places=1 ;; esac
    bind_table "$1" "$2" 40 "$places"
    within "$2" "$clock" -DHUNT
  fi
}

formal_main "$@"

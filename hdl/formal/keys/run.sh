#!/usr/bin/env bash
# Proves that keys cannot be read, in two parts, on the netlist of the whole core.
# First: nothing that the registers of the ISN key, the placement key and the cookie keys feed leads anywhere but into
# hash_unit: no output port, no memory, no other register. Everything in their cone is followed.
# Second: with hash_unit's outputs cut, free but the same for all keys, two cores that differ in their keys cannot be told
# apart. What reaches no port is taken away, and with it goes every key register: what is left is one netlist, whatever
# the keys.
# Rules: I3
# Usage: hdl/formal/keys/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

keys="w:isn_key w:placement_key w:registers.isn_key w:registers.isn_placement_key w:registers.isn_cookie_key w:cookie_keys.next_key w:cookie_keys.current_key w:cookie_keys.previous_key"

# cone RTL OUT: the cone, and what it may hold: the eight registers themselves, and the ways into them
cone() {
  local sources
  sources=$(find "$1" -name '*.v' | sort | tr '\n' ' ')
  nice yosys -q -l "$2/keys.log" -p "read_verilog -sv -I$1/generated $sources
    chparam -set DATA_WIDTH 64 -set CONNECTIONS 64 -set LISTENERS 1 -set EVENT_DEPTH 2 -set FRAME_FIFO_BYTES 4096 -set PARK_SLOTS 1 offload_core
    hierarchy -check -top offload_core
    proc; opt_expr; opt_clean
    blackbox hash_unit
    flatten; opt_clean; memory_collect; opt_clean
    rename -top offload_core
    cd offload_core
    select -assert-count 8 $keys
    select -set cone w:isn_key w:placement_key %u w:registers.isn_key %u w:registers.isn_placement_key %u w:registers.isn_cookie_key %u w:cookie_keys.next_key %u w:cookie_keys.current_key %u w:cookie_keys.previous_key %u %co*:-hash_unit
    tee -o $2/cone.txt select -list @cone
    select -assert-any @cone %co1 t:hash_unit %i
    select -assert-none @cone o:* %i
    select -assert-none @cone t:\$mem* %i
    select -assert-count 8 @cone t:\$*dff* %i
    select -assert-none @cone t:* %i t:\$*dff* %d t:\$mux %d t:\$pmux %d t:hash_unit %d
    " > "$2/keys.out" 2>&1
}

# apart RTL OUT: nothing of the keys is left where the hashes are cut
apart() {
  local sources
  sources=$(find "$1" -name '*.v' | sort | tr '\n' ' ')
  nice yosys -q -l "$2/apart.log" -p "read_verilog -sv -I$1/generated $sources
    chparam -set DATA_WIDTH 64 -set CONNECTIONS 64 -set LISTENERS 1 -set EVENT_DEPTH 2 -set FRAME_FIFO_BYTES 4096 -set PARK_SLOTS 1 offload_core
    hierarchy -check -top offload_core
    proc; opt_expr; opt_clean
    blackbox hash_unit
    flatten; opt_clean; memory_collect
    rename -top offload_core
    cd offload_core
    select -assert-count 1 t:hash_unit
    select -assert-count 8 $keys
    delete t:hash_unit
    setundef -undriven -expose
    opt_clean -purge
    select -assert-min 1000 t:\$*dff*
    select -assert-none $keys
    " > "$2/keys.out" 2>&1
}

proof() {
  proved "the keys' registers feed hash_unit and nothing else" cone "$1" "$2"
  proved "two cores that differ in their keys cannot be told apart" apart "$1" "$2"
}

# A mutant is refused by both parts.
refuted() {
  local part
  for part in cone apart; do
    if $part "$1" "$2"; then return 1; fi
    grep -q 'selection is not empty' "$2/keys.out" || return 2
  done
}

formal_main "$@"

#!/usr/bin/env bash
# Proves that keys cannot be read (I3), first part: in the netlist of the whole core, nothing that the registers of the
# ISN key, the placement key and the cookie keys feed leads anywhere but into hash_unit: no output port, no memory, no other register.
# With hash_unit cut out, everything in their cone is followed, through registers and memories.
# The second part, that the hashes' own outputs tell nothing of the keys but through what is sent, is not proved here.
# Usage: hdl/formal/keys/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

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
    select -assert-count 8 w:isn_key w:placement_key w:registers.isn_key w:registers.isn_placement_key w:registers.isn_cookie_key w:cookie_keys.next_key w:cookie_keys.current_key w:cookie_keys.previous_key
    select -set cone w:isn_key w:placement_key %u w:registers.isn_key %u w:registers.isn_placement_key %u w:registers.isn_cookie_key %u w:cookie_keys.next_key %u w:cookie_keys.current_key %u w:cookie_keys.previous_key %u %co*:-hash_unit
    tee -o $2/cone.txt select -list @cone
    select -assert-any @cone %co1 t:hash_unit %i
    select -assert-none @cone o:* %i
    select -assert-none @cone t:\$mem* %i
    select -assert-count 8 @cone t:\$*dff* %i
    select -assert-none @cone t:* %i t:\$*dff* %d t:\$mux %d t:\$pmux %d t:hash_unit %d
    " > "$2/keys.out" 2>&1
}

proof() { proved "the keys' registers feed hash_unit and nothing else" cone "$1" "$2"; }

refuted() {
  if cone "$1" "$2"; then return 1; fi
  grep -q 'selection is not empty' "$2/keys.out" || return 2
}

formal_main "$@"

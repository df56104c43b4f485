#!/usr/bin/env bash
# Proves what must never happen in the rules of the connection: decide_proof.v asks transition_decide.v about every
# event and entry at once (no state, so the proof is complete); and shows that every state and reply can come up.
# Usage: hdl/formal/transition/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# ask RTL OUT FILE COMMANDS: a design without state is asked of yosys' own solver, which is quicker for single bits
ask() {
  nice yosys -q -l "$2/$3.log" -p "read_verilog -sv -formal -I$1/generated $1/transition/transition_decide.v $1/transition/rules_*.v $here/decide_proof.v
    hierarchy -check -top decide_proof; prep -flatten; opt -full; $4" > /dev/null 2>&1
}
decide() { ask "$1" "$2" decide 'sat -verify -prove-asserts -set-assumes'; }
# The 10 states that an entry can come to (LISTEN is the listeners'), and the 9 replies
possible() {
  local commands= value
  for value in 0 2 3 4 5 6 7 8 9 10; do commands+=" sat -verify -set-assumes -set seen[9:6] $value; "; done
  for value in 1 2 3 4 5 6 7 8 9; do commands+=" sat -verify -set-assumes -set seen[5:2] $value; "; done
  ask "$1" "$2" possible "$commands"
}

proof() {
  proved "every event and entry" decide "$1" "$2"
  proved "every state and reply can come up" possible "$1" "$2"
}

refuted() {
  if decide "$1" "$2"; then return 1; fi
  grep -q 'model found: FAIL' "$2/decide.log" || return 2
}

formal_main "$@"

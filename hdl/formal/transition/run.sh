#!/usr/bin/env bash
# Proves the rules of the connection: decide_proof.v asks transition_decide.v about every event and entry at once
# (one clock, no state, so the proof is complete), states.txt being RFC 9293's table of next states.
# Usage: hdl/formal/transition/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# states.txt as assertions, one a line
states() {
  awk '
    BEGIN { n = 0; print "`define STATE_ROWS \\" }
    function one(prefix, value) { return value == "*" ? "" : " && " prefix value }
    /^#/ || NF == 0 { next }
    NF != 6 { print "states.txt:" NR ": six columns" > "/dev/stderr"; exit 1 }
    {
      state = $1; next_state = $6
      gsub("-", "_", state); gsub("-", "_", next_state)
      printf "    wire row%d = hit && event_%s%s%s%s%s; \\\n", n, $2,
        (state == "*" ? "" : " && state == `TCP_STATE_" state),
        one("ack_", $3), one("seq_", $4), one("text_", $5)
      printf "    always @* if (row%d) assert (next_state == %s); \\\n", n,
        (next_state == "same" ? "state" : "`TCP_STATE_" next_state)
      list = "row" n (n ? ", " : "") list
      n++
    }
    END {
      printf "    wire [%d:0] rows = {%s};\n", n - 1, list
      printf "`define POSSIBLE (%d + `COUNTER_EVENTS_QUEUED - `COUNTER_DROPPED_IP_CHECKSUM + 7)\n", n
    }' "$here/states.txt" > "$1"
}

# ask RTL OUT FILE COMMANDS: a design without state is asked of yosys' own solver, which is quicker for single bits
ask() {
  nice yosys -q -l "$2/$3.log" -p "read_verilog -sv -formal -I$1/generated -I$2 $1/transition/transition_decide.v $here/decide_proof.v
    hierarchy -check -top decide_proof; prep -flatten; opt -full; $4" > /dev/null 2>&1
}
decide() { ask "$1" "$2" decide 'sat -verify -prove-asserts -set-assumes'; }
possible() {
  local bits commands=
  bits=$(($(grep -c 'always' "$1/states.vh") + 32 + 7))
  for ((bit = 0; bit < bits; bit++)); do commands+=" sat -verify -set-assumes -set possible[$bit] 1; "; done
  ask "$2" "$1" possible "$commands"
}

proof() {
  states "$2/states.vh"
  proved "every event and entry" decide "$1" "$2"
  proved "every line of states.txt, every state and counter can come up" possible "$2" "$1"
}

refuted() {
  states "$2/states.vh"
  if decide "$1" "$2"; then return 1; fi
  grep -q 'model found: FAIL' "$2/decide.log" || return 2
}

formal_main "$@"

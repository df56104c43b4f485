#!/usr/bin/env bash
# Proves the rules of the connection, transition_decide.v, for every event and entry at once (it has no state, so one
# clock is a complete proof): states_proof.v that they are RFC 9293's, which states.txt has as a table; decide_proof.v
# that what must never happen does not, whoever owns the connection; and that every row, state and reply can come up.
# numbers_proof.v adds what goes before and after: that facts mean what their names say, and what deeds make of numbers;
# apply_proof.v that a deed changes nothing but what it names; pipeline.vh that transition.v is wired so.
# Usage: hdl/formal/transition/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# states.txt as Verilog: STATE_ROWS, with a wire and an assertion a row, and ROWS, how many there are
states() {
  awk '
    BEGIN { print "`define STATE_ROWS \\" }
    function one(prefix, value) { return value == "*" ? "" : " && " prefix value }
    function expected(reply,    held, kind) {
      held = sub(/\*$/, "", reply) ? "limited" : sub(/\+$/, "", reply) ? "!fact[`FACT_BUCKET_HAS_TOKEN]" : ""
      kind = reply == "-" || reply == "PASS" ? "NONE" : reply == "ACK-OF" ? "RESET_SEQ" : reply == "RST-ACK" ? "RESET_ACK" \
           : reply == "HOST" ? "TO_HOST" : reply == "RST" ? "RESET" : reply
      gsub("-", "_", kind)
      return (held == "" ? "" : held " ? `REPLY_KIND_NONE : ") "`REPLY_KIND_" kind
    }
    # What the host is told: {established, peer closed, closed and why, ICMP}
    function told(list,    n, parts, i, established, peer, reason, icmp) {
      established = peer = icmp = 0; reason = "NONE"
      n = split(list, parts, ",")
      for (i = 1; i <= n; i++)
        if (parts[i] == "established") established = 1
        else if (parts[i] == "peer-closed") peer = 1
        else if (parts[i] == "icmp") icmp = 1
        else if (parts[i] != "-") { reason = toupper(parts[i]); gsub("-", "_", reason) }
      return "tells == {1\047b" established ", 1\047b" peer ", 1\047b" (reason != "NONE") ", `CLOSE_REASON_" reason ", 1\047b" icmp "}"
    }
    /^#/ || NF == 0 { next }
    NF < 10 { print "states.txt:" NR ": nine columns and the source" > "/dev/stderr"; exit 1 }
    {
      reply = expected($7)
      starred = $7 ~ /\*$/ ? "!limited" : "1\047b0"
      unknown = $1 ~ /^(LISTEN|CLOSED|SILENT)$/
      for (i = 1; i <= 6; i++) gsub("-", "_", $i)
      for (i = 8; i <= 8; i++) gsub("-", "_", $i)
      printf "    wire row%d = %s && event_%s%s%s%s%s; \\\n", n, unknown ? "at_" $1 : "own", $2,
        ($1 == "*" || unknown ? "" : " && state == `TCP_STATE_" $1), one("ack_", $3), one("seq_", $4), one("text_", $5)
      printf "    always @* if (row%d) assert (%s && reply == (%s) && timeout == timeout_%s && %s && deed[`DEED_LIMIT_START] == %s%s); \\\n",
        n, ($6 == "same" ? "stays" : "becomes == `TCP_STATE_" $6), reply, $8, told($9), starred,
        (unknown ? " && passed == 1\047b" ($7 == "PASS") : "")
      list = "row" n++ (list == "" ? "" : ", ") list
    }
    END { printf "    wire [%d:0] rows = {%s};\n`define ROWS %d\n", n - 1, list, n }' n=0 "$here/states.txt" > "$1/states.vh"
}

# ask RTL OUT TOP FILE COMMANDS: a design without state is asked of yosys' own solver, which is quicker for single bits
ask() {
  nice yosys -q -l "$2/$4.log" -p "read_verilog -sv -formal -I$1/generated -I$2 $1/transition/transition_decide.v $1/transition/rules_*.v $here/$3.v
    hierarchy -check -top $3; prep -flatten; opt -full; $5" > /dev/null 2>&1
}
decide() { ask "$1" "$2" decide_proof decide 'sat -verify -prove-asserts -set-assumes'; }
table() { ask "$1" "$2" states_proof table 'sat -verify -prove-asserts -set-assumes'; }
# Facts and deeds in numbers: what is asked in the third clock goes through all registers, whatever was in them (-zinit
# makes an input of each). ABC proves it by comparing what is equal inside first, in a fifth of the time that a solver alone takes.
numbers() {
  local sources="$1/transition/transition_compare.v $1/transition/transition_decide.v $1/transition/transition_apply.v"
  rm -f "$2/numbers.aig"
  nice yosys -q -l "$2/numbers.log" -p "read_verilog -sv -formal -I$1/generated $here/numbers_proof.v $sources $1/transition/rules_*.v
    hierarchy -check -top numbers_proof; prep -flatten; opt -full
    async2sync; chformal -assert -skip 2; techmap; opt -full; dfflegalize -cell \$_DFF_P_ 0; opt_clean; aigmap
    write_aiger -zinit $2/numbers.aig" > /dev/null 2>&1 || return
  nice yosys-abc -c "read_aiger $2/numbers.aig; fold; scorr; frames -F 3 -i; strash; dch; strash; orpos; iprove" > "$2/numbers.log" 2>&1
  grep -q '^UNSATISFIABLE' "$2/numbers.log"
}
# The entry and the reply that deeds make, without the clocks
applied() {
  nice yosys -q -l "$2/applied.log" -p "read_verilog -sv -formal -I$1/generated $here/apply_proof.v $1/transition/transition_apply.v
    hierarchy -check -top apply_proof; prep -flatten; memory_map; opt -full
    sat -verify -prove-asserts -set-assumes" > /dev/null 2>&1
}
# transition.v as it is wired; what is asked in the fifth clock goes through all registers.
pipeline() {
  local question=${3:--prove-skip 4 -prove-asserts -set-assumes}
  bind_properties "$1/transition/transition.v" "$here/pipeline.vh" "$2/pipeline.v"
  nice yosys -q -l "$2/pipeline.log" -p "read_verilog -sv -formal -I$1/generated -I$2 $2/pipeline.v $1/transition/transition_*.v $1/common/delay.v $1/transition/rules_*.v
    hierarchy -check -top transition; prep -flatten; memory_map; opt -full
    sat -verify -seq 5 $question" > /dev/null 2>&1
}
opens() { pipeline "$1" "$2" '-set-assumes -set-at 5 opened 1'; }
# Every row of the table can come up; the 10 states that an entry can come to (LISTEN is the listeners'), and the 9 replies
possible() {
  local commands= value
  for value in 0 2 3 4 5 6 7 8 9 10; do commands+=" sat -verify -set-assumes -set seen[9:6] $value; "; done
  for value in 1 2 3 4 5 6 7 8 9; do commands+=" sat -verify -set-assumes -set seen[5:2] $value; "; done
  ask "$1" "$2" decide_proof possible "$commands"
}
# The solver names every set of rows that come up together, until there is no other.
rows() {
  ask "$1" "$2" states_proof rows 'sat -all -set-assumes -show possible' && grep -q 'no more models found' "$2/rows.log" &&
    awk '$1 == "\\possible" { for (i = 1; i <= length($4); i++) if (substr($4, i, 1) == "1") seen[i] = 1; rows = length($4) }
      END { for (i = 1; i <= rows; i++) if (!(i in seen)) { print "row " rows - i " cannot come up" > "/dev/stderr"; missing = 1 }; exit missing || rows == 0 }' "$2/rows.log"
}

proof() {
  states "$2"
  proved "every state and event against states.txt" table "$1" "$2"
  proved "every row of states.txt can come up" rows "$1" "$2"
  proved "what must never happen, for every event and entry" decide "$1" "$2"
  proved "every state and reply can come up" possible "$1" "$2"
  proved "what deeds make of entries and replies" applied "$1" "$2"
  proved "what facts and deeds are in numbers" numbers "$1" "$2"
  proved "the whole pipeline opens for ISS+1 and IRS+1 alone" pipeline "$1" "$2"
  proved "and it does open" opens "$1" "$2"
}

# A mutant is refused by the table, by what must never happen, by the deeds, the pipeline or the numbers.
refuted() {
  local question
  states "$2"
  for question in table decide applied pipeline numbers; do
    $question "$1" "$2" && continue
    grep -Eq 'model found: FAIL|^SATISFIABLE' "$2/$question.log" || return 2
    return 0
  done
  return 1
}

formal_main "$@"

#!/usr/bin/env bash
# Proves, by base case and induction, what frame_mux.v and reply_builder.v state under FORMAL: hold while stalled, no
# beat lost or made up, frames whole, fairness; and covers show that it can happen.
# Usage: hdl/formal/egress/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

# translate RTL OUT TOP WIDTH
translate() { smt2 "$2/$3-$4.smt2" "$3" "$1"/egress/*.v -- "chparam -set DATA_WIDTH $4 $3"; }

proof() {
  local top width
  for top in frame_mux:16 reply_builder:64 reply_builder:512; do
    width=${top#*:} top=${top%:*}
    translate "$1" "$2" "$top" "$width"
    proved "$top at $width bits, base case" holds "$2/$top-$width.smt2" 8
    proved "$top at $width bits, induction" inductive "$2/$top-$width.smt2" 4
    # At 64 bits the builder's frames are so long that covers take minutes.
    if [ "$top:$width" != reply_builder:64 ]; then proved "$top at $width bits, covers" covered "$2/$top-$width.smt2" 12; fi
  done
}

# At 128 bits the builder's shortest frame has four beats, few enough for the depth.
refuted() {
  local top
  top=$(sed -n 's,^--- a/egress/\(.*\)\.v$,\1,p' "$here/mutants/$(basename "$(dirname "$2")").patch" | head -n 1)
  translate "$1" "$2" "$top" 128 || return 2
  broken "$2/$top-128.smt2" 12
}

formal_main "$@"

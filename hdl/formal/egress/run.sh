#!/usr/bin/env bash
# Proves, with yosys-smtbmc and z3, what frame_mux.v and reply_builder.v state under FORMAL: hold while stalled, no
# beat lost or made up, frames whole, fairness; base case, induction, and covers that show that it can happen.
# Usage: hdl/formal/egress/run.sh [--mutants]
#   --mutants  also applies each patch of mutants/ to a copy of the sources; its proof has to fail
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/artifacts/formal/egress"
mkdir -p "$out"

# smt2 SOURCES TOP WIDTH FILE
smt2() {
  yosys -q -p "read_verilog -sv -formal -I$root/hdl/rtl/generated $1/*.v
    hierarchy -check -top $2 -chparam DATA_WIDTH $3
    prep -top $2 -flatten
    memory_map; async2sync; setundef -undriven -anyseq; dffunmap; opt_clean
    write_smt2 -wires $4"
}

# Without --unroll z3 4.8.12 expands the nested functions of even a small module for minutes.
smtbmc() {
  yosys-smtbmc -s z3 --unroll --noprogress "$@"
}

# prove FILE: 0 if base case and induction both hold
prove() {
  smtbmc -t 8 --presat "$1" > "$1.base.log" 2>&1 && smtbmc -t 4 -i "$1" > "$1.induction.log" 2>&1
}

for case in frame_mux:16 reply_builder:64 reply_builder:512; do
  top=${case%:*}
  width=${case#*:}
  file="$out/$top-$width.smt2"
  smt2 "$root/hdl/rtl/egress" "$top" "$width" "$file"
  prove "$file" || { echo "FAIL: $top at $width bits, see $file.*.log"; exit 1; }
  # At 64 bits the builder's frames are so long that covers take minutes.
  if [ "$case" != reply_builder:64 ]; then
    smtbmc -t 12 -c "$file" > "$file.cover.log" 2>&1 || { echo "FAIL: $top at $width bits covers"; exit 1; }
  fi
  echo "PROVED: $top at $width bits"
done

[ "${1:-}" = --mutants ] || exit 0
for patch in "$here"/mutants/*.patch; do
  name=$(basename "$patch" .patch)
  copy="$out/mutants/$name"
  rm -rf "$copy"
  mkdir -p "$copy"
  cp "$root"/hdl/rtl/egress/*.v "$copy"
  patch -s -d "$copy" -p1 < "$patch"
  top=$(sed -n 's,^--- a/\(.*\)\.v$,\1,p' "$patch" | head -n 1)
  # At 128 bits the shortest frame has four beats, few enough for the depth.
  smt2 "$copy" "$top" 128 "$copy/$name.smt2"
  # A failed induction alone could be a weak invariant: the base case has to fail.
  if smtbmc -t 12 "$copy/$name.smt2" > "$copy/base.log" 2>&1; then
    echo "SURVIVED: $name"
    exit 1
  fi
  grep -q "Status: FAILED" "$copy/base.log" || { echo "BROKEN: $name, see $copy/base.log"; exit 1; }
  echo "caught: $name"
done

#!/usr/bin/env bash
# Sends one SYN through the whole core, at 64 and at 512 bits, and compares the clocks in which it comes to each stage with
# those that docs/engine.md tells. Usage: tests/hdl/stages/run.sh [--mutants] [--write]
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the comparison has to fail on every one
#   --write    puts the clocks that were found into docs/engine.md
here=$(cd "$(dirname "$0")" && pwd)
count=1
. "$here/../lib.sh"
page="$root/docs/engine.md"

# addresses RTL: the registers that the bench writes, as macros
addresses() {
  awk '$1 ~ /^(isn\.(key|placement_key|key_commit)|listener\.(staging|slot|action)|control\.control)$/ {
    name = toupper($1); gsub(/\./, "_", name); sub(/^0x/, "16'"'"'h", $2); printf "`define AT_%s %s\n", name, $2 }' "$1/generated/offload_map.txt"
}

# clocks RTL OUT WIDTH: a line `NAME CLOCK` for each stage
clocks() {
  local sources
  sources=$(find "$1" -name '*.v' -not -path '*/mac/*' -not -path '*/link/*' -not -path '*/board/*')
  mkdir -p "$2"
  { addresses "$1"; echo '`include "stages_bench.v"'; } > "$2/with_addresses.v"
  # shellcheck disable=SC2086
  iverilog -g2005 -Wno-timescale -I"$1/generated" -I"$here" -s stages_bench -Pstages_bench.DATA_WIDTH="$3" -o "$2/stages$3.vvp" \
    "$2/with_addresses.v" $sources >&2 || return 3
  vvp -n "$2/stages$3.vvp" > "$2/clocks$3" || return 3
  ! grep FAIL "$2/clocks$3" || return 1
  sed -n 's/^stage //p' "$2/clocks$3"
}

# told: the page's own
told() { awk -F'|' '/^\| `/ { gsub(/[ `]/, ""); print $2, $4, $5 }' "$page"; }

found() {
  clocks "$1" "$2" 64 > "$2/64" && clocks "$1" "$2" 512 > "$2/512" && LC_ALL=C sort "$2/64" > "$2/64s" && LC_ALL=C sort "$2/512" > "$2/512s" &&
    LC_ALL=C join "$2/64s" "$2/512s"
}

compare() {
  mkdir -p "$2"
  found "$1" "$2" > "$2/found" || return
  told | LC_ALL=C sort > "$2/told"
  diff "$2/told" "$2/found" > "$2/difference" || { echo "FAIL: docs/engine.md tells other clocks (<) than there are (>): stage, at 64 and at 512 bits"; cat "$2/difference"; return 1; }
}

bench() { compare "$1" "$2" && echo "passed: $(wc -l < "$2/found") stages at 64 and 512 bits come when docs/engine.md says"; }
mutant() { compare "$2" "$3"; }

if [ "${1:-}" = --write ]; then
  mkdir -p "$out"
  found "$root/hdl/rtl" "$out" > "$out/found"
  while read -r stage at64 at512; do
    sed -i -E "s/^(\| \`$stage\` *\|[^|]*\|)[^|]*\|[^|]*\|/\1 $(printf '%7s' "$at64") | $(printf '%8s' "$at512") |/" "$page"
  done < "$out/found"
  exit
fi
bench_main "$@"

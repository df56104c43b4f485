#!/usr/bin/env bash
# Runs the bench of hdl/rtl/ingress as net port at every bus width, as host port at two, and that of a gigabit
# (ingress_words.v) as either.
# Usage: tests/hdl/ingress/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      frames a width (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one.
#              They run as net port, those whose name begins with `host-` as host port; `words-` and `words-host-` are
#              those of ingress_words.v.
here=$(cd "$(dirname "$0")" && pwd)
count=20000
. "$here/../lib.sh"

# Field positions for the bench: NAME msb:lsb -> NAME_LSB, NAME_WIDTH.
fields() {
  awk '
    function constant(name, value) { print "constexpr int " name " = " value ";" }
    /^`define (SEGMENT|KEY)_BITS / { sub(/^`define /, ""); split($0, f, / +/); constant(f[1] "_COUNT", f[2]); next }
    /^`define (SEGMENT|KEY)_[A-Z_0-9]+ +[0-9]+(:[0-9]+)?$/ {
      if ($2 ~ /_(WIDTH|WORDS)$/) next
      split($3, bits, ":"); if (!(2 in bits) || bits[2] == "") bits[2] = bits[1]
      constant($2 "_LSB", bits[2]); constant($2 "_WIDTH", bits[1] - bits[2] + 1)
    }
    /^`define VERDICT_(PASS|DROP|PARK) / { split($3, v, "d"); constant($2 "_VALUE", v[2]) }
  ' "$root/hdl/rtl/generated/offload_map.vh"
}

from_host() { case $1 in *host*) echo 1 ;; *) echo 0 ;; esac; }
words() { case $1 in words*) echo 1 ;; *) echo 0 ;; esac; }

# port RTL OUT PORT [LIKE OPTIMIZATION]: one simulation, OUT/Vingress. What the sources' builds have compiled and this
# one would compile to the same again is taken over: Verilator's own runtime, and for a mutant, whose ports are those of
# LIKE, the bench.
port() {
  local object top=ingress width=${3##*[a-z]}
  if [ "$(words "$3")" = 1 ]; then top=ingress_words width=; fi
  mkdir -p "$2"
  {
    verilator --cc --exe -O3 --x-assign unique --x-initial unique --prefix Vingress --Mdir "$2" \
      --top-module "$top" ${width:+-GDATA_WIDTH="$width"} -GFROM_HOST="$(from_host "$3")" -GFRAME_FIFO_BYTES=4096 \
      -I"$1/generated" -I"$1/ingress" -I"$1/common" -Wno-fatal \
      -CFLAGS "-I$here -I$out -DDATA_WIDTH=${3##*[a-z]} -DFROM_HOST=$(from_host "$3") -DWORDS=$(words "$3") -DFRAME_FIFO_BYTES=4096" \
      "$1/ingress/$top.v" "$here/bench.cpp" &&
    for object in "$out"/net64/verilated*.o ${4:+"$out/$4/bench.o"}; do
      if [ -f "$object" ] && [ "$2" != "$out/net64" ]; then cp "$object" "$2/"; fi
    done &&
    make -s -C "$2" -f Vingress.mk -j 2 OPT_FAST="${5:--O1}" OPT_SLOW=-O0
  } > "$2.log" 2>&1 || { cat "$2.log" >&2; return 3; }
}

ports="net64 net128 net256 net512 host64 host512 words64 wordshost64"

bench() {
  local width
  rm -rf "$2"/net* "$2"/host* "$2"/words*
  { echo "#pragma once"; fields; } > "$2/fields.h"
  for width in $ports; do port "$1" "$2/$width" "$width"; done
  for width in $ports; do "$2/$width/Vingress" "$count" "$seed"; done
  echo "passed: ingress, $count frames a width, seed $seed"
}

mutant() {
  local like=net64
  case $1 in host-*) like=host64 ;; words-host-*) like=wordshost64 ;; words-*) like=words64 ;; esac
  port "$2" "$3/$like" "$like" "$like" -O0 && "$3/$like/Vingress" 20000 "$seed"
}

bench_main "$@"

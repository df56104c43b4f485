#!/bin/sh
# Runs the bench of hdl/rtl/ingress at every bus width, then shows that it catches broken RTL: each
# patch in mutants/ is applied to a copy, and the bench has to fail on it.
# usage: run.sh [frames a width, default 20000] [seed]
# Needs verilator, a C++ compiler, make and patch.
set -eu

frames=${1:-20000}
seed=${2:-1}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# Field positions for the bench: NAME msb:lsb -> NAME_LSB, NAME_WIDTH.
awk '
    function constant(name, value) { print "constexpr int " name " = " value ";" }
    /^`define (SEGMENT|KEY)_BITS / { sub(/^`define /, ""); split($0, f, / +/); constant(f[1] "_COUNT", f[2]); next }
    /^`define (SEGMENT|KEY)_[A-Z_0-9]+ +[0-9]+(:[0-9]+)?$/ {
        if ($2 ~ /_(WIDTH|WORDS)$/) next
        split($3, bits, ":"); if (!(2 in bits) || bits[2] == "") bits[2] = bits[1]
        constant($2 "_LSB", bits[2]); constant($2 "_WIDTH", bits[1] - bits[2] + 1)
    }
    /^`define VERDICT_(PASS|DROP) / { split($3, v, "d"); constant($2 "_VALUE", v[2]) }
' "$root/hdl/rtl/generated/offload_map.vh" > "$work/fields.h"

# build NAME RTL-FOLDER WIDTH FROM_HOST [NAME OF AN EARLIER BUILD [OPTIMIZATION]]
# What an earlier build has compiled and this one would compile to the same again is taken over: Verilator's own
# runtime, and for a mutant, whose ports are the same, the bench.
build() {
    {
        verilator --cc --exe -O3 --x-assign unique --x-initial unique --top-module ingress --Mdir "$work/$1" \
            -GDATA_WIDTH="$3" -GFROM_HOST="$4" -GFRAME_FIFO_BYTES=4096 \
            -I"$2/generated" -I"$2/ingress" -I"$2/common" -Wno-fatal \
            -CFLAGS "-I$here -I$work -DDATA_WIDTH=$3 -DFROM_HOST=$4 -DFRAME_FIFO_BYTES=4096" \
            "$2/ingress/ingress.v" "$here/bench.cpp"
        for object in $work/w64/verilated*.o ${5:+"$work/$5/bench.o"}; do
            if [ -f "$object" ]; then cp "$object" "$work/$1/"; fi
        done
        make -s -C "$work/$1" -f Vingress.mk -j 2 OPT_FAST="${6:--O1}" OPT_SLOW=-O0
    } > "$work/$1.log" 2>&1 || { cat "$work/$1.log"; echo "FAIL ingress: $1 does not build"; exit 1; }
}

# Both orientations are tested; which width gets which changes with the seed.
odd=$((seed % 2))
orientation() { case $1 in 64 | 256) echo $((1 - odd)) ;; *) echo $odd ;; esac; }

widths="64 128 256 512"
for width in $widths; do build "w$width" "$root/hdl/rtl" "$width" "$(orientation "$width")"; done
for width in $widths; do
    "$work/w$width/Vingress" "$frames" "$seed" || { echo "FAIL ingress: width $width, seed $seed"; exit 1; }
done

mutants=0
for patch in "$here"/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    rm -rf "$work/rtl"
    mkdir "$work/rtl"
    cp -r "$root/hdl/rtl/generated" "$root/hdl/rtl/ingress" "$root/hdl/rtl/common" "$work/rtl/"
    patch -s -d "$work/rtl" -p1 < "$patch" || { echo "FAIL ingress: mutant $name does not apply"; exit 1; }
    build "$name" "$work/rtl" 64 "$(orientation 64)" w64 -O0
    if "$work/$name/Vingress" 5000 "$seed" > "$work/$name.out"; then
        echo "FAIL ingress: mutant $name is not caught"
        exit 1
    fi
    grep -q '^FAIL width' "$work/$name.out" || { cat "$work/$name.out"; echo "FAIL ingress: mutant $name ended without a verdict"; exit 1; }
    echo "  mutant $name caught: $(grep -m1 '^FAIL' "$work/$name.out" | cut -d: -f2-)"
    mutants=$((mutants + 1))
done
[ "$mutants" -ge 3 ] || { echo "FAIL ingress: only $mutants mutants"; exit 1; }
echo "PASS ingress: $frames frames a width, $mutants mutants caught"

#!/bin/sh
# Runs the bench of hdl/rtl/ingress as net port at every bus width, and as host port at two.
# Usage: tests/hdl/ingress/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      frames a width (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one.
#              They run as net port, those whose name begins with `host-` as host port.
# Needs verilator, a C++ compiler, make and patch.
set -eu

frames=20000
seed=1
mutants=no
while [ $# -gt 0 ]; do
    case $1 in
        --mutants) mutants=yes ;;
        --seed) seed=$2; shift ;;
        *) frames=$1 ;;
    esac
    shift
done
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
        for object in $work/net64/verilated*.o ${5:+"$work/$5/bench.o"}; do
            if [ -f "$object" ]; then cp "$object" "$work/$1/"; fi
        done
        make -s -C "$work/$1" -f Vingress.mk -j 2 OPT_FAST="${6:--O1}" OPT_SLOW=-O0
    } > "$work/$1.log" 2>&1 || { cat "$work/$1.log"; echo "FAIL ingress: $1 does not build"; exit 1; }
}

ports="net64 net128 net256 net512 host64 host512"
from_host() { case $1 in host*) echo 1 ;; *) echo 0 ;; esac; }
for port in $ports; do build "$port" "$root/hdl/rtl" "${port#*t}" "$(from_host "$port")"; done
for port in $ports; do
    "$work/$port/Vingress" "$frames" "$seed" || { echo "FAIL ingress: $port, seed $seed"; exit 1; }
done
echo "PASS ingress: $frames frames a width"
[ "$mutants" = yes ] || exit 0

caught=0
for patch in "$here"/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    rm -rf "$work/rtl"
    mkdir "$work/rtl"
    cp -r "$root/hdl/rtl/generated" "$root/hdl/rtl/ingress" "$root/hdl/rtl/common" "$work/rtl/"
    patch -s -d "$work/rtl" -p1 < "$patch" || { echo "FAIL ingress: mutant $name does not apply"; exit 1; }
    case $name in host-*) like=host64 ;; *) like=net64 ;; esac
    build "$name" "$work/rtl" 64 "$(from_host "$like")" "$like" -O0
    if "$work/$name/Vingress" 5000 "$seed" > "$work/$name.out"; then
        echo "FAIL ingress: mutant $name is not caught"
        exit 1
    fi
    grep -q '^FAIL width' "$work/$name.out" || { cat "$work/$name.out"; echo "FAIL ingress: mutant $name ended without a verdict"; exit 1; }
    echo "  mutant $name caught: $(grep -m1 '^FAIL' "$work/$name.out" | cut -d: -f2-)"
    rm -rf "${work:?}/$name"
    caught=$((caught + 1))
done
[ "$caught" -ge 3 ] || { echo "FAIL ingress: only $caught mutants"; exit 1; }
echo "PASS ingress: $caught mutants caught"

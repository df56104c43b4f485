#!/bin/sh
# Builds the core between GMII ports (gmii_core.v) as a library with the shim of the virtual board, whose C ABI it has; only where
# something has changed.
# Usage: tests/Offload.Benchmarks/hdl/build.sh --frame-clocks N --output DIR
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
frame_clocks=
output=
while [ $# -gt 0 ]; do
    case $1 in
        --frame-clocks) frame_clocks=$2; shift ;;
        --output) mkdir -p -- "$2"; output=$(CDPATH='' cd -- "$2" && pwd); shift ;;
        *) echo "$0: unknown argument $1" >&2; exit 2 ;;
    esac
    shift
done
[ -n "$frame_clocks" ] && [ -n "$output" ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }

exec 9> "$output/.lock"
flock 9
cd -- "$root"
hash=$({
    verilator --version
    c++ --version
    echo "$frame_clocks"
    find hdl/rtl hdl/sim tests/Offload.Benchmarks/hdl -type f | LC_ALL=C sort | xargs sha256sum
} | sha256sum | cut -d ' ' -f 1)
library=$output/liboffload_sim.so
if [ -f "$library" ] && [ "$(cat "$output/.inputs" 2> /dev/null || true)" = "$hash" ]; then
    echo "gmii core: up to date"
    exit 0
fi

echo "gmii core: translating, then compiling with $(nproc) jobs"
rm -f -- "$output/.inputs"
# The shim finds the peek.h beside it first.
cp -- hdl/sim/offload_sim.cpp hdl/sim/offload_sim.h hdl/sim/frame_ring.h tests/Offload.Benchmarks/hdl/peek.h "$output"
verilator --cc --exe --top-module gmii_core --prefix Voffload_core --Mdir "$output/obj" -GFRAME_CLOCKS="$frame_clocks" \
    -Ihdl/rtl/generated -O3 --x-assign 0 --x-initial 0 --output-split 10000 --no-timing -Wno-fatal -Wno-lint \
    -CFLAGS "-std=c++17 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-gnu-unique" \
    -CFLAGS "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -I$output" \
    -LDFLAGS "-shared -Wl,--version-script=$root/hdl/sim/offload_sim.map -Wl,--no-undefined -lpthread -latomic" \
    -o liboffload_sim.so $(find hdl/rtl -name '*.v' | LC_ALL=C sort) tests/Offload.Benchmarks/hdl/gmii_core.v \
    tests/Offload.Benchmarks/hdl/gmii_line.v "$output/offload_sim.cpp" > "$output/verilator.log" 2>&1 ||
    { cat "$output/verilator.log" >&2; echo "$0: verilator failed" >&2; exit 1; }
make -C "$output/obj" -f Voffload_core.mk -j "$(nproc)" OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1 liboffload_sim.so \
    > "$output/make.log" 2>&1 || { cat "$output/make.log" >&2; echo "$0: the C++ compiler failed" >&2; exit 1; }
cp -- "$output/obj/liboffload_sim.so" "$library.new"
mv -f -- "$library.new" "$library"
echo "$hash" > "$output/.inputs"
echo "gmii core: built"

#!/bin/sh
# Builds the simulation of a whole board: its top level and all below it, compiled by Verilator into a shared library with
# the C ABI of hdl/sim/board/board_sim.h. Does nothing where neither sources nor tools have changed since the last build.
set -eu

usage() {
    cat <<'USAGE'
usage: firmware-tools/build-board-simulation.sh BOARD [--link uart|fifo-async|fifo-sync] [--output DIR] [--force]

  BOARD         versa-5g or colorlight-i9
  --link KIND   the link to the host; default uart
  --output DIR  where to; default artifacts/board/BOARD-KIND in the repository
  --force       build even where nothing changed

Writes libboard_sim.so.
USAGE
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
board=
kind=uart
output=
force=no
while [ $# -gt 0 ]; do
    case $1 in
        --link | --output)
            [ $# -ge 2 ] || { echo "$0: $1 needs a value" >&2; exit 2; }
            ;;
    esac
    case $1 in
        --link) kind=$2; shift ;;
        --output) mkdir -p -- "$2"; output=$(CDPATH='' cd -- "$2" && pwd); shift ;;
        --force) force=yes ;;
        --help | -h) usage; exit 0 ;;
        versa-5g | colorlight-i9) board=$1 ;;
        *) echo "$0: unknown argument $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
[ -n "$board" ] || { usage >&2; exit 2; }
case $kind in
    uart) link=0 ;;
    fifo-async) link=1 ;;
    fifo-sync) link=2 ;;
    *) echo "$0: unknown link $kind" >&2; usage >&2; exit 2 ;;
esac

say() { echo "board simulation: $*"; }

for tool in verilator make c++ sha256sum flock; do
    command -v "$tool" > /dev/null || { echo "$0: $tool is missing; run firmware-tools/prerequisites.sh" >&2; exit 3; }
done

: "${output:=$root/artifacts/board/$board-$kind}"
mkdir -p -- "$output"
cd -- "$root"

# One build at a time in a folder; a second one waits, and then finds nothing to do.
exec 9> "$output/.lock"
flock 9

sources=$(find hdl/rtl -name '*.v' | LC_ALL=C sort)
hash=$({
    verilator --version
    c++ --version
    echo "$board $kind $(uname -m)"
    find -L hdl/rtl hdl/sim/board "boards/$board" -type f | LC_ALL=C sort | xargs sha256sum
    sha256sum firmware-tools/build-board-simulation.sh
} | sha256sum | cut -d ' ' -f 1)
library=$output/libboard_sim.so

if [ $force = no ] && [ -f "$library" ] && [ "$(cat "$output/.inputs" 2> /dev/null || true)" = "$hash" ]; then
    say "$board with $kind is up to date"
    exit 0
fi

# The core's clock and the UART's rate, as the board file has them.
core_hz=$(sed -n 's/^ *core: *{.*[ {]hz: *\([0-9]*\).*/\1/p' "boards/$board/board.yaml")
baud=$(sed -n 's/^ *baud: *\([0-9]*\).*/\1/p' "boards/$board/board.yaml")
[ -n "$core_hz" ] && [ -n "$baud" ] || { echo "$0: boards/$board/board.yaml states no hz of the clock 'core', or no baud of a link" >&2; exit 2; }

define=BOARD_$(echo "$board" | tr 'a-z-' 'A-Z_')
start=$(date +%s)
rm -f -- "$output/.inputs"
say "translating $board with $kind ($(verilator --version | cut -d ' ' -f 1,2))"
# The words of $sources are to be split.
# shellcheck disable=SC2086
verilator --cc --exe --top-module board_sim --prefix Vboard_sim --Mdir "$output/obj" -GLINK=$link -D"$define" \
    -Ihdl/rtl/generated -O3 --x-assign 0 --x-initial 0 --output-split 10000 --no-timing -Wno-fatal -Wno-lint \
    -CFLAGS "-std=c++17 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-gnu-unique" \
    -CFLAGS "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -DLINK=$link -DCORE_HZ=$core_hz -DBAUD=$baud -I$root/hdl/sim/board" \
    -LDFLAGS "-shared -Wl,--version-script=$root/hdl/sim/board/board_sim.map -Wl,--no-undefined -Wl,-z,relro,-z,now -lpthread -latomic" \
    -o libboard_sim.so hdl/sim/board/board_sim.v hdl/sim/board/ecp5_cells.v "boards/$board"/*.v $sources \
    "$root/hdl/sim/board/board_sim.cpp" > "$output/verilator.log" 2>&1 ||
    { cat "$output/verilator.log" >&2; echo "$0: verilator failed" >&2; exit 1; }
say "compiling C++ with $(nproc) jobs"
# -O2 has to be said: without it the library is three times slower.
make -C "$output/obj" -f Vboard_sim.mk -j "$(nproc)" OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2 libboard_sim.so \
    > "$output/make.log" 2>&1 ||
    { cat "$output/make.log" >&2; echo "$0: the C++ compiler failed" >&2; exit 1; }
cp -- "$output/obj/libboard_sim.so" "$library.new"
mv -f -- "$library.new" "$library"
echo "$hash" > "$output/.inputs"
say "built libboard_sim.so in $(($(date +%s) - start)) s"

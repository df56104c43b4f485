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

say() { echo "board simulation: $board with $kind: $*"; }

# The core's clock and the UART's rate, as the board file has them.
cd -- "$root"
core_hz=$(sed -n 's/^ *core: *{.*[ {]hz: *\([0-9]*\).*/\1/p' "boards/$board/board.yaml")
baud=$(sed -n 's/^ *baud: *\([0-9]*\).*/\1/p' "boards/$board/board.yaml")
[ -n "$core_hz" ] && [ -n "$baud" ] || { echo "$0: boards/$board/board.yaml states no hz of the clock 'core', or no baud of a link" >&2; exit 2; }

: "${output:=$root/artifacts/board/$board-$kind}"
mkdir -p -- "$output"
. firmware-tools/simulation.sh
# The files are to be split.
# shellcheck disable=SC2046
simulate hdl/sim/board/board_sim board_sim "-DLINK=$link -DCORE_HZ=$core_hz -DBAUD=$baud" \
    -GLINK=$link -D"BOARD_$(echo "$board" | tr 'a-z-' 'A-Z_')" \
    hdl/sim/board/board_sim.v hdl/sim/board/ecp5_cells.v "boards/$board"/*.v $(find hdl/rtl -name '*.v' | LC_ALL=C sort) <<FILES
$(find -L hdl/rtl hdl/sim/board "boards/$board" -type f)
FILES

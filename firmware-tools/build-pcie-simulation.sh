#!/bin/sh
# Builds the simulation of the PCI Express link in gateware (hdl/rtl/pcie/pcie_link.v), compiled by Verilator into a shared
# library with the C ABI of hdl/sim/pcie/pcie_sim.h; or of a whole board with it (hdl/rtl/board/offload_board.v). Does nothing
# where neither sources nor tools have changed since the last build.
set -eu

usage() {
    cat <<'USAGE'
usage: firmware-tools/build-pcie-simulation.sh [--board] [--output DIR] [--force]

  --board       a whole board, with the core behind the link
  --output DIR  where to; default artifacts/pcie in the repository, or artifacts/pcie-board
  --force       build even where nothing changed

Writes libpcie_sim.so.
USAGE
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
output=
board=no
force=no
while [ $# -gt 0 ]; do
    case $1 in
        --output)
            [ $# -ge 2 ] || { echo "$0: $1 needs a value" >&2; exit 2; }
            mkdir -p -- "$2"
            output=$(CDPATH='' cd -- "$2" && pwd)
            shift
            ;;
        --board) board=yes ;;
        --force) force=yes ;;
        --help | -h) usage; exit 0 ;;
        *) echo "$0: unknown argument $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

say() { echo "pcie simulation: $*"; }

if [ $board = yes ]; then
    : "${output:=$root/artifacts/pcie-board}"
    top=offload_board define=1 parameters="-GLINK=3 -GCONNECTIONS=64 -GPARK_SLOTS=8 -GPHY_RESET_US=10"
    folders=hdl/rtl
else
    : "${output:=$root/artifacts/pcie}"
    top=pcie_link define=0 parameters=
    folders="hdl/rtl/pcie hdl/rtl/common"
fi
mkdir -p -- "$output"
cd -- "$root"
. firmware-tools/simulation.sh

# The words of $folders and $parameters, and the files, are to be split.
# shellcheck disable=SC2046,SC2086
simulate hdl/sim/pcie/pcie_sim $top -DBOARD=$define $parameters $(find $folders -name '*.v' | LC_ALL=C sort) <<FILES
$(find $folders hdl/sim/pcie -type f)
FILES

#!/bin/sh
# Builds the simulation of the PCI Express link in gateware (hdl/rtl/pcie/pcie_link.v), compiled by Verilator into a shared
# library with the C ABI of hdl/sim/pcie/pcie_sim.h; or of a whole board with it (hdl/rtl/board/offload_board.v). Does nothing where neither sources nor tools have changed since the last build.
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

for tool in verilator make c++ sha256sum flock; do
    command -v "$tool" > /dev/null || { echo "$0: $tool is missing; run firmware-tools/prerequisites.sh" >&2; exit 3; }
done

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

# One build at a time in a folder; a second one waits, and then finds nothing to do.
exec 9> "$output/.lock"
flock 9

# The words of $folders, $sources and $parameters are to be split.
# shellcheck disable=SC2086
sources=$(find $folders -name '*.v' | LC_ALL=C sort)
# shellcheck disable=SC2086
hash=$({
    verilator --version
    c++ --version
    echo "$top $(uname -m)"
    find $folders hdl/sim/pcie -type f | LC_ALL=C sort | xargs sha256sum
    sha256sum firmware-tools/build-pcie-simulation.sh
} | sha256sum | cut -d ' ' -f 1)
library=$output/libpcie_sim.so
if [ $force = no ] && [ -f "$library" ] && [ "$(cat "$output/.inputs" 2> /dev/null || true)" = "$hash" ]; then
    echo "pcie simulation: up to date"
    exit 0
fi

rm -f -- "$output/.inputs"
# shellcheck disable=SC2086
verilator --cc --exe --top-module $top --prefix V$top --Mdir "$output/obj" $parameters -Ihdl/rtl/generated -O3 --x-assign 0 --x-initial 0 \
    --output-split 10000 --no-timing -Wno-fatal -Wno-lint \
    -CFLAGS "-std=c++17 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-gnu-unique" \
    -CFLAGS "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -DBOARD=$define -I$root/hdl/sim/pcie" \
    -LDFLAGS "-shared -Wl,--version-script=$root/hdl/sim/pcie/pcie_sim.map -Wl,--no-undefined -Wl,-z,relro,-z,now -lpthread -latomic" \
    -o libpcie_sim.so $sources "$root/hdl/sim/pcie/pcie_sim.cpp" > "$output/verilator.log" 2>&1 ||
    { cat "$output/verilator.log" >&2; echo "$0: verilator failed" >&2; exit 1; }
# -O2 has to be said: without it the library is three times slower.
make -C "$output/obj" -f V$top.mk -j "$(nproc)" OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2 libpcie_sim.so > "$output/make.log" 2>&1 ||
    { cat "$output/make.log" >&2; echo "$0: the C++ compiler failed" >&2; exit 1; }
cp -- "$output/obj/libpcie_sim.so" "$library.new"
mv -f -- "$library.new" "$library"
echo "$hash" > "$output/.inputs"
echo "pcie simulation: built libpcie_sim.so"

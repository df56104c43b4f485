#!/bin/sh
# Builds the simulation of the PCI Express link in gateware (hdl/rtl/pcie/pcie_link.v), compiled by Verilator into a shared
# library with the C ABI of hdl/sim/pcie/pcie_sim.h. Does nothing where neither sources nor tools have changed since the last build.
set -eu

usage() {
    cat <<'USAGE'
usage: firmware-tools/build-pcie-simulation.sh [--output DIR] [--force]

  --output DIR  where to; default artifacts/pcie in the repository
  --force       build even where nothing changed

Writes libpcie_sim.so.
USAGE
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
output=$root/artifacts/pcie
force=no
while [ $# -gt 0 ]; do
    case $1 in
        --output)
            [ $# -ge 2 ] || { echo "$0: $1 needs a value" >&2; exit 2; }
            mkdir -p -- "$2"
            output=$(CDPATH='' cd -- "$2" && pwd)
            shift
            ;;
        --force) force=yes ;;
        --help | -h) usage; exit 0 ;;
        *) echo "$0: unknown argument $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

for tool in verilator make c++ sha256sum flock; do
    command -v "$tool" > /dev/null || { echo "$0: $tool is missing; run firmware-tools/prerequisites.sh" >&2; exit 3; }
done

mkdir -p -- "$output"
cd -- "$root"

# One build at a time in a folder; a second one waits, and then finds nothing to do.
exec 9> "$output/.lock"
flock 9

hash=$({
    verilator --version
    c++ --version
    uname -m
    find hdl/rtl/pcie hdl/rtl/common hdl/sim/pcie -type f | LC_ALL=C sort | xargs sha256sum
    sha256sum firmware-tools/build-pcie-simulation.sh
} | sha256sum | cut -d ' ' -f 1)
library=$output/libpcie_sim.so
if [ $force = no ] && [ -f "$library" ] && [ "$(cat "$output/.inputs" 2> /dev/null || true)" = "$hash" ]; then
    echo "pcie simulation: up to date"
    exit 0
fi

rm -f -- "$output/.inputs"
verilator --cc --exe --top-module pcie_link --prefix Vpcie_link --Mdir "$output/obj" --x-assign 0 --x-initial 0 --no-timing -Wno-fatal -Wno-lint \
    -CFLAGS "-std=c++17 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-gnu-unique" \
    -CFLAGS "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -I$root/hdl/sim/pcie" \
    -LDFLAGS "-shared -Wl,--version-script=$root/hdl/sim/pcie/pcie_sim.map -Wl,--no-undefined -Wl,-z,relro,-z,now -lpthread -latomic" \
    -o libpcie_sim.so -y hdl/rtl/pcie -y hdl/rtl/common hdl/rtl/pcie/pcie_link.v "$root/hdl/sim/pcie/pcie_sim.cpp" > "$output/verilator.log" 2>&1 ||
    { cat "$output/verilator.log" >&2; echo "$0: verilator failed" >&2; exit 1; }
make -C "$output/obj" -f Vpcie_link.mk -j "$(nproc)" OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2 libpcie_sim.so > "$output/make.log" 2>&1 ||
    { cat "$output/make.log" >&2; echo "$0: the C++ compiler failed" >&2; exit 1; }
cp -- "$output/obj/libpcie_sim.so" "$library.new"
mv -f -- "$library.new" "$library"
echo "$hash" > "$output/.inputs"
echo "pcie simulation: built libpcie_sim.so"

#!/usr/bin/env bash
# Checks hdl/rtl/pcie: the bridge from PCI Express transactions to the register bus.
# Usage: tests/hdl/pcie/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      requests (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=20000
. "$here/../lib.sh"

bridge() { verilated "$1" "$2/bridge" pcie_bridge $3 "$1/pcie/pcie_bridge.v" "$here/pcie_bench.cpp" && "$2/bridge/pcie_bridge" "$count" "$seed"; }

bench() { bridge "$1" "$2" -Wall; }
mutant() { bridge "$2" "$3" -Wno-lint; }

bench_main "$@"

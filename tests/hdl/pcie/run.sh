#!/usr/bin/env bash
# Checks hdl/rtl/pcie: the bridge from PCI Express transactions to the register bus, by itself and between two clocks.
# Usage: tests/hdl/pcie/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      requests (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench has to fail on every one.
#              `link-` are those of pcie_link.v.
here=$(cd "$(dirname "$0")" && pwd)
count=20000
. "$here/../lib.sh"

# one RTL OUT MODULE WARNINGS
one() {
  local link=0
  [ "$3" = pcie_bridge ] || link=1
  verilated "$1" "$2/$3" "$3" "$4" "$root/hdl/lint.vlt" -y "$1/pcie" -y "$1/common" -CFLAGS -DLINK=$link "$1/pcie/$3.v" "$here/pcie_bench.cpp" &&
    "$2/$3/$3" "$count" "$seed"
}

bench() { one "$1" "$2" pcie_bridge -Wall; one "$1" "$2" pcie_link -Wall; }
mutant() { case $1 in link-*) one "$2" "$3" pcie_link -Wno-lint ;; *) one "$2" "$3" pcie_bridge -Wno-lint ;; esac; }

bench_main "$@"

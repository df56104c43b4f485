#!/usr/bin/env bash
# Proves, by base case and induction, of pcie/pcie_bridge.v: completions and register accesses are held while stalled; an
# access is given to the bus once, and one at a time; each request that wants a completion gets one, no other gets any;
# a completion is as long as its header says; the status is what docs/pcie.md says of it, and behind a failure nothing goes
# to the bus; an MSI is due when the interrupt line rises after it was seen low, and never else. Whatever requests come,
# well formed or not, and however slow the bus is.
# (What else is in a completion is tests/hdl/pcie's affair.)
# Usage: hdl/formal/pcie/run.sh [--mutants]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib.sh"

translate() {
  bind_properties "$1/pcie/pcie_bridge.v" "$here/properties.vh" "$2/pcie_bridge.v"
  arrays=1 smt2 "$2/pcie.smt2" pcie_bridge "$2/pcie_bridge.v"
}

proof() {
  translate "$1" "$2"
  proved "base case" holds "$2/pcie.smt2" 4
  proved "induction" inductive "$2/pcie.smt2" 2
  proved "covers" covered "$2/pcie.smt2" 14
}
refuted() { translate "$1" "$2" || return 2; broken "$2/pcie.smt2" 14; }

formal_main "$@"

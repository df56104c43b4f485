#!/usr/bin/env bash
# Checks what hdl/rtl/board adds to the core: benches of frame_spacer.v and timebase.v, by Icarus; and the linter over every
# board's whole top level, with each of its links. Whole boards run in tests/Offload.Board.Tests.
# Usage: tests/hdl/board/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      beats, and hundreds of clocks (default 20000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench of that name has to fail on every one
here=$(cd "$(dirname "$0")" && pwd)
count=20000
. "$here/../lib.sh"

# icarus MODULE RTL OUT [PARAMETERS...]
icarus() {
  local module=$1 rtl=$2 to=$3 result
  shift 3
  iverilog -g2005 -Wall -Wno-timescale -s "${module}_bench" "$@" -o "$to/$module.vvp" "$here/${module}_bench.v" "$rtl/board/$module.v" &&
    result=$(vvp -n "$to/$module.vvp" "+count=$count" "+seed=$seed") && echo "$result" && ! grep -q FAIL <<< "$result"
}

spacer() { local count=$((count / 5)); for clocks in 1 2 66 255; do icarus frame_spacer "$1" "$2" -Pframe_spacer_bench.CLOCKS=$clocks || return 1; done; }
timebase() { for hz in 100000000 125000000 83333333 2000000 62500000; do icarus timebase "$1" "$2" -Ptimebase_bench.CLOCK_HZ=$hz || return 1; done; }

lint() {
  local board define link folder folders=()
  for folder in "$root"/hdl/rtl/*/; do folders+=(-y "${folder%/}"); done
  for board in versa-5g colorlight-i9; do
    define=BOARD_$(tr 'a-z-' 'A-Z_' <<< "$board")
    for link in 0 1 2; do
      verilator --lint-only -Wall -I"$root/hdl/rtl/generated" "$root/hdl/lint.vlt" "$root/hdl/sim/board/lint.vlt" "${folders[@]}" -y "$root/hdl/rtl" \
        -y "$root/boards/$board" --top-module board_sim -GLINK=$link -D"$define" \
        "$root/boards/$board/top.v" "$root/hdl/sim/board/board_sim.v" "$root/hdl/sim/board/ecp5_cells.v" || return 1
      echo "clean: $board, link $link"
    done
  done
  verilator --lint-only -Wall -I"$root/hdl/rtl/generated" "$root/hdl/lint.vlt" "$root/hdl/sim/board/lint.vlt" "${folders[@]}" -y "$root/hdl/rtl" \
    -y "$root/boards/alinx-ax7203" --top-module offload_alinx_ax7203 \
    "$root/boards/alinx-ax7203/top.v" "$root/boards/alinx-ax7203/vendor/pcie_7x_0.v" "$root/hdl/sim/board/x7_cells.v" || return 1
  echo "clean: alinx-ax7203, PCI Express"
}

bench() { spacer "$1" "$2" && timebase "$1" "$2" && lint; }
mutant() {
  case $1 in
    spacer-*) spacer "$2" "$3" ;;
    timebase-*) timebase "$2" "$3" ;;
    *) return 3 ;;
  esac
}

bench_main "$@"

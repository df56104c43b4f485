#!/usr/bin/env bash
# Checks hdl/rtl/mac: the two halves of the MAC at the GMII at three widths, with one clock and with three; a whole port at
# its RGMII pins at three speeds; MDIO; link-loss forwarding. Prints the latency of the halves, and what a port takes of an
# ECP5 by Yosys, whose LUTs have a limit.
# Usage: tests/hdl/mac/run.sh [COUNT] [--seed N] [--mutants]
#   COUNT      frames a build (default 2000)
#   --mutants  also applies each patch of mutants/ to a copy of the sources; the bench that its name begins with
#              (receive- and transmit-: GMII; one-clock-, stored-, wide-: that build of it) has to fail on it
here=$(cd "$(dirname "$0")" && pwd)
count=2000
. "$here/../lib.sh"

lint="-Wall $root/hdl/lint.vlt"
sources() { echo "-y $1/mac -y $1/common $lint"; }

# gmii RTL OUT WIDTH ONE_CLOCK START_WORDS MAX_FRAME: builds and runs
gmii() {
  local to="$2/gmii$3-$4-$5"
  verilated "$1" "$to" mac_bench -GDATA_WIDTH="$3" -GONE_CLOCK="$4" -GSTART_WORDS="$5" -GMAX_FRAME="$6" \
    -CFLAGS "-DDATA_WIDTH=$3 -DONE_CLOCK=$4 -DSTART_WORDS=$5 -DMAX_FRAME=$6" $(sources "$1") "$here/mac_bench.v" "$here/mac_bench.cpp" &&
  "$to/mac_bench" "$count" "$seed"
}

# one RTL OUT MODULE BENCH COUNT [MACROS...]: another bench, whose macros are the module's parameters
one() {
  local rtl=$1 to="$2/$4" module=$3 bench=$4 times=$5
  shift 5
  verilated "$rtl" "$to" "$module" "${@/#/-G}" -CFLAGS "-O1 ${*/#/-D}" $(sources "$rtl") "$rtl/mac/$module.v" "$here/$bench.cpp" &&
  "$to/$module" "$times" "$seed"
}

port() { one "$1" "$2" mac_port port_bench $((count / 4)); }
mdio() { one "$1" "$2" mdio mdio_bench $((count / 5)) HALF_PERIOD=25; }
link() { one "$1" "$2" link_forward link_bench "$count" DOWN_TICKS=4 UP_TICKS=20; }

# A 16 x 4 bit piece of distributed RAM takes the place of 6 LUTs.
area() {
  yosys -p "read_verilog $1/mac/*.v $1/common/*.v; synth_ecp5 -abc9 -top mac_port -run begin:map_gates; select -assert-none t:\$dlatch;
    synth_ecp5 -abc9 -top mac_port -run map_gates:; stat" > "$2/yosys.log" 2>&1 || { tail -n 20 "$2/yosys.log"; return 3; }
  awk '
    /Printing statistics/ { delete cells }
    $1 ~ /^(LUT4|CCU2C|TRELLIS_FF|TRELLIS_DPR16X4)$/ { cells[$1] = $2 }
    END {
      luts = cells["LUT4"] + 2 * cells["CCU2C"] + 6 * cells["TRELLIS_DPR16X4"]
      printf "  area of mac_port (64 bits): %d LUT4 and %d CCU2C, %d flip-flops, %d TRELLIS_DPR16X4: %d LUTs in all\n", cells["LUT4"], cells["CCU2C"], cells["TRELLIS_FF"], cells["TRELLIS_DPR16X4"], luts
      if (!cells["LUT4"] || cells["LUT4"] >= 900) { print "FAIL a port takes 900 LUT4 or more"; exit 1 }
    }' "$2/yosys.log"
}

bench() {
  gmii "$1" "$2" 64 0 1 1522 &&
  gmii "$1" "$2" 64 1 1 1522 &&
  gmii "$1" "$2" 64 0 8 1520 &&
  gmii "$1" "$2" 512 0 1 1522 &&
  gmii "$1" "$2" 128 1 1 1521 &&
  port "$1" "$2" &&
  mdio "$1" "$2" &&
  link "$1" "$2" &&
  area "$1" "$2" &&
  echo "passed: mac, $count frames a build, seed $seed"
}

mutant() {
  lint=-Wno-lint
  case $1 in
    port-*) port "$2" "$3" ;;
    mdio-*) mdio "$2" "$3" ;;
    link-*) link "$2" "$3" ;;
    one-clock-*) gmii "$2" "$3" 64 1 1 1522 ;;
    stored-*) gmii "$2" "$3" 64 0 8 1520 ;;
    wide-*) gmii "$2" "$3" 128 0 1 1522 ;;
    *) gmii "$2" "$3" 64 0 1 1522 ;;
  esac
}

bench_main "$@"

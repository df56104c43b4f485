#!/usr/bin/env bash
# What the tests reach of the transition function, hdl/rtl/transition: lines and toggles, counted by Verilator while
# the rules' tests and some streams of the lock-step run. Fails where a line is never reached that unreached.txt does
# not name, and where it names one that is.
# Usage: tests/hdl/coverage/run.sh [--mutants]
#   --mutants  also shows that a reason too many and one too few are found
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$root/artifacts/coverage"
tests="$root/artifacts/bin/Offload.Engine.Tests/release/Offload.Engine.Tests.dll"
[ -f "$tests" ] || { echo "$0: the tests are not built; run ./test.sh" >&2; exit 3; }
mkdir -p "$out"

# Everything but the transition function is left out.
{
  echo '`verilator_config'
  find "$root/hdl/rtl" -name '*.v' ! -path '*/transition/*' -printf 'coverage_off -file "*/%P"\n' | LC_ALL=C sort
} > "$out/transition.vlt"
"$root/firmware-tools/build-virtual-board.sh" --library-only --output "$out" --coverage "$out/transition.vlt" > "$out/build.log" ||
  { cat "$out/build.log" >&2; exit 1; }

rm -rf "$out/counts"
mkdir "$out/counts"
OFFLOAD_SIM_LIBRARY="$out/liboffload_sim.so" OFFLOAD_COVERAGE="$out/counts" dotnet vstest "$tests" --logger:"console;verbosity=minimal" \
  --TestCaseFilter:"FullyQualifiedName~.Rules.|DisplayName~agree\(seed: 2" > "$out/tests.log" || { cat "$out/tests.log" >&2; exit 1; }
verilator_coverage --write "$out/all.dat" "$out"/counts/*.dat
report() { awk -v root="$root" -f "$here/report.awk" "$1" "$out/all.dat"; }
report "$here/unreached.txt"

[ "${1:-}" = --mutants ] || exit 0
{ cat "$here/unreached.txt"; echo 'rules_timer.v | line elsif | end else if (state == `TCP_STATE_TIME_WAIT) begin | no reason'; } > "$out/too-many.txt"
grep '^#' "$here/unreached.txt" > "$out/too-few.txt"
for list in too-many too-few; do
  if report "$out/$list.txt" > "$out/$list.log"; then
    echo "SURVIVED: $list reasons"
    exit 1
  fi
  echo "caught: $list reasons: $(grep -E '^(REACHED|UNREACHED)' "$out/$list.log" | head -n 1)"
done

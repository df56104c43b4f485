# Sourced by every bench's run.sh, which sets `here` to its own folder and `count` to its default, and then defines
#   bench RTL OUT        builds the bench for the sources in RTL, in OUT, and runs it
#   mutant NAME RTL OUT  builds and runs what shows the mutant NAME; 0 if it passes, 3 if it could not even be built.
#                        It is called where `set -e` is off: join its steps with &&. A bench that fails says FAIL.
# and calls `bench_main "$@"`, whose arguments are [COUNT] [--seed N] [--mutants]. A mutant is a patch against hdl/rtl
# (patch -p1 there) on which its bench has to fail.
set -euo pipefail

root=$(cd "$here/../../.." && pwd)
name=$(basename "$here")
out="$root/artifacts/hdl/$name"
seed=1

# verilated RTL OUT TOP ARGUMENTS...: one simulation, OUT/TOP. The register map of RTL is found; other folders are named
# with -y.
verilated() {
  local rtl=$1 to=$2 top=$3
  shift 3
  mkdir -p "$to"
  verilator --cc --exe --build --top-module "$top" --Mdir "$to" -CFLAGS "-std=c++17 -O1" -I"$rtl/generated" \
    "$@" -o "$top" > "$to.log" 2>&1 || { cat "$to.log" >&2; return 3; }
}

bench_main() {
  local mutants=no patch which copy status caught=0
  while [ $# -gt 0 ]; do
    case $1 in
      --mutants) mutants=yes ;;
      --seed) seed=$2; shift ;;
      *) count=$1 ;;
    esac
    shift
  done

  mkdir -p "$out"
  bench "$root/hdl/rtl" "$out"
  [ "$mutants" = yes ] || return 0
  for patch in "$here"/mutants/*.patch; do
    which=$(basename "$patch" .patch)
    copy="$out/mutants/$which"
    rm -rf "$copy"
    mkdir -p "$copy/out"
    cp -r "$root/hdl/rtl" "$copy/rtl"
    patch -s -d "$copy/rtl" -p1 < "$patch" || { echo "BROKEN: $name mutant $which does not apply"; return 1; }
    status=0
    mutant "$which" "$copy/rtl" "$copy/out" > "$copy/result" 2>&1 || status=$?
    case $status in
      0) echo "SURVIVED: $name mutant $which"; return 1 ;;
      1) ;;
      *) cat "$copy/result"; echo "BROKEN: $name mutant $which ended with $status"; return 1 ;;
    esac
    grep -q FAIL "$copy/result" || { cat "$copy/result"; echo "BROKEN: $name mutant $which ended without a verdict"; return 1; }
    echo "caught: $name mutant $which: $(grep -m 1 -E 'clock|FAIL' "$copy/result")"
    rm -rf "$copy"
    caught=$((caught + 1))
  done
  echo "passed: $name, $caught mutants caught"
}

# Sourced by every proof's run.sh, which sets `here` to its own folder and then defines
#   proof RTL OUT    proves what its head says about the sources in RTL, with its working files in OUT
#   refuted RTL OUT  0 if a proof fails for the sources in RTL, 2 if it could not even be asked; without it, mutants
#                    are refuted by `proof` itself
# and calls `formal_main "$@"`. A mutant is a patch against hdl/rtl (patch -p1 there) that its proof has to refuse.
set -euo pipefail

root=$(cd "$here/../../.." && pwd)
name=$(basename "$here")
work="$root/artifacts/formal/$name"

# smt2 FILE TOP SOURCES... [-- COMMANDS]: translates a design for yosys-smtbmc. COMMANDS come before `hierarchy`. Memories
# become registers; with `arrays` set they stay arrays, which is better where they are large and little is asked of them.
smt2() {
  local file=$1 top=$2 sources=() commands=
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do sources+=("$1"); shift; done
  [ $# -eq 0 ] || commands="$2"
  nice yosys -q -p "read_verilog -sv -formal -I${rtl:-$root/hdl/rtl}/generated -I$(dirname "$file") ${sources[*]}
    $commands
    hierarchy -check -top $top
    prep -top $top -flatten
    ${arrays:+# }memory_map
    async2sync; setundef -undriven -anyseq; dffunmap; opt_clean
    write_smt2 -wires $file" > "$file.yosys.log" 2>&1 || { cat "$file.yosys.log" >&2; return 2; }
}

# Without --unroll z3 4.8.12 expands the nested functions of even a small module for minutes.
smtbmc() {
  nice yosys-smtbmc -s z3 --unroll --noprogress "$@"
}

# holds FILE CLOCKS: every assertion holds in the first CLOCKS clocks
holds() { smtbmc -t "$2" --presat "$1" > "$1.base.log" 2>&1; }
# inductive FILE CLOCKS: CLOCKS clocks in which every assertion holds are followed by one more
inductive() { smtbmc -t "$2" -i "$1" > "$1.induction.log" 2>&1; }
# covered FILE CLOCKS: every cover is reached within CLOCKS clocks
covered() { smtbmc -t "$2" -c "$1" > "$1.cover.log" 2>&1; }
# broken FILE CLOCKS: an assertion fails within CLOCKS clocks. A failed induction could be a weak invariant, so
# that mutants are always caught from the reset.
broken() {
  if smtbmc -t "$2" "$1" > "$1.base.log" 2>&1; then return 1; fi
  grep -q 'Status: FAILED' "$1.base.log" || return 2
}

# proved LABEL COMMAND...: runs it and prints the result
proved() {
  local label=$1 begin=$SECONDS
  shift
  if "$@"; then
    echo "proved: $name, $label ($((SECONDS - begin)) s)"
  else
    echo "NOT PROVED: $name, $label; see $work"
    return 1
  fi
}

# bind_properties MODULE_FILE PROPERTIES COPY: the module with its properties in front of endmodule, where they see
# its insides
bind_properties() {
  local properties
  properties=$(basename "$2")
  [ "$2" -ef "$(dirname "$3")/$properties" ] || cp "$2" "$(dirname "$3")"
  sed "s,^endmodule,\`include \"$properties\"\nendmodule," "$1" > "$3"
}

formal_main() {
  local patch mutant copy status
  mkdir -p "$work"
  rtl="$root/hdl/rtl"
  proof "$rtl" "$work"
  [ "${1:-}" = --mutants ] || return 0
  for patch in "$here"/mutants/*.patch; do
    mutant=$(basename "$patch" .patch)
    copy="$work/mutants/$mutant"
    rm -rf "$copy"
    mkdir -p "$copy/out"
    cp -r "$root/hdl/rtl" "$copy/rtl"
    patch -s -d "$copy/rtl" -p1 < "$patch" || { echo "BROKEN: $name mutant $mutant does not apply"; return 1; }
    rtl="$copy/rtl"
    status=0
    refuted "$copy/rtl" "$copy/out" || status=$?
    case $status in
      0) echo "caught: $name mutant $mutant" ;;
      1) echo "SURVIVED: $name mutant $mutant"; return 1 ;;
      *) echo "BROKEN: $name mutant $mutant could not be asked, see $copy/out"; return 1 ;;
    esac
  done
}

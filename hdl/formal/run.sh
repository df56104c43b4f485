#!/usr/bin/env bash
# Runs the proofs: each folder beside this file is one, with its purpose at the head of its run.sh.
# Prints a line for every proof (`proved: …`) and every mutant (`caught: …`); the exit status is 0 only if all are so.
# Usage: hdl/formal/run.sh NAME...|all [--mutants]
#   --mutants  also breaks the sources in the ways of NAME/mutants/*.patch, each of which the proof has to refuse
set -euo pipefail
cd "$(dirname "$0")"

names=() mutants=()
for argument in "$@"; do
  case $argument in
    --mutants) mutants=(--mutants) ;;
    all) for run in */run.sh; do names+=("${run%/run.sh}"); done ;;
    *)
      [ -x "$argument/run.sh" ] || { echo "no proof $argument; there are: all $(dirname -- */run.sh | tr '\n' ' ')" >&2; exit 2; }
      names+=("$argument")
      ;;
  esac
done
[ ${#names[@]} -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }

failed=0
for name in "${names[@]}"; do
  "./$name/run.sh" ${mutants[@]+"${mutants[@]}"} || failed=1
done
exit $failed

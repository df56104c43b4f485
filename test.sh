#!/usr/bin/env bash
# Runs every test. The last line is `N passed, N failed, N skipped`; the exit status is 0 only if something ran and
# nothing failed.
#
#   ./test.sh           the tests that fit into a coffee break
#   ./test.sh --full    the long ones too (category Full)
#   ./test.sh --guest   the rig's suite in a guest, too: the virtual board behind real buses of an unmodified kernel
set -euo pipefail
cd "$(dirname "$0")"
. firmware-tools/prerequisites.sh

full=0
guest=0
for argument in "$@"; do
  case $argument in
    --full) full=1 ;;
    --guest) guest=1 ;;
    -h | --help)
      sed -n '2,8s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *) offload_fail "unknown option: $argument" "./test.sh [--full] [--guest]" ;;
  esac
done

offload_prerequisites tests
offload_build
offload_tun_device
offload_board_rights

results=$OFFLOAD_ROOT/artifacts/test-results
rm -rf "$results"
offload_as_builder mkdir -p "$results"

if [ $full = 1 ]; then
  export OFFLOAD_TEST_FULL=1
  filter=()
  hang=60m
  limit=150m
else
  unset OFFLOAD_TEST_FULL
  filter=(--filter "Category!=Full")
  hang=25m
  limit=40m
fi
# The prefix carries the environment, so it is made again now that the variable is set.
offload_board_rights

broken=0
child=
trap 'trap - INT TERM; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; wait; exit 130' INT TERM
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  grep -q 'Microsoft.NET.Test.Sdk' "$project" || continue
  offload_say "$name"
  started=$SECONDS
  # In the background, so that a signal is not kept waiting; the outer limit is for a test host that does not even hang properly.
  ${OFFLOAD_BOARD_RUN[@]+"${OFFLOAD_BOARD_RUN[@]}"} timeout --kill-after=30s "$limit" \
    dotnet test "$project" -c Release --no-build --nologo -v quiet ${filter[@]+"${filter[@]}"} \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang-timeout "$hang" --blame-hang-dump-type none </dev/null >"$results/$name.log" 2>&1 &
  child=$!
  status=0
  wait "$child" || status=$?
  child=
  if [ ! -s "$results/$name.trx" ]; then
    # No result file: fine only where the filter left nothing to run.
    if [ $status = 0 ] && grep -q 'No test matches' "$results/$name.log"; then
      offload_say "$name: only long tests; run ./test.sh --full"
    else
      broken=$((broken + 1))
      offload_say "$name did not finish (exit status $status):"
      tail -n 40 "$results/$name.log" >&2
    fi
    continue
  fi
  counts=$(awk -f firmware-tools/test-results.awk -v mode=counts "$results/$name.trx")
  read -r _ project_failed _ <<<"$counts"
  if [ "$project_failed" = 0 ] && [ $status != 0 ]; then
    broken=$((broken + 1))
    offload_say "$name ended with exit status $status:"
    tail -n 40 "$results/$name.log" >&2
  elif [ "$project_failed" != 0 ]; then
    cat "$results/$name.log" >&2
  fi
  sed -n 's/.*\(area of offload_core[^<]*\).*/==> \1/p' "$results/$name.trx" >&2
  offload_say "$name: $(awk '{ print $1 " passed, " $2 " failed, " $3 " skipped" }' <<<"$counts") in $((SECONDS - started)) s"
done

unfetched=0
if [ $guest = 1 ]; then
  offload_say "the rig in a guest"
  status=0
  offload_as_builder timeout --kill-after=30s 40m dotnet artifacts/bin/Offload.Rig/release/Offload.Rig.dll guest --report artifacts/rig/guest \
    </dev/null >"$results/guest.log" 2>&1 || status=$?
  case $status in
    77)
      unfetched=1
      echo "skipped: the rig in a guest: $(tail -n 1 "$results/guest.log")"
      ;;
    0 | 1)
      cp artifacts/rig/guest/*.trx "$results" || status=125
      guest_failed=0
      for file in artifacts/rig/guest/*.trx; do
        [ -e "$file" ] || continue
        read -r _ file_failed _ < <(awk -f firmware-tools/test-results.awk -v mode=counts "$file")
        guest_failed=$((guest_failed + file_failed))
      done
      # A suite that broke off has left no results that say so.
      if [ $status != 0 ] && [ $guest_failed = 0 ]; then
        broken=$((broken + 1))
        offload_say "the rig in a guest failed beside its tests (exit status $status):"
        tail -n 40 "$results/guest.log" >&2
      fi
      ;;
    *)
      broken=$((broken + 1))
      offload_say "the rig in a guest ended with exit status $status:"
      tail -n 40 "$results/guest.log" >&2
      ;;
  esac
fi

passed=0 failed=$broken skipped=$unfetched
for file in "$results"/*.trx; do
  [ -e "$file" ] || continue
  awk -f firmware-tools/test-results.awk -v mode=skipped "$file"
  read -r file_passed file_failed file_skipped < <(awk -f firmware-tools/test-results.awk -v mode=counts "$file")
  passed=$((passed + file_passed)) failed=$((failed + file_failed)) skipped=$((skipped + file_skipped))
done
for file in "$results"/*.trx; do
  [ -e "$file" ] || continue
  awk -f firmware-tools/test-results.awk -v mode=failed "$file"
done

if [ $((passed + failed)) = 0 ]; then
  offload_say "no test ran"
  failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

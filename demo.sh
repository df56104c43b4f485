#!/usr/bin/env bash
# The main job, end to end: real Linux clients connect to the Verilog TCP handshake engine that the C# SDK has
# loaded, configured and is reading. Options go to `offload demo`; see `./demo.sh --help`.
set -euo pipefail
cd "$(dirname "$0")"
caller=$OLDPWD
. firmware-tools/prerequisites.sh

offload_prerequisites
offload_build -p:RunAnalyzers=false # they are the tests'; the build takes less than half the time

bitstream=$OFFLOAD_ROOT/artifacts/virtual/offload-virtual.obit
offload=("$(command -v dotnet)" "$OFFLOAD_ROOT/artifacts/bin/Offload.Cli/release/Offload.Cli.dll")

# Help opens nothing and needs no rights.
for argument in "$@"; do
  case $argument in -h | -\? | --help) exec "${offload[@]}" demo --help ;; esac
done

offload_tun_device
offload_board_rights
if [ ${#OFFLOAD_BOARD_RUN[@]} -gt 0 ]; then
  offload_say "network namespaces and TAP devices need rights that the build did not: ${OFFLOAD_BOARD_RUN[0]}"
fi
cd "$caller"
# exec: a signal to this script reaches the demo itself, which then takes down what it has set up.
exec ${OFFLOAD_BOARD_RUN[@]+"${OFFLOAD_BOARD_RUN[@]}"} "${offload[@]}" demo --bitstream "$bitstream" "$@"

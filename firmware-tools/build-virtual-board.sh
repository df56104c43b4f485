#!/bin/sh
# Builds the virtual board's bitstream: the core, compiled by Verilator into a shared library, and the container around it.
# Does nothing where neither sources nor tools have changed since the last build.
set -eu

usage() {
    cat <<'USAGE'
usage: firmware-tools/build-virtual-board.sh [--output DIR] [--rtl DIR] [--library-only] [--set NAME=VALUE] [--coverage FILE]
                                            [--sign KEY] [--force]

  --output DIR     where to; default artifacts/virtual in the repository
  --rtl DIR        sources of the core; default hdl/rtl in the repository
  --library-only   only liboffload_sim.so, without the container (needs no .NET)
  --set NAME=VALUE another value for a parameter of the core than the board has; for tests
  --coverage FILE  count lines and toggles, of what FILE (for Verilator) does not leave out; OFFLOAD_COVERAGE names the
                   folder that the counts go to
  --sign KEY       private key (PEM) to sign the container with, as offload-bitstream keygen makes it
  --force          build even where nothing changed

Writes liboffload_sim.so and offload-virtual.obit. SOURCE_DATE_EPOCH, where it is set, becomes the container's build time.
USAGE
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
output=$root/artifacts/virtual
rtl=$root/hdl/rtl
sign=
coverage=
set=
library_only=no
force=no
while [ $# -gt 0 ]; do
    case $1 in
        --output | --rtl | --sign | --coverage | --set)
            [ $# -ge 2 ] || { echo "$0: $1 needs a value" >&2; exit 2; }
            ;;
    esac
    case $1 in
        --output) mkdir -p -- "$2"; output=$(CDPATH='' cd -- "$2" && pwd); shift ;;
        --rtl) rtl=$(CDPATH='' cd -- "$2" && pwd); shift ;;
        --sign) sign=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)/$(basename -- "$2"); shift ;;
        --coverage) coverage="--coverage-line --coverage-toggle $(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)/$(basename -- "$2")"; shift ;;
        --set)
            echo "$2" | grep -Eqx '[A-Z_]+=[0-9]+' || { echo "$0: --set needs NAME=VALUE, not $2" >&2; exit 2; }
            set="$set -G$2"
            shift
            ;;
        --library-only) library_only=yes ;;
        --force) force=yes ;;
        --help | -h) usage; exit 0 ;;
        *) echo "$0: unknown argument $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

say() { echo "virtual board: $*"; }

board=$root/boards/virtual/board.yaml
map=$root/hdl/rtl/generated/offload_map.txt
mkdir -p -- "$output"
cd -- "$root"
. firmware-tools/simulation.sh

# Files are named relative to the repository, so that the library does not depend on where the clone lies.
relative() { case $1 in "$root"/*) echo "${1#"$root"/}" ;; *) echo "$1" ;; esac; }
rtl=$(relative "$rtl")
sources=$(find "$rtl" -name '*.v' | LC_ALL=C sort)
if ! echo "$sources" | grep -q '/offload_core\.v$'; then
    echo "$0: there is no offload_core.v in $rtl" >&2
    exit 3
fi

parameters=$(sed -n '/^parameters:/,/^[^ #]/s/^  \([A-Z_]*\): *\([0-9]*\) *$/-G\1=\2/p' "$board")
for value in $set; do
    parameters=$(echo "$parameters" | grep -v "^${value%%=*}="; echo "$value")
done
# The words of these three lists are to be split.
# shellcheck disable=SC2086
simulate hdl/sim/offload_sim offload_core '' $parameters $coverage $sources <<FILES
$(find "$rtl" hdl/rtl/generated hdl/sim -type f \( -name '*.v' -o -name '*.vh' -o -name '*.cpp' -o -name '*.h' -o -name '*.map' \))
FILES

[ $library_only = no ] || exit 0

container=$output/offload-virtual.obit
library=$output/liboffload_sim.so
packed=$(sha256sum "$library" "$map" "$board" Directory.Build.props ${sign:+"$sign"} | sha256sum | cut -d ' ' -f 1)-${SOURCE_DATE_EPOCH:-none}
if [ $force = no ] && [ -f "$container" ] && [ -f "$output/.packed" ] && [ "$(cat "$output/.packed")" = "$packed" ]; then
    say "offload-virtual.obit is up to date"
    exit 0
fi
command -v dotnet > /dev/null || { echo "$0: dotnet is missing; run firmware-tools/prerequisites.sh" >&2; exit 3; }
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
kind=$(sed -n "s|^  $(uname -m): *||p" "$board")
say "packing offload-virtual.obit"
rm -f -- "$output/.packed"
dotnet run --project firmware-tools/Offload.Bitstream -v quiet -- pack --board-file "$board" --payload "$library" \
    --payload-kind "$kind" --map "$map" --version "$version" --output "$container" --force ${sign:+--sign "$sign"}
echo "$packed" > "$output/.packed"

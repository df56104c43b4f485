#!/bin/sh
# Builds the Versa 5G's bitstream with tables of other sizes, for the benchmarks' growth.* rows: the board as it is but for CONNECTIONS,
# one placement each. Leaves artifacts/bitstream/growth/SIZE/report.json. Takes about a quarter of an hour a size on two cores.
# Usage: tests/Offload.Benchmarks/silicon-growth.sh [SIZE...]     default: 256 512 1024 2048 4096
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
board=versa-5g
[ $# -gt 0 ] || set -- 256 512 1024 2048 4096
for size; do
    echo "$size" | grep -Eqx '[0-9]+' || { echo "$0: $size is no size of a table" >&2; exit 2; }
done
for size; do
    output=$root/artifacts/bitstream/growth/$size
    rm -rf -- "$output/$board"
    mkdir -p -- "$output/$board"
    cp -L -- "$root/boards/$board"/* "$output/$board"
    sed -i "s/^  CONNECTIONS: .*/  CONNECTIONS: $size/" "$output/$board/board.yaml"
    grep -q "^  CONNECTIONS: $size\$" "$output/$board/board.yaml" || { echo "$0: boards/$board/board.yaml has no CONNECTIONS" >&2; exit 1; }
    status=0
    "$root/firmware-tools/build-bitstream" --board-dir "$output/$board" --output "$output" --seeds 1 || status=$?
    # 1: it does not fit or is too slow, which is a figure too.
    [ -f "$output/report.json" ] || { echo "$0: no report for a table of $size (exit code $status)" >&2; exit 1; }
done

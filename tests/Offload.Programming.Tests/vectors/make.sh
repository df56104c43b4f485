#!/usr/bin/env bash
# Makes the configuration streams beside it anew, with the tools that firmware-tools/build-bitstream unpacks into artifacts/fpga-tools.
# The same tools give the same bytes. Takes about ten seconds.
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tools=$here/../../../artifacts/fpga-tools/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tools/yosys" -q -p "read_verilog $here/tiny.v; synth_ecp5 -top tiny -json $work/tiny.json"
for part in 25k:lfe5u-25f um5g-45k:lfe5um5g-45f; do
  name=${part#*:}
  "$tools/nextpnr-ecp5" -q "--${part%%:*}" --package CABGA381 --json "$work/tiny.json" --textcfg "$work/$name.config" --lpf-allow-unconstrained
  "$tools/ecppack" "$work/$name.config" --bit "$work/$name.bit"
  "$tools/ecppack" --compress "$work/$name.config" --bit "$work/$name-compressed.bit"
  for stream in "$name" "$name-compressed"; do
    gzip -9nc "$work/$stream.bit" > "$here/$stream.bit.gz"
  done
done

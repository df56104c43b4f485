#!/usr/bin/env bash
# Unpacks Yosys, nextpnr-ecp5 and ecppack of Debian 13 into a folder, without installing anything and without rights.
# Debian 12's Yosys makes twice the LUTs of the same design. The mirror is the machine's own.
# Usage: firmware-tools/fetch-fpga-tools.sh [DIR]     (default artifacts/fpga-tools; about 1 GB, one minute)
# Then DIR/bin/{yosys,nextpnr-ecp5,ecppack}. Does nothing if they are there already.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$root/artifacts/fpga-tools}
suite=trixie
packages=(yosys yosys-abc nextpnr-ecp5 fpga-trellis fpga-trellis-database)

say() { echo "fpga-tools: $*"; }
fail() { echo "fpga-tools: $*" >&2; exit 1; }

stamp="$suite ${packages[*]} $(sha256sum "$0" | cut -d ' ' -f 1)"
if [ -f "$dir/.complete" ] && [ "$(cat "$dir/.complete")" = "$stamp" ]; then exit 0; fi

[ "$(uname -m)" = x86_64 ] || fail "needs an x86-64 machine; this one is $(uname -m)"
for tool in apt-get dpkg-deb; do
  command -v "$tool" > /dev/null || fail "needs $tool: run it on Debian or one of its descendants"
done
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/*$') ||
  fail "apt knows no Debian mirror; add one to /etc/apt/sources.list"
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$key" ] || fail "needs $key: apt-get install debian-archive-keyring"

rm -rf "$dir"
mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/bin"
: > "$dir/apt/status"
echo "deb [signed-by=$key] $mirror $suite main" > "$dir/apt/sources.list"
apt=(apt-get -qq -y --no-install-recommends
  -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
  -o Dir::State::lists="$dir/apt/lists" -o Dir::State::status="$dir/apt/status" -o Dir::Cache="$dir/apt/cache"
  -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)")

say "reading the package lists of Debian 13"
"${apt[@]}" update > "$dir/apt/log" 2>&1 || { tail -5 "$dir/apt/log" >&2; fail "the mirror has no $suite; is there a connection?"; }
say "fetching ${packages[*]}"
"${apt[@]}" -d install "${packages[@]}" >> "$dir/apt/log" 2>&1 || { tail -5 "$dir/apt/log" >&2; fail "the packages cannot be fetched"; }
say "unpacking $(find "$dir/apt/cache/archives" -name '*.deb' | wc -l) packages"
for package in "$dir"/apt/cache/archives/*.deb; do dpkg-deb -x "$package" "$dir"; done
rm -rf "$dir/apt"

# They run by their own dynamic loader. It lies beside them, for Yosys finds its files from where the loader is; and
# yosys-abc, which Yosys starts by itself, is a script in its own place.
libraries=$dir/usr/lib/x86_64-linux-gnu
cp "$libraries/ld-linux-x86-64.so.2" "$dir/usr/bin/loader"
# wrap SCRIPT PROGRAM PATH: from where the script lies to usr
wrap() {
  cat > "$1" <<WRAPPER
#!/bin/sh
usr=\$(CDPATH='' cd -- "\$(dirname -- "\$(readlink -f -- "\$0")")/$3" && pwd)
export PYTHONHOME="\$usr"
exec 9< "\$usr/share"
exec "\$usr/bin/loader" --library-path "\$usr/lib/x86_64-linux-gnu:\$usr/lib/x86_64-linux-gnu/trellis:\$usr/lib" "\$usr/bin/$2" "\$@"
WRAPPER
  chmod +x "$1"
}
# nextpnr knows its chip databases by an absolute path. A path of the same length takes its place, through a descriptor
# that its script opens.
LC_ALL=C sed -i "s|/usr/share/nextpnr/|/dev/fd/9/nextpnr//|g" "$dir/usr/bin/nextpnr-ecp5"
mv "$dir/usr/bin/yosys-abc" "$dir/usr/bin/yosys-abc.elf"
wrap "$dir/usr/bin/yosys-abc" yosys-abc.elf ..
for tool in yosys nextpnr-ecp5 ecppack; do
  wrap "$dir/bin/$tool" "$tool" ../usr
  "$dir/bin/$tool" --version > /dev/null 2>&1 || "$dir/bin/$tool" --help > /dev/null 2>&1 || fail "$tool does not run: $("$dir/bin/$tool" --version 2>&1 | head -3)"
done
case $("$dir/bin/nextpnr-ecp5" --help 2>&1 || true) in *--um5g-45k*) ;; *) fail "nextpnr-ecp5 does not find its chip databases" ;; esac
echo "$stamp" > "$dir/.complete"
say "$("$dir/bin/yosys" --version | head -1) in $dir"

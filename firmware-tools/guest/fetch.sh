#!/usr/bin/env bash
# Unpacks QEMU 11 (Debian 13 backports) and a stock Debian kernel into a folder, and makes the guest's initramfs; nothing
# is installed and no rights are needed. The mirror is the machine's own.
# Usage: firmware-tools/guest/fetch.sh [DIR]     (default artifacts/guest; about 200 MB, half a minute)
# Does nothing where all of it is there already. Ends with 77 where it cannot be fetched here: what needs a guest is then
# skipped, with the message's last line as its reason. 1 is an error of this script.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$(cd "$here/../.." && pwd)/artifacts/guest}
suite=trixie
backports=trixie-backports
# The backports roll on: this one is taken while the mirror has it, else the newest 11 that it has.
pinned=1:11.1.3+ds-1~bpo13+1
modules=(virtio_pci 9pnet_virtio 9p configfs xhci-pci usbhid hid-cp2112 vfio-pci vfio_iommu_type1 lm75 ltc4151 tun virtio_net)

say() { echo "guest: $*" >&2; }
# Not to be had on this machine.
skip() { echo "guest: $*" >&2; exit 77; }

stamp="$suite $(cat "$here/fetch.sh" "$here/init" 2> /dev/null | sha256sum | cut -d ' ' -f 1)"
complete() { [ -f "$dir/.complete" ] && [ "$(cat "$dir/.complete")" = "$stamp" ]; }
complete && exit 0

[ "$(uname -m)" = x86_64 ] || skip "the guest needs an x86-64 machine; this one is $(uname -m)"
for need in apt-get dpkg-deb; do
  command -v "$need" > /dev/null || skip "the guest needs $need: run it on Debian or one of its descendants"
done
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$key" ] || skip "the guest needs $key: apt-get install debian-archive-keyring"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 2> /dev/null | grep -m 1 '/debian/*$') ||
  skip "apt knows no Debian mirror; add one to /etc/apt/sources.list"

mkdir -p "$dir"
exec 9> "$dir.lock"
flock 9 # two tests may want it at the same time
complete && exit 0
rm -rf "$dir"
mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" "$dir/qemu" "$dir/kernel"
: > "$dir/apt/status"
printf 'deb [signed-by=%s] %s %s main\n' "$key" "$mirror" "$suite" "$key" "$mirror" "$backports" > "$dir/apt/sources.list"
apt=(-qq -o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
  -o Dir::State::lists="$dir/apt/lists" -o Dir::State::status="$dir/apt/status" -o Dir::Cache="$dir/apt/cache"
  -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 -o Acquire::http::Timeout=20)

say "reading the package lists of Debian 13"
apt-get "${apt[@]}" update > "$dir/apt/log" 2>&1 || { tail -n 3 "$dir/apt/log" >&2; skip "the mirror that apt is set to has no $suite, or there is no connection"; }
version=$(apt-cache "${apt[@]}" madison qemu-system-x86 | awk -v pinned="$pinned" '$3 == pinned { exact = $3 } $3 ~ /^1:11[.]/ && !newest { newest = $3 } END { print exact ? exact : newest }')
[ -n "$version" ] || skip "$backports has no QEMU 11 (any more): say in firmware-tools/guest/fetch.sh which one to take"
[ "$version" = "$pinned" ] || say "note: $backports no longer has QEMU $pinned; taking $version"

say "fetching QEMU $version"
apt-get "${apt[@]}" -y -d --no-install-recommends -t "$backports" install "qemu-system-x86=$version" kmod busybox-static >> "$dir/apt/log" 2>&1 ||
  { tail -n 3 "$dir/apt/log" >&2; skip "QEMU cannot be fetched from the mirror that apt is set to"; }
for package in "$dir"/apt/cache/archives/*.deb; do dpkg-deb -x "$package" "$dir/qemu"; done

# The kernel of the machine's own release where it has one, for that is what its users run.
kernel=$(apt-cache -o Debug::NoLocking=1 depends linux-image-amd64 2> /dev/null | awk '/Depends: linux-image-/ { print $2; exit }')
[ -n "$kernel" ] || skip "apt knows no linux-image-amd64; is main in /etc/apt/sources.list?"
say "fetching $kernel"
(cd "$dir/apt" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$kernel") >> "$dir/apt/log" 2>&1 ||
  { tail -n 3 "$dir/apt/log" >&2; skip "$kernel cannot be fetched; apt-get update may help"; }
dpkg-deb -x "$dir"/apt/"$kernel"_*.deb "$dir/kernel"
rm -rf "$dir/apt"

# QEMU and kmod run by their own dynamic loader, with their own libraries.
cat > "$dir/qemu-system-x86_64" << 'WRAPPER'
#!/bin/sh
usr=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/qemu/usr" && pwd)
lib=$usr/lib/x86_64-linux-gnu
export QEMU_MODULE_DIR="$lib/qemu"
exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib:$usr/lib" "$usr/bin/qemu-system-x86_64" -L "$usr/share/qemu" -L "$usr/share/seabios" "$@"
WRAPPER
lib=$dir/qemu/usr/lib/x86_64-linux-gnu
kmod() { "$lib/ld-linux-x86-64.so.2" --library-path "$lib" --argv0 "$1" "$dir/qemu/usr/bin/kmod" "${@:2}"; }
busybox=$dir/qemu/usr/bin/busybox
chmod +x "$dir/qemu-system-x86_64"
"$dir/qemu-system-x86_64" --version > "$dir/version" 2>&1 || { cat "$dir/version" >&2; skip "QEMU $version was fetched but does not run here"; }

# The initramfs: busybox, an init, and the modules with what they need, in order.
tree=$dir/kernel
[ -d "$tree/lib/modules" ] || tree=$dir/kernel/usr
release=$(ls "$tree/lib/modules")
kmod depmod -b "$tree" "$release"
initramfs=$(mktemp -d)
trap 'rm -rf "$initramfs"' EXIT
mkdir -p "$initramfs"/{bin,proc,sys,dev,mnt,modules}
cp "$busybox" "$initramfs/bin/busybox"
cp "$here/init" "$initramfs/init"
chmod +x "$initramfs/init"
: > "$initramfs/modules/order"
for module in "${modules[@]}"; do
  files=$(kmod modprobe -d "$tree" -S "$release" --show-depends "$module" | awk '$1 == "insmod" { print $2 }') ||
    { say "the kernel $release has no module $module"; exit 1; }
  for file in $files; do
    name=$(basename "$file")
    name=${name%.xz}
    grep -qx "$name" "$initramfs/modules/order" && continue
    case $file in *.xz) "$busybox" xzcat "$file" > "$initramfs/modules/$name" ;; *) cp "$file" "$initramfs/modules/$name" ;; esac
    echo "$name" >> "$initramfs/modules/order"
  done
done
(cd "$initramfs" && find . | "$busybox" cpio -o -H newc 2> /dev/null) | gzip -1 > "$dir/initramfs.gz"
cp "$dir"/kernel/boot/vmlinuz-* "$dir/vmlinuz"
rm -rf "$dir/kernel"
echo "$release" > "$dir/release"
echo "$stamp" > "$dir/.complete"
say "$(head -n 1 "$dir/version") and Linux $release in $dir"

#!/usr/bin/env bash
# Boots a guest with a stock Debian kernel whose root is this machine's / (read-only), runs a command in it, and powers it off.
#
#   firmware-tools/guest/run.sh [OPTION]... [--] COMMAND [ARGUMENT]...
#
#   --share DIR        folder that the guest sees as /run/share, and may write to; default: a temporary one
#   --usb SOCKET       puts the USB device that a usbredir server offers on this socket at an xHCI of the guest; may be repeated
#   --pcie SOCKET      puts the PCI function that a vfio-user server offers on this socket into the guest; may be repeated
#   --net SOCKET       plugs a network card of the guest into a cable whose other end listens on this socket (frames behind their
#                      length in 4 bytes); may be repeated: eth0, eth1
#   --no-iommu         a machine without an IOMMU; else it has one (intel-iommu)
#   --memory MIB       default 1536
#   --time-limit S     seconds until the guest is ended by force; default 180
#   --console          shows the guest's console, too
#
# The command runs as root in the folder that this was called from; /tmp, /run and /root are the guest's own, empty. It sees
# the repository below the same path as here. Servers have to listen before this is called. The command's output goes to standard
# output; the exit status is the command's, or
#   77   no guest is to be had here (fetch.sh says why): whatever needs one is skipped
#   124  the time limit; the command's output so far is shown
#   125  the guest did not come up, or ended without a status; its console is shown
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
guest=$root/artifacts/guest
share= limit=180 memory=1536 iommu=1 console=0
usb=() pcie=() net=()
fail() { echo "guest: $*" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --share | --usb | --pcie | --net | --memory | --time-limit) [ $# -ge 2 ] || fail "$1 needs a value" ;;&
    --share) share=$2; shift 2 ;;
    --usb) usb+=("$2"); shift 2 ;;
    --pcie) pcie+=("$2"); shift 2 ;;
    --net) net+=("$2"); shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --time-limit) limit=$2; shift 2 ;;
    --no-iommu) iommu=0; shift ;;
    --console) console=1; shift ;;
    -h | --help) sed -n '2,24s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --) shift; break ;;
    -*) fail "unknown option $1; --help names those that there are" ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || fail "which command is the guest to run?"
for number in "$limit" "$memory"; do
  case $number in '' | *[!0-9]*) fail "--time-limit and --memory take a whole number, not '$number'" ;; esac
done
for socket in ${usb[@]+"${usb[@]}"} ${pcie[@]+"${pcie[@]}"} ${net[@]+"${net[@]}"}; do
  [ -S "$socket" ] || fail "nobody listens on $socket; start the device's server first"
done

"$here/fetch.sh" "$guest"

own=$(mktemp -d)
child=
cleanup() {
  if [ -n "$child" ]; then kill -KILL "$child" 2> /dev/null && wait "$child" 2> /dev/null; fi
  rm -rf "$own"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ -z "$share" ]; then share=$own/share; fi
mkdir -p "$share"
share=$(cd "$share" && pwd)
rm -f "$share/status" "$share/output"
{
  # Where dotnet is, and what keeps it quiet.
  echo "export PATH=$(printf %q "$PATH") DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_EnableDiagnostics=0 OFFLOAD_GUEST=1"
  for name in DOTNET_ROOT NUGET_PACKAGES; do [ -z "${!name:-}" ] || echo "export $name=$(printf %q "${!name}")"; done
  echo "cd $(printf %q "$PWD")"
  printf '%q ' "$@"
  echo
} > "$share/command"

machine=q35,memory-backend=ram devices=() append=
if [ $iommu = 1 ]; then
  machine=$machine,kernel-irqchip=split
  devices+=(-device "intel-iommu,caching-mode=on")
  append=intel_iommu=on
fi
number=0
[ ${#usb[@]} = 0 ] || devices+=(-device "qemu-xhci,id=xhci")
for socket in ${usb[@]+"${usb[@]}"}; do
  devices+=(-chardev "socket,id=usb$number,path=$socket" -device "usb-redir,bus=xhci.0,chardev=usb$number")
  number=$((number + 1))
done
for socket in ${pcie[@]+"${pcie[@]}"}; do
  devices+=(-device "{\"driver\":\"vfio-user-pci\",\"rombar\":0,\"socket\":{\"path\":\"$socket\",\"type\":\"unix\"}}")
done
number=0
for socket in ${net[@]+"${net[@]}"}; do
  devices+=(-netdev "stream,id=net$number,server=off,addr.type=unix,addr.path=$socket" -device "virtio-net-pci,netdev=net$number,romfile=,mac=02:00:00:00:01:0$number")
  number=$((number + 1))
done
# Hardware acceleration where the processor has it and its device may be used; else software emulation, which is some 10 times slower.
if grep -Eqw 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then accelerator=(-accel kvm -cpu host); else accelerator=(-accel "tcg,thread=multi" -cpu max); fi

# The folder that the work lies in is given to the guest under its own path, although it may lie below /tmp.
work=
case $root in /tmp/* | /run/* | /root/*) work=" offload.work=$root" ;; esac
# Should this script be killed, QEMU goes with it.
setpriv --pdeathsig KILL "$guest/qemu-system-x86_64" "${accelerator[@]}" -M "$machine" -smp 1 -m "$memory" \
  -object "memory-backend-memfd,id=ram,size=${memory}M,share=on" \
  -nodefaults -no-user-config -display none -serial "file:$own/console" -no-reboot \
  -kernel "$guest/vmlinuz" -initrd "$guest/initramfs.gz" \
  -append "console=ttyS0 loglevel=4 panic=-1 mitigations=off edd=off no_timer_check $append$work" \
  -fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap" -device "virtio-9p-pci,fsdev=root,mount_tag=root" \
  -fsdev "local,id=share,path=$share,security_model=none" -device "virtio-9p-pci,fsdev=share,mount_tag=share" \
  "${devices[@]}" < /dev/null > "$own/qemu" 2>&1 &
child=$!
timed_out=0
for ((tenths = 0; ; tenths++)); do
  kill -0 "$child" 2> /dev/null || break
  if [ $tenths -ge $((limit * 10)) ]; then timed_out=1; kill -KILL "$child"; break; fi
  sleep 0.1
done
ended=0
wait "$child" 2> /dev/null || ended=$?
child=
# Empty where QEMU ended before it opened its console.
: > "$share/console"
[ ! -e "$own/console" ] || cp "$own/console" "$share/console"

[ ! -f "$share/output" ] || cat "$share/output"
[ $console = 0 ] || sed 's/\r$//; s/^/console: /' "$share/console" >&2
if [ $timed_out = 1 ]; then
  [ $console = 1 ] || tail -n 5 "$share/console" >&2
  echo "guest: ended after $limit s, the time limit" >&2
  exit 124
fi
if [ ! -s "$share/status" ]; then
  cat "$own/qemu" >&2
  [ $console = 1 ] || tail -n 20 "$share/console" >&2
  echo "guest: no status came back; QEMU ended with $ended" >&2
  exit 125
fi
exit "$(cat "$share/status")"

#!/usr/bin/env bash
# In the guest: the rig's suite on the board behind the PCI function, first by VFIO, then by sysfs, then over USB. Reports go to /run/share/report.
# Usage: rig.sh OFFLOAD_RIG_DLL [FILTER] [LINK]     with LINK (pcie, sysfs, usb) by that alone
set -uo pipefail

dll=$1
filter=${2:-}
only=${3:-}
# In an emulated machine the compiler is what takes long: everything is compiled once, and quickly.
export DOTNET_TC_CallCounting=0
ids="0x10ee 0x4f46"
device=
for candidate in /sys/bus/pci/devices/*; do
  [ "$(cat "$candidate/vendor") $(cat "$candidate/device")" = "$ids" ] && device=$candidate
done
[ -n "$device" ] || { echo "the guest has no PCI function $ids" >&2; exit 1; }
address=$(basename "$device")

# The cable to the board's net port carries what the tests send, and nothing of the kernel's own.
cable=eth0
echo 1 > "/proc/sys/net/ipv6/conf/$cable/disable_ipv6"
ip link set "$cable" up

# The board's pins and sensors: a CP2112 on USB. Its chips cannot be found by the kernel, only named.
for bus in /sys/bus/i2c/devices/i2c-*; do
  case $(cat "$bus/name") in CP2112*)
    echo lm75 0x48 > "$bus/new_device"
    echo ltc4151 0x6f > "$bus/new_device"
    ;;
  esac
done

failed=0
# suite BOARD FILTER [MEMBERS]
suite() {
  [ -z "$only" ] || [ "$only" = "$1" ] || return 0
  printf '{"board":"%s","net_interface":"%s","faults":"/run/share/faults","pins":"cp2112_gpio","traces":"/run/share/report"%s}\n' "$1" "$cable" "${3:-}" > "/run/$1.json"
  echo "--- $1"
  OFFLOAD_RIG=/run/$1.json dotnet "$dll" run --report "/run/share/report/$1" --trx "/run/share/report/$1.trx" --filter "$2" || failed=1
}

echo vfio-pci > "$device/driver_override"
echo "$address" > /sys/bus/pci/drivers_probe
suite pcie "$filter"
echo "$address" > /sys/bus/pci/drivers/vfio-pci/unbind
suite sysfs "${filter:-LinkTests}"
suite usb "$filter" ',"id":"versa-5g:RIG0002","loads":"versa-5g:RIG0003","container":"/run/share/versa-5g.obit"'
exit $failed

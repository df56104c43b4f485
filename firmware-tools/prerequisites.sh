#!/usr/bin/env bash
# What Offload needs on a Debian machine: checked, and installed where it is missing.
#
#   firmware-tools/prerequisites.sh           check and install
#   . firmware-tools/prerequisites.sh         the same functions, for demo.sh and test.sh
#
# A second run finds everything, installs nothing and needs no network. Nothing is installed that is not
# named on the terminal first.

# command or library, Debian package, what it is for
OFFLOAD_TOOLS=(
  "verilator|verilator|turns the Verilog core into the virtual board, and lints it"
  "g++|g++|compiles the virtual board"
  "make|make|builds the virtual board"
  "ip|iproute2|sets up the network namespaces of demo and tests"
  "ss|iproute2|asks the client kernel for its connections"
  "curl|curl|fetches pages over the board, in demo and tests"
)
OFFLOAD_TEST_TOOLS=(
  "iverilog|iverilog|compiles the Verilog a second time, for the benches"
  "yosys|yosys|synthesizes the core and prepares the proofs"
  "yosys-smtbmc|yosys|runs the proofs"
  "z3|z3|solves the proofs"
  "patch|patch|breaks copies of the Verilog, to see that its benches notice"
  "ab|apache2-utils|sends many requests at a time over the board"
  "libusb-1.0.so.0|libusb-1.0-0|opens boards at USB, in a guest"
)

# An ordinary user's PATH lacks the folders of ip and its like on Debian.
case ":$PATH:" in *:/usr/sbin:*) ;; *) PATH="$PATH:/usr/sbin:/sbin" ;; esac
# Where Microsoft's own install script puts the SDK.
if ! command -v dotnet >/dev/null && [ -x "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet" ]; then
  PATH="${DOTNET_ROOT:-$HOME/.dotnet}:$PATH"
fi
export PATH

# Nothing stays behind once a script has ended: no build server, no compiler server, no messages of their own.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

offload_say() { printf '==> %s\n' "$*" >&2; }

offload_fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

# Runs a command as root: directly, or through sudo.
offload_as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# Whether a command or a library is there.
offload_has() {
  case $1 in
    lib*) case $(ldconfig -p 2>/dev/null) in *"$1"*) return 0 ;; *) return 1 ;; esac ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

offload_has_dotnet() { command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; }

# Installs Debian packages, or says what the reader has to install.
offload_install() {
  if ! command -v apt-get >/dev/null; then
    offload_fail "this machine has no apt-get, so nothing can be installed here." \
      "Offload's scripts know Debian 12 and later. Elsewhere, install yourself what is missing: $*"
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    offload_fail "packages are missing, and there is no sudo to install them with." \
      "As root: apt-get install $*"
  fi
  offload_say "apt-get update"
  offload_as_root apt-get update -qq >&2 \
    || offload_fail "apt-get update did not work; its message is above." "Packages wanted: $*"
  offload_say "apt-get install $*"
  offload_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null \
    || offload_fail "apt-get could not install: $*" "Its message is above; the next run tries again."
}

# offload_prerequisites [tests]: what the demo needs, or what the tests need beside that.
offload_prerequisites() {
  local packages=() tools=("${OFFLOAD_TOOLS[@]}") entry command package purpose
  [ "${1:-}" != tests ] || tools+=("${OFFLOAD_TEST_TOOLS[@]}")
  for entry in "${tools[@]}"; do
    IFS='|' read -r command package purpose <<<"$entry"
    offload_has "$command" && continue
    offload_say "missing: $command (package $package) - $purpose"
    case " ${packages[*]} " in *" $package "*) ;; *) packages+=("$package") ;; esac
  done
  if [ ${#packages[@]} -gt 0 ]; then
    offload_install "${packages[@]}"
    hash -r
    for entry in "${tools[@]}"; do
      IFS='|' read -r command package purpose <<<"$entry"
      offload_has "$command" || offload_fail "$command is still missing after installing $package."
    done
  fi

  if ! offload_has_dotnet; then
    offload_say "missing: the .NET 10 SDK (package dotnet-sdk-10.0) - builds and runs everything that is C#"
    if command -v apt-cache >/dev/null && apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
      offload_install dotnet-sdk-10.0
      hash -r
    fi
    offload_has_dotnet || offload_fail "the .NET 10 SDK is not installed, and this machine's package sources do not carry it." \
      "Install it as https://learn.microsoft.com/dotnet/core/install/linux-debian says, then run this again."
  fi

  local version
  version=$(verilator --version 2>/dev/null | sed -n 's/^Verilator \([0-9]*\).*/\1/p')
  if [ "${version:-0}" -lt 5 ]; then
    offload_fail "Verilator 5 or later is needed; this machine has: $(verilator --version 2>&1 | head -n 1)" \
      "Debian 12 and later carry it."
  fi
}

# True where this process may make network namespaces and TAP devices (CAP_NET_ADMIN 12, CAP_SYS_ADMIN 21).
offload_has_board_rights() {
  local effective
  effective=$(sed -n 's/^CapEff:\t*//p' /proc/self/status)
  [ $(((0x$effective >> 12) & (0x$effective >> 21) & 1)) = 1 ]
}

# The user that builds: whoever called sudo, if the tree is that user's; else the caller.
offload_builder_uid() {
  local uid
  uid=$(id -u)
  if [ "$uid" = 0 ] && [ "${SUDO_UID:-0}" != 0 ] && [ "$(stat -c %u "$OFFLOAD_ROOT")" = "$SUDO_UID" ]; then
    uid=$SUDO_UID
  fi
  echo "$uid"
}

# Runs a command as the building user, without rights of its own.
offload_as_builder() {
  local uid
  uid=$(offload_builder_uid)
  if [ "$uid" = "$(id -u)" ]; then
    "$@"
  else
    setpriv --reuid="$uid" --regid="${SUDO_GID:-$uid}" --init-groups --reset-env env PATH="$PATH" "$@"
  fi
}

# Fills the array OFFLOAD_BOARD_RUN with what to put before a command that makes namespaces and TAP devices. The
# command stays the building user's, so its files are that user's too; it only gains the two capabilities.
offload_board_rights() {
  local uid gid caps=+net_admin,+sys_admin kept=() name
  uid=$(offload_builder_uid)
  OFFLOAD_BOARD_RUN=()
  if [ "$uid" = "$(id -u)" ] && offload_has_board_rights; then
    return
  fi
  for name in HOME PATH TERM LANG NO_COLOR CI DOTNET_ROOT XDG_RUNTIME_DIR OFFLOAD_RUNTIME_DIR OFFLOAD_TEST_FULL \
    DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_NOLOGO DOTNET_CLI_USE_MSBUILD_SERVER MSBUILDDISABLENODEREUSE; do
    [ -n "${!name:-}" ] && kept+=("$name=${!name}")
  done
  if [ "$(id -u)" = 0 ] && offload_has_board_rights; then
    gid=${SUDO_GID:-$uid}
    kept+=("HOME=$(getent passwd "$uid" | cut -d: -f6)")
  else
    gid=$(id -g)
    if command -v sudo >/dev/null; then
      if [ -t 0 ]; then OFFLOAD_BOARD_RUN=(sudo); else OFFLOAD_BOARD_RUN=(sudo -n); fi
    elif [ -w /dev/net/tun ] && unshare --user --map-current-user --keep-caps true 2>/dev/null; then
      # No sudo, but the kernel lets users have namespaces of their own, with all rights inside them.
      OFFLOAD_BOARD_RUN=(unshare --user --map-current-user --keep-caps)
      return
    else
      offload_fail "network namespaces and TAP devices need CAP_NET_ADMIN and CAP_SYS_ADMIN, and there is no sudo." \
        "Run it as root, or install sudo."
    fi
  fi
  # Most machines let everybody open the device and ask for rights later; on others the file itself is root's.
  offload_as_builder test -w /dev/net/tun || caps=$caps,+dac_override
  OFFLOAD_BOARD_RUN+=(setpriv --reuid="$uid" --regid="$gid" --init-groups --inh-caps="$caps" --ambient-caps="$caps" env "${kept[@]}")
}

# TAP devices need the tun driver, which is a module on most kernels.
offload_tun_device() {
  [ -c /dev/net/tun ] && return
  if command -v modprobe >/dev/null; then
    offload_say "loading the kernel module tun, for TAP devices"
    offload_as_root modprobe tun 2>/dev/null || true
  fi
  [ -c /dev/net/tun ] || offload_fail "/dev/net/tun does not exist, so there are no TAP devices here." \
    "Load the kernel module tun (modprobe tun), or give the container the device (--device /dev/net/tun)."
}

# Builds the solution, with further options for MSBuild, and the virtual board's bitstream; quiet unless something is wrong.
offload_build() {
  local log code=0 started=$SECONDS compiler=offload-$$ process
  log=$(mktemp)
  offload_say "building Offload.sln"
  # One compiler for all projects takes three fifths of the time of one for each; it has a name of its own, so that it can be ended.
  offload_as_builder dotnet build "$OFFLOAD_ROOT/Offload.sln" -c Release -v quiet -clp:"ErrorsOnly;NoSummary" -nologo \
    -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" "$@" </dev/null >"$log" 2>&1 || code=$?
  for process in $(grep -lasz -- "[-]pipename:$compiler\$" /proc/[0-9]*/cmdline); do
    process=${process%/cmdline}
    # It may have ended by itself meanwhile; one that cannot be ended is an error.
    kill "${process#/proc/}" || [ ! -d "$process" ]
  done
  if [ $code != 0 ]; then
    cat "$log" >&2
    rm -f "$log"
    offload_fail "the build failed; its errors are above."
  fi
  offload_say "building the virtual board and its bitstream"
  if ! offload_as_builder "$OFFLOAD_ROOT/firmware-tools/build-virtual-board.sh" </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    offload_fail "firmware-tools/build-virtual-board.sh failed; its messages are above."
  fi
  rm -f "$log"
  offload_say "built in $((SECONDS - started)) s"
}

OFFLOAD_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  offload_prerequisites tests
  offload_say "everything that Offload needs is installed"
fi

# Sourced by the scripts that build a simulation. They are in the repository's root, and have set output (a folder) and force, and
# a function say.

# simulate ABI TOP DEFINES VERILATOR...: the shared library $output/libNAME.so of the Verilog module TOP behind the C ABI of
# ABI.cpp, with what ABI.map exports; NAME is ABI's last part. DEFINES are the C++ compiler's, VERILATOR Verilator's further
# arguments, sources among them. Standard input names the files that it is made of, one a line: nothing is done where neither
# they nor tools have changed since the last build.
simulate() {
    abi=$1 top=$2 defines=$3
    shift 3
    library=$output/lib${abi##*/}.so
    for tool in verilator make c++ sha256sum flock; do
        command -v "$tool" > /dev/null || { echo "$0: $tool is missing; run firmware-tools/prerequisites.sh" >&2; exit 3; }
    done

    # One build at a time in a folder; a second one waits, and then finds nothing to do.
    exec 9> "$output/.lock"
    flock 9
    inputs=$({
        verilator --version
        c++ --version
        echo "$(uname -m) $abi $top $defines $*"
        { cat; ls "$abi".* firmware-tools/simulation.sh; } | LC_ALL=C sort -u | xargs sha256sum
    } | sha256sum | cut -d ' ' -f 1)
    if [ "$force" = no ] && [ -f "$library" ] && [ -f "$output/.inputs" ] && [ "$(cat "$output/.inputs")" = "$inputs" ]; then
        say "${library##*/} is up to date"
        return
    fi

    start=$(date +%s)
    rm -f -- "$output/.inputs"
    say "translating Verilog to C++ ($(verilator --version | cut -d ' ' -f 1,2))"
    verilator --cc --exe --top-module "$top" --prefix "V$top" --Mdir "$output/obj" -Ihdl/rtl/generated -O3 --x-assign 0 --x-initial 0 \
        --output-split 10000 --no-timing -Wno-fatal -Wno-lint \
        -CFLAGS "-std=c++17 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-gnu-unique" \
        -CFLAGS "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL $defines -I$PWD/${abi%/*}" \
        -LDFLAGS "-shared -Wl,--version-script=$PWD/$abi.map -Wl,--no-undefined -Wl,-z,relro,-z,now -lpthread -latomic" \
        -o "${library##*/}" "$@" "$PWD/$abi.cpp" > "$output/verilator.log" 2>&1 ||
        { cat "$output/verilator.log" >&2; echo "$0: verilator failed" >&2; exit 1; }
    say "compiling C++ with $(nproc) jobs"
    # -O2 has to be said: without it the library is three times slower.
    make -C "$output/obj" -f "V$top.mk" -j "$(nproc)" OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2 "${library##*/}" > "$output/make.log" 2>&1 ||
        { cat "$output/make.log" >&2; echo "$0: the C++ compiler failed" >&2; exit 1; }
    cp -- "$output/obj/${library##*/}" "$library.new"
    mv -f -- "$library.new" "$library"
    echo "$inputs" > "$output/.inputs"
    say "built ${library##*/} in $(($(date +%s) - start)) s"
}

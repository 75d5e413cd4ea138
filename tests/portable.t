#!/bin/bash
# The kernels compile for aarch64 (one level, base) and with clang, without a
# warning.  If qemu is installed, their unit tests pass on aarch64.
. "$(dirname "$0")/lib.sh"

flags="-std=gnu11 -D_POSIX_C_SOURCE=200809L -I$root -O1 -fopenmp
    -ffp-contract=fast -Wall -Wextra -Wshadow -Wmissing-prototypes -Wno-psabi
    -Werror"

# builds COMPILER: compiles the kernels, except the one that needs BLIS, into
# kernels.a; skipped without the compiler or its headers.
builds()
{
    local f bad=0
    if ! printf '#include <math.h>\n#include <omp.h>\n' |
        "$1" -fopenmp -fsyntax-only -x c - 2>/dev/null; then
        skip "$1" "no such compiler with its headers"
        return
    fi
    rm -f ./*.o kernels.a log
    for f in "$root"/lib/simd/*.c "$root"/lib/kernel/*.c "$root"/lib/kernel/*/*.c; do
        [ "${f##*/}" = gemm.c ] && continue
        "$1" $flags -DLEVEL=base -c "$f" 2>>log || bad=1
    done
    ok $bad "$1"
    [ $bad = 0 ] && ar rcs kernels.a ./*.o || sed 's/^/# /' log
}

# runs TEST [ARGUMENT]: the unit test of a kernel, on aarch64
runs()
{
    if [ ! -f kernels.a ] || ! command -v qemu-aarch64 >/dev/null; then
        skip "aarch64: $1" "no compiler for aarch64, or no qemu-aarch64"
        return
    fi
    aarch64-linux-gnu-gcc $flags -o "$1" "$root/tests/unit/$1.c" kernels.a \
        -lm 2>log &&
        qemu-aarch64 -L /usr/aarch64-linux-gnu "./$1" ${2:-} >log 2>&1
    ok $? "aarch64: $1"
    grep -v '^ok' log | sed 's/^/# /'
}

builds aarch64-linux-gnu-gcc
runs conv 9
for unit in bn pool resize upsample_ce; do
    runs $unit
done
builds clang

# The whole tree with clang, with the warnings of the makefile.
if command -v clang >/dev/null; then
    cd "$root" || exit 1
    version=-DSEG_VERSION='"0"'
    strict="$flags -Wstrict-prototypes -Wvla -fsyntax-only"
    each=(xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 20 clang $strict "$version")
    printf '%s\n' lib/*/*.c lib/*/*/*.c formats/*/*.c |
        "${each[@]}" -DLEVEL=base -Wconversion -Wno-sign-conversion 2>"$dir/log" &&
        printf '%s\n' cmd/*.c cmd/*/*.c tests/unit/*.c |
        "${each[@]}" 2>>"$dir/log"
    ok $? "clang: the whole tree"
    head -n 20 "$dir/log" | sed 's/^/# /'
    cd "$dir" || exit 1
else
    skip "clang: the whole tree" "no clang"
fi

# Operators and networks keep their tolerances at each CPU level; a level that this
# CPU lacks is replaced by its highest one.
for level in base v3 v4; do
    for unit in net op; do
        if [ ! -x "${SEG_BUILD:-}/tests/unit/$unit" ]; then
            skip "SEG_CPU=$level: $unit" "not built"
            continue
        fi
        SEG_CPU=$level "$SEG_BUILD/tests/unit/$unit" >log 2>&1
        ok $? "SEG_CPU=$level: $unit"
        grep '^not ok' log | sed 's/^/# /'
    done
done
done_testing

#!/bin/bash
# The kernels compile for a machine that is not amd64 (aarch64: one level, base)
# and with the other compiler, in both cases without a warning.
. "$(dirname "$0")/lib.sh"

flags="-std=gnu11 -D_POSIX_C_SOURCE=200809L -I$root -O1 -fopenmp
    -ffp-contract=fast -Wall -Wextra -Wshadow -Wmissing-prototypes -Wno-psabi
    -Werror"

# builds COMPILER: every kernel except the one that needs BLIS, or skips where
# the compiler or its headers are not there.
builds()
{
    local f bad=0
    if ! printf '#include <math.h>\n#include <omp.h>\n' |
        "$1" -fopenmp -fsyntax-only -x c - 2>/dev/null; then
        skip "$1" "no such compiler with its headers"
        return
    fi
    for f in "$root"/lib/kernel/*.c; do
        [ "${f##*/}" = gemm.c ] && continue
        "$1" $flags -DLEVEL=base -c -o out.o "$f" 2>>log || bad=1
    done
    ok $bad "$1"
    [ $bad = 0 ] || sed 's/^/# /' log
}

builds aarch64-linux-gnu-gcc
builds clang
done_testing

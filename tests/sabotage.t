#!/usr/bin/env bash
# Faults that the tests must notice.  Each fault is put into a copy of the
# sources, one object is compiled and one test is linked against it; that test
# must fail.  The working tree is not touched.
. "$(dirname "$0")/lib.sh"

case ${SEG_BUILD:-} in
"") skip "faults in a copy of the sources" "SEG_BUILD is not set" ;;
*/san) skip "faults in a copy of the sources" "a build with sanitizers" ;;
esac
[ "$checks" = 0 ] || done_testing

mkdir copy
cp -a "$root"/{Makefile,cmd,formats,lib,tests} copy
mkdir copy/build
cp -a "$SEG_BUILD"/{cmd,formats,lib,libcli.a,tests} copy/build
rm -f copy/build/tests/unit/*[!.]? # programs of tests; their objects stay

# build TARGET: makes it in the copy, from nothing else than the copy
build()
{
    rm -f copy/build/libseg.a
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
        make -s -C copy CC="${CC:-gcc}" "build/$1" >log 2>&1
}

# fault NAME TEST FILE SUBSTITUTION: a substitution of perl that matches FILE
# once; tests/unit/TEST must then fail, and its first failed test is printed.
fault()
{
    local name=$1 test=$2 file=$3 object=${3%.c}.o
    if ! perl -0777 -i -pe "\$n = $4; END { exit(\$n != 1) }" "copy/$file"; then
        false
        ok $? "$name: the line is found in $file"
    else
        build "tests/unit/$test"
        ok $? "$name: the fault compiles"
        sed 's/^/#   /' log
        (cd copy && timeout 60 "build/tests/unit/$test") >log 2>&1
        grep -q '^not ok' log
        ok $? "$name: tests/unit/$test.c notices it"
        grep -m 1 '^not ok' log | sed 's/^/#   /'
    fi
    cp -p "$root/$file" "copy/$file"
    cp -p "$SEG_BUILD/$object" "copy/build/$object"
}

fault "sign of the batch normalization gradient" bn \
    lib/kernel/norm/bn.c 's/\? 0 : -a\b/? 0 : a/'
fault "sign of the gradient of a bias" op \
    lib/kernel/bias.c 's/db\[j\] \+=/db[j] -=/'
fault "last byte of a tensor not written" stream \
    formats/stream/stream_write.c 's/t->data, t->bytes, e\)\)/t->data, t->bytes - 1, e))/'
fault "bias not scaled when bn is folded into conv" op \
    lib/op/conv.c 's/to\[k\] \*= st->scale\[k\]/to[k] *= 1/'
fault "residual lost when add is folded into conv" op \
    lib/op/conv.c 's/= st->residual \? st->residual->x : NULL/= NULL/'
fault "wrong shift in the fused gradient of bn" fusion \
    lib/op/bn.c 's/(\.scale = st->a,\s*\.shift) = st->k/$1 = st->shift/'
fault "sign of the gradient of the Dice loss" losses \
    lib/loss/dice.c 's/= -2 \/ below/= 2 \/ below/'
done_testing

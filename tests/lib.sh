# shellcheck shell=bash
# The Test Anything Protocol for tests in bash.  Source it first:
#
#     . "$(dirname "$0")/lib.sh"
#
# The test then runs in an empty temporary directory, which is removed at the end.
# $root is the project, $data the directory of real data or empty.
set -u
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$root/../shared/data
[ -d "$data" ] || data=
checks=0 failures=0

dir=$(mktemp -d "${TMPDIR:-/tmp}/seg-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# In tests/seg-*.t each name begins with the program, for example
# "seg-cat: - reads standard input".
case $(basename "$0") in
seg-*) subject=$(basename "$0" .t) ;;
*) subject= ;;
esac

# title NAME: sets $title to the name, after the program if it lacks that
title()
{
    title=$1
    [ -z "$subject" ] || [[ $1 == "$subject"* ]] || title="$subject: $1"
}

# ok STATUS NAME: passed if STATUS is 0.    [ -s x ]; ok $? "x is not empty"
ok()
{
    local title
    title "$2"
    checks=$((checks + 1))
    if [ "$1" = 0 ]; then
        echo "ok $checks - $title"
    else
        echo "not ok $checks - $title"
        failures=$((failures + 1))
    fi
}

# is SEEN EXPECTED NAME: two texts are equal
is()
{
    [ "$1" = "$2" ]
    ok $? "$3"
    [ "$1" = "$2" ] || printf '%s\n' "seen:" "$1" "expected:" "$2" | sed 's/^/#   /'
}

# like TEXT PATTERN NAME: PATTERN is a bash regular expression
like()
{
    [[ $1 =~ $2 ]]
    ok $? "$3"
    [[ $1 =~ $2 ]] || printf '%s\n' "seen:" "$1" "expected: $2" | sed 's/^/#   /'
}

# status_is STATUS NAME COMMAND...: the command ends with STATUS; its output is
# kept in $dir/.out, its messages in $dir/.err.
status_is()
{
    local want=$1 name=$2 seen
    shift 2
    "$@" >"$dir/.out" 2>"$dir/.err"
    seen=$?
    [ "$seen" = "$want" ]
    ok $? "$name"
    [ "$seen" = "$want" ] ||
        { echo "status $seen, not $want: $*"; cat "$dir/.err"; } | sed 's/^/#   /'
}

# table LOG: the log of a training without the comments at its top
table()
{
    sed '/^# /d' "$1"
}

# same FILE FILE NAME: two files have the same bytes
same()
{
    cmp "$1" "$2" >"$dir/.cmp" 2>&1
    ok $? "$3"
    [ -s "$dir/.cmp" ] && sed 's/^/#   /' "$dir/.cmp"
    return 0
}

# keeps_contract NAME FILE COMMAND...: tests the rules of programs that read the
# stream FILE as their last operand and write bytes: a cut input is refused, no
# incomplete output file appears, a pipe and a repetition give the same output.
keeps_contract()
{
    local name=$1 file=$2 size at bad=
    shift 2
    "$@" "$file" >"$dir/.once"
    [ $? = 0 ] && [ -s "$dir/.once" ]
    ok $? "$name accepts a stream"
    "$@" "$file" | cmp -s - "$dir/.once"
    ok $? "$name gives the same bytes a second time"
    "$@" <"$file" >"$dir/.file"
    cat "$file" | "$@" | cmp -s - "$dir/.file"
    ok $? "$name gives the same bytes for a pipe and a file"
    "$@" -o "$dir/.whole" "$file" && cmp -s "$dir/.whole" "$dir/.once"
    ok $? "$name gives the same bytes with -o"
    size=$(stat -c %s "$file")
    for at in 0 1 8 9 $((size / 3)) $((size / 2)) $((size - 300)) $((size - 1)); do
        head -c "$at" "$file" >"$dir/.cut"
        "$@" -o "$dir/.part" "$dir/.cut" 2>"$dir/.err"
        [ $? = 65 ] && [ ! -e "$dir/.part" ] && [ "$(wc -l <"$dir/.err")" = 1 ] ||
            bad+=" $at"
        head -c "$at" "$file" | "$@" -o "$dir/.part" 2>"$dir/.err"
        [ $? = 65 ] && [ ! -e "$dir/.part" ] || bad+=" $at|"
    done
    is "$bad" "" "$name refuses a cut stream and leaves no output"
    "$@" "$file" >/dev/full 2>"$dir/.err"
    is $? 74 "$name notices a full device"
    status_is 66 "$name refuses a missing file" "$@" "$dir/.nowhere"
    status_is 73 "$name refuses an output in a missing directory" \
        "$@" -o "$dir/.nowhere/out" "$file"
    status_is 64 "$name refuses an unknown option" "$@" --no-such-option
}

# numbers FILE TENSOR: all values of all records, one per line
numbers()
{
    perl -0777 -e '
        my ($want) = @ARGV; local $/; my $s = <STDIN>; my $at = 0;
        while ($at < length $s) {
            my $n = unpack "Q<", substr $s, $at, 8;
            my $h = substr $s, $at + 8, $n; my $end = 0;
            while ($h =~ /"([^"]+)":\{"dtype":"(\w+)"[^{}]*"data_offsets":\[(\d+),(\d+)\]/g) {
                $end = $4 if $4 > $end;
                print "$_\n" for $1 eq $want ? unpack($2 eq "U8" ? "C*" : "f<*",
                    substr $s, $at + 8 + $n + $3, $4 - $3) : ();
            }
            $at += 8 + $n + $end;
        }' "$2" <"$1"
}

# failing_allocations NAME OUTPUT COMMAND...: runs the command once for each of
# its allocations; that allocation fails, alone or with all later ones.  The
# command must end with 71, one line and no OUTPUT, or with 0 and the right
# OUTPUT.  OUTPUT is a file or a directory that the command makes.
failing_allocations()
{
    local name=$1 output=$2 all n bad= shim=$dir/.failmalloc.so seen
    shift 2
    case ${SEG_BUILD:-} in
    */san) skip "$name: failed allocations" "the sanitizer has its own malloc"; return ;;
    esac
    [ -e "$shim" ] || ${CC:-cc} -O1 -fPIC -shared -o "$shim" "$root/tests/failmalloc.c" ||
        { skip "$name: failed allocations" "no compiler"; return; }
    rm -rf "$output" "$dir/.right"
    "$@" >"$dir/.out" 2>"$dir/.err" && mv "$output" "$dir/.right"
    ok $? "$name: it ends with 0 if no allocation fails"
    for all in 0 1; do
        for ((n = 1; n < ${FAIL_MOST:-3000}; n++)); do
            rm -rf "$output" "$dir/.mark"
            ( ulimit -c 0
              FAIL_AT=$n FAIL_ALL=$all FAIL_MARK=$dir/.mark LD_PRELOAD=$shim \
                  OMP_NUM_THREADS=1 exec "$@" >"$dir/.out" 2>"$dir/.err" )
            seen=$?
            [ -e "$dir/.mark" ] || break
            case $seen in
            71) [ ! -e "$output" ] && [ "$(grep -c . "$dir/.err")" = 1 ] &&
                    grep -qiE 'out of memory|cannot allocate memory' "$dir/.err" ;;
            0) diff -r "$output" "$dir/.right" >"$dir/.cmp" ;;
            *) false ;;
            esac || bad+=" $n:$seen"
        done
    done
    [ "$n" -gt 3 ]
    ok $? "$name: each of $n allocations was tested"
    is "$bad" "" "$name: a failed allocation is 71 without output, or does no harm"
    is "$(find . -name '.seg-*.tmp')" "" "$name: a failed allocation leaves no temporary file"
}

# skip NAME REASON
skip()
{
    local title
    title "$1"
    checks=$((checks + 1))
    echo "ok $checks - $title # SKIP $2"
}

done_testing()
{
    echo "1..$checks"
    [ "$failures" = 0 ]
    exit
}

# shellcheck shell=bash
# The Test Anything Protocol for tests in bash.  Source it first:
#
#     . "$(dirname "$0")/lib.sh"
#
# The test then stands in an empty temporary directory, removed at the end.
# $root is the project, $data the real data (empty where there is none).
set -u
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$root/../shared/data
[ -d "$data" ] || data=
checks=0 failures=0

dir=$(mktemp -d "${TMPDIR:-/tmp}/seg-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# ok STATUS NAME: passed if STATUS is 0.    [ -s x ]; ok $? "x is there"
ok()
{
    checks=$((checks + 1))
    if [ "$1" = 0 ]; then
        echo "ok $checks - $2"
    else
        echo "not ok $checks - $2"
        failures=$((failures + 1))
    fi
}

# is SEEN WANTED NAME: two texts are equal
is()
{
    [ "$1" = "$2" ]
    ok $? "$3"
    [ "$1" = "$2" ] || printf '%s\n' "seen:" "$1" "wanted:" "$2" | sed 's/^/#   /'
}

# like TEXT PATTERN NAME: PATTERN is a bash regular expression
like()
{
    [[ $1 =~ $2 ]]
    ok $? "$3"
    [[ $1 =~ $2 ]] || printf '%s\n' "seen:" "$1" "wanted: $2" | sed 's/^/#   /'
}

# status_is STATUS NAME COMMAND...: the command ends so; its stdout is kept in
# $dir/.out, its stderr in $dir/.err.
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

# same FILE FILE NAME: equal bytes
same()
{
    cmp "$1" "$2" >"$dir/.cmp" 2>&1
    ok $? "$3"
    [ -s "$dir/.cmp" ] && sed 's/^/#   /' "$dir/.cmp"
    return 0
}

# keeps_contract NAME FILE COMMAND...: what every program owes that reads the
# stream FILE as its last operand and writes bytes: whole input or none, whole
# output or none, the same output from a pipe and a second time.
keeps_contract()
{
    local name=$1 file=$2 size at bad=
    shift 2
    "$@" "$file" >"$dir/.once"
    [ $? = 0 ] && [ -s "$dir/.once" ]
    ok $? "$name works"
    "$@" "$file" | cmp -s - "$dir/.once"
    ok $? "$name makes the same bytes again"
    "$@" <"$file" >"$dir/.file"
    cat "$file" | "$@" | cmp -s - "$dir/.file"
    ok $? "$name makes the same bytes of a pipe and of a file"
    "$@" -o "$dir/.whole" "$file" && cmp -s "$dir/.whole" "$dir/.once"
    ok $? "$name makes the same bytes with -o"
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
    status_is 66 "$name says that there is no such file" "$@" "$dir/.nowhere"
    status_is 73 "$name says that it cannot create a file" \
        "$@" -o "$dir/.nowhere/out" "$file"
    status_is 64 "$name knows no such option" "$@" --no-such-option
}

# numbers FILE TENSOR: all values of all records, a line each
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

# failing_allocations NAME OUTPUT COMMAND...: the command runs again and again,
# and the first, second, third ... allocation fails, alone and with all that
# follow, until there are no more.  Each time it ends with 71, one line, and no
# OUTPUT, or does without that memory: 0 and the right OUTPUT.  OUTPUT is a file
# or a directory that the command makes.
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
    ok $? "$name works while there is memory"
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
    ok $? "$name: $n allocations"
    is "$bad" "" "$name: no memory is 71 and no output, at every allocation"
    is "$(find . -name '.seg-*.tmp')" "" "$name: nothing is left"
}

# skip NAME WHY
skip()
{
    checks=$((checks + 1))
    echo "ok $checks - $1 # SKIP $2"
}

done_testing()
{
    echo "1..$checks"
    [ "$failures" = 0 ]
    exit
}

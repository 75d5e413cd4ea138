#!/usr/bin/env bash
# Static checks: format, line length, headers alone and together, scripts, C,
# dates of the pages, subjects of commits.  A check whose program is missing is
# skipped.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

sources=$(find cmd formats lib tests -name '*.[ch]' | sort)
headers=$(find cmd formats lib -name '*.h' | sort)
flags="-std=gnu11 -D_POSIX_C_SOURCE=200809L -I. -DLEVEL=base -fopenmp
    -Wno-psabi -fsyntax-only -x c"

# each N COMMAND...: the command with N lines of the input at a time, on all
# processors
each()
{
    xargs -P "$(getconf _NPROCESSORS_ONLN)" -n "$@"
}

is "$(find cmd formats lib tests \( -name '*.[ch]' -o -name '*.inc' \) -exec \
    awk 'length > 80 { print FILENAME ":" FNR }' {} +)" "" \
    "no line of C has more than 80 columns"

# Another version of clang-format formats otherwise.
if clang-format --version 2>/dev/null | grep -q 'version 14'; then
    is "$(each 20 clang-format --dry-run <<<"$sources" 2>&1 | grep warning: |
        head -n 20)" "" "clang-format changes nothing"
else
    skip "clang-format changes nothing" "no clang-format 14"
fi

is "$(each 1 ${CC:-cc} $flags <<<"$headers" 2>&1 | grep error: | head -n 20)" "" \
    "each header compiles without another one before it"

for header in $headers; do
    echo "#include \"$header\""
done >"$dir/all.c"
${CC:-cc} $flags "$dir/all.c" 2>"$dir/.err"
ok $? "all headers compile together: no tag is defined twice"
grep error "$dir/.err" | head -n 20 | sed 's/^/#   /'

# silent NAME COMMAND...: the command succeeds without output for the files in
# the input; skipped if its program is not installed
silent()
{
    local name=$1
    shift
    if ! type "$1" >/dev/null 2>&1; then
        skip "$name" "no $1"
        return
    fi
    each 20 "$@" >"$dir/log" 2>&1 && [ ! -s "$dir/log" ]
    ok $? "$name"
    head -n 20 "$dir/log" | sed 's/^/#   /'
}

silent "shellcheck finds no fault in the scripts" shellcheck -S warning \
    < <(printf '%s\n' tests/*.t tests/*.sh tests/bench/run cmd/cli/*.sh \
        .ci/run)

# Suppressed: gcc knows uninitialized variables better, and the log() in question
# has a positive argument.
silent "cppcheck finds no fault in programs and libraries" \
    cppcheck -q --enable=warning --error-exitcode=1 --std=c11 -I. \
    --suppress=uninitvar --suppress=legacyUninitvar \
    --suppress=invalidFunctionArg \
    < <(find cmd formats lib -name '*.c')

is "$(perl -ne '
    BEGIN { $months = join "|", qw(January February March April May June July
        August September October November December) }
    $seen{$ARGV} += /^\.Dd (?:$months) (?:[1-9]|[12]\d|3[01]), \d{4}$/;
    END { print "$_\n" for grep { $seen{$_} != 1 } sort keys %seen }' \
    man/*.[157])" "" "each page has one date"

# The rule holds for commits after the one that wrote it down.
rule=
if git rev-parse HEAD >/dev/null 2>&1; then
    rule=$(git log --diff-filter=A --format=%H -- CONTRIBUTING.md | tail -n 1)
fi
if [ -n "$rule" ]; then
    is "$(git log --no-merges --format=%s "$rule..HEAD" --not --tags |
        awk 'length > 72')" "" "subjects of commits have at most 72 characters"
else
    skip "subjects of commits have at most 72 characters" "no history here"
fi
done_testing

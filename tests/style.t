#!/usr/bin/env bash
# How the source looks: format, line length, headers that stand alone and agree
# with each other, scripts that shellcheck finds no error in.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

sources=$(find cmd formats lib tests -name '*.[ch]' | sort)
headers=$(find cmd formats lib -name '*.h' | sort)
flags="-std=gnu11 -D_POSIX_C_SOURCE=200809L -I. -DLEVEL=base -fopenmp
    -Wno-psabi -fsyntax-only -x c"

is "$(find cmd formats lib tests -name '*.[ch]' -o -name '*.inc' |
    xargs awk 'length > 80 { print FILENAME ":" FNR }')" "" \
    "no line of C has more than 80 columns"

# Another version of clang-format formats otherwise.
if clang-format --version 2>/dev/null | grep -q 'version 14'; then
    is "$(clang-format --dry-run $sources 2>&1 | grep warning: | head -n 20)" "" \
        "clang-format changes nothing"
else
    skip "clang-format changes nothing" "no clang-format 14"
fi

alone=
for header in $headers; do
    ${CC:-cc} $flags "$header" 2>"$dir/.err" || alone+=" $header"
done
is "$alone" "" "each header compiles without another one before it"

for header in $headers; do
    echo "#include \"$header\""
done >"$dir/all.c"
${CC:-cc} $flags "$dir/all.c" 2>"$dir/.err"
ok $? "all headers compile together: no tag is defined twice"
grep error "$dir/.err" | head -n 20 | sed 's/^/#   /'

if type shellcheck >/dev/null 2>&1; then
    is "$(shellcheck -s bash -S error tests/*.t tests/*.sh .ci/run \
        cmd/cli/completion.sh 2>&1 | head -n 20)" "" \
        "shellcheck finds no error in the scripts"
else
    skip "shellcheck finds no error in the scripts" "no shellcheck"
fi
done_testing

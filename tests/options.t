#!/usr/bin/env bash
# An option means the same in every program: over the tables (--options) of all.
. "$(dirname "$0")/lib.sh"

for f in "$root"/cmd/seg-*.c; do
    p=$(basename "$f" .c)
    "$p" --options | sed "s/^/$p\t/"
done >tables # program, letter, long name, value, type, choices, help

# differing KEY VALUE [FILE]: entries of column KEY with two entries in VALUE
differing()
{
    awk -F'\t' -v k="$1" -v v="$2" '$k != "-" {
        if ($k in seen && seen[$k] != $v)
            print $1 ": " $k " is " $v ", elsewhere " seen[$k]
        seen[$k] = $v
    }' "${3:-tables}"
}

[ "$(cut -f 1 tables | sort -u | wc -l)" -ge 22 ]
ok $? "every program prints its option table"
is "$(differing 2 3)" "" "no letter has two long names"
is "$(differing 3 2)" "" "no long name has a letter in one program and none in another"
# --loss is one word for seg-pretrain and a weighted sum for others
is "$(differing 3 5 | grep -v ': loss is ')" "" "no long name has two types of value"
is "$(grep -v '	choice	' tables >free; differing 3 4 free)" "" \
    "no long name has two names for its value, NAME and FILE"
is "$(awk -F'\t' '$2 == "m" { print $3 }' tables | sort -u)" model "-m is always the model"
is "$(awk -F'\t' '$2 == "M" { print $3 }' tables | sort -u)" map "-M is always the label map"
is "$(awk -F'\t' '$3 == "help" || $3 == "version" || $2 == "h"' tables)" "" \
    "--help, -h and --version are free in every table"

# The table of common letters in segpipe(7) names the letters of the programs.
perl -0777 -ne 'print "$1\t$2\n" while /^\.It Fl (\w) , -([a-z-]+)/mg' \
    "$root/man/segpipe.7" | sort -u >page
awk -F'\t' '$2 != "-" { n[$2 "\t" $3]++ }
    END { for (k in n) if (n[k] > 1) print k }' tables | sort >common
is "$(cat page)" "$(cat common)" \
    "segpipe(7) lists the letters that two programs or more have"

# lib and formats name no options; the hints of cmd/cli/hint.c end messages that
# exist.
is "$(cd "$root" && grep -rnE '"[^"]*(^|[ (])--[a-z]' lib formats |
    grep -v 'var(--')" "" \
    "messages of lib and formats name no option"
(cd "$root" && cat lib/*/*.c lib/*/*/*.c formats/*/*.c) |
    perl -0777 -pe 's/"\s*\n\s*"//g' >library
while IFS= read -r fact; do
    # a fact may begin before the text that is appended to a message
    grep -qF -e "$fact" -e "${fact#has no value in the label map}" library
    ok $? "a message ends with: $fact"
done < <(perl -0777 -ne 'print "$1\n" while /^    \{"([^"]+)",/mg' "$root/cmd/cli/hint.c")
done_testing

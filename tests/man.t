#!/usr/bin/env bash
# Pages and programs agree: mandoc is silent, SYNOPSIS is the usage, the options
# are those of the table and no others, and each example runs unchanged.
. "$(dirname "$0")/lib.sh"

programs=$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//')

# flags PAGE: the option letters and names under .It Fl, sorted
flags()
{
    perl -lne 'next unless s/^\.It Fl //;
        for (split /\s+,\s+(?:Fl )?/) {
            s/ .*//;
            print s/^-(?=.)// ? "--$_" : "-$_";
        }' "$1" | sort
}

# table PROGRAM: the same options from --options
table()
{
    "$1" --options |
        awk -F'\t' '$1 != "-" { print "-" $1 } { print "--" $2 }' | sort
}

# statuses PAGE: the numbers that its EXIT STATUS explains
statuses()
{
    perl -ne 'if (/^\.Sh (.*)/) { $in = $1 eq "EXIT STATUS" }
        elsif ($in) { chomp; $text .= " $_" }
        END { print join " ", map { /^\s*(\d+) / } split /;/, $text }' "$1"
}

# examples PAGE: its literal blocks as text to be typed
examples()
{
    perl -ne 'if (/^\.Sh (.*)/) { $in = $1 =~ /^EXAMPLES$/ }
        elsif (/^\.Bd -literal/) { $block = $in }
        elsif (/^\.Ed/) { $block = 0 }
        elsif ($block) {
            s/\\e/\\/g; s/\\&//g; s/\\-/-/g; s/\\\(aq/\x27/g; s/\\\(ti/~/g;
            print
        }' "$1"
}

# squeeze: one line, single blanks, lower case
squeeze()
{
    tr -s '[:space:]' ' ' | tr '[:upper:]' '[:lower:]' | sed 's/^ //; s/ $//'
}

synopsis()
{
    mandoc -T ascii "$1" | col -b |
        sed -n '/^SYNOPSIS/,/^DESCRIPTION/{/^[A-Z]/d; p;}' | squeeze
}

if type mandoc >/dev/null 2>&1; then
    # segpipe(7) is an introduction: its EXAMPLES come first.
    is "$(mandoc -T lint -W warning "$root"/man/*.[157] 2>&1 |
        grep -v 'segpipe\.7:.*sections out of conventional order')" "" \
        "mandoc has no complaint"
else
    skip "mandoc has no complaint" "no mandoc"
fi
undated=
for page in "$root"/man/*.[157]; do
    day=$(sed -n 's/^\.Dd //p' "$page")
    [ -n "$day" ] && date -d "$day" >/dev/null 2>&1 || undated+=" ${page##*/}"
done
is "$undated" "" "each page has a date"
for p in $programs; do
    page=$root/man/$p.1
    [ -f "$page" ] || { ok 1 "$p has a page"; continue; }
    is "$(flags "$page")" "$(table "$p")" "$p.1 documents the options of $p"
    type mandoc >/dev/null 2>&1 &&
        is "$(synopsis "$page")" \
            "$("$p" --help | sed '/^$/,$d; s/^usage://' | squeeze)" \
            "$p.1 has the usage of $p as SYNOPSIS"
    want="0 64 65 66 71 73 74"
    case $p in
    seg-check | seg-diff) want="0 1 64 65 66 71 73 74" ;;
    seg-adapt | seg-finetune | seg-pretrain) want="0 64 65 66 71 73 74 75" ;;
    seg-plot) want="0 64 65 66 69 70 71 73 74" ;;
    seg-synth) want="0 64 71 73 74" ;; # it reads nothing
    esac
    is "$(statuses "$page")" "$want" "$p.1 explains each exit status of $p"
done

# Examples, two pages at a time, each in its own empty directory.
run_examples()
{
    local page=$1 name=${1##*/}
    mkdir "$name.d"
    examples "$page" >"$name.sh"
    [ -s "$name.sh" ] || return 0
    (cd "$name.d" && OMP_NUM_THREADS=1 timeout 60 \
        bash -eu -o pipefail "../$name.sh") </dev/null >"$name.out" 2>&1
    echo $? >"$name.status"
}
export -f run_examples examples
printf '%s\n' "$root"/man/*.[157] |
    xargs -P 2 -I{} bash -c 'run_examples "$1"' - {}
for page in "$root"/man/*.[157]; do
    name=${page##*/}
    if [ ! -s "$name.sh" ]; then
        [[ $name != seg-*.1 ]]
        ok $? "$name has examples, unless it is about a format or a concept"
        continue
    fi
    is "$(cat "$name.status")" 0 "the examples of $name succeed"
    [ "$(cat "$name.status")" = 0 ] || tail -n 5 "$name.out" | sed 's/^/#   /'
done
missing=
for file in "$root"/pipelines/*.mk "$root"/formats/python/*.py; do
    grep -qw "${file##*/}" "$root/man/segpipe.7" || missing+=" ${file##*/}"
done
is "$missing" "" "segpipe.7 lists all files of share/segpipe"
done_testing

#!/usr/bin/env bash
# Every --help follows one template: usage, a sentence, the options, an example
# of which program and options exist, and pages that exist.
. "$(dirname "$0")/lib.sh"

# unknown COMMAND...: the options of a command line that its program does not
# have, and the program if there is none of that name
unknown()
{
    local program=$1 word
    shift
    [ -f "$root/cmd/$program.c" ] || { echo "$program"; return; }
    "$program" --options | awk -F'\t' '$1 != "-" { print "-" $1 } { print "--" $2 }' >known
    for word; do
        [[ $word == -?* ]] || continue
        grep -qxF -e "$word" known || echo "$program $word"
    done
}

for f in "$root"/cmd/seg-*.c; do
    p=$(basename "$f" .c)
    "$p" --help >help
    is "$(awk 'BEGIN { RS = "" } { sub(/\n.*/, ""); sub(/^  .*/, "options"); print }' help |
        sed -E 's/^usage: .*/usage/; s/^[A-Z].*[.]$/sentence/; s/^See also: .*/pages/' | xargs)" \
        "usage sentence options Example: pages" "$p --help has the parts of the template"
    is "$(sed -n '/^$/{n;p;q;}' help | tr '[:upper:]' '[:lower:]')" \
        "$(sed -n 's/^\.Nd //p' "$root/man/$p.1" | tr '[:upper:]' '[:lower:]')." \
        "$p --help has the sentence of its page"
    example=$(sed -n '/^Example:/{n;s/^  //p;}' help)
    like "$example" "(^|\| )$p( |$)" "the example of $p calls $p"
    # read as bash reads it, but file names stay patterns
    is "$(set -f
        while IFS= read -r command; do
            eval "unknown $command"
        done <<<"${example//|/$'\n'}")" "" "programs and options of the example of $p exist"
    missing=
    for page in $(sed -n 's/^See also: //p' help | tr -d ','); do
        name=${page%(*} section=${page##*(}
        [ -f "$root/man/$name.${section%)}" ] || missing+=" $page"
    done
    is "$missing" "" "the pages that $p --help names exist"
    is "$(awk 'length > 79' help)" "" "$p --help fits 79 columns"
done
done_testing

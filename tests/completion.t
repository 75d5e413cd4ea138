#!/usr/bin/env bash
# The completion made from the option tables, asked as bash would ask it.
. "$(dirname "$0")/lib.sh"

status_is 0 "the completion is bash" bash -n "$SEG_BUILD/segpipe.bash"
. "$SEG_BUILD/segpipe.bash"

# complete_at WORD...: what is offered for the last word
complete_at()
{
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _segpipe
    printf '%s\n' "${COMPREPLY[@]}" | sort
}

for f in "$root"/cmd/seg-*.c; do
    p=$(basename "$f" .c)
    is "$(complete_at "$p" --)" \
        "$({ printf '%s\n' --help --version
             "$p" --options | awk -F'\t' '{ print "--" $2 }'; } | sort)" \
        "$p: all its options"
    is "$(complete -p "$p")" "complete -o default -F _segpipe $p" \
        "$p: completion is bound"
done
is "$(complete_at seg-score --mer)" "--merge" "a part of an option"
is "$(complete_at seg-table --format m)" "markdown" "a part of a choice"
is "$(complete_at seg-table -f '')" "$(printf 'long\nmarkdown\ntsv')" \
    "choices after a letter"
is "$(complete_at seg-score fi)" "" "files are left to bash"
done_testing

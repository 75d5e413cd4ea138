#!/usr/bin/env bash
# The completion for bash that is made from the option tables.
. "$(dirname "$0")/lib.sh"

status_is 0 "the completion is valid bash" bash -n "$SEG_BUILD/segpipe.bash"
. "$SEG_BUILD/segpipe.bash"

# complete_at WORD...: completions of the last word
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
        "$p: all options are completed"
    is "$(complete -p "$p")" "complete -o default -F _segpipe $p" \
        "$p: the completion is bound to the program"
done
is "$(complete_at seg-score --mer)" "--merge" "the beginning of an option is completed"
is "$(complete_at seg-table --format m)" "markdown" \
    "the beginning of a choice is completed"
is "$(complete_at seg-table -f '')" "$(printf 'long\nmarkdown\ntsv')" \
    "choices are completed after a letter"
is "$(complete_at seg-score "fi")" "" "files are completed by bash"
is "$(complete_at seg-table --format = m)" "markdown" "a choice after = is completed"
is "$(complete_at seg-table --format =)" "$(printf 'long\nmarkdown\ntsv')" \
    "all choices after = are listed"

# ---- installed: bash-completion finds the file by the name of the command ----

# install_to DIR TARGET: make install or uninstall without compiling
install_to()
{
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$root" -o all B="$SEG_BUILD" \
        PREFIX=/usr DESTDIR="$1" "$2" >.make 2>&1
}
install_to "$dir/dest" install
ok $? "make install succeeds"
share=$dir/dest/usr/share
is "$(cd "$share/bash-completion/completions" && ls)" \
    "$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//'; echo segpipe)" \
    "make install makes a completion for each program"
package=/usr/share/bash-completion/bash_completion
if [ -r $package ] && type script >/dev/null 2>&1; then
    printf '%s\n' "PATH=$dir/dest/usr/bin:\$PATH" ". $package" \
        "bind 'set show-all-if-ambiguous on'" >rc
    # typed KEYS: the screen of an interactive bash after these keys
    typed()
    {
        # then Control-A and # turn the line into a comment, so that nothing runs
        printf '%b\001#\nexit\n' "$1" | TERM=dumb XDG_DATA_DIRS=$share timeout 20 \
            script -qc "bash --noprofile --rcfile rc -i" /dev/null | tr -d '\r'
    }
    like "$(typed 'seg-finet\t --lr\t')" \
        $'\n--lr +--lr-end +--lr-scale *\n' \
        "an interactive bash lists the options that begin with --lr"
    like "$(typed 'seg-table --format mar\t')" "seg-table --format markdown" \
        "an interactive bash completes --format mar"
    touch fine.st
    like "$(typed 'seg-info fi\t')" "seg-info fine.st" \
        "an interactive bash completes files"
else
    skip "an interactive bash completes options" "no package bash-completion, or no script(1)"
fi
install_to "$dir/dest" uninstall
is "$(find "$dir/dest" ! -type d)" "" "make uninstall removes all files"
done_testing

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
is "$(complete_at seg-score "fi")" "" "files are left to bash"
is "$(complete_at seg-table --format = m)" "markdown" "a choice after ="
is "$(complete_at seg-table --format =)" "$(printf 'long\nmarkdown\ntsv')" \
    "all choices after ="

# ---- installed, as bash-completion finds it: by the name of the command ----

# install_to DIR TARGET: make install or uninstall, of the programs as they are
install_to()
{
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$root" -o all B="$SEG_BUILD" \
        PREFIX=/usr DESTDIR="$1" "$2" >.make 2>&1
}
install_to "$dir/dest" install
ok $? "make install"
share=$dir/dest/usr/share
is "$(cd "$share/bash-completion/completions" && ls)" \
    "$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//'; echo segpipe)" \
    "a completion for each program"
package=/usr/share/bash-completion/bash_completion
if [ -r $package ] && type script >/dev/null 2>&1; then
    printf '%s\n' "PATH=$dir/dest/usr/bin:\$PATH" ". $package" \
        "bind 'set show-all-if-ambiguous on'" >rc
    # typed KEYS: the screen after interactive bash was given the keys
    typed()
    {
        # then Control-A and # make a comment of the line: nothing is run
        printf '%b\001#\nexit\n' "$1" | TERM=dumb XDG_DATA_DIRS=$share timeout 20 \
            script -qc "bash --noprofile --rcfile rc -i" /dev/null | tr -d '\r'
    }
    like "$(typed 'seg-finet\t --l\t')" \
        $'\n--log +--loss +--lr +--lr-end +--lr-scale *\n' \
        "seg-finet TAB --l TAB: the options in l"
    like "$(typed 'seg-table --format mar\t')" "seg-table --format markdown" \
        "seg-table --format mar TAB"
    touch fine.st
    like "$(typed 'seg-info fi\t')" "seg-info fine.st" "files, too"
else
    skip "completion in an interactive bash" "no package bash-completion, or no script(1)"
fi
install_to "$dir/dest" uninstall
is "$(find "$dir/dest" ! -type d)" "" "make uninstall removes all of it"
done_testing

#!/usr/bin/env bash
# Prints the bash completion of the programs given, made from their --options.
set -eu

cat <<'END'
# bash completion for segpipe, made from the option tables of the programs
_segpipe()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=
    # bash divides --option=value into three words
    if [ "$cur" = = ]; then
        cur=
    elif [ "$prev" = = ]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case ${COMP_WORDS[0]##*/} in
END
for program; do
    name=${program##*/}
    words='--help --version'
    choices=
    while IFS=$'\t' read -r letter long _ type values _; do
        words+=" --$long"
        [ "$type" = choice ] || continue
        pattern="--$long"
        [ "$letter" = - ] || pattern+="|-$letter"
        choices+="        $pattern) words='${values//,/ }' ;;"$'\n'
    done < <("$program" --options)
    printf '    %s)\n        words=%q\n        case $prev in\n%s        esac ;;\n' \
        "$name" "$words" "$choices"
done
cat <<'END'
    esac
    if [[ $cur == -* || $words != --* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
}
END
for program; do
    printf 'complete -o default -F _segpipe %s\n' "${program##*/}"
done

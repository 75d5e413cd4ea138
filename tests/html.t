#!/usr/bin/env bash
# make html: each page, an index, and no link that leads nowhere.
. "$(dirname "$0")/lib.sh"
if ! type mandoc >/dev/null 2>&1; then
    skip "make html" "no mandoc"
    done_testing
fi
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$root" B="$dir" html >log 2>&1
ok $? "make html succeeds"
sed 's/^/#   /' log
is "$(cd html && printf '%s\n' *.html | grep -v '^index' | sort)" \
    "$(cd "$root/man" && printf '%s.html\n' *.[157] | sort)" "each page is there"
bad=
for target in $(cat html/*.html | grep -o 'href="[^"#]*' | cut -d '"' -f 2 | sort -u); do
    [[ $target == http* ]] || [ -s "html/$target" ] || bad+=" $target"
done
is "$bad" "" "each link leads to a page"
like "$(cat html/segpipe.7.html)" 'href="seg-stream.5.html"' "pages link to each other"
like "$(cat html/seg-cat.1.html)" 'href="https://manpages.debian.org/parallel.1"' \
    "other pages are those of Debian"
is "$(grep -c '<dt>' html/index.html)" "$(ls "$root"/man/*.[157] | wc -l)" \
    "the index has each page"
done_testing

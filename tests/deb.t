#!/usr/bin/env bash
# make deb: control fields, contents and installation of the Debian package.
. "$(dirname "$0")/lib.sh"
if ! type dpkg-deb dpkg-shlibdeps >/dev/null 2>&1; then
    skip "make deb" "no dpkg-deb, or no dpkg-shlibdeps"
    done_testing
fi
export DEBFULLNAME="A Tester" DEBEMAIL=tester@debian.org

# make_deb DIR [VARIABLE=VALUE]: without compiling
make_deb()
{
    mkdir -p "$1"
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$root" -o all B="$SEG_BUILD" \
        DEB="$dir/$1" deb ${2:+"$2"}
}
status_is 0 "make deb succeeds" make_deb a
version=$(seg-cat --version | grep -oE '[0-9]+(\.[0-9]+)+')
package=$(echo a/*.deb)
is "$(cat .out)" "$dir/a/segpipe_${version}_$(dpkg --print-architecture).deb" \
    "the name of the package is printed"
status_is 0 "a second package" make_deb b
same "$package" b/*.deb "the same files give the same package"
status_is 2 "a version that is not in NEWS is refused" make_deb c VERSION=9.0
like "$(cat .err)" "NEWS is not 9.0" "the message says why"
is "$(echo c/*.deb)" "c/*.deb" "and there is no package"

# ---- control fields ----

field() { dpkg-deb -f "$package" "$1"; }
is "$(field Package) $(field Version) $(field Maintainer)" \
    "segpipe $version $DEBFULLNAME <$DEBEMAIL>" "name, version and maintainer"
bad=
for library in blis c6 expat gomp jansson jpeg png tiff xxhash; do
    grep -qE "(^|, )lib$library" <<<"$(field Depends)" || bad+=" $library"
done
is "$bad" "" "the package depends on each library"
# ---- contents ----

{
    completions=usr/share/bash-completion/completions
    echo $completions/segpipe
    for p in "$root"/cmd/seg-*.c; do
        name=$(basename "$p" .c)
        printf '%s\n' "usr/bin/$name" "$completions/$name"
    done
    for p in "$root"/man/*.[157]; do
        echo "usr/share/man/man${p##*.}/$(basename "$p").gz"
    done
    for p in "$root"/pipelines/*.mk segpipe.py; do
        echo "usr/share/segpipe/$(basename "$p")"
    done
    printf 'usr/share/doc/segpipe/%s\n' changelog.gz copyright
} | sort >expected
dpkg-deb -c "$package" >list
is "$(awk '$1 !~ /^d/ { sub("^[.]/", "", $6); print $6 }' list | sort)" \
    "$(cat expected)" "each program, page, completion and makefile is there"
is "$(awk '$2 != "root/root"' list)" "" "all files belong to root"
dpkg-deb -R "$package" x
(cd x && md5sum --quiet -c DEBIAN/md5sums) >.out 2>&1
ok $? "the sums of the files are right"
is "$(zcat x/usr/share/man/man1/seg-cat.1.gz)" "$(cat "$root/man/seg-cat.1")" \
    "pages are whole"
zcat x/usr/share/doc/segpipe/changelog.gz >changelog
is "$(dpkg-parsechangelog -l changelog -S Version)" "$version" \
    "the changelog begins with this version"
is "$(sed -n 's/^ //; /^Perm/,$p' x/usr/share/doc/segpipe/copyright)" \
    "$(sed -n 's/^$/./; /^Perm/,$p' "$root/LICENSE")" "the license is whole"
seg-synth -q -n 3 | seg-stat >want
PATH=$dir/x/usr/bin:/usr/bin:/bin bash -c 'seg-synth -q -n 3 | seg-stat' >got
same want got "its programs run"

if type lintian >/dev/null 2>&1; then
    is "$(lintian --allow-root "$package" 2>&1)" "" "lintian finds nothing"
else
    skip "lintian finds nothing" "no lintian"
fi

# ---- installation, in a root of its own ----

if [ "$(id -u)" != 0 ]; then
    skip "the package is installed and removed" "not root"
    done_testing
fi
mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates
touch root/var/lib/dpkg/status
status_is 0 "the package is installed" \
    dpkg --root="$dir/root" --force-depends -i "$package"
is "$(dpkg --root="$dir/root" -V segpipe)" "" "its files are as in the package"
status_is 0 "the package is removed" dpkg --root="$dir/root" -P segpipe
is "$(find root -path root/var -prune -o -print)" root "nothing is left"
done_testing

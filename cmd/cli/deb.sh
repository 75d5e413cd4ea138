#!/usr/bin/env bash
# deb.sh DIR VERSION: makes DIR/segpipe_VERSION_ARCH.deb of the installation in
# DIR/segpipe, which it completes.  The releases in NEWS become the changelog.
#
# The maintainer is that of other Debian tools: DEBFULLNAME and DEBEMAIL, or the
# user and the machine.  Files are not newer than the release, unless
# SOURCE_DATE_EPOCH says so: the same files give the same package.
set -euo pipefail
umask 022
export LC_ALL=C

project=$(cd "$(dirname "$0")/../.." && pwd)
version=$2
cd "$1"
for tool in dpkg-deb dpkg-shlibdeps; do
    type "$tool" >/dev/null 2>&1 || {
        echo "make deb: no $tool; as root: apt-get install dpkg-dev" >&2
        exit 1
    }
done
maintainer="${DEBFULLNAME:-$(id -un)} <${DEBEMAIL:-$(id -un)@$(uname -n)}>"
doc=segpipe/usr/share/doc/segpipe
mkdir -p "$doc" segpipe/DEBIAN debian

# releases: the sections "VERSION (DATE)" of NEWS as a changelog
releases()
{
    local line date=
    while IFS= read -r line; do
        if [[ $line =~ ^([0-9.]+)\ \((.*)\)$ ]]; then
            [ -z "$date" ] || printf ' -- %s  %s\n\n' "$maintainer" "$date"
            date=$(date -u -R -d "${BASH_REMATCH[2]} UTC")
            echo "segpipe (${BASH_REMATCH[1]}) unstable; urgency=low"
        elif [ "$date" ]; then
            echo "$line"
        fi
    done <"$project/NEWS"
    printf '\n -- %s  %s\n' "$maintainer" "$date"
}

releases | cat -s >debian/changelog
[[ $(head -n 1 debian/changelog) == "segpipe ($version) "* ]] || {
    echo "make deb: the newest release in NEWS is not $version" >&2
    exit 1
}
gzip -9nc debian/changelog >"$doc/changelog.gz"
manuals=https://www.debian.org/doc/packaging-manuals
{
    echo "Format: $manuals/copyright-format/1.0/"
    echo "Upstream-Name: segpipe"
    printf '\nFiles: *\n'
    sed -n 's/^Copyright (c)/Copyright:/p' "$project/LICENSE"
    echo "License: Expat"
    sed '1,/^Copyright/d' "$project/LICENSE" | sed '1d; s/^$/./; s/^/ /'
} >"$doc/copyright"
find segpipe/usr/share/man -type f -exec gzip -9nf {} +
strip --strip-unneeded -R .comment -R .note segpipe/usr/bin/*

# dpkg-shlibdeps requires the control file of a source package.
printf '%s\n' "Source: segpipe" "" "Package: segpipe" "Architecture: any" \
    >debian/control
depends=$(dpkg-shlibdeps -O segpipe/usr/bin/* | sed -n 's/^shlibs:Depends=//p')
architecture=$(dpkg --print-architecture)
(cd segpipe && find usr -type f -print0 | sort -z | xargs -0 md5sum) \
    >segpipe/DEBIAN/md5sums
cat >segpipe/DEBIAN/control <<END
Package: segpipe
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size segpipe/usr | cut -f 1)
Depends: $depends
Recommends: gnuplot-nox, make
Suggests: parallel, python3-numpy
Section: science
Priority: optional
Description: semantic segmentation from few labeled images
 Small programs, composed by pipes and makefiles, train and run semantic
 segmentation networks on CPUs. They read PNG, JPEG, TIFF with georeference,
 NIfTI and other formats, and weights of PyTorch and ONNX files; they write
 label images, scores, reports and ONNX graphs.
 .
 The page segpipe(7) is the introduction. The makefiles in /usr/share/segpipe
 run whole experiments.
END
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date -d "$(
    sed -n 's/^ --.*>  //p' debian/changelog | head -n 1)" +%s)} \
    dpkg-deb --root-owner-group --build segpipe . >/dev/null
echo "$PWD/segpipe_${version}_$architecture.deb"

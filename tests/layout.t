#!/usr/bin/env bash
# The layout of the sources: includes point down only, each external library is
# included by one file, lib and formats do not print, lib/base allocates memory.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

sources()
{
    find cmd formats lib -name '*.[ch]' | sort
}

# Includes of files of the project, as "FILE INCLUDED".
includes()
{
    sources | xargs perl -ne 'print "$ARGV $1\n" if /^#\s*include "(.*)"/'
}

is "$(includes | awk '$2 !~ "^(cmd|formats|lib)/" { print }')" "" \
    "includes are written from the top"

# A folder may include itself and the folders to its right.
down=$(includes | perl -ne '
    BEGIN {
        my $n = 0;
        for my $floor (qw(cmd
                cmd/augment,cmd/import,cmd/export,cmd/net,cmd/view,cmd/sample,cmd/subset,cmd/train,cmd/predict,cmd/score,cmd/plan,cmd/info,cmd/project,cmd/report,cmd/pseudo
                cmd/cli
                formats/image formats/tiff,formats/nifti,formats/onnx formats/codec formats/geometry formats/stream,formats/table,formats/html,formats/polygon formats/weights
                lib/train,lib/predict,lib/post,lib/score,lib/dataset,lib/label,lib/image,lib/view,lib/synth,lib/loss,lib/zoo,lib/project,lib/pseudo
                lib/net lib/op
                lib/kernel,lib/kernel/conv,lib/kernel/contrast,lib/kernel/attention,lib/kernel/norm
                lib/simd lib/tensor lib/base)) {
            $level{$_} = $n for split /,/, $floor;
            $n++;
        }
        sub room { $_[0] =~ m{^(.*)/} ? $1 : "" }
    }
    my ($from, $to) = split;
    my ($a, $b) = map { $level{room($_)} } $from, $to;
    print if !defined $a || !defined $b || $a > $b')
is "$down" "" "includes go down only"
is "$(includes | perl -ne 'my ($from, $to) = m{^cmd/(\w+)/.* cmd/(\w+)/};
    print if defined $to && $to ne "cli" && $to ne $from')" "" \
    "folders of cmd include cmd/cli and not each other"
is "$(includes | awk '$2 == "cmd/cli/internal.h" && $1 !~ "^cmd/cli/"')" "" \
    "cmd/cli/internal.h is included in cmd/cli only"

# The linker does not notice this in archives unless a program needs both.
if type nm >/dev/null 2>&1 && [ -f "$SEG_BUILD/libseg.a" ]; then
    is "$(nm -g --defined-only "$SEG_BUILD"/lib{seg,cli}.a |
        awk '$3 ~ /^(seg|cli)_/ { print $3 }' | sort | uniq -d)" "" \
        "no global name is defined twice in the libraries"
else
    skip "no global name is defined twice in the libraries" "no nm, or no library"
fi

# Headers of external libraries: one .c for each library.
known='^(assert|complex|ctype|errno|fcntl|fnmatch|getopt|inttypes|limits|locale'
known+='|float|glob|math|omp|poll|pthread|sched|setjmp|signal|spawn|stdarg|stdbool'
known+='|stddef|stdint|stdio|stdlib|string|strings|termios|time|unistd|dirent'
known+='|immintrin|cpuid|sys/[a-z]+)\.h$'
outside=$(sources | xargs perl -ne 'print "$1 $ARGV\n" if /^#\s*include <(.*)>/' |
    grep -Ev "${known/#^/^}" | awk -v known="$known" '$1 !~ known' | sort)
is "$(awk '{ print $1 }' <<<"$outside" | uniq -d)" jansson.h \
    "an outside library is included in one file; jansson reads and writes"
is "$(grep '\.h$' <<<"$outside")" "" "no external library is included in a header"

# calls NAMES FILES...: lines that call one of these functions
calls()
{
    local names=$1
    shift
    perl -0777 -ne 's{/\*.*?\*/}{ $& =~ s/[^\n]//gr }gse;
        s{"(\\.|[^"\\])*"}{""}g; s{//.*}{}g;
        my $n = 0;
        for (split /\n/) {
            $n++;
            print "$ARGV:$n: $_\n" if /(?<![\w.>])(?:'"$names"')\s*\(/;
        }' "$@"
}
quiet='printf|puts|putchar|vprintf|perror|exit|_exit|abort|err|errx|warn|warnx'
quiet+='|quick_exit|syslog'
is "$(calls "$quiet" $(find lib formats -name '*.[ch]'))" "" \
    "lib and formats never print or exit"
is "$(grep -En '\b(stdout|stderr)\b' $(find lib formats -name '*.c') |
    grep -v '/\*.*\*/')" "" "nor touch stdout and stderr"
memory='malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup'
memory+='|strndup|asprintf|vasprintf|memalign'
is "$(calls "$memory" $(sources | grep -v '^lib/base/'))" "" \
    "memory is allocated in lib/base only"
# Libraries call the functions of lib/base/foreign.c without a pointer of the caller.
is "$(find lib formats -name '*.c' ! -name foreign.c -print0 | xargs -0 perl -ne '
    print "$ARGV:$.: $_" if /^\s*static (?!.*[(]).*[;=]/ &&
        !/\bconst\b|pthread_once_t/ && !/\benum\b|\bstruct \w+ \{/; close ARGV if eof')" "" \
    "lib and formats keep no state"

is "$(find cmd -maxdepth 1 -type f ! -name 'seg-*.c')" "" \
    "cmd has only programs and folders"
long=$(wc -l cmd/seg-*.c | awk '$2 != "total" && $1 > 220 { print $2 ": " $1 }')
is "$long" "" "a program has at most 220 lines"
for f in cmd/seg-*.c; do
    p=$(basename "$f" .c)
    [ -f "man/$p.1" ] && [ -x "tests/$p.t" ]
    ok $? "$p has a page and a test"
done
for f in man/seg-*.1; do
    [ -f "cmd/$(basename "$f" .1).c" ]
    ok $? "$(basename "$f") is about a program that exists"
done
is "$(find . -maxdepth 1 -type f ! -name '.*' -printf '%f\n' | sort | xargs)" \
    "CONTRIBUTING.md HACKING.md LICENSE Makefile NEWS README.md" \
    "the top folder has only the expected files"
done_testing

# segpipe: make builds all programs, make demo runs a small experiment, make check
# runs all tests.
#
# A program is a file cmd/seg-*.c, linked with the folders of cmd, lib and formats;
# a test is tests/*.t or tests/unit/*.c.  There is no list of sources.  Files named
# *_vec.c hold vector code and are compiled once for each CPU level.  SAN=1 builds
# with sanitizers in build/san.
SHELL      := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS  += -r
.DELETE_ON_ERROR:

VERSION  = 0.1.0
CC       = gcc
CFLAGS   = -O3 -g
PREFIX   = /usr/local
B        = build
ifdef SAN
B        = build/san
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined
endif

bindir   = $(PREFIX)/bin
mandir   = $(PREFIX)/share/man
compdir  = $(PREFIX)/share/bash-completion/completions
makedir  = $(PREFIX)/share/segpipe

# No flag that changes values, except that a multiplication and an addition may be
# fused.
WARN  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Werror
FLAGS = -std=gnu11 -D_POSIX_C_SOURCE=200809L -DSEG_VERSION='"$(VERSION)"' -I. \
        -fopenmp -ffp-contract=fast -Wno-psabi $(WARN) $(SANFLAGS)
# clang warns of loops marked simd that it does not vectorize: slower, not wrong.
ifneq (,$(findstring clang,$(CC)))
WARN += -Wno-pass-failed
endif
LIBS  = -ltiff -lpng -ljpeg -lz -lxxhash -ljansson -lexpat -lblis -lm

ifneq (,$(findstring x86_64,$(shell $(CC) -dumpmachine)))
LEVELS = v4 v3 base
else
LEVELS = base
endif
FLAGS_v4 = -march=x86-64-v4 -mprefer-vector-width=512
FLAGS_v3 = -march=x86-64-v3

vec      := $(wildcard lib/*/*_vec.c lib/*/*/*_vec.c)
lib_src  := $(filter-out $(vec),$(wildcard lib/*/*.c lib/*/*/*.c formats/*/*.c))
lib_obj  := $(lib_src:%.c=$B/%.o) \
            $(foreach l,$(LEVELS),$(vec:%.c=$B/%.$l.o))
cli_obj  := $(patsubst %.c,$B/%.o,$(wildcard cmd/*/*.c))
programs := $(patsubst cmd/%.c,$B/bin/%,$(wildcard cmd/seg-*.c))
units    := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/unit/*.c))
benches  := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/bench/*.c))

all: $(programs) $B/segpipe.bash

# ---- packages ----

PACKAGES = gcc make libblis-dev libpng-dev libtiff-dev libjpeg-dev zlib1g-dev \
           libjansson-dev libexpat1-dev libxxhash-dev parallel mandoc perl \
           gnuplot-nox

deps:
	@missing=; for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | \
	        grep -q 'ok installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	run="apt-get install -y --no-install-recommends$$missing"; \
	if [ "$$(id -u)" = 0 ]; then as=; \
	elif sudo -n true 2>/dev/null; then as=sudo; \
	else echo "missing packages; as root: $$run" >&2; exit 1; fi; \
	$$as apt-get update -q && DEBIAN_FRONTEND=noninteractive $$as $$run

# make demo and make check install missing packages first.
ifneq (,$(filter demo check deps,$(MAKECMDGOALS)))
need = deps
endif

# ---- compiling ----

$B/lib/%.o $B/formats/%.o: FLAGS += -Wconversion -Wno-sign-conversion

$B/%.o: %.c | $(need)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define level
$B/%.$1.o: %.c | $(need)
	@mkdir -p $$(@D)
	$(CC) $(CPPFLAGS) $(FLAGS) $(CFLAGS) $(FLAGS_$1) -DLEVEL=$1 -MMD -MP -c -o $$@ $$<
endef
$(foreach l,$(LEVELS),$(eval $(call level,$l)))

$B/libseg.a: $(lib_obj)
	@rm -f $@
	ar rcs $@ $^

# An archive: a program contains only the functions that it uses.
$B/libcli.a: $(cli_obj)
	@rm -f $@
	ar rcs $@ $^

$(programs): $B/bin/%: $B/cmd/%.o $B/libcli.a $B/libseg.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS)

$(units) $(benches): $B/tests/%: $B/tests/%.o $B/libcli.a $B/libseg.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS)

$B/segpipe.bash: cmd/cli/completion.sh $(programs)
	bash cmd/cli/completion.sh $(programs) >$@

# ---- targets ----

# Builds and tests with all processors.
check: deps
	$(MAKE) -j "$$(nproc)" all $(units)
	PATH="$(CURDIR)/$B/bin:$$PATH" SEG_BUILD="$(CURDIR)/$B" LC_ALL=C.UTF-8 \
	    OMP_WAIT_POLICY=passive prove -j "$$(nproc)" --timer --exec '' $(units) \
	    $(wildcard tests/*.t)

demo: all
	PATH="$(CURDIR)/$B/bin:$$PATH" $(MAKE) --no-print-directory -s \
	    -f pipelines/demo.mk OUT=$B/demo
	@cat $B/demo/table.md
	@echo "in $B/demo: table.tsv, overlay.png, plot.png, models and scores"

# All benchmarks, or for example make bench Q="r18 unet".
bench: all $(benches)
	SEG_BUILD=$(CURDIR)/$B tests/bench/run $(Q)

# Digests of the outputs of a fixed set of commands, to compare two builds.
golden: all
	@tests/golden.sh $B/bin

clean:
	rm -rf build

format:
	clang-format -i $(shell git ls-files '*.[ch]')

lint:
	mandoc -T lint -W warning $(wildcard man/*.[157])

# The pages in build/html, with an index.  mandoc links to those that are in the
# working directory, man, and for others to Debian.
pages := $(notdir $(wildcard man/*.[157]))
html:
	@mkdir -p $B/html
	cp man/page.css $B/html
	cd man && for p in $(pages); do mandoc -T html \
	    -O 'style=page.css,man=%N.%S.html;https://manpages.debian.org/%N.%S' \
	    $$p >"$(abspath $B)/html/$$p.html" || exit 1; done
	cd $B/html && { printf '%s\n' '<!DOCTYPE html><html lang="en">' \
	    '<head><meta charset="utf-8"><title>segpipe</title>' \
	    '<link rel="stylesheet" href="page.css"></head><body><h1>segpipe</h1><dl>' && \
	    for p in $(pages); do echo "<dt><a href=\"$$p.html\">$$p</a></dt>" \
	        "<dd>$$(sed -n 's/^\.Nd //p' "$(CURDIR)/man/$$p")</dd>"; done && \
	    echo '</dl></body></html>'; } >index.html

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(compdir) $(DESTDIR)$(makedir)
	install $(programs) $(DESTDIR)$(bindir)
	install -m 644 $B/segpipe.bash $(DESTDIR)$(compdir)/segpipe
	for p in $(notdir $(programs)); do \
	    ln -sf segpipe $(DESTDIR)$(compdir)/$$p; done # the file is found by the name of the command
	install -m 644 pipelines/*.mk formats/python/segpipe.py $(DESTDIR)$(makedir)
	for s in 1 5 7; do install -d $(DESTDIR)$(mandir)/man$$s; \
	    install -m 644 man/*.$$s $(DESTDIR)$(mandir)/man$$s; done

uninstall:
	rm -f $(programs:$B/bin/%=$(DESTDIR)$(bindir)/%)
	rm -f $(patsubst man/%.1,$(DESTDIR)$(mandir)/man1/%.1,$(wildcard man/*.1))
	rm -f $(patsubst man/%.5,$(DESTDIR)$(mandir)/man5/%.5,$(wildcard man/*.5))
	rm -f $(patsubst man/%.7,$(DESTDIR)$(mandir)/man7/%.7,$(wildcard man/*.7))
	rm -f $(DESTDIR)$(compdir)/segpipe
	rm -f $(programs:$B/bin/%=$(DESTDIR)$(compdir)/%)
	rm -rf $(DESTDIR)$(makedir)

# The Debian package $(DEB)/segpipe_VERSION_ARCH.deb.
DEB = $B
deb: all
	@rm -rf $(DEB)/segpipe
	@$(MAKE) --no-print-directory -s -o all install PREFIX=/usr \
	    DESTDIR=$(abspath $(DEB))/segpipe
	@cmd/cli/deb.sh $(DEB) $(VERSION)

.PHONY: all deps check demo bench golden clean format lint html install uninstall deb
-include $(shell find $B -name '*.d' 2>/dev/null)

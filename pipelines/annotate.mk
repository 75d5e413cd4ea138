# Rounds of annotation, simulated: does it pay to choose the images to label by
# the predictions of the current network (seg-rank) instead of at random?
#
#     make -f annotate.mk DATA=DIR [-j N THREADS=1] [SEEDS="1 2 3" ...]
#
# DATA is as for camvid.mk: images/SPLIT, labels/SPLIT, splits/SPLIT.txt for the
# splits train and test, and labels.tsv.  Each run starts with FIRST random images.
# Each round trains a network on the labeled images, scores it on the test images,
# and labels MORE further training images, which the network ranks:
#
#     random       at random
#     uncertainty  highest entropy first
#     diversity    k-center on the embeddings
#     both         k-center among the most uncertain images
#
# All methods share the network of the first round.  Test images choose nothing.
# Results are in OUT, annotate by default: table.md, table.tsv, plot.png; and for
# each method, seed and round the labeled keys, the model and its scores in
# OUT/IMAGES/METHOD/SEED, IMAGES being the number of labeled images.
OUT     ?= annotate
IMAGES  ?= images/$*
LABELS  ?= labels/$*
IMPORT  ?= --size 240x180
NET     ?= unet --width 24 --depth 4 --classes 11
INIT    ?=
METHODS ?= random uncertainty diversity both
SEEDS   ?= 1 2 3
FIRST   ?= 10
MORE    ?= 10
ROUNDS  ?= 3
STEPS   ?= 400
BATCH   ?= 8
CROP    ?= 160x128
SAMPLE  ?= --scale 0.75,1.5 --flip h
AUGMENT ?= --color 0.2
FINETUNE ?=
PREDICT ?=
METRICS ?= miou accuracy
THREADS ?=

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f annotate.mk)
endif
LABEL_MAP     ?= $(DATA)/labels.tsv
PREVIEW_INPUT :=
include $(dir $(lastword $(MAKEFILE_LIST)))names.mk
override OUT := $(OUT:./%=%)

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += -r
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.SECONDARY:
ifdef THREADS
export OMP_WAIT_POLICY ?= passive
endif
threads = $(if $(THREADS),-j $(THREADS))

ifndef DATA
$(error DATA is not set: make -f annotate.mk DATA=DIR)
endif

# Numbers of labeled images, for example 10 20 30 40, and the number before each.
sizes    := $(shell seq $(FIRST) $(MORE) $$(( $(FIRST) + $(ROUNDS) * $(MORE) )))
previous  = $(shell expr $(size) - $(MORE))

# OUT/SIZE/METHOD/SEED: the parts of the target's path
parts  = $(subst /, ,$(@D:$(OUT)/%=%))
size   = $(word 1,$(parts))
method = $(word 2,$(parts))
seed   = $(word 3,$(parts))
.SECONDEXPANSION:

starts := $(SEEDS:%=$(OUT)/$(FIRST)/start/%)
later  := $(foreach n,$(filter-out $(FIRST),$(sizes)),\
          $(foreach m,$(METHODS),$(SEEDS:%=$(OUT)/$n/$m/%)))
# the run from which a later run chooses its images
before  = $(OUT)/$(previous)/$(if $(filter $(FIRST),$(previous)),start,$(method))/$(seed)
# The first round counts for each method.
firsts := $(foreach m,$(METHODS),$(SEEDS:%=$(OUT)/$(FIRST)/$m/%))

all: $(OUT)/table.tsv $(OUT)/table.md $(OUT)/plot.png

settings = net $(NET); init $(INIT); import $(IMPORT); first $(FIRST), more $(MORE); \
    steps $(STEPS), batch $(BATCH), crop $(CROP); sample $(SAMPLE); \
    augment $(AUGMENT); finetune $(FINETUNE); predict $(PREDICT)
$(OUT)/settings: FORCE
	@mkdir -p $(@D)
	@echo "$(settings)" | cmp -s - $@ || echo "$(settings)" >$@
FORCE:

$(OUT)/train.st $(OUT)/test.st: $(OUT)/%.st: $(DATA)/splits/%.txt $(OUT)/settings
	seg-import -q --images $(DATA)/$(IMAGES) --labels $(DATA)/$(LABELS) \
	    --keys $< --map $(LABEL_MAP) $(IMPORT) -o $@

# The random order of the training images is that of seg-subset with the seed.
$(starts:=/labeled.st): $(OUT)/train.st
	@mkdir -p $(@D)
	seg-subset -q -n $(FIRST) -s $(seed) -o $@ $<

# With random choice, the next images of the same order.
$(later:=/labeled.st): $$(before)/model.st
	@mkdir -p $(@D)
	if [ $(method) = random ]; then \
	    seg-subset -q -n $(size) -s $(seed) -o $@ $(OUT)/train.st; \
	else \
	    predict() { seg-predict -q $(threads) $(PREDICT) -m $< --copy none "$$@"; }; \
	    seg-info --meta seg.key $(before)/labeled.st >$(@D)/old.txt; \
	    predict --emit embedding $(before)/labeled.st -o $(@D)/known.st; \
	    seg-pick --invert --keys $(@D)/old.txt $(OUT)/train.st | \
	        predict --emit labels,entropy,embedding | \
	        seg-rank -q -n $(MORE) --order $(method) --labeled $(@D)/known.st \
	        --only-keys -o $(@D)/new.txt; \
	    rm $(@D)/known.st; \
	    cat $(@D)/old.txt $(@D)/new.txt >$(@D)/keys.txt; \
	    seg-pick --keys $(@D)/keys.txt -o $@ $(OUT)/train.st; \
	fi

$(SEEDS:%=$(OUT)/init/%.st): $(OUT)/settings
	@mkdir -p $(@D)
	seg-net $(NET) | seg-init -q -s $(basename $(@F)) $(INIT) -o $@

checkpoint = $(@:.st=.ckpt)
$(foreach d,$(starts) $(later),$d/model.st): %/model.st: %/labeled.st \
    $$(OUT)/init/$$(seed).st
	@[ $(checkpoint) -nt $(OUT)/settings ] || rm -f $(checkpoint)
	seg-sample -q --crop $(CROP) -n $$(( $(STEPS) * $(BATCH) )) $(SAMPLE) \
	    -s $(seed) $< | \
	    seg-augment -q $(AUGMENT) -s $(seed) | \
	    seg-finetune -m $(OUT)/init/$(seed).st --steps $(STEPS) \
	    --batch $(BATCH) -s $(seed) $(FINETUNE) $(threads) \
	    --checkpoint $(checkpoint) -o $@

$(foreach d,$(starts) $(later),$d/score.tsv): %/score.tsv: %/model.st $(OUT)/test.st
	seg-predict -q $(threads) $(PREDICT) -m $< $(OUT)/test.st | seg-score -q -o $@

$(firsts:=/score.tsv): $(OUT)/$(FIRST)/start/$$(seed)/score.tsv
	@mkdir -p $(@D)
	cp $< $@

scores := $(foreach d,$(firsts) $(later),$d/score.tsv)
$(OUT)/table.tsv: $(scores)
	seg-table -o $@ $^
$(OUT)/table.md: $(scores)
	seg-table -f markdown $(METRICS:%=--metric %) -o $@ $^
$(OUT)/plot.png: $(scores)
	if type gnuplot >/dev/null 2>&1; then \
	    seg-table --metric $(firstword $(METRICS)) $^ | \
	        seg-plot -x budget -y mean -e sd --by method \
	        --title "$(firstword $(METRICS)) on the test images" -o $@; \
	else echo "$@: no gnuplot, no plot" >&2; fi

clean-results:
	rm -rf $(OUT)

.PHONY: all clean-results FORCE

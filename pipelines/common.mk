# One experiment: every method at every budget from every seed, one table.
#
# An experiment is a makefile that sets what is below, has a rule for
# $(OUT)/train.st and $(OUT)/test.st, and includes this file.  Where IMAGES and
# LABELS are set the rule is here: they are directories below DATA, in which $*
# is the split, splits/SPLIT.txt the names of its images without suffix, and
# labels.tsv the label map.  Cells are directories $(OUT)/BUDGET/METHOD/SEED;
# make -jN runs N of them at a time (give THREADS then), and whatever is
# finished, down to the step of a training that was interrupted, is not done
# again.
#
#     ce                    cross-entropy from random weights, STEPS
#     ce+                   the same, STEPS + PRESTEPS
#     within, cross, batch  contrastive pretraining with that loss, PRESTEPS,
#                           then cross-entropy, STEPS - PRESTEPS
#
# With ADOPT set the network's own head is put on the pretrained backbone, otherwise
# a classifier is.  All but ce+ see STEPS batches.  The test images are looked
# at once, by the finished model; nothing is chosen by them.
#
# With WEIGHTS set, inverse or median, pixels are weighted by how frequent their
# class is in the labeled images.  With STAT set the input is normalized by
# the bands of the training images, all of them, which takes no labels.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += -r
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

METHODS  ?= ce ce+ within cross batch
SEEDS    ?= 1
BATCH    ?= 8
LR       ?= 0.05
PRELR    ?= 0.1
IMPORT   ?=
STAT     ?=
INIT     ?=
SUBSET   ?= --even
SAMPLE   ?= --scale 0.75,1.5 --flip h
AUGMENT  ?= --color 0.2
DISTORT  ?= --color 0.5
PRETRAIN ?=
FINETUNE ?=
WEIGHTS  ?=
PREDICT  ?=
SCORE    ?=
METRICS  ?= miou accuracy minutes
# images that are shown or written, which of them (all, where there are fewer
# than -n says), and how
WHOLE    ?= $(OUT)/test.st
SHOW     ?= -n 8
VIEW     ?= --errors --legend --names
EXPORT   ?=
MAP      ?= $(DATA)/labels.tsv
THREADS  ?=
EXTRA    ?=
ADOPT    ?=

include $(dir $(lastword $(MAKEFILE_LIST)))names.mk

# Cells side by side: a thread that waits leaves its core to the others.
ifdef THREADS
export OMP_WAIT_POLICY ?= passive
endif

threads = $(if $(THREADS),-j $(THREADS))
cell    = $(OUT)/$1/$2/$3
cells   = $(foreach b,$(BUDGETS),$(foreach m,$(METHODS),$(foreach s,$(SEEDS),\
          $(call cell,$b,$m,$s))))

all: $(OUT)/table.tsv $(OUT)/table.md $(OUT)/plot.png $(OUT)/overlay.png $(EXTRA)

# What all cells depend on, and what images of them do: with other settings
# they are done anew.
settings = net $(NET); steps $(STEPS), pretraining $(PRESTEPS); batch $(BATCH); \
    crop $(CROP), loss grid $(GRID); rates $(LR), pretraining $(PRELR); \
    import $(IMPORT); init $(if $(STAT),--stat )$(INIT); \
    subset $(SUBSET); sample $(SAMPLE); augment $(AUGMENT); \
    distort $(DISTORT); pretrain $(PRETRAIN); finetune $(FINETUNE); \
    weights $(WEIGHTS); \
    predict $(PREDICT); score $(SCORE)$(if $(ADOPT),; head of its own)
shown    = show $(SHOW); view $(VIEW); export $(EXPORT)
$(OUT)/settings: noted = $(settings)
$(OUT)/shown:    noted = $(shown)
$(OUT)/settings $(OUT)/shown: FORCE
	@mkdir -p $(@D)
	@echo "$(noted)" | cmp -s - $@ || echo "$(noted)" >$@
FORCE:

ifdef IMAGES
ifndef DATA
$(error say where the images are: make -f $(firstword $(MAKEFILE_LIST)) DATA=DIR)
endif
$(foreach f,splits/train.txt splits/test.txt labels.tsv,\
    $(if $(wildcard $(DATA)/$f),,$(error $(DATA)/$f: there is no such file; \
        the head of $(firstword $(MAKEFILE_LIST)) says how DATA is laid out)))
$(OUT)/train.st $(OUT)/test.st: $(OUT)/%.st: $(DATA)/splits/%.txt \
    $(DATA)/labels.tsv $(OUT)/settings
	seg-import -q --images $(DATA)/$(IMAGES) --labels $(DATA)/$(LABELS) \
	    --list $< -m $(DATA)/labels.tsv $(IMPORT) -o $@
endif

# Patches drawn from the labeled images of a budget: of STEPS batches and a
# seed, one stream in one order.  A training that was stopped goes on from its
# checkpoint, unless that is older than the settings.
# $(call patches,budget,steps,seed)
patches = seg-sample -q --crop $(CROP) -n $$(( ($2) * $(BATCH) )) $(SAMPLE) \
    -s $3 $(OUT)/$1/few.st
# $(call learn,file without suffix,steps)
learn = --steps $$(( $2 )) --batch $(BATCH) $(threads) \
    --log $1.log --checkpoint $1.ckpt -o $1.st
fresh = [ $1.ckpt -nt $(OUT)/settings ] || rm -f $1.ckpt

define pretrain # budget, loss, seed
$(call cell,$1,$2,$3)/pre.st: $(OUT)/$1/few.st $(OUT)/init/$3.st
	@mkdir -p $$(@D)
	@$$(call fresh,$$(@D)/pre)
	$$(call patches,$1,$(PRESTEPS),$3) | \
	    seg-augment -q --views 2 $(DISTORT) -s $3 | \
	    seg-pretrain -m $(OUT)/init/$3.st --loss $2 $(if $(GRID),--grid $(GRID)) \
	    --lr $(PRELR) -s $3 $(PRETRAIN) \
	    $$(call learn,$$(@D)/pre,$(PRESTEPS))
endef

define finetune # budget, method, seed, steps, first model
$(call cell,$1,$2,$3)/model.st: $(OUT)/$1/few.st $5 \
    $(if $(WEIGHTS),$(OUT)/$1/few.tsv)
	@mkdir -p $$(@D)
	@$$(call fresh,$$(@D)/model)
	$$(call patches,$1,$4,1$3) | \
	    seg-augment -q $(AUGMENT) -s 1$3 | \
	    seg-finetune -m $5 --lr $(LR) -s $3 $(FINETUNE) \
	    $(if $(WEIGHTS),--class-weights $(WEIGHTS) --stat $(OUT)/$1/few.tsv) \
	    $$(call learn,$$(@D)/model,$4)
endef

losses  = $(filter within cross batch,$(METHODS))
$(foreach b,$(BUDGETS),$(foreach s,$(SEEDS),\
    $(eval $(call finetune,$b,ce,$s,$(STEPS),$(OUT)/init/$s.st))\
    $(eval $(call finetune,$b,ce+,$s,$(STEPS)+$(PRESTEPS),$(OUT)/init/$s.st))\
    $(foreach l,$(losses),\
        $(eval $(call pretrain,$b,$l,$s))\
        $(eval $(call finetune,$b,$l,$s,$(STEPS)-$(PRESTEPS),\
            $(call cell,$b,$l,$s)/$(if $(ADOPT),start,pre).st)))))

# NET with its own head, the rest as pretrained; the seed is the directory.
%/start.st: %/pre.st
	seg-net $(NET) | seg-init -q -s $(notdir $*) -w $< -o $@

$(BUDGETS:%=$(OUT)/%/few.st): $(OUT)/%/few.st: $(OUT)/train.st $(OUT)/settings
	@mkdir -p $(@D)
	seg-subset -q $(SUBSET) -n $* -o $@ $< || { rc=$$?; \
	    echo "BUDGETS: no $* labeled images could be taken of $<" >&2; \
	    exit $$rc; }

# The largest budget comes first: if there are too few labeled images for it,
# that is said before anything is trained.
largest := $(lastword $(shell printf '%s\n' $(BUDGETS) | sort -n))
$(patsubst %,$(OUT)/%/few.st,$(filter-out $(largest),$(BUDGETS))): \
    | $(OUT)/$(largest)/few.st

$(BUDGETS:%=$(OUT)/%/few.tsv): %/few.tsv: %/few.st
	seg-stat -q -o $@ $<

$(OUT)/stat.tsv: $(OUT)/train.st
	seg-stat -q -o $@ $<

stat = $(if $(STAT),$(OUT)/stat.tsv)
$(SEEDS:%=$(OUT)/init/%.st): $(OUT)/init/%.st: $(OUT)/settings $(stat)
	@mkdir -p $(@D)
	seg-net $(NET) | \
	    seg-init -q -s $* $(if $(STAT),--stat $(stat)) $(INIT) -o $@

predict = seg-predict -q $(threads) $(PREDICT) -m

%/score.tsv: %/model.st $(OUT)/test.st
	$(predict) $< $(OUT)/test.st | seg-score -q $(SCORE) -o $@

# What the cell's trainings took, by the median step of each: a machine that was
# busy with something else, or stopped, for a while does not count.
%/cost.tsv: %/model.st
	for l in $*/*.log; do \
	    tail -n +2 $$l | awk -F '\t' '{ print $$NF }' | sort -g | \
	    awk '{ s[NR] = $$1 } END { print NR, NR * s[int((NR + 1) / 2)] }'; \
	done | awk '{ n += $$1; s += $$2 } \
	    END { printf "minutes\t%.3f\nsteps\t%d\n", s / 60, n }' >$@

results = $(cells:=/score.tsv) $(cells:=/cost.tsv)

$(OUT)/table.tsv $(OUT)/all.tsv: $(results)
	seg-table -f $(if $(filter %all.tsv,$@),long,tsv) -o $@ $^

$(OUT)/table.md: $(results)
	seg-table -f markdown $(METRICS:%=--metric %) -o $@ $^

$(OUT)/plot.png: $(results)
	if type gnuplot >/dev/null 2>&1; then \
	    seg-table --metric $(firstword $(METRICS)) $^ | \
	        seg-plot -x budget -y mean -e sd -b method --log-x \
	        -t "$(firstword $(METRICS)) on the test images" -o $@; \
	else echo "$@: no gnuplot, no plot" >&2; fi

# Image, truth, prediction and errors, side by side, of the last cell.
last = $(lastword $(cells))
$(OUT)/overlay.png: $(last)/model.st $(WHOLE) $(OUT)/shown
	seg-subset -q --at-most $(SHOW) $(WHOLE) | \
	    $(predict) $< --keep image,label | \
	    seg-view -q --mode sheet $(VIEW) -o $@

# What the last cell sees in WHOLE, a file for each image, with values like
# those of the label images.
$(OUT)/predicted: $(last)/model.st $(WHOLE) $(OUT)/shown
	rm -rf $@.part
	$(predict) $< $(WHOLE) | \
	    seg-export -q -m $(MAP) $(EXPORT) -d $@.part
	rm -rf $@
	mv $@.part $@

clean-results:
	rm -rf $(OUT)

.PHONY: all clean-results FORCE

# Your own images: plan, train, validate, predict, score.
#
#     make -f own.mk DATA=DIR [LABELED=N] [UNLABELED=DIR] [MINUTES=15]
#         [WEIGHTS=FILE] [LABEL_MAP=FILE] [OUT=own] [THREADS=N]
#
# DIR has one of these layouts.  A label image has the name of its image.
#
#     train.tsv                          manifest (seg-import)
#     images/train labels/train          folders, also train/images train/labels
#     images labels splits/train.txt     the names of the images, without suffix
#     images labels
#
# The splits valid (or val) and test have the same form and are optional.
# Without valid, a fifth of the labeled images is for validation, chosen by
# their keys.  Without test, the scores are those of the validation, which also
# chose the model: on new images they are lower.  DIR/classes.tsv or labels.tsv
# is the label map; without it, one with all values of the labels is made.
#
#     LABELED    number of labeled images to use (all)
#     UNLABELED  folder of images to predict
#     MINUTES    time for training and prediction
#     WEIGHTS    pretrained weights, for example of EfficientNet-Lite0
#
# In OUT:
#     plan.mk            the settings, with reasons.  Variables on the command
#                        line of make go before those of the plan.
#     table.md           scores on the test images, and minutes
#     overlay.png        image, label, prediction and errors
#     check.tsv          findings of seg-check, for example images that occur
#                        twice
#     predicted          label images (PNG) of UNLABELED, or of the test images
#     report.html        all of it on one page, if seg-report is installed
#     predicted.png      some images of UNLABELED with their predictions
#     N/ce/1/model.st    the model, for seg-predict; N is the number of images
#                        for training
#
# All variables of common.mk can be set, for example IMPORT='--size 512x384' or
# SEEDS="1 2 3".  An interrupted run continues with the same command.
OUT            ?= own
MINUTES        ?= 15
LABELED        ?=
UNLABELED      ?=
WEIGHTS        ?=
METHODS        ?= ce
PRETRAIN_STEPS ?= 0

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f own.mk)
endif
own_mk := $(lastword $(MAKEFILE_LIST))
include $(dir $(own_mk))names.mk

# ---- the files of DATA ----

# The folder of the images of a split, the folder of their labels, and the
# arguments of seg-import; nothing if DATA does not have the split.
images_of = $(firstword $(wildcard $(DATA)/images/$1 $(DATA)/$1/images) \
    $(if $(filter train,$1)$(wildcard $(DATA)/splits/$1.txt),\
    $(wildcard $(DATA)/images)))
labels_of = $(DATA)$(subst images,labels,$(patsubst $(DATA)%,%,$(images_of)))
folders_of = $(if $(images_of),--images $(images_of) --labels $(labels_of) \
    $(addprefix --keys ,$(wildcard $(DATA)/splits/$1.txt)))
source_of = $(strip $(or $(wildcard $(DATA)/$1.tsv),$(folders_of)))

train_source := $(call source_of,train)
valid_source := $(or $(call source_of,valid),$(call source_of,val))
test_source  := $(call source_of,test)

# $(call need,FILE,WHAT): stops unless the file or folder exists.
need = $(if $(wildcard $1),,$(error $1: there is no such $2))
ifndef DATA
$(error DATA is not set: make -f $(own_mk) DATA=DIR)
endif
$(call need,$(DATA),folder)
ifndef train_source
$(error $(DATA): no train.tsv and no folder images, images/train or \
    train/images; $(own_mk) begins with the layouts)
endif
$(foreach s,$(train_source) $(valid_source) $(test_source),\
    $(if $(filter $(DATA)/%,$s),$(call need,$s,file or folder)))
$(if $(UNLABELED),$(call need,$(UNLABELED),folder))
$(if $(WEIGHTS),$(call need,$(WEIGHTS),file))

LABEL_MAP ?= $(firstword $(wildcard $(DATA)/classes.tsv $(DATA)/labels.tsv) \
    $(OUT)/classes.tsv)

# ---- settings of common.mk ----

VALID         ?= $(OUT)/valid.st
PREDICT_INPUT ?= $(OUT)/$(if $(UNLABELED),unlabeled,test).st
EXTRA_TARGETS ?= $(OUT)/predicted $(if $(UNLABELED),$(OUT)/predicted.png) \
    $(if $(shell command -v seg-report),$(OUT)/report.html)

# make makes the plan first, from the rules below, and then starts anew.
ifeq ($(filter clean-results,$(MAKECMDGOALS)),)
-include $(OUT)/plan.mk
endif
include $(dir $(own_mk))common.mk
.DEFAULT_GOAL := own

# Files with settings, written only if these have changed.
import_settings = data $(DATA); labeled $(LABELED); map $(LABEL_MAP); \
    import $(IMPORT)
$(OUT)/import-settings: current = $(import_settings)
$(OUT)/plan-settings:   current = minutes $(MINUTES); weights $(WEIGHTS)
$(OUT)/import-settings $(OUT)/plan-settings: FORCE
	@mkdir -p $(@D)
	@echo "$(current)" | cmp -s - $@ || echo "$(current)" >$@

# ---- images ----

# Gray and color images become color images, all of them.
all_sources = "$(train_source)" $(if $(valid_source),"$(valid_source)") \
    $(if $(test_source),"$(test_source)") $(if $(UNLABELED),"--images $(UNLABELED)")
list_channels = sed -n 's/.*image \[[0-9]*,[0-9]*,\([134]\)\].*/\1/p' | sort -u
$(OUT)/channels: $(OUT)/import-settings
	@for s in $(all_sources); do \
	    seg-import -q $(IMPORT) $$s | seg-info -l || break; \
	done 2>/dev/null | $(list_channels) >$@.part
	@if [ "$$(wc -l <$@.part)" -gt 1 ]; then echo "--channels 3" >$@.part; \
	    echo "$(@D): gray and color images: all become color images" >&2; \
	else : >$@.part; fi
	@mv $@.part $@

channels = $$(cat $(OUT)/channels)
import   = seg-import -q --map $(LABEL_MAP) $(IMPORT) $(channels)

# A label map with all values of the labels, to be edited.
$(OUT)/classes.tsv: $(OUT)/import-settings
	seg-import -q --propose-map $(IMPORT) -o $@ $(train_source)

$(OUT)/labeled.st: $(OUT)/channels $(wildcard $(LABEL_MAP)) \
    $(filter $(OUT)/classes.tsv,$(LABEL_MAP))
	$(import) $(train_source) \
	    $(if $(LABELED),| seg-subset -q --whole -s 1 -n $(LABELED)) >$@

ifdef valid_source
$(OUT)/valid.st: $(OUT)/labeled.st
	$(import) -o $@ $(valid_source)
$(OUT)/train.st: $(OUT)/labeled.st
	ln -f $< $@
else
# A fifth of the labeled images, chosen by seed and key.
for_valid = seg-subset -q --share 0.2 --whole --stratify -s 1
$(OUT)/valid.st: $(OUT)/labeled.st
	$(for_valid) -o $@ $<
	@echo "$@: a fifth of the labeled images is for validation" >&2
$(OUT)/train.st: $(OUT)/labeled.st
	$(for_valid) --rest -o $@ $<
	@! seg-cat -q --expect 0 $@ >/dev/null 2>&1 || { echo "$(DATA): one \
	labeled image: two are needed, one of them for validation" >&2; exit 1; }
endif

ifdef test_source
$(OUT)/test.st: $(OUT)/labeled.st
	$(import) -o $@ $(test_source)
else
$(OUT)/test.st: $(OUT)/valid.st
	ln -f $< $@
	@echo "$(DATA): no split test: the scores are those of the validation" >&2
endif

$(OUT)/unlabeled.st: $(OUT)/channels
	seg-import -q $(IMPORT) $(channels) -o $@ --images $(UNLABELED)

# Errors that a training would not find, or find late; then all findings.
minor = empty,nan,nodata,place,exif,key,twice
$(OUT)/check.tsv: $(OUT)/train.st $(OUT)/valid.st $(OUT)/test.st
	seg-check --allow $(minor) -o $@ $^ || { sed '1d; $$d' $@ >&2; exit 1; }
	seg-check -o $@ $^ || [ $$? = 1 ]

# ---- the plan ----

$(OUT)/plan.mk: $(OUT)/train.st $(VALID) $(OUT)/check.tsv $(OUT)/test.st \
    $(if $(UNLABELED),$(OUT)/unlabeled.st) $(OUT)/plan-settings
	seg-plan -q $(threads) --minutes $(MINUTES) $(addprefix -w ,$(WEIGHTS)) \
	    --valid $(VALID) --predict $(OUT)/test.st \
	    --predict $(PREDICT_INPUT) -o $@ $<
	@sed -n 's/^# expected/$(@D)/p' $@ >&2

# ---- results ----

$(OUT)/predicted.png: $$(last_model) $(OUT)/unlabeled.st $(OUT)/preview-settings
	seg-subset -q --at-most $(PREVIEW) $(OUT)/unlabeled.st | \
	    $(call predict,$<,--copy image) | \
	    seg-view -q --mode sheet --legend --names -o $@

# Without a plan, its rule has failed and says why.
own: $(if $(wildcard $(OUT)/plan.mk),all,$(OUT)/plan.mk)
	@cat $(OUT)/table.md
.PHONY: own

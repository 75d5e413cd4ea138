# A network for images of another kind than those that it was trained on: another
# camera, city or stain.  The labeled images of the first kind are the source, the
# unlabeled ones of the other kind the target.
#
#     make -f adapt.mk SOURCE=DIR TARGET=DIR CLASSES=N [-j N THREADS=1] [...]
#
# Both directories hold images, labels and splits as for semi.mk, and a label map
# with the same classes.  ce is trained on the source; all other methods but
# target begin with this model and the target images, and read nothing else:
#
#     statistics   running statistics of batch normalization, estimated anew
#     tent         its scale and shift too, by entropy (Wang et al. 2021)
#     maxsquare    all weights, maximum squares loss (Chen et al. 2019)
#     maxsquare+weights
#                  the same with class weights for each image
#     pl, nl, nl+pl
#                  after maxsquare+weights, with its predictions as labels:
#                  positive or negative learning, or both (Luo et al. 2021)
#     share        the same with cross-entropy of the most certain half of the
#                  pixels of each class (Zou et al. 2018)
#     ldbe         the same with cross-entropy of fewer pixels, entropy and
#                  negative learning by rank, and statistics of batch
#                  normalization that are kept (You et al. 2021)
#     target       cross-entropy on the labeled target images, for comparison
#
# Variables, besides those of common.mk:
#     IMAGE_DIR, LABEL_DIR       directories below SOURCE and TARGET; $(split) is
#                                one of the next three
#     SOURCE_TRAIN, TARGET_TRAIN, TARGET_TEST
#                                splits: splits/SPLIT.txt
#     SOURCE_LABEL_DIR, SOURCE_MAP, SOURCE_IMPORT
#                                LABEL_DIR, LABEL_MAP and IMPORT of the source
#     WEIGHTS                    pretrained weights of the encoder, optional
#     ADAPT_STEPS                steps of an adaptation
#     ADAPT                      options of seg-adapt for all methods
#     ADAPT.METHOD               further ones for a method, for example ADAPT.tent
#     PSEUDO_PREDICT             options of seg-predict for pseudo labels
#     PSEUDO.METHOD              options of seg-pseudo: PSEUDO.share, PSEUDO.ldbe
#
# A budget is a number of labeled source images.  Results are in OUT, adapt by
# default: table.md, table.tsv, plot.png, overlay.png.
OUT              ?= adapt
METHODS          ?= ce statistics tent maxsquare maxsquare+weights pl nl nl+pl \
                    share ldbe target
BUDGETS          ?= 20
STEPS            ?= 400
ADAPT_STEPS      ?= 150
ADAPT            ?=
ADAPT.statistics ?= --train statistics
ADAPT.tent       ?= --train norms --loss entropy
ADAPT.maxsquare  ?= --loss maxsquare
ADAPT.maxsquare+weights ?= --loss 'maxsquare(weigh=1)'
ADAPT.pl         ?= --loss pl --lr 0.01
ADAPT.nl         ?= --loss nl --lr 0.01
ADAPT.nl+pl      ?= --loss nl+pl --lr 0.01
ADAPT.share      ?= --loss ce --lr 0.01
ADAPT.ldbe       ?= --loss ce+entropy+nlrank --statistics kept --lr 0.0003
# Predictions of several scales, and mirrored, are better labels than those of the
# model alone.
PSEUDO_PREDICT   ?= --flip h --scales 0.75,1,1.25
# Of each class the same share of pixels: with all pixels small classes get smaller.
PSEUDO.pl        ?= --share 0.5
PSEUDO.nl        ?= --share 0.5
PSEUDO.nl+pl     ?= --share 0.5
PSEUDO.share     ?= --share 0.5
PSEUDO.ldbe      ?= --share 0.2 --image-share 0.2

# Methods with pseudo labels, and the method with whose model one begins.
with_pseudo     := pl nl nl+pl share ldbe
OWN_TRAINED     := statistics tent maxsquare maxsquare+weights $(with_pseudo)
OWN_METHODS     := $(OWN_TRAINED) target
needs = $(if $(filter $1,$(with_pseudo)),maxsquare+weights,ce)
$(foreach m,$(filter $(OWN_TRAINED),$(METHODS)),\
    $(if $(filter $(call needs,$m),$(METHODS)),,\
        $(error METHODS: $m needs $(call needs,$m))))

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f adapt.mk)
endif
source_images = $(OUT)/train.st
target_images = $(OUT)/target.st
include $(dir $(lastword $(MAKEFILE_LIST)))pair.mk

# What adaptation sees of the target.
$(OUT)/images.st: $(target_images)
	seg-pick --keep image -o $@ $<

labeled = $(if $(filter target,$(method)),$(target_images),$(labeled_images))

# ---- adaptation ----

# Settings of all methods, and of one.
adaptation   = steps $(ADAPT_STEPS) $(ADAPT)
method_files := $(OWN_TRAINED:%=$(OUT)/adapt-settings-%)
$(OUT)/adapt-settings: current = $(adaptation)
$(method_files): name = $(@F:adapt-settings-%=%)
$(method_files): current = $(ADAPT.$(name)) $(if $(filter $(with_pseudo),$(name)),\
    $(PSEUDO_PREDICT) $(PSEUDO.$(name)))
$(OUT)/adapt-settings $(method_files): FORCE
	@mkdir -p $(@D)
	@echo "$(current)" | cmp -s - $@ || echo "$(current)" >$@
of_adaptation = $(OUT)/adapt-settings $(OUT)/adapt-settings-$(method)

adapted    = $(call run_dirs,$(bases),$(filter $(OWN_TRAINED),$(METHODS)))
pseudo     = $(call run_dirs,$(bases),$(filter $(with_pseudo),$(METHODS)))
from       = $(base)/$(budget)/$(call needs,$(method))/$(seed)/model.st
adapt_to   = $(if $(filter $(with_pseudo),$(method)),$(@D)/pseudo,$(OUT)/images).st

# pseudo.tsv has the share of pixels with a label for each class.
$(pseudo:=/pseudo.st): $$(from) $(OUT)/images.st $$(of_adaptation)
	@mkdir -p $(@D)
	seg-predict -q $(threads) $(PSEUDO_PREDICT) -m $< --emit labels,confidence \
	    --copy image $(OUT)/images.st | \
	    seg-pseudo -q $(PSEUDO.$(method)) --table $(@D)/pseudo.tsv -o $@

$(adapted:=/model.st): private used_settings = $(of_adaptation)
$(adapted:=/model.st): $$(from) $$(adapt_to) $$(of_adaptation)
	@mkdir -p $(@D)
	@$(drop_old_checkpoint)
	seg-sample -q --crop $(CROP) -n $$(( $(ADAPT_STEPS) * $(BATCH) )) \
	    $(SAMPLE) -s 3$(seed) $(adapt_to) | \
	    seg-augment -q $(AUGMENT) -s 3$(seed) | \
	    seg-adapt -m $< --steps $(ADAPT_STEPS) --batch $(BATCH) -s $(seed) \
	        $(ADAPT) $(ADAPT.$(method)) $(threads) $(outputs)

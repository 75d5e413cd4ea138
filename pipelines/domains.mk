# Labeled images of two domains, many of the source and few of the target: does
# the patch-wise contrast of Liu et al. (2021) gain over plain fine-tuning?
#
#     make -f domains.mk SOURCE=DIR TARGET=DIR CLASSES=N [-j N THREADS=1] [...]
#
# The directories and the variables of images are those of adapt.mk.  A budget is
# a number of labeled target images.  ce is trained on them alone; all other
# methods begin with a network that was trained on the source:
#
#     finetune     cross-entropy on the labeled target images
#     both         cross-entropy on source and target
#     patches1, patches2, patches3
#                  the same with the contrast of patches, whose labels are
#                  compared at 1, 2 or 3 levels
#     weak         patches2 that knows of target labels only the share of each
#                  class in a cell
#     unsupervised patches2 with the pseudo labels of the first network for all
#                  target images in place of labels
#
# All take STEPS steps; unsupervised takes no labeled images, so it is the same for
# each budget.  Variables, besides those of common.mk and of the images:
#     WEIGHTS        pretrained weights of the encoder, optional
#     SOURCE_STEPS   steps of the first network
#     PATCHES        options of seg-finetune for the contrast
#     PSEUDO         options of seg-pseudo for unsupervised
# Results are in OUT, domains by default: table.md, table.tsv, plot.png,
# overlay.png.
OUT            ?= domains
METHODS        ?= ce finetune both patches1 patches2 patches3 weak unsupervised
BUDGETS        ?= 5 10 25
SOURCE_STEPS   ?= 400
STEPS          ?= 300
PATCHES        ?= --patch-weight 0.1

two_streams := both patches1 patches2 patches3 weak unsupervised
OWN_METHODS := finetune $(two_streams)
override FINETUNE += $(if $(filter $(two_streams),$(method)),$(target_feed))

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f domains.mk)
endif
source_images = $(OUT)/source.st
target_images = $(OUT)/train.st
include $(dir $(lastword $(MAKEFILE_LIST)))pair.mk

# ---- the first network ----

source_models := $(SEEDS:%=$(OUT)/source/%/model.st)
$(source_models): seed = $(notdir $(@D))
$(source_models): $$(OUT)/init/$$(notdir $$(@D)).st $(source_images) \
    $(OUT)/settings
	@mkdir -p $(@D)
	@$(drop_old_checkpoint)
	seg-sample -q --crop $(CROP) -n $$(( $(SOURCE_STEPS) * $(BATCH) )) \
	    $(SAMPLE) -s $(seed) $(source_images) | \
	    seg-augment -q $(AUGMENT) -s $(seed) | \
	    seg-finetune -m $< --steps $(SOURCE_STEPS) --batch $(BATCH) \
	        $(if $(LR),--lr $(LR)) -s $(seed) $(threads) $(outputs)

settings += ; source steps $(SOURCE_STEPS); patches $(PATCHES); pseudo $(PSEUDO)
start     = $(if $(filter ce,$(method)),$(initial),$(OUT)/source/$(seed)/model.st)

# ---- two streams ----

labeled = $(if $(filter $(two_streams),$(method)),$(source_images),\
          $(labeled_images))
second_images = $(if $(filter unsupervised,$(method)),\
                $(OUT)/source/$(seed)/pseudo.st,$(labeled_images))
two_runs := $(call run_dirs,$(OUT),$(filter $(two_streams),$(METHODS)))
$(two_runs:=/model.st): $$(second_images)

$(source_models:model.st=pseudo.st): %/pseudo.st: %/model.st $(target_images)
	seg-pick --keep image $(target_images) | \
	    $(call predict,$<,--emit labels$(comma)confidence --copy image) | \
	    seg-pseudo -q $(PSEUDO) --table $(@D)/pseudo.tsv -o $@

target_feed = --target <(seg-sample -q --crop $(CROP) \
    -n $$(( steps * $(BATCH) )) $(SAMPLE) -s 2$(seed) $(second_images) | \
    seg-augment -q $(AUGMENT) -s 2$(seed)) \
    $(if $(filter both,$(method)),--patch-weight 0,$(PATCHES)) \
    --levels $(or $(filter 1 2 3,$(method:patches%=%)),2) \
    $(if $(filter weak,$(method)),--target-labels cells)

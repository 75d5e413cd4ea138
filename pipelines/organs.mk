# Coarse to fine (Lee et al. 2021): a network segments whole slices, a second
# one each object of this prediction, told by its mask; its encoder is
# pretrained on the objects of the labeled images and compared by method.
#
#     make -f organs.mk DATA=DIR [-j N THREADS=1] [BUDGETS=7 SEEDS='1 2 3' ...]
#
# DIR is as for acdc.mk: hearts, three structures, a budget is a number of
# patients.  Results are in OUT, organs by default: table.md, table.tsv,
# plot.png and overlay.png; volumes.tsv of a run has the Dice of each volume.
#
# Methods; coarse is always among them, as the others need it:
#     coarse       U-Net on whole slices, STEPS steps
#     none         fine network from random weights, all of them trained
#     random       fine network with a random encoder
#     simclr       encoder pretrained with views as positives (Chen et al. 2020),
#                  without mask
#     supcon       encoder pretrained with objects of a class as positives,
#                  without mask
#     supcon+mask  the same with the mask
#     weighted     encoder pretrained with views as positives and pairs weighted
#                  by intensity, with mask
# Pretraining takes PRETRAIN_STEPS steps on the objects of the true labels.
# Then the encoder is frozen, and the decoder learns for FINE_STEPS steps the
# objects of the coarse prediction; none takes as many steps as both.  With
# UNFREEZE=yes the encoder learns too.  An encoder that was pretrained without
# mask has weights of 0 for it: frozen, it does not see it.
#
# A test image is segmented by the coarse network, each object of this
# prediction by the fine network, and the results are fused; a class that the
# coarse network misses in an image stays missing there.  The minutes of a
# method do not include those of the coarse network.
#
# A coarse network segments the images from which it learned better than others.
# For the masks of the fine network the labeled images are therefore halved, and
# each half is predicted by a coarse network that learned from the other half.
#
# Variables of this experiment, besides those of common.mk:
#     BANDS, CLASSES   of the images
#     COARSE, FINE     arguments of seg-net without --bands and --classes, for
#                      example FINE='resnet50-aspp --stem small'
#     AT, ENCODER      last node of the encoder, then
#                      AT=backbone.layer4.2.bn3, and names of its weights
#     FINE_CROP, FINE_STEPS, FINE_LR, FINE_SAMPLE, FINE_AUGMENT, FINE_FINETUNE,
#     FINE_INIT        of the fine network
#     OBJECTS          options of seg-sample that say what an object is
#     HALVES           options of seg-subset that say which labeled images stay
#                      in one half; empty: the coarse network predicts the images
#                      from which it learned
#
# Volumes in NIfTI with other classes, and predicted volumes in OUT/predicted:
#
#     make -f organs.mk DATA=DIR OUT=ct BUDGETS=1 IMAGES=images LABELS=labels \
#         CLASSES=6 IMPORT='--ct-window 40,400 --intensity' SUBSET=--whole GROUP= \
#         HALVES= METRICS='mdice mdice_cases minutes' EXTRA_TARGETS=ct/predicted
OUT              ?= organs
IMAGES           ?= images/$(split)
LABELS           ?= labels/$(split)
IMPORT           ?= --intensity
BANDS            ?= 1
CLASSES          ?= 4
METHODS          ?= none random simclr supcon weighted supcon+mask
BUDGETS          ?= 1 3 7
SUBSET           ?= --group '*_frame*' --in-order
GROUP            ?= --group '(*_frame*)_*'
HALVES           ?= $(GROUP) --in-order
# the coarse network, for images at half their size
COARSE           ?= unet --width 16 --depth 5
NET               = $(COARSE) --bands $(BANDS) --classes $(CLASSES)
INIT             ?= --normalize record
CROP             ?= 96
SAMPLE           ?= --scale 0.3,0.8 --angle -60,60 --shift 0.1 --elastic 2,8
PREDICT          ?= --scales 0.5
# the fine network
FINE             ?= resnet18-aspp --stem small
FINE_NET          = $(FINE) --bands $(fine_bands) --classes 2
AT               ?= backbone.layer4.1.bn2
ENCODER          ?= backbone.*
FINE_INIT        ?= --normalize range
FINE_CROP        ?= 64
FINE_STEPS       ?= 600
FINE_LR          ?= 0.003
OBJECTS          ?= --objects class
FINE_SAMPLE      ?= --scale 0.8,1.25 --angle -30,30 --shift 0.1
FINE_AUGMENT     ?= $(AUGMENT)
FINE_FINETUNE    ?= --optimizer adamw --warmup 20 \
                    --loss 'dice(background=0,batch=1,square=1)'
UNFREEZE         ?=
# its pretraining
PRETRAIN_STEPS   ?= 300
PRETRAIN_SAMPLE  ?= --scale 0.7,1.4 --angle -30,30 --shift 0.1
PRETRAIN_AUGMENT ?= $(GLOBAL_AUGMENT)
SCORE            ?= --background 0 $(GROUP) --per-image $(@D)/volumes.tsv
CASES            ?= --background 0 $(GROUP)
METRICS          ?= mdice dice:right_ventricle dice:myocardium \
                    dice:left_ventricle mdice_cases minutes
PREVIEW          ?= -n 24 -s 1 --stratify
VIEW             ?= --columns 4 --errors --legend --names -n 24

# Both views and the mask; objects of the truth for pretraining, else of the
# coarse prediction.  The mask is the last band, with weights of 0 if the
# encoder was pretrained without it.
override PRETRAIN_SAMPLE += $(OBJECTS) --views 2 $(if $(no_mask),--no-mask)
override FINE_SAMPLE     += $(OBJECTS) -t pred
override FINE_INIT       += $(if $(filter start.st,$(@F)),\
                            --bands $(fine_bands) --fill zero)
override FINE_FINETUNE   += $(if $(or $(UNFREEZE),$(filter none,$(method))),,\
                            --freeze '$(ENCODER)')
override METHODS         := coarse $(filter-out coarse,$(METHODS))
OWN_PRETRAINED   := simclr supcon supcon+mask weighted
OWN_METHODS      := coarse none random $(OWN_PRETRAINED)
halves            = $(foreach r,$(call run_dirs,$(bases),coarse),\
                    $r/half1 $r/half2)
OWN_MODELS        = $(halves:=/model.st)
$(foreach m,$(filter-out $(OWN_METHODS),$(METHODS)),\
    $(error METHODS: $m is none of $(OWN_METHODS)))
# The decoder stays on the pretrained encoder.
KEEP_HEAD        := yes

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f organs.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))slices.mk

settings += ; halves $(HALVES); fine $(FINE), encoder $(ENCODER) to $(AT); \
    steps $(FINE_STEPS); crop $(FINE_CROP); rate $(FINE_LR); \
    init $(FINE_INIT); objects $(OBJECTS); sample $(FINE_SAMPLE); \
    augment $(FINE_AUGMENT); finetune $(FINE_FINETUNE) $(UNFREEZE)

# ---- the two networks ----

# The directory of a file, without the slash.
up      = $(patsubst %/,%,$(dir $1))
is_fine = $(filter-out coarse,$(filter $(OWN_METHODS),$(method)))
stage   = $(if $(is_fine),FINE_)

no_mask        = $(filter simclr supcon,$(method))
image_or_mask  = $(if $(no_mask),image,mask)
with_mask     := $(shell expr $(BANDS) + 1)
fine_bands     = $(if $(filter image-%,$(@F)),$(BANDS),$(with_mask))
fine_init     := $(foreach d,$(bases),$(foreach k,image mask,\
                 $(SEEDS:%=$d/init/$k-%.st)))
initial        = $(base)/init/$(if $(is_fine),$(image_or_mask)-)$(seed).st
$(fine_init): private stage = FINE_
$(fine_init): private seed = $(lastword $(subst -, ,$(basename $(@F))))
$(fine_init): $$(base)/settings
	@mkdir -p $(@D)
	$(new_model) -o $@

# As large as the pretrained model, and made of it in a second.
.INTERMEDIATE: $(contrastive_runs:=/start.st)

OWN_LOSS = --loss image --at $(AT) \
    --positives $(if $(filter supcon%,$(method)),object,view) \
    $(if $(filter weighted,$(method)),--weigh-intensity)
finetune_steps = $$(( $($(stage)STEPS) \
    $(if $(filter none,$(method)),+ $(PRETRAIN_STEPS)) ))

# ---- from coarse to fine ----

# The halves of the labeled images, each with a coarse network of its own.
coarse_runs := $(call run_dirs,$(bases),coarse)
half         = $(word 4,$(parts))
$(halves:=/images.st): $$(labeled_images)
	@mkdir -p $(@D)
	seg-subset -q $(HALVES) --share 0.5 $(if $(filter half2,$(half)),--rest) \
	    -o $@ $<

# The labeled images with their coarse prediction: of the second prerequisite
# by the model that is the first.
predict_labeled = $(call whole,$<,--copy image$(comma)label,$(word 2,$^)) -o $@
$(coarse_runs:=/half1/labeled.st): %/half1/labeled.st: %/half2/model.st \
    %/half1/images.st
	$(predict_labeled)
$(coarse_runs:=/half2/labeled.st): %/half2/labeled.st: %/half1/model.st \
    %/half2/images.st
	$(predict_labeled)
ifneq ($(HALVES),)
$(coarse_runs:=/labeled.st): %/labeled.st: %/half1/labeled.st %/half2/labeled.st
	seg-cat -q -o $@ $^
else
$(coarse_runs:=/labeled.st): %/labeled.st: %/model.st $$(labeled_images)
	$(predict_labeled)
endif
labeled = $(if $(half),$(@D)/images.st,$(if $(is_fine),\
          $(base)/$(budget)/coarse/$(seed)/labeled.st,$(labeled_images)))

# $(call coarse_of,MODEL): the model of the coarse network.
coarse_of = $(call up,$(call up,$(call up,$1)))/coarse/$(notdir $(call \
            up,$1))/model.st
whole   = seg-predict -q $(threads) $(PREDICT) -m $1 $2 $3
objects = ( d=$$(mktemp -d $(@D)/objects.XXXXXX); trap "rm -r $$d" EXIT; \
    $(call whole,$(call coarse_of,$1),--copy image$(comma)label,$3) \
        -o $$d/coarse.st; \
    seg-sample -q --crop $(FINE_CROP) $(OBJECTS) -t pred --regular \
        $$d/coarse.st | \
    seg-predict -q $(threads) -m $1 --emit probs --copy none | \
    seg-fuse -q --method objects --onto $$d/coarse.st $2 )
predict = $(if $(filter %/coarse,$(call up,$(call up,$1))),\
          $(call whole,$1,$2,$3),$(call objects,$1,$2,$3))

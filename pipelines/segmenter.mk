# Segmenter on CamVid: Tiny with patches of 16 and of 8 pixels, mask and
# linear decoder, from random weights (ce) and after contrastive pretraining
# of the patch tokens on the same images (cross).
#
#     make -f segmenter.mk DATA=DIR [-j N THREADS=1] [VARIANTS=16-mask ...]
#
# DATA as for camvid.mk.  Results are in OUT, segmenter by default: each
# variant, patch size and decoder, has a directory with its table.md,
# table.tsv and plot.png, and OUT/table.md has all tables.  Optimizer and
# patches are those of the authors.  A transformer from random weights on so
# few images has a low score, in their paper as well. mIoU on the test
# images, one seed, ce and cross: 16-mask 0.194 0.192 (92 images), 0.197 0.175
# (367); 16-linear 0.193 0.181, 0.200 0.169; with 367 images 8-mask 0.183
# 0.181, 8-linear 0.218 0.180.
OUT            ?= segmenter
VARIANTS       ?= 16-mask 16-linear 8-mask 8-linear
IMAGES          = images/$*
LABELS          = labels/$*
IMPORT         ?= --size 240x180
BUDGETS        ?= 92 367
METHODS        ?= ce cross
NET            ?= vit-tiny --patch $(patch_size) --decoder $(decoder) \
                  --image $(CROP) --classes 11
STEPS          ?= 600
PRETRAIN_STEPS ?= 200
CROP           ?= 160x128
LR             ?= 0.003
PRETRAIN_LR    ?= 0.05
SAMPLE         ?= --scale 0.5,2 --flip h --max-class-share 0.75
AUGMENT        ?= --color 0.5 --gray 0
FINETUNE       ?= --nesterov --wd 0 --schedule poly --lr-end 1e-5
# all tokens, each with the label of at least half of its pixels
GRID           ?=
PRETRAIN       ?= --pool 0.5 --wd 0
# windows as large as training patches, with averaged logits
PREDICT        ?= --window $(CROP) --blend mean
# the decoder is trained on the pretrained encoder
KEEP_HEAD      := yes
EXTRA_TARGETS   = $(OUT)/table.md

# For example 16 and mask for the variant 16-mask.
patch_size = $(firstword $(subst -, ,$(variant)))
decoder    = $(lastword $(subst -, ,$(variant)))

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f segmenter.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

$(OUT)/table.md: $(VARIANTS:%=$(OUT)/%/table.md)
	for v in $(VARIANTS); do \
	    printf '## patch and decoder: %s\n\n' "$$v"; \
	    cat $(OUT)/$$v/table.md; done >$@

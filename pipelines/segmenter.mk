# Segmenter on CamVid: Tiny with patches of 16 and of 8, mask and linear decoder,
# from random weights (ce) and behind contrastive pretraining of the patch tokens
# on the same images (cross).
#
#     make -f segmenter.mk DATA=DIR [-j N THREADS=1] [KINDS=16-mask ...]
#
# DATA as for camvid.mk.  Results are in OUT, segmenter by default: each kind has
# a directory with its table.md, table.tsv and plot.png, and OUT/table.md has all
# tables.  Optimizer and patches as the authors have them; a transformer from
# random weights on so few images scores low, in their paper as well.  mIoU on
# the test images, one seed, ce and cross: 16-mask 0.194 0.192 (92 images),
# 0.197 0.175 (367); 16-linear 0.193 0.181, 0.200 0.169; with 367 images 8-mask
# 0.183 0.181, 8-linear 0.218 0.180.
OUT      ?= segmenter
KINDS    ?= 16-mask 16-linear 8-mask 8-linear
IMAGES    = images/$*
LABELS    = labels/$*
IMPORT   ?= --size 240x180
BUDGETS  ?= 92 367
METHODS  ?= ce cross
STEPS    ?= 600
PRESTEPS ?= 200
CROP     ?= 160x128
LR       ?= 0.003
PRELR    ?= 0.05
SAMPLE   ?= --scale 0.5,2 --flip h --max-class-share 0.75
AUGMENT  ?= --color 0.5 --gray 0
FINETUNE ?= --nesterov --wd 0 --schedule poly --lr-end 1e-5
# all patches, each with the label that half of its pixels have
GRID     ?=
PRETRAIN ?= --pool 0.5 --wd 0
# windows of the size that was learned, their scores averaged
PREDICT  ?= --window $(CROP) --blend mean
# the decoder is put on the pretrained encoder
ADOPT    := yes

ifndef DATA
$(error say where the images are: make -f segmenter.mk DATA=DIR)
endif

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, where make cuts names: \
    go into its directory and say make -f segmenter.mk)
endif
here := $(dir $(lastword $(MAKEFILE_LIST)))

ifdef KIND

decoder = $(lastword $(subst -, ,$(KIND)))
NET    ?= vit-tiny --patch $(firstword $(subst -, ,$(KIND))) \
          --decoder $(decoder) --image $(CROP) --classes 11

include $(here)common.mk

else

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

all: $(OUT)/table.md

include $(here)names.mk

# Which cells are out of date is known to the makefile of the kind.
$(OUT)/table.md: $(KINDS:%=kind-%)
	for k in $(KINDS); do \
	    printf '## patch and decoder: %s\n\n' "$$k"; \
	    cat $(OUT)/$$k/table.md; done >$@

$(KINDS:%=kind-%): kind-%:
	$(MAKE) -f $(here)segmenter.mk KIND=$* OUT=$(OUT)/$*

.PHONY: all $(KINDS:%=kind-%)

endif

# Label efficiency on CamVid: the gain from contrastive pretraining on the
# labeled images themselves, for label budgets from few images to all.
#
#     make -f camvid.mk DATA=DIR [-j N THREADS=1] [BUDGETS=46 SEEDS="1 2 3" ...]
#
# DIR holds images/SPLIT, labels/SPLIT and splits/SPLIT.txt (names without
# suffix) for the splits train and test, and labels.tsv (value, id or ignore,
# name, color).  Results are in OUT, camvid by default: table.md, table.tsv,
# plot.png, overlay.png.
OUT            ?= camvid
IMAGES          = images/$(split)
LABELS          = labels/$(split)
IMPORT         ?= --size 240x180
NET            ?= unet --width 24 --depth 4 --classes 11
BUDGETS        ?= 23 46 92 367
# chosen on the validation split, 46 images, three seeds: mIoU 0.405 in place of
# 0.382; without it no pixel of poles and pedestrians is found
CLASS_WEIGHTS  ?= median
STEPS          ?= 1000
PRETRAIN_STEPS ?= 300
CROP           ?= 160x128
# each eighth pixel in each direction, as in the paper
GRID           ?= 20x16

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f camvid.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

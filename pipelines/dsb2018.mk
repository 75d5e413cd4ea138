# Nuclei in images of several kinds of microscopes, of many sizes: gray
# fluorescence and stained tissue in color; from few labeled images and from
# all.
#
#     make -f dsb2018.mk DATA=DIR [-j N THREADS=1] [BUDGETS=40 METHODS=ce ...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) for the
# splits train and test, and labels.tsv.  Results are in OUT, dsb2018 by
# default: table.md, table.tsv, plot.png, overlay.png, and predicted: a PNG
# for each test image.
OUT            ?= dsb2018
IMAGES         := images
LABELS         := labels
IMPORT         ?= --channels 3
NET            ?= unet --width 16 --depth 4 --classes 3
BUDGETS        ?= 10 409
SUBSET         ?= -s 1
# chosen on the validation split: outlines are 2 % of the pixels
CLASS_WEIGHTS  ?= median
STEPS          ?= 400
PRETRAIN_STEPS ?= 100
CROP           ?= 128
GRID           ?= 16
SAMPLE         ?= --scale 0.5,2 --flip hv
EXTRA_TARGETS   = $(OUT)/predicted

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f dsb2018.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

# The hippocampus in magnetic resonance images: a network on slices, NIfTI
# volumes in, NIfTI volumes out with the geometry of their input.
#
#     make -f hippocampus.mk DATA=DIR [-j N THREADS=1] [BUDGETS=31 ...]
#
# It compares pretraining on whole slices of all training volumes and on labeled
# pixels (Hu et al. 2021) with random weights.  Each seed draws its own labeled
# volumes; with SPLITS= all seeds have those of seed 0.
#
# DIR holds imagesTr, labelsTr, splits/SPLIT.txt (names without suffix) for
# the splits train and test, and labels.tsv.  A budget is a number of
# volumes: 8, 16 and 31 are 5, 10 and 20 % of 156.  Results are in OUT,
# hippocampus by default: table.md, table.tsv, plot.png, overlay.png, and
# predicted: a NIfTI volume for each test volume.
OUT           ?= hippocampus
IMAGES        := imagesTr
LABELS        := labelsTr
# The same tissue is 112 in one volume and 1.7 million in another, so each
# volume is normalized by its own range.  On the validation split (8 volumes,
# 300 steps) that has Dice 0.68, normalization by the dataset 0.00.
IMPORT        ?= --intensity
INIT          ?= --normalize range
NET           ?= unet --width 16 --depth 5 --bands 1 --classes 3
BUDGETS       ?= 8 16 31
SPLITS        ?= yes
SUBSET        ?= --whole
STEPS         ?= 3000
CROP          ?= 96x128
GRID          ?= 24x32
# Slices have about 50x35 pixels.  The network sees them at twice their size; its
# predictions are reduced to the size of the slices.
SAMPLE        ?= --scale 1.6,2.5 --angle -15,15 --shift 0.1 --elastic 2,10
PREDICT       ?= --scales 2
AUGMENT       ?= --gamma 0.7,1.5 --brightness 0.2 --bias-field 0.2 \
                 --noise 0.1 --relative --blur 0.1
GLOBAL_SAMPLE ?= --scale 1.6,2.5 --angle -30,30 --shift 0.1
# Scores of the two structures; surface.tsv has the surface distances of each
# test volume.
SCORE         ?= --background 0 --surface $(@D)/surface.tsv
CASES         ?= --background 0
METRICS       ?= mdice dice:anterior dice:posterior mdice_cases hd95 minutes
PREVIEW       ?= -n 24 -s 1 --stratify
VIEW          ?= --columns 4 --zoom 3 --stretch 1,99 \
                 --errors --legend --names -n 24
EXTRA_TARGETS  = $(OUT)/predicted

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f hippocampus.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))slices.mk

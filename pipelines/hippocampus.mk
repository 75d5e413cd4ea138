# The hippocampus in magnetic resonance images: a network on slices, NIfTI
# volumes in, NIfTI volumes out with the geometry of their input.
#
#     make -f hippocampus.mk DATA=DIR [-j N THREADS=1] [BUDGETS=31 ...]
#
# With METHODS="ce ce+ within cross stride block global global+stride
# global+block" it compares pretraining on whole slices of all volumes and on
# labeled pixels (Hu et al. 2021) with random weights; with SPLITS=yes
# SEEDS="1 2 3" each seed draws its own volumes.
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
STAT          ?=
NET           ?= unet --width 16 --depth 4 --bands 1 --classes 3
BUDGETS       ?= 8 31
SUBSET        ?= --whole -s 1
BATCH         ?= 16
CROP          ?= 48x64
GRID          ?= 12x16
# left and right may be exchanged, anterior and posterior may not
SAMPLE        ?= --scale 0.8,1.25 --flip h
# Slices of other volumes at the same relative position are positives
# (Chaitanya et al. 2020).
GLOBAL        ?= --at down.3.1.1 --head linear --positives position
GLOBAL_BATCH  ?= 32
GLOBAL_SAMPLE ?= --scale 0.7,1.25 --angle -30,30 --shift 0.1 --flip h
GLOBAL_AUGMENT   ?= --gamma 0.5,2 --brightness 0.3 --noise 0.1 --relative
LOCAL_BLOCK   ?= 16
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
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

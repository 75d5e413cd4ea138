# The hippocampus in magnetic resonance: volumes in, slice by slice through the
# network, volumes out that lie on those that came in.
#
#     make -f hippocampus.mk DATA=DIR [-j N THREADS=1] [BUDGETS=31 METHODS=ce ...]
#
# DIR holds imagesTr, labelsTr, splits/SPLIT.txt (names without suffix) for SPLIT
# train and test, and labels.tsv.  A budget is a number of volumes: 8, 16 and 31
# are 5, 10 and 20 % of 156.  Results are in OUT, hippocampus by default:
# table.md, table.tsv, plot.png, overlay.png, and predicted: a NIfTI volume for
# each test volume.
OUT      ?= hippocampus
IMAGES   := imagesTr
LABELS   := labelsTr
# what is 112 in one volume is 1.7 million in another: each by its own range, as
# the validation split says (8 volumes, 300 steps: Dice 0.68, 0.00 by the dataset)
IMPORT   ?= --intensity
INIT     ?= --normalize range
STAT     ?=
NET      ?= unet --width 16 --depth 4 --bands 1 --classes 3
BUDGETS  ?= 8 31
SUBSET   ?= --whole -s 1
BATCH    ?= 16
CROP     ?= 48x64
GRID     ?= 12x16
# left and right may change sides, anterior and posterior may not
SAMPLE   ?= --scale 0.8,1.25 --flip h
# of the two structures; surfaces of each test volume are in surface.tsv
SCORE    ?= --background 0 --surface $(@D)/surface.tsv
METRICS  ?= mdice hd95 minutes
SHOW     ?= -n 24 -s 1 --stratify
VIEW     ?= --columns 4 --scale 3 --stretch 1,99 --errors --legend --names -n 24
EXTRA     = $(OUT)/predicted

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, where make cuts names: \
    go into its directory and say make -f hippocampus.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

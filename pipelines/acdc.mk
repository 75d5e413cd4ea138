# The heart in magnetic resonance images, few labeled patients: pretraining on
# whole images and on pixels (Hu et al. 2021) compared with random weights.
#
#     make -f acdc.mk DATA=DIR [-j N THREADS=1] [BUDGETS=7 SEEDS='1 2 3' ...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) and
# labels.tsv; images and labels have a folder for each of the splits train and
# test.  Names are PATIENT_FRAME_SLICE.  A budget is a number of patients, the
# first ones of the list, as in most publications; with
#     SPLITS=yes SUBSET="--group '*_frame*'"
# each seed draws its own patients.  For the validation patients as test images:
#     TEST_SPLIT=val
# Results are in OUT, acdc by default: table.md, table.tsv, plot.png and
# overlay.png; volumes.tsv of a run has the Dice of each volume.
OUT              ?= acdc
IMAGES            = images/$(split)
LABELS            = labels/$(split)
BUDGETS          ?= 1 3 7
NET              ?= unet --width 16 --depth 5 --bands 1 --classes 4
INIT             ?= --normalize record
IMPORT           ?= --intensity
SUBSET           ?= --group '*_frame*' --in-order
CROP             ?= 96
GRID             ?= 24
# The network sees patches at about half the size of the images, and whole images
# at half their size; its predictions are enlarged to full size for the scores.
SAMPLE           ?= --scale 0.3,0.8 --angle -60,60 --shift 0.1 --elastic 2,8
PREDICT          ?= --scales 0.5
GLOBAL_SAMPLE    ?= --scale 0.4,0.625 --angle -30,30 --shift 0.1
GROUP            ?= --group '(*_frame*)_*'
SCORE            ?= --background 0 $(GROUP) --per-image $(@D)/volumes.tsv
CASES            ?= --background 0 $(GROUP)
METRICS          ?= mdice dice:right_ventricle dice:myocardium \
                    dice:left_ventricle mdice_cases minutes
PREVIEW          ?= -n 24 -s 1 --stratify
VIEW             ?= --columns 4 --errors --legend --names -n 24

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f acdc.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))slices.mk

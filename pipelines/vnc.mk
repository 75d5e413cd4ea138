# Electron micrographs: membranes, glia, mitochondria, synapses and the inside of
# cells in sections of 1024 x 1024, TIFF in and out, from one labeled section
# and from all.
#
#     make -f vnc.mk DATA=DIR [-j N THREADS=1] [BUDGETS=3 METHODS=ce ...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) for SPLIT
# train and test, and labels.tsv.  Results are in OUT, vnc by default: table.md,
# table.tsv, plot.png, overlay.png, and predicted: a TIFF for each test section.
OUT      ?= vnc
IMAGES   := images
LABELS   := labels
NET      ?= unet --width 16 --depth 4 --bands 1 --classes 5
BUDGETS  ?= 1 14
BATCH    ?= 4
CROP     ?= 192
GRID     ?= 24
SAMPLE   ?= --scale 0.8,1.25 --flip hv
# windows, as sections of any size can be predicted
PREDICT  ?= --window 512 --overlap 64
SHOW     ?= -n 1
EXPORT   ?= -f tiff
EXTRA     = $(OUT)/predicted

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, where make cuts names: \
    go into its directory and say make -f vnc.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

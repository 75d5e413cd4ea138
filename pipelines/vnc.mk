# Electron micrographs: membranes, glia, mitochondria, synapses and the
# interior of cells in sections of 1024 x 1024 pixels, TIFF in and out, from
# one labeled section and from all.
#
#     make -f vnc.mk DATA=DIR [-j N THREADS=1] [BUDGETS=3 METHODS=ce ...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) for the
# splits train and test, and labels.tsv.  Results are in OUT, vnc by default:
# table.md, table.tsv, plot.png, overlay.png, and predicted: a TIFF for each
# test section.
OUT           ?= vnc
IMAGES        := images
LABELS        := labels
NET           ?= unet --width 16 --depth 4 --bands 1 --classes 5
BUDGETS       ?= 1 14
BATCH         ?= 4
CROP          ?= 192
GRID          ?= 24
SAMPLE        ?= --scale 0.8,1.25 --flip hv
# prediction in windows, so that sections may have any size
PREDICT       ?= --window 512 --overlap 64
PREVIEW       ?= -n 1
EXPORT        ?= -f tiff
EXTRA_TARGETS  = $(OUT)/predicted

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f vnc.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

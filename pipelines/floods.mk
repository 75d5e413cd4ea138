# Water in satellite scenes of 13 bands: GeoTIFF in and out, with the same
# georeference.
#
#     make -f floods.mk DATA=DIR [-j N THREADS=1] [BUDGETS=12 METHODS=ce ...]
#
# DIR holds scenes NAME_S2Hand.tif, label images NAME_LabelHand.tif, as named
# by Sen1Floods11, and labels.tsv.  The scenes are cut into patches; a
# quarter of them, drawn with the seed SPLIT, is the test split.  These are
# neighbors of the training patches, so scores are higher than in another
# country.  Results are in OUT, floods by default: table.md, table.tsv,
# plot.png, overlay.png, and predicted: a GeoTIFF for each scene.
OUT           ?= floods
PATCH         ?= 64
SPLIT         ?= 1
NET           ?= unet --width 16 --depth 4 --bands 13 --classes 2
BUDGETS       ?= 6 48
SUBSET        ?= -s 1
CROP          ?= 64
GRID          ?= 16
SAMPLE        ?= --scale 0.8,1.25 --flip hv
# Whole scenes are shown, among them patches of the training split.
PREVIEW_INPUT  = $(OUT)/scenes.st
PREVIEW       ?= -n 1
VIEW          ?= --show-bands 4,3,2 --errors --class water --legend --names
EXTRA_TARGETS  = $(OUT)/predicted

ifndef DATA
$(error DATA is not set: make -f floods.mk DATA=DIR)
endif

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f floods.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

# The manifest of seg-import: key, image, label image.
scenes := $(patsubst %_S2Hand.tif,%,$(wildcard $(DATA)/*_S2Hand.tif))
$(OUT)/scenes.tsv: $(scenes:=_S2Hand.tif)
	@mkdir -p $(@D)
	printf '%s\t%s_S2Hand.tif\t%s_LabelHand.tif\n' \
	    $(foreach s,$(scenes),$(notdir $s) $s $s) >$@

$(OUT)/scenes.st: $(OUT)/scenes.tsv $(LABEL_MAP) $(OUT)/settings
	seg-import -q --map $(LABEL_MAP) $(IMPORT) -o $@ $<

$(OUT)/patches.st: $(OUT)/scenes.st
	seg-sample -q --regular --crop $(PATCH) -o $@ $<

split = seg-subset -q --share 0.25 -s $(SPLIT)
$(OUT)/test.st: $(OUT)/patches.st
	$(split) -o $@ $<

$(OUT)/train.st: $(OUT)/patches.st
	$(split) --rest -o $@ $<

# Water in satellite scenes of 13 bands: GeoTIFF in and out, on the same place on
# earth.
#
#     make -f floods.mk DATA=DIR [-j N THREADS=1] [BUDGETS=12 METHODS=ce ...]
#
# DIR holds scenes NAME_S2Hand.tif, labels NAME_LabelHand.tif, as Sen1Floods11
# names them, and labels.tsv.  The scenes are cut in tiles; a quarter of them,
# drawn by SPLIT, are the test split: neighbors of those trained on, so scores
# are higher than they would be in another country.  Results are in OUT, floods
# by default: table.md, table.tsv, plot.png, overlay.png, and predicted: a GeoTIFF
# for each scene.
OUT      ?= floods
TILE     ?= 64
SPLIT    ?= 1
NET      ?= unet --width 16 --depth 4 --bands 13 --classes 2
BUDGETS  ?= 6 48
SUBSET   ?= -s 1
CROP     ?= 64
GRID     ?= 16
SAMPLE   ?= --scale 0.8,1.25 --flip hv
# whole scenes are shown, those trained on among them
WHOLE     = $(OUT)/scenes.st
SHOW     ?= -n 1
VIEW     ?= --bands 4,3,2 --errors --class water --legend --names
EXTRA     = $(OUT)/predicted

ifndef DATA
$(error say where the scenes are: make -f floods.mk DATA=DIR)
endif

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, where make cuts names: \
    go into its directory and say make -f floods.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

$(OUT)/scenes.tsv: $(wildcard $(DATA)/*_S2Hand.tif)
	@mkdir -p $(@D)
	for f in $(^:_S2Hand.tif=); do \
	    printf '%s\t%s_S2Hand.tif\t%s_LabelHand.tif\n' \
	        "$$(basename $$f)" $$f $$f; done >$@

$(OUT)/scenes.st: $(OUT)/scenes.tsv $(MAP) $(OUT)/settings
	seg-import -q -m $(MAP) $(IMPORT) -o $@ $<

$(OUT)/tiles.st: $(OUT)/scenes.st
	seg-sample -q --grid --crop $(TILE) -o $@ $<

tiles = seg-subset -q --share 0.25 -s $(SPLIT)
$(OUT)/test.st: $(OUT)/tiles.st
	$(tiles) -o $@ $<

$(OUT)/train.st: $(OUT)/tiles.st
	$(tiles) --rest -o $@ $<

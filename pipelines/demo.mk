# The whole job in small: synthetic scenes, two budgets of labeled images,
# cross-entropy against contrastive pretraining, equal numbers of steps.
#
#     make -f demo.mk [OUT=demo]
OUT      ?= demo
SIZE     ?= 96x96
NET      ?= unet --width 12 --depth 4 --classes 8
BUDGETS  ?= 5 20
PRESTEPS ?= 200
STAT     ?=
CROP     ?= 64x64
GRID     ?= 16x16
SUBSET   ?=
TRAIN    ?= 100
TEST     ?= 60
# these settings were chosen by the scenes of seed 3
TESTSEED ?= 4

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, where make cuts names: \
    go into its directory and say make -f demo.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

$(OUT)/train.st: $(OUT)/settings
	seg-synth -q -n $(TRAIN) --size $(SIZE) -s 1 -o $@

$(OUT)/test.st: $(OUT)/settings
	seg-synth -q -n $(TEST) --size $(SIZE) -s $(TESTSEED) -o $@

# A small experiment on synthetic scenes: two label budgets, cross-entropy
# compared with contrastive pretraining, equal numbers of steps.
#
#     make -f demo.mk [OUT=demo]
OUT            ?= demo
SIZE           ?= 96x96
NET            ?= unet --width 12 --depth 4 --classes 8
BUDGETS        ?= 5 20
PRETRAIN_STEPS ?= 200
STAT           ?=
CROP           ?= 64x64
GRID           ?= 16x16
SUBSET         ?=
TRAIN          ?= 100
TEST           ?= 60
# the settings above were chosen on the scenes of seed 3
TEST_SEED      ?= 4

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f demo.mk)
endif
include $(dir $(lastword $(MAKEFILE_LIST)))quick.mk

$(OUT)/train.st: $(OUT)/settings
	seg-synth -q -n $(TRAIN) --size $(SIZE) -s 1 -o $@

$(OUT)/test.st: $(OUT)/settings
	seg-synth -q -n $(TEST) --size $(SIZE) -s $(TEST_SEED) -o $@

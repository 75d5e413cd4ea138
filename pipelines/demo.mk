# The whole job in small: synthetic scenes, two budgets of labelled pictures,
# cross-entropy against contrastive pretraining, equal numbers of steps.
#
#     make -f demo.mk [OUT=demo]
OUT      ?= demo
SIZE     ?= 96x96
NET      ?= unet --width 12 --depth 4 --classes 8
METHODS  ?= ce within
BUDGETS  ?= 5 20
STEPS    ?= 600
PRESTEPS ?= 200
LR       ?= 0.003
PRELR    ?= 0.003
PRETRAIN ?= --optimizer adamw --warmup 20
FINETUNE ?= --optimizer adamw --warmup 20
CROP     ?= 64x64
GRID     ?= 16x16
SUBSET   ?=
TRAIN    ?= 100
TEST     ?= 60
# these settings were chosen by the scenes of seed 3
TESTSEED ?= 4
EXTRA     = $(OUT)/overlay.png

include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

$(OUT)/train.st: $(OUT)/settings
	seg-synth -q -n $(TRAIN) --size $(SIZE) -s 1 -o $@

$(OUT)/test.st: $(OUT)/settings
	seg-synth -q -n $(TEST) --size $(SIZE) -s $(TESTSEED) -o $@

# Picture, truth and prediction, side by side, of the last cell.
last = $(lastword $(cells))
$(OUT)/overlay.png: $(last)/model.st $(OUT)/test.st
	seg-subset -q -n 8 $(OUT)/test.st | \
	    seg-predict -q $(threads) -m $< --keep image,label | \
	    seg-view -q --mode sheet -o $@

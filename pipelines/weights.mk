# The gain from pretrained weights: one network on the same labeled images, from
# random weights and from those of a file.
#
#     make -f weights.mk DATA=DIR WEIGHTS=FILE CLASSES=N [-j N THREADS=1] [...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) for the
# splits train and test, and labels.tsv.  If each split has its own folder, set
# IMAGES='images/$(split)' LABELS='labels/$(split)'.  FILE has pretrained weights of
# ENCODER, see seg-init(1).  Results are in OUT, weights by default: table.md,
# table.tsv, plot.png, overlay.png.  All methods train with cross-entropy:
#
#     random     from random weights
#     frozen     from FILE; only the decoder learns
#     finetuned  from FILE; all weights learn
OUT       ?= weights
IMAGES    ?= images
LABELS    ?= labels
ENCODER   ?= efficientnet-lite0
DECODER   ?= hypercolumn
NET       ?= $(ENCODER)-$(DECODER) --classes $(CLASSES)
# the parameters of the encoder: those of EfficientNet; of others backbone.*
FREEZE    ?= _*
METHODS   ?= random frozen finetuned
OWN_METHODS := random frozen finetuned
SEEDS     ?= 1 2 3
BUDGETS   ?= 8 40
STEPS     ?= 500
CROP      ?= 96
override FINETUNE += $(if $(filter frozen,$(method)),--freeze '$(FREEZE)')

# without contrastive pretraining
PRETRAIN_STEPS = 0

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f weights.mk)
endif
$(foreach v,CLASSES WEIGHTS,$(if $($v),,\
    $(error $v is not set; weights.mk begins with its variables)))
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

settings += ; weights $(WEIGHTS); frozen $(FREEZE)

initial = $(base)/init/$(if $(filter random,$(method)),,trained-)$(seed).st
trained_init := $(foreach d,$(bases),$(SEEDS:%=$d/init/trained-%.st))
$(trained_init): seed = $(patsubst trained-%.st,%,$(@F))
$(trained_init): $$(base)/settings $(WEIGHTS) $(if $(STAT),$(OUT)/stat.tsv)
	@mkdir -p $(@D)
	$(new_model) -w $(WEIGHTS) -o $@

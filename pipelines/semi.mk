# A few labeled images and the others without labels: methods that learn from
# both, compared with cross-entropy on the labeled ones (see unlabeled.mk).
#
#     make -f semi.mk DATA=DIR CLASSES=N [-j N THREADS=1] [...]
#
# DIR holds images, labels, splits/SPLIT.txt (names without suffix) for the
# splits train and test, and labels.tsv.  If each split has its own folder, set
# IMAGES='images/$(split)' LABELS='labels/$(split)'.  A budget is a number of
# labeled images.  With WEIGHTS=FILE, the encoder starts from pretrained weights,
# see seg-init(1).  Results are in OUT, semi by default: table.md, table.tsv,
# plot.png, overlay.png.
#
# The methods are in other experiments as well, for example
#
#     make -f acdc.mk DATA=DIR METHODS='ce copy-paste global global+copy-paste' \
#         UNLABELED_LOSS='ce+dice(background=0,batch=1)'
OUT       ?= semi
IMAGES    ?= images
LABELS    ?= labels
NET       ?= unet --width 16 --depth 4 --classes $(CLASSES)
WEIGHTS   ?=
METHODS   ?= ce pseudo mean-teacher fixmatch cutmix copy-paste
SEEDS     ?= 1 2 3
BUDGETS   ?= 8 40
STEPS     ?= 500
CROP      ?= 96
override INIT += $(if $(WEIGHTS),-w $(WEIGHTS))

# without contrastive pretraining, if METHODS names none
PRETRAIN_STEPS ?= 0

ifneq ($(word 2,$(MAKEFILE_LIST)),)
$(error the path of this file has blanks, and make splits names at blanks: \
    change to its directory and run make -f semi.mk)
endif
$(if $(CLASSES),,$(error CLASSES is not set; semi.mk begins with its variables))
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

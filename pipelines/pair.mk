# Two domains, for adapt.mk and domains.mk, which set source_images and
# target_images, the streams of training images, and include this file.  It
# includes common.mk and makes these two and OUT/test.st.
SOURCE           ?=
TARGET           ?=
IMAGE_DIR        ?= images/$(split)
LABEL_DIR        ?= labels/$(split)
SOURCE_TRAIN     ?= train
TARGET_TRAIN     ?= train
TARGET_TEST      ?= test
IMPORT           ?=
LABEL_MAP        ?= $(TARGET)/labels.tsv
SOURCE_LABEL_DIR ?= $(LABEL_DIR)
SOURCE_MAP       ?= $(LABEL_MAP)
SOURCE_IMPORT    ?= $(IMPORT)

# $(call import,DIR,LABELS,MAP,OPTIONS)
import = seg-import -q --images $1/$(IMAGE_DIR) --labels $1/$2 \
    --keys $1/splits/$(split).txt --map $3 $4 -o $@

WEIGHTS          ?=
NET              ?= unet --width 16 --depth 4 --classes $(CLASSES)
SEEDS            ?= 1 2 3
CROP             ?= 96
# without contrastive pretraining
PRETRAIN_STEPS   ?= 0
override INIT    += $(if $(WEIGHTS),-w $(WEIGHTS))

$(foreach v,SOURCE TARGET CLASSES,$(if $($v),,\
    $(error $v is not set; $(notdir $(firstword $(MAKEFILE_LIST))) begins with \
        its variables)))
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

$(source_images): private split = $(SOURCE_TRAIN)
$(source_images): $(SOURCE)/splits/$(SOURCE_TRAIN).txt $(SOURCE_MAP) \
    $(OUT)/settings
	$(call import,$(SOURCE),$(SOURCE_LABEL_DIR),$(SOURCE_MAP),$(SOURCE_IMPORT))
$(target_images): private split = $(TARGET_TRAIN)
$(OUT)/test.st:   private split = $(TARGET_TEST)
$(target_images): $(TARGET)/splits/$(TARGET_TRAIN).txt
$(OUT)/test.st:   $(TARGET)/splits/$(TARGET_TEST).txt
$(target_images) $(OUT)/test.st: $(LABEL_MAP) $(OUT)/settings
	$(call import,$(TARGET),$(LABEL_DIR),$(LABEL_MAP),$(IMPORT))

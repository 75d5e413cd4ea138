# The images of a source and a target domain, for adapt.mk and domains.mk, which
# include this file before common.mk: OUT/source.st, OUT/target.st (training
# images of the target) and OUT/test.st.
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

.SECONDEXPANSION:
.DEFAULT_GOAL := all
$(OUT)/source.st: private split = $(SOURCE_TRAIN)
$(OUT)/source.st: $(SOURCE)/splits/$(SOURCE_TRAIN).txt $(SOURCE_MAP) \
    $(OUT)/settings
	$(call import,$(SOURCE),$(SOURCE_LABEL_DIR),$(SOURCE_MAP),$(SOURCE_IMPORT))
$(OUT)/target.st: private split = $(TARGET_TRAIN)
$(OUT)/test.st:   private split = $(TARGET_TEST)
$(OUT)/target.st: $(TARGET)/splits/$(TARGET_TRAIN).txt
$(OUT)/test.st:   $(TARGET)/splits/$(TARGET_TEST).txt
$(OUT)/target.st $(OUT)/test.st: $(LABEL_MAP) $(OUT)/settings
	$(call import,$(TARGET),$(LABEL_DIR),$(LABEL_MAP),$(IMPORT))

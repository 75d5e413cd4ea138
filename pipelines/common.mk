# One experiment: each method with each label budget and each seed, one table.
#
# An experiment is a makefile that sets some of the variables below, has a rule
# for $(OUT)/train.st and $(OUT)/test.st, and includes this file, for example:
#
#     OUT            ?= nuclei
#     NET            ?= unet --width 16 --depth 4 --classes 3
#     BUDGETS        ?= 10 100
#     STEPS          ?= 400
#     PRETRAIN_STEPS ?= 100
#     CROP           ?= 128
#     include common.mk
#     $(OUT)/train.st $(OUT)/test.st: $(OUT)/%.st: %.tsv
#             seg-import -o $@ $<
#
# Instead of that rule, IMAGES and LABELS may name directories below DATA, in
# which $(split) is the split, train or TEST_SPLIT.  Then DATA also has
# splits/train.txt and splits/test.txt (names of images without suffix) and
# labels.tsv (label map).
#
# Methods:
#     ce                    cross-entropy from random weights, STEPS steps
#     ce+                   the same, STEPS + PRETRAIN_STEPS steps
#     within, cross, batch  contrastive pretraining with that loss for
#                           PRETRAIN_STEPS steps, then cross-entropy for
#                           STEPS - PRETRAIN_STEPS steps
#     stride, block         the same with --loss local --stride LOCAL_STRIDE, or
#                           --block LOCAL_BLOCK (Hu et al. 2021)
#     global                contrastive pretraining of whole images for
#                           GLOBAL_STEPS steps, on all training images without
#                           their labels; then cross-entropy
#     global+block, ...     global, then block (or another one), then
#                           cross-entropy
#     pseudo, mean-teacher, fixmatch, cutmix, copy-paste, global+pseudo, ...,
#     within+pseudo, ...    also on training images without their labels, see
#                           unlabeled.mk
# All but ce+ and global train for STEPS steps in all.  Nothing is chosen on the
# test images: only the final model of a run predicts them.
#
# Variables of the experiment:
#     OUT              directory of the results
#     DATA             directory of the dataset
#     LABEL_MAP        label map, $(DATA)/labels.tsv by default
#     BUDGETS          label budgets: numbers of labeled images
#     METHODS, SEEDS   one run for each budget, method and seed
#     VARIANTS         networks to compare, optional; NET may use $(variant)
#     SPLITS           not empty: each seed draws its own labeled images, so
#                      that the deviation is that over splits
#     METRICS          metrics of table.md; the first one is plotted
#     TEST_SPLIT       the split of the test images (test); val to choose
#                      settings
#     THREADS          threads of each program; set it for make -jN, N runs at a
#                      time
#     OWN_METHODS      names of methods that the experiment has rules for
#     OWN_PRETRAINED   those of them with a pretraining, whose loss is in
#                      OWN_LOSS, options of seg-pretrain
#     OWN_TRAINED      those of OWN_METHODS whose model.st the experiment makes
#     OWN_MODELS       models below OUT/BUDGET/METHOD/SEED that are trained as
#                      those of the runs, of $(labeled)
#     stage            prefix of the variables of a run, by $(method): if it is
#                      FINE_ for a method, FINE_NET, FINE_STEPS, FINE_LR,
#                      FINE_CROP, FINE_SAMPLE, FINE_AUGMENT, FINE_FINETUNE and
#                      FINE_INIT take the place of NET, STEPS and so on
#     EXTRA_TARGETS    further targets of make, for example $(OUT)/predicted
# Training:
#     NET              arguments of seg-net
#     STEPS, PRETRAIN_STEPS, BATCH
#                      steps, records of a batch
#     LR, PRETRAIN_LR  learning rates; empty: those that the programs choose
#     CROP             size of a training patch
#     GRID             pixels of the contrastive loss, --grid of seg-pretrain
#     EQUAL_FINETUNING not empty: after any pretraining, cross-entropy takes
#                      STEPS steps, and ce+ as many as all of global+block
#     GLOBAL_STEPS, GLOBAL_BATCH
#                      of global; one training for each seed, for all budgets
#     UNLABELED        streams of further images for methods that learn without
#                      labels, for example the test images; table.md says so
#     STAT             not empty: the input is normalized by the statistics of
#                      all training images, which takes no labels
#     CLASS_WEIGHTS    inverse or median: pixels are weighted by the frequency
#                      of their class in the labeled images
#     CASES            options of seg-score, optional: mdice_cases is the mean of
#                      the Dice of single cases with them
#     VALID            stream of validation images: of a training, the model
#                      with the best mIoU on them is kept, not the last
#     KEEP_HEAD        not empty: fine-tuning starts from the head of NET on the
#                      pretrained backbone, otherwise from a new classifier
# Further options of a program:
#     IMPORT SUBSET SAMPLE INIT PRETRAIN FINETUNE PREDICT SCORE VIEW EXPORT
#                      of seg-import, seg-subset and so on
#     PRETRAIN_SAMPLE  of seg-sample for pretraining; SAMPLE by default
#     AUGMENT, PRETRAIN_AUGMENT
#                      of seg-augment for fine-tuning and for pretraining
#     GLOBAL, GLOBAL_SAMPLE, GLOBAL_AUGMENT
#                      of seg-pretrain, seg-sample and seg-augment for global
#     PREVIEW          of seg-subset: the images of overlay.png
#     PREVIEW_INPUT    the images from which PREVIEW chooses
#     PREDICT_INPUT    the images of which predicted is made, PREVIEW_INPUT by
#                      default
#
# Files, with SEED and BUDGET for one of SEEDS and BUDGETS:
#     OUT/labeled/BUDGET.st              labeled images of a budget; with SPLITS
#                                        BUDGET-SEED.st
#     OUT/init/SEED.st                   network with random weights
#     OUT/global/SEED/pre.st             pretrained on whole images, and pre.log
#     OUT/BUDGET/METHOD/SEED/pre.st      pretrained model, and pre.log
#     OUT/BUDGET/METHOD/SEED/model.st    final model, and model.log
#     OUT/BUDGET/METHOD/SEED/score.tsv   its scores on the test images
#     OUT/table.md, table.tsv, plot.png  mean and deviation over the seeds
#     OUT/all.tsv                        each score of each run, if asked for
#     OUT/overlay.png                    image, label, prediction and errors
#     OUT/predicted                      a file for each image, if asked for
#     OUT/report.html                    all of it as one page, by make report
# A variant has all but labeled in OUT/VARIANT.
#
# Nothing that is finished is made again, and an interrupted training continues
# from its checkpoint.  If a setting changes, its results are made again.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += -r
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

METHODS          ?= ce ce+ within cross batch
SEEDS            ?= 1
VARIANTS         ?=
METRICS          ?= miou accuracy minutes
LABEL_MAP        ?= $(DATA)/labels.tsv
THREADS          ?=
EXTRA_TARGETS    ?=
BATCH            ?= 8
LR               ?=
PRETRAIN_LR      ?=
SPLITS           ?=
EQUAL_FINETUNING ?=
LOCAL_STRIDE     ?= 4
LOCAL_BLOCK      ?= 16
GLOBAL_STEPS     ?= $(PRETRAIN_STEPS)
GLOBAL_BATCH     ?= 32
UNLABELED        ?=
TEST_SPLIT       ?= test
OWN_METHODS      ?=
OWN_PRETRAINED   ?=
OWN_LOSS         ?=
OWN_TRAINED      ?=
OWN_MODELS       ?=
CASES            ?=
STAT             ?=
CLASS_WEIGHTS    ?=
VALID            ?=
KEEP_HEAD        ?=
IMPORT           ?=
SUBSET           ?= --even
SAMPLE           ?= --scale 0.75,1.5 --flip h
AUGMENT          ?= --color 0.2
PRETRAIN_SAMPLE  ?= $(SAMPLE)
PRETRAIN_AUGMENT ?= --color 0.5
GLOBAL           ?=
GLOBAL_SAMPLE    ?= $(SAMPLE)
GLOBAL_AUGMENT   ?= $(PRETRAIN_AUGMENT)
INIT             ?=
PRETRAIN         ?=
FINETUNE         ?=
PREDICT          ?=
SCORE            ?=
PREVIEW          ?= -n 8
PREVIEW_INPUT    ?= $(OUT)/test.st
PREDICT_INPUT    ?= $(PREVIEW_INPUT)
VIEW             ?= --errors --legend --names
EXPORT           ?=

pipelines := $(dir $(lastword $(MAKEFILE_LIST)))
include $(pipelines)names.mk
include $(pipelines)unlabeled.mk
override OUT := $(OUT:./%=%)

# A thread that waits gives its core to the other runs, at once or, if there are
# none, soon: beside other busy programs steps of small networks
# take half as long as with the much longer wait of the compiler's library.
ifdef THREADS
export OMP_WAIT_POLICY ?= passive
endif
export GOMP_SPINCOUNT ?= 10000
threads = $(if $(THREADS),-j $(THREADS))
comma  := ,

# ---- the runs ----

# Directories of results: OUT, or one for each variant.
bases := $(if $(VARIANTS),$(VARIANTS:%=$(OUT)/%),$(OUT))

# $(call run_dirs,BASES,METHODS): for example demo/5/ce/1 demo/5/within/1
run_dirs = $(foreach d,$1,$(foreach b,$(BUDGETS),$(foreach m,$2,\
           $(foreach s,$(SEEDS),$d/$b/$m/$s))))
losses           := within cross batch stride block
round            := $(losses:%=%+pseudo)
is_known         := ce ce+ global $(losses) $(losses:%=global+%) \
                    $(unlabeled) $(unlabeled:%=global+%) $(round) $(OWN_METHODS)
$(foreach m,$(filter-out $(is_known),$(METHODS)),\
    $(error METHODS: $m is none of $(is_known)))
contrastive      := $(filter $(losses) $(losses:%=global+%) $(round) \
                    $(OWN_PRETRAINED),$(METHODS))
with_global      := $(filter global global+%,$(METHODS))
runs             := $(call run_dirs,$(bases),$(METHODS))
contrastive_runs := $(call run_dirs,$(bases),$(contrastive))
global_runs      := $(call run_dirs,$(bases),$(with_global))
global_dirs      := $(if $(with_global),\
                    $(foreach d,$(bases),$(SEEDS:%=$d/global/%)))

# Parts of the path of the target $@, OUT/[VARIANT/]BUDGET/METHOD/SEED/FILE.
# In prerequisites $$ delays their expansion until the target is known.
variant = $(filter $(VARIANTS),$(firstword $(subst /, ,$(@:$(OUT)/%=%))))
base    = $(OUT)$(variant:%=/%)
parts   = $(subst /, ,$(@D:$(base)/%=%))
budget  = $(word 1,$(parts))
method  = $(word 2,$(parts))
seed    = $(word 3,$(parts))
stage   =

labeled_images = $(OUT)/labeled/$(budget)$(if $(SPLITS),-$(seed)).st
labeled        = $(if $(filter $(pseudo_methods),$(method)),$(@D)/labeled.st,\
                 $(labeled_images))
initial = $(base)/init/$(seed).st
# The runs that learn from unlabeled images, and those of them with pseudo labels,
# which the model of another method makes: that of within for within+pseudo.
pseudo_methods := pseudo global+pseudo $(round)
unlabeled_runs := $(call run_dirs,$(bases),$(filter $(unlabeled) \
                  $(unlabeled:%=global+%) $(round),$(METHODS)))
pseudo_runs    := $(call run_dirs,$(bases),$(filter $(pseudo_methods),$(METHODS)))
labeler_of      = $(patsubst pseudo,ce,$(1:%+pseudo=%))
labeler         = $(base)/$(budget)/$(call labeler_of,$(method))/$(seed)
$(foreach m,$(filter $(pseudo_methods),$(METHODS)),\
    $(if $(filter $(call labeler_of,$m),$(METHODS)),,\
        $(error METHODS: $m needs $(call labeler_of,$m))))
# What pretraining with labels starts from, and fine-tuning without it.
start   = $(if $(filter $(with_global),$(method)),\
          $(base)/global/$(seed)/start.st,$(initial))
# The loss of pretraining with labels: block of global+block.
loss    = $(filter $(losses),$(patsubst %+pseudo,%,$(method:global+%=%)))
.SECONDEXPANSION:

all: $(foreach d,$(bases),$d/table.tsv $d/table.md $d/plot.png $d/overlay.png) \
    $(EXTRA_TARGETS)

# ---- settings ----

# Four files with the settings, written only if these have changed: of all runs,
# of pretraining on whole images, of methods that learn from unlabeled images, and
# of the images that are shown.
settings = net $(NET); steps $(STEPS), pretraining $(PRETRAIN_STEPS); \
    batch $(BATCH); crop $(CROP), loss grid $(GRID); \
    rates $(LR), pretraining $(PRETRAIN_LR); import $(IMPORT); \
    init $(if $(STAT),--stat )$(INIT); subset $(SUBSET); sample $(SAMPLE); \
    augment $(AUGMENT), pretraining $(PRETRAIN_AUGMENT); \
    pretrain $(PRETRAIN); finetune $(FINETUNE); weights $(CLASS_WEIGHTS); \
    predict $(PREDICT); score $(SCORE)$(if $(KEEP_HEAD),; head kept) \
    $(if $(CASES),; cases $(CASES)) $(if $(filter-out test,$(TEST_SPLIT)),; \
    test images $(TEST_SPLIT)) \
    ; local stride $(LOCAL_STRIDE) block $(LOCAL_BLOCK) \
    $(if $(filter-out $(SAMPLE),$(PRETRAIN_SAMPLE)),; pretraining sample \
    $(PRETRAIN_SAMPLE)) $(if $(EQUAL_FINETUNING),; equal fine-tuning) \
    $(if $(SPLITS),; splits)
global   = steps $(GLOBAL_STEPS) of $(GLOBAL_BATCH), $(GLOBAL); \
    sample $(GLOBAL_SAMPLE); augment $(GLOBAL_AUGMENT); and $(UNLABELED)
learning = $(UNLABELED_AUGMENT); $(UNLABELED_LOSS); $(PSEUDO); \
    $(MEAN_TEACHER); $(FIXMATCH); $(CUTMIX); $(COPY_PASTE); and $(UNLABELED)
preview  = preview $(PREVIEW); view $(VIEW); export $(EXPORT)

settings_files := $(sort $(OUT)/settings $(bases:=/settings))
$(settings_files):         current = $(settings)
$(OUT)/global-settings:    current = $(global)
$(OUT)/unlabeled-settings: current = $(learning)
$(OUT)/preview-settings:   current = $(preview)
$(settings_files) $(OUT)/global-settings $(OUT)/unlabeled-settings \
    $(OUT)/preview-settings: FORCE
	@mkdir -p $(@D)
	@echo "$(current)" | cmp -s - $@ || echo "$(current)" >$@
FORCE:

# ---- images ----

ifdef IMAGES
ifndef DATA
$(error DATA is not set: make -f $(firstword $(MAKEFILE_LIST)) DATA=DIR)
endif
$(foreach f,splits/train.txt splits/$(TEST_SPLIT).txt labels.tsv,\
    $(if $(wildcard $(DATA)/$f),,$(error $(DATA)/$f: there is no such file; \
        $(firstword $(MAKEFILE_LIST)) begins with the files of DATA)))
split = $(if $(filter test,$*),$(TEST_SPLIT),$*)
$(OUT)/train.st $(OUT)/test.st: $(OUT)/%.st: $(DATA)/splits/$$(split).txt \
    $(DATA)/labels.tsv $(OUT)/settings
	seg-import -q --images $(DATA)/$(IMAGES) --labels $(DATA)/$(LABELS) \
	    --keys $< --map $(DATA)/labels.tsv $(IMPORT) -o $@
endif

# $(call labeled_of,BUDGETS): their files
labeled_of = $(foreach b,$1,$(if $(SPLITS),\
             $(SEEDS:%=$(OUT)/labeled/$b-%.st),$(OUT)/labeled/$b.st))
labeled_files := $(call labeled_of,$(BUDGETS))
$(labeled_files): $(OUT)/labeled/%.st: $(OUT)/train.st $(OUT)/settings
	@mkdir -p $(@D)
	seg-subset -q $(SUBSET) -n $(subst -, -s ,$*) -o $@ $< || { rc=$$?; \
	    echo "BUDGETS: no $* labeled images could be taken of $<" >&2; \
	    exit $$rc; }

# The largest budget comes first: if there are too few labeled images for it,
# make stops before anything is trained.
largest := $(lastword $(shell printf '%s\n' $(BUDGETS) | sort -n))
$(filter-out $(call labeled_of,$(largest)),$(labeled_files)): \
    | $(call labeled_of,$(largest))

# The labeled images, then the others with pseudo labels.
$(pseudo_runs:=/labeled.st): $$(labeler)/model.st $(OUT)/train.st \
    $$(labeled_images) $(UNLABELED)
	@mkdir -p $(@D)
	n=$(budget); seg-subset -q $(SUBSET) -n $$n -s $(if $(SPLITS),$(seed),0) \
	    --rest $(OUT)/train.st | \
	    seg-cat -q - $(UNLABELED) | \
	    $(call predict,$<,--emit labels$(comma)confidence --copy image) | \
	    seg-pseudo -q $(PSEUDO) --table $(@D)/pseudo.tsv -o $(@D)/pseudo.st
	seg-cat -q $(labeled_images) $(@D)/pseudo.st -o $@
	rm $(@D)/pseudo.st

# Frequencies of the classes, for CLASS_WEIGHTS.
$(labeled_files:.st=.tsv): %.tsv: %.st
	seg-stat -q -o $@ $<

# Statistics of the channels, for STAT.
$(OUT)/stat.tsv: $(OUT)/train.st
	seg-stat -q -o $@ $<

# ---- training ----

# NET with random weights.  The weights of a file come without its normalization,
# so that is given again.
new_model = seg-net $($(stage)NET) | seg-init -q -s $(seed) \
    $(if $(STAT),--stat $(OUT)/stat.tsv) $($(stage)INIT)

init_files := $(foreach d,$(bases),$(SEEDS:%=$d/init/%.st))
$(init_files): seed = $(basename $(@F))
$(init_files): $$(base)/settings $(if $(STAT),$(OUT)/stat.tsv)
	@mkdir -p $(@D)
	$(new_model) -o $@

# The stream of training patches depends only on labeled images, number of steps
# and seed.  A checkpoint that is older than the settings is removed, as a
# training refuses a checkpoint of other settings.
checkpoint = $(@:.st=.ckpt)
outputs    = --log $(@:.st=.log) --checkpoint $(checkpoint) -o $@
drop_old_checkpoint = for f in $(used_settings); do \
    [ $(checkpoint) -nt $$f ] || rm -f $(checkpoint); done
used_settings = $(base)/settings \
    $(if $(filter $(with_global),$(method)),$(OUT)/global-settings) \
    $(if $(filter $(unlabeled) $(unlabeled:%=global+%) $(round),$(method)),\
        $(OUT)/unlabeled-settings)

# Two patches of each image, without labels; one training for all budgets.  They
# are in a file, because slices of volumes are counted before the first step.
$(global_dirs:=/pre.st): seed = $(notdir $(@D))
$(global_dirs:=/pre.st): used_settings = $(base)/settings $(OUT)/global-settings
$(global_dirs:=/pre.st): $$(base)/init/$$(notdir $$(@D)).st $(OUT)/train.st \
    $(OUT)/global-settings $(UNLABELED)
	@mkdir -p $(@D)
	@$(drop_old_checkpoint)
	seg-cat -q $(OUT)/train.st $(UNLABELED) | seg-pick --keep image | \
	    seg-sample -q --crop $(CROP) -n $$(( $(GLOBAL_STEPS) * \
	        $(GLOBAL_BATCH) )) --views 2 $(GLOBAL_SAMPLE) -s $(seed) | \
	    seg-augment -q $(GLOBAL_AUGMENT) -s $(seed) -o $(@D)/views.st
	seg-pretrain -m $< --loss image $(GLOBAL) --steps $(GLOBAL_STEPS) \
	    --batch $(GLOBAL_BATCH) $(if $(PRETRAIN_LR),--lr $(PRETRAIN_LR)) \
	    -s $(seed) $(PRETRAIN) \
	    $(threads) $(outputs) $(@D)/views.st
	rm $(@D)/views.st

# The whole network: pretrained weights, random ones for all other nodes.
$(global_dirs:=/start.st): seed = $(notdir $(@D))
$(global_dirs:=/start.st): %/start.st: %/pre.st
	$(new_model) -w $< -o $@

# The time of global counts in each of its runs.
$(global_runs:=/global.log): $$(base)/global/$$(seed)/pre.st
	@mkdir -p $(@D)
	cp $(<:.st=.log) $@

loss_options = $(if $(filter $(OWN_PRETRAINED),$(method)),$(OWN_LOSS),\
               $(if $(filter stride,$(loss)),--loss local \
                   --stride $(LOCAL_STRIDE),$(if $(filter block,$(loss)),\
                   --loss local --block $(LOCAL_BLOCK),\
                   --loss $(loss) $(if $(GRID),--grid $(GRID)))))

# Both views are made by seg-sample if PRETRAIN_SAMPLE has --views.
two_views = $(if $(findstring --views,$(PRETRAIN_SAMPLE)),,--views 2)

$(contrastive_runs:=/pre.st): $$(labeled) $$(start)
	@mkdir -p $(@D)
	@$(drop_old_checkpoint)
	seg-sample -q --crop $($(stage)CROP) \
	    -n $$(( $(PRETRAIN_STEPS) * $(BATCH) )) \
	    $(PRETRAIN_SAMPLE) -s $(seed) $(labeled) | \
	    seg-augment -q $(two_views) $(PRETRAIN_AUGMENT) -s $(seed) | \
	    seg-pretrain -m $(start) $(loss_options) --steps $(PRETRAIN_STEPS) \
	    --batch $(BATCH) $(if $(PRETRAIN_LR),--lr $(PRETRAIN_LR)) \
	    -s $(seed) $(PRETRAIN) \
	    $(threads) $(outputs)

# NET with its own head: pretrained weights, random ones for the head.
$(contrastive_runs:=/start.st): %/start.st: %/pre.st
	$(new_model) -w $< -o $@

is_contrastive = $(filter $(contrastive),$(method))
finetune_steps = $$(( $($(stage)STEPS) $(if $(EQUAL_FINETUNING),,\
    $(if $(is_contrastive),- $(PRETRAIN_STEPS))) \
    $(if $(filter ce+,$(method)),+ $(PRETRAIN_STEPS) \
        $(if $(EQUAL_FINETUNING),+ $(GLOBAL_STEPS))) ))
finetune_model = $(if $(is_contrastive),\
    $(@D)/$(if $(KEEP_HEAD),start,pre).st,$(start))
# Other patches than those of pretraining: seed 3 becomes 13.
finetune_seed  = 1$(seed)
class_stat     = $(if $(CLASS_WEIGHTS),$(labeled:.st=.tsv))

$(unlabeled_runs:=/model.st): $(OUT)/unlabeled-settings $(OUT)/train.st
trained := $(filter-out $(call run_dirs,$(bases),$(OWN_TRAINED)),$(runs))
$(trained:=/model.st) $(OWN_MODELS): $$(labeled) $$(finetune_model) $$(class_stat) \
    $(VALID)
	@mkdir -p $(@D)
	@$(drop_old_checkpoint)
	steps=$(finetune_steps); \
	seg-sample -q --crop $($(stage)CROP) -n $$(( steps * $(BATCH) )) \
	    $($(stage)SAMPLE) -s $(finetune_seed) $(labeled) | \
	    seg-augment -q $($(stage)AUGMENT) -s $(finetune_seed) | \
	    seg-finetune -m $(finetune_model) --steps $$steps \
	    --batch $(BATCH) $(if $($(stage)LR),--lr $($(stage)LR)) \
	    -s $(seed) $($(stage)FINETUNE) \
	    $(if $(call of_method,$(teachers)),$(unlabeled_feed)) \
	    $(if $(CLASS_WEIGHTS),--class-weights $(CLASS_WEIGHTS) \
	        --stat $(class_stat)) $(if $(VALID),--valid $(VALID)) \
	    $(threads) $(outputs)

# ---- results ----

# $(call predict,MODEL,OPTIONS,FILE): the predictions for a stream, that of
# standard input without FILE.
predict = seg-predict -q $(threads) $(PREDICT) -m $1 $2 $3

$(runs:=/score.tsv): %/score.tsv: %/model.st $(OUT)/test.st
	$(call predict,$<,,$(OUT)/test.st) | $(if $(CASES),tee $(@D)/pred.st |) \
	    seg-score -q $(SCORE) -o $@
	$(if $(CASES),seg-score -q --average image $(CASES) $(@D)/pred.st | \
	    sed -n 's/^mdice/mdice_cases/p' >>$@; rm $(@D)/pred.st)

# Files of the runs in the directory of the target.
scores = $(addsuffix /score.tsv,$(call run_dirs,$(@D),$(METHODS)))
logs   = $(addsuffix /model.log,$(call run_dirs,$(@D),$(METHODS))) \
         $(addsuffix /pre.log,$(call run_dirs,$(@D),$(contrastive))) \
         $(addsuffix /global.log,$(call run_dirs,$(@D),$(with_global)))
$(foreach d,$(bases),$d/table.tsv $d/all.tsv $d/table.md $d/plot.png): \
    $(global_runs:=/global.log)

$(bases:=/table.tsv): $$(scores)
	seg-table -o $@ $(scores) $(logs)

$(bases:=/all.tsv): $$(scores)
	seg-table -f long -o $@ $(scores) $(logs)

$(bases:=/table.md): $$(scores)
	seg-table -f markdown $(METRICS:%=--metric %) -o $@ $(scores) $(logs)
	$(if $(UNLABELED),printf '\n%s\n' "Methods that learn without labels: \
	also on the images of $(UNLABELED)" >>$@)

$(bases:=/plot.png): $$(scores)
	if type gnuplot >/dev/null 2>&1; then \
	    seg-table --metric $(firstword $(METRICS)) $(scores) $(logs) | \
	        seg-plot -x budget -y mean -e sd --by method --log-x \
	        --title "$(firstword $(METRICS)) on the test images" -o $@; \
	else echo "$@: no gnuplot, no plot" >&2; fi

# The model of the last run: largest budget, last method, last seed.
last_model = $(lastword $(call run_dirs,$(@D),$(METHODS)))/model.st

# Image, label, prediction and errors, side by side.
$(bases:=/overlay.png): $$(last_model) $(PREVIEW_INPUT) $(OUT)/preview-settings
	seg-subset -q --at-most $(PREVIEW) $(PREVIEW_INPUT) | \
	    $(call predict,$<,--copy image$(comma)label) | \
	    seg-view -q --mode sheet $(VIEW) -o $@

# A file for each predicted image, with the values of the label map.
$(bases:=/predicted): $$(last_model) $(PREDICT_INPUT) $(OUT)/preview-settings
	rm -rf $@.part
	$(call predict,$<,,$(PREDICT_INPUT)) | \
	    seg-export -q --map $(LABEL_MAP) $(EXPORT) -d $@.part
	rm -rf $@
	mv $@.part $@

# Table, training and test images of the last run as a page.
last_run = $(lastword $(call run_dirs,$(@D),$(METHODS)))

$(bases:=/report.html): $$(@D)/table.tsv $$(last_model) $(OUT)/test.st
	$(call predict,$(last_model),--copy image$(comma)label,$(OUT)/test.st) | \
	    seg-report --title "$(@D): $(last_run:$(@D)/%=%)" \
	    --scores $(@D)/table.tsv --scores $(last_run)/score.tsv \
	    $(patsubst %,--logs %,$(wildcard $(last_run)/*.log)) \
	    --predictions - --settings $(@D)/settings -m $(last_model) -o $@

report: $(bases:=/report.html)

clean-results:
	rm -rf $(OUT)

.PHONY: all report clean-results FORCE

# Methods of an experiment that also learn from the training images without
# their labels; common.mk includes this file.  All of them train for as many
# steps as ce.  A step of the last four takes longer, because it has as many
# unlabeled images as labeled ones and a teacher labels them.
#
#     pseudo         ce on the labeled images and on the others, with the pseudo
#                    labels of the model of ce: METHODS needs ce too
#     within+pseudo, cross+pseudo, ...
#                    pretraining and fine-tuning on both, with the pseudo labels
#                    of within and so on (the semi-supervised round of Zhao et al.
#                    2021): METHODS needs within too
#     mean-teacher   pseudo labels of a mean teacher, for all pixels (Tarvainen
#                    and Valpola 2017)
#     fixmatch       the same for pixels of which the teacher is sure (Sohn et
#                    al. 2020)
#     cutmix         the same with rectangles exchanged between unlabeled images
#                    (French et al. 2020)
#     copy-paste     rectangles exchanged between labeled and unlabeled images,
#                    all pixels (Bai et al. 2023)
#     global+pseudo, global+mean-teacher, ...
#                    the same after global; global+pseudo needs global
#
# Variables:
#     PSEUDO             options of seg-pseudo
#     UNLABELED_AUGMENT  of seg-augment for the view from which the network
#                        learns; the teacher sees the image as seg-sample cut it
#     UNLABELED_LOSS     loss of pseudo labels (ce)
#     MEAN_TEACHER, FIXMATCH, CUTMIX, COPY_PASTE
#                        further options of seg-finetune for a method
PSEUDO            ?= --share 0.5
UNLABELED_AUGMENT ?= $(filter-out --first-too,$(PRETRAIN_AUGMENT))
UNLABELED_LOSS    ?= ce
MEAN_TEACHER      ?= --mix none --above 0
FIXMATCH          ?= --mix none --above 0.9
CUTMIX            ?= --mix cutmix --above 0.9
COPY_PASTE        ?= --mix copy-paste --above 0 --unlabeled-weight 0.5

teachers  := mean-teacher fixmatch cutmix copy-paste
unlabeled := pseudo $(teachers)

# $(call of_method,NAMES): those that are the method of $@, after global or not
of_method = $(filter $1,$(method:global+%=%))

# The images of a stream without anything but the image.
images_only = seg-cat -q $(OUT)/train.st $(UNLABELED) | seg-pick --keep image

unlabeled_feed = --unlabeled <($(images_only) | \
    seg-sample -q --crop $($(stage)CROP) -n $$(( steps * $(BATCH) )) \
        $($(stage)SAMPLE) -s 2$(seed) | \
    seg-augment -q --views 2 $(UNLABELED_AUGMENT) -s 2$(seed)) \
    --unlabeled-loss '$(UNLABELED_LOSS)' \
    $(if $(call of_method,mean-teacher),$(MEAN_TEACHER)) \
    $(if $(call of_method,fixmatch),$(FIXMATCH)) \
    $(if $(call of_method,cutmix),$(CUTMIX)) \
    $(if $(call of_method,copy-paste),$(COPY_PASTE))

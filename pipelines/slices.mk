# Common settings of networks on slices of medical volumes, a few of them labeled:
# pretraining on whole slices and on pixels (Hu et al. 2021) compared with random
# weights.  After any pretraining a network is fine-tuned for the same steps.
#
# With few labels, network and augmentation decide most.  Hearts of 1, 3 and 7
# patients, random weights, 1500 steps, Dice on validation patients at half size: 0.43,
# 0.68 and 0.71 for unet-hu with --scale 0.7,1.4 --angle -30,30, --gamma 0.7,1.5 and
# --noise 0.1; 0.75, 0.78 and 0.77 for the network and augmentation of acdc.mk.
#
# GROUP is --group of seg-pretrain and seg-score: which slices are one volume, if
# they do not come from volumes.
METHODS          ?= ce ce+ within cross stride block global \
                    global+stride global+block
SEEDS            ?= 1 2 3
STEPS            ?= 1500
PRETRAIN_STEPS   ?= 200
GLOBAL_STEPS     ?= 1500
GLOBAL_BATCH     ?= 24
EQUAL_FINETUNING ?= yes
FINETUNE         ?= --loss 'ce+dice(background=0,batch=1)'
AUGMENT          ?= --gamma 0.5,2 --brightness 0.3 --bias-field 0.3 \
                    --noise 0.1 --relative --blur 0.2
PRETRAIN_AUGMENT ?= --first-too --gamma 0.5,2 --brightness 0.3 --noise 0.1 \
                    --relative
GLOBAL_AUGMENT   ?= --gamma 0.5,2 --brightness 0.3 --noise 0.1 --relative
# Slices of other volumes at the same relative position are positives
# (Chaitanya et al. 2020).
GLOBAL           ?= --at down.4.1.1 --head linear --tau 0.1 \
                    --positives position $(GROUP)
GROUP            ?=

include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

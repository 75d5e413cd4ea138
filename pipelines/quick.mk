# Common settings of small networks that train in minutes: optimizer, learning
# rates, cross-entropy compared with contrastive pretraining, normalization by
# the statistics of the training images.
METHODS        ?= ce within
STEPS          ?= 600
PRETRAIN_STEPS ?= 150
STAT           ?= yes
LR             ?= 0.003
PRETRAIN_LR    ?= 0.003
PRETRAIN       ?= --optimizer adamw --warmup 20
FINETUNE       ?= --optimizer adamw --warmup 20

include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

# What small networks have in common that learn in minutes: the optimizer, the
# rates, cross-entropy against contrastive pretraining, images normalized by
# the bands of the set.
METHODS  ?= ce within
STEPS    ?= 600
PRESTEPS ?= 150
STAT     ?= yes
LR       ?= 0.003
PRELR    ?= 0.003
PRETRAIN ?= --optimizer adamw --warmup 20
FINETUNE ?= --optimizer adamw --warmup 20

include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

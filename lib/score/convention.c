#include <stddef.h>

#include "lib/score/convention.h"

const char *const seg_convention_names[] = {
    "mmseg", "detectron2", "smp", "nnunet", "voc", NULL};

const struct seg_convention seg_conventions[] = {
    {SEG_POOLED, SEG_ABSENT_SKIP, 0, -1},
    {SEG_POOLED, SEG_ABSENT_SKIP, 1, -1},
    {SEG_POOLED, SEG_ABSENT_ONE, 0, -1},
    {SEG_BY_CLASS, SEG_ABSENT_NAN, 0, 0},
    {SEG_POOLED, SEG_ABSENT_ZERO, 0, -1},
};

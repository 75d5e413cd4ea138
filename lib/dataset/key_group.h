/*
 * The group that a record belongs to, as a part of its key: the patient, the
 * video, the site.
 *
 * A pattern is compared with the whole key:
 *
 *     *         any characters, as few as possible, from left to right
 *     ?         one character
 *     ( )       mark the group, once in a pattern
 *
 * Without ( ) the group is what the first * stands for.  For example, of the
 * key patient003_frame01_07, "*_frame*" gives the group patient003,
 * "(*_frame*)_*" gives patient003_frame01.
 */
#ifndef SEG_DATASET_KEY_GROUP_H
#define SEG_DATASET_KEY_GROUP_H

#include <stddef.h>

#include "lib/base/err.h"

struct seg_key_group {
    const char *at; /* points into the key */
    size_t length;
};

/* Fails with SEG_EUSAGE if no part of a key can be a group of the pattern: it
   has neither * nor ( ), or ( and ) do not form one pair. */
int seg_key_group_check(const char *pattern, struct seg_err *e) SEG_MUST_USE;

/* The group of a key, for a valid pattern.  Returns 1, or 0 if the key does not
   match or the group is empty. */
int seg_key_group_find(
    struct seg_key_group *group, const char *pattern, const char *key);

#endif

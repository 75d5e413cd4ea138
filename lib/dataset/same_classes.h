/*
 * Do two things have the same classes?  The one answer for streams, models,
 * tables and label maps.
 *
 * A class is a number and a name.  Where both sides name their classes, count,
 * names and order must be the same, or the names of one would stand for the
 * numbers of the other: (sky, road) is neither (road, sky) nor (sky, road,
 * car).  A side without names agrees with every other; its values are checked
 * against the number of classes where they are used.
 *
 * Lists are text as in seg.classes: names by number, with tabs between, or NULL
 * where there are no names.
 */
#ifndef SEG_DATASET_SAME_CLASSES_H
#define SEG_DATASET_SAME_CLASSES_H

#include "lib/tensor/record.h"

/*
 * Fails where the two lists differ.  where begins the message; in is the other
 * side: "in those before", "in m.st".  An example:
 *
 *   b.st: 0: class 0 is obj, back in m.st: (obj, back) against (back, obj)
 *
 * Lists that are long are given as their number of classes.
 */
int seg_classes_compare(const char *names, const char *others,
    const char *where, const char *in, struct seg_err *e) SEG_MUST_USE;

/* The same where only the number of the other side's classes is known. */
int seg_classes_compare_count(const char *names, int n, const char *where,
    const char *in, struct seg_err *e) SEG_MUST_USE;

/* The number of classes in a list; 0 for NULL. */
int seg_classes_count(const char *names);

/* The list of n names, in a. */
char *seg_classes_list(struct seg_arena *a, const char *const *name, int n,
    struct seg_err *e) SEG_MUST_USE;

/* The classes of a stream: those of its first record that has names, and the
   ignore value of its first record that has a label. */
struct seg_known_classes {
    struct seg_arena *arena; /* the caller's, of names */
    const char *in;          /* for messages; NULL: "in those before" */
    const char *names;
    int labeled, ignore; /* ignore means something where labeled is 1 */
};

/* Fails where the record has other classes, or a label and another ignore
   value; otherwise takes over what was not known. */
int seg_classes_follow(struct seg_known_classes *k,
    const struct seg_record *rec, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The two halves of it, for tables and predictions. */
int seg_classes_follow_list(struct seg_known_classes *k, const char *names,
    const char *where, struct seg_err *e) SEG_MUST_USE;
int seg_classes_follow_ignore(struct seg_known_classes *k, int ignore,
    const char *where, struct seg_err *e) SEG_MUST_USE;

#endif

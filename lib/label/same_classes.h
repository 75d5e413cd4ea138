/*
 * Compares the classes of streams, models, tables and label maps.
 *
 * A class is a number and a name.  If both sides name their classes, then
 * count, names and order must be equal; otherwise the names of one side would
 * be used for the numbers of the other.  For example, (sky, road) differs from
 * (road, sky) and from (sky, road, car).  A side without names agrees with
 * every other; its values are checked against the number of classes when they
 * are used.
 *
 * Lists are text as in seg.classes: names by id, separated by tabs; NULL: no
 * names.
 */
#ifndef SEG_LABEL_SAME_CLASSES_H
#define SEG_LABEL_SAME_CLASSES_H

#include "lib/tensor/record.h"

/*
 * Fails if the two lists differ.  The message begins with `where`; `in` names
 * the other side, for example "in those before" or "in m.st":
 *
 *   b.st: 0: class 0 is obj, back in m.st: (obj, back) against (back, obj)
 *
 * Long lists are replaced by their number of classes.
 */
int seg_classes_compare(const char *names, const char *others,
    const char *where, const char *in, struct seg_err *e) SEG_MUST_USE;

/* The same if only the number of classes of the other side is known. */
int seg_classes_compare_count(const char *names, int n, const char *where,
    const char *in, struct seg_err *e) SEG_MUST_USE;

/* The number of classes in a list; 0 for NULL. */
int seg_classes_count(const char *names);

/* The list of n names; memory from a. */
char *seg_classes_list(struct seg_arena *a, const char *const *name, int n,
    struct seg_err *e) SEG_MUST_USE;

/* The classes of a stream: the names of its first record that has them, and the
   ignore value of its first record that has a label. */
struct seg_known_classes {
    struct seg_arena *arena; /* the caller's; holds names */
    const char *in;          /* for messages; NULL: "in those before" */
    const char *names;
    int labeled, ignore; /* ignore is valid if labeled is 1 */
};

/* Fails if the record has other class names, or a label with another ignore
   value.  Keeps names and ignore value if they were not known yet. */
int seg_known_classes_check(struct seg_known_classes *k,
    const struct seg_record *rec, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The two parts of seg_known_classes_check, for tables and predictions. */
int seg_known_classes_check_names(struct seg_known_classes *k,
    const char *names, const char *where, struct seg_err *e) SEG_MUST_USE;
int seg_known_classes_check_ignore(struct seg_known_classes *k, int ignore,
    const char *where, struct seg_err *e) SEG_MUST_USE;

#endif

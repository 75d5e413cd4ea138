/*
 * Python's pickle format, read as data: protocols 0 to 5 as far as files of
 * weights use them.
 *
 * A pickle is a program for a small stack machine.  This reader builds the
 * values that the program describes and calls nothing: a class or function in
 * the pickle is only a name, and the caller's hooks decide what a value made
 * from it is.  A name that the hooks do not know is an error.
 *
 * Every value takes memory from the arena, whose limit bounds a hostile pickle;
 * lists and dictionaries are never walked here, so that shared and cyclic
 * values cost no time.
 */
#ifndef SEG_FORMATS_WEIGHTS_PICKLE_H
#define SEG_FORMATS_WEIGHTS_PICKLE_H

#include <stddef.h>

#include "lib/base/arena.h"

enum seg_pickle_kind {
    SEG_PICKLE_NONE,
    SEG_PICKLE_WHOLE, /* whole: also of True and False */
    SEG_PICKLE_REAL,  /* real */
    SEG_PICKLE_TEXT,  /* text of n bytes, 0 after them; bytes objects too */
    SEG_PICKLE_LIST,  /* item[n]; tuples and sets too */
    SEG_PICKLE_DICT,  /* item[n]: key, value, key, value, ... */
    SEG_PICKLE_NAME,  /* a global name: whole is the result of hooks->name */
    SEG_PICKLE_OBJECT /* made by a hook: whole and object are the hook's */
};

struct seg_pickle_value {
    enum seg_pickle_kind kind;
    long long whole;
    double real;
    const char *text;
    struct seg_pickle_value **item;
    size_t n, capacity;
    void *object;
};

struct seg_pickle_hooks {
    void *context;
    /* "collections", "OrderedDict": a number of the caller's, or -1 and e. */
    int (*name)(
        void *context, const char *module, const char *name, struct seg_err *e);
    /* The value that name(args...) would make; NULL and e: refused. */
    struct seg_pickle_value *(*make)(void *context, int name,
        struct seg_pickle_value *args, struct seg_err *e);
    /* The value of a persistent id; NULL and e: refused. */
    struct seg_pickle_value *(*persistent)(
        void *context, struct seg_pickle_value *id, struct seg_err *e);
};

/*
 * Reads one pickle from *at, at most up to end, and moves *at after it.  The
 * value and everything in it belong to the arena.  file is for messages.
 */
struct seg_pickle_value *seg_pickle_read(struct seg_arena *a, const char **at,
    const char *end, const char *file, const struct seg_pickle_hooks *hooks,
    struct seg_err *e) SEG_MUST_USE;

/* A value of that kind, all else 0, for hooks. */
struct seg_pickle_value *seg_pickle_new(struct seg_arena *a,
    enum seg_pickle_kind kind, struct seg_err *e) SEG_MUST_USE;

/* The value of a text key; NULL: d is no dictionary or has no such key.  Of
   equal keys the last one counts, as in Python. */
struct seg_pickle_value *seg_pickle_get(
    const struct seg_pickle_value *d, const char *key);

#endif

/*
 * Memory for libraries that cannot handle a failed allocation.
 *
 * Some libraries let a program replace their allocation functions, but crash,
 * or silently drop a part of the result, if one of them returns NULL.  The
 * replacement calls seg_foreign_resize, which never returns NULL: if there is
 * no memory it jumps back to the caller of the library.
 *
 *     struct seg_foreign f;
 *
 *     if (setjmp(f.back))
 *         return seg_fail(e, SEG_EMEM, "...");
 *     seg_foreign_enter(&f);
 *     ... calls of the library ...
 *     if (seg_foreign_leave())
 *         return seg_fail(e, SEG_EMEM, "...");
 *
 * After the jump the structures of the library are inconsistent and must not be
 * used again, not even to free them.  Their memory is lost until the program
 * ends, which follows at once.
 *
 * The replacements get no pointer from us, so each thread keeps a pointer to
 * the struct that it entered, from enter to leave.
 */
#ifndef SEG_BASE_FOREIGN_H
#define SEG_BASE_FOREIGN_H

#include <setjmp.h>
#include <stddef.h>

struct seg_foreign {
    jmp_buf back;
};

void seg_foreign_enter(struct seg_foreign *f);
/* 1 if an allocation failed since enter that did not use the replacements,
   otherwise 0.  For example, malloc in a library that this library calls sets
   errno to ENOMEM. */
int seg_foreign_leave(void);

/* Like malloc (old NULL) and realloc.  Returns NULL only outside of enter and
   leave. */
void *seg_foreign_resize(void *old, size_t n);
void seg_foreign_free(void *p);

#endif

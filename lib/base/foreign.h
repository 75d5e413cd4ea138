/*
 * Memory for a library that cannot go on without it.
 *
 * Some libraries take memory through functions that a program may replace, and
 * crash, or leave out a part of the result, where one of them returns NULL.
 * The replacement calls seg_foreign_resize, which never returns NULL: where
 * there is no memory it jumps back to the caller of the library.
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
 * After the jump the structures of the library are half changed and must not be
 * used again, not even to free them: their memory is lost until the program
 * ends, which is about to happen.
 *
 * The replacements get no pointer from us, so each thread has a pointer to the
 * struct that it entered, from enter to leave.
 */
#ifndef SEG_BASE_FOREIGN_H
#define SEG_BASE_FOREIGN_H

#include <setjmp.h>
#include <stddef.h>

struct seg_foreign {
    jmp_buf back;
};

void seg_foreign_enter(struct seg_foreign *f);
/* 1 if an allocation failed in the meantime that went past the replacements
   (malloc of a library below that library says so in errno), else 0. */
int seg_foreign_leave(void);

/* malloc (old NULL) and realloc.  NULL only outside of enter and leave. */
void *seg_foreign_resize(void *old, size_t n);
void seg_foreign_free(void *p);

#endif

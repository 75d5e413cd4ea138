/* Memory of a bench: n cleared elements, or the end of the program. */
#ifndef SEG_BENCH_TAKE_H
#define SEG_BENCH_TAKE_H

#include "lib/base/arena.h"
#include "tests/bench/serve.h"

static inline void *
bench_take(struct seg_arena *a, size_t n, size_t size)
{
    struct seg_err e;
    void *p = seg_take(a, n, size, &e);

    if (!p)
        bench_die(e.text);
    return p;
}

#endif

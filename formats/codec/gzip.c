#include <string.h>

#include <zlib.h>

#include "formats/codec/gzip.h"
#include "formats/stream/stream.h"

enum { PIECE = 1 << 30, BUFFER = 256 << 10 };

struct seg_gzip {
    struct seg_arena arena; /* holds this struct and zlib's memory */
    struct seg_err memory;  /* the error of a failed allocation */
    z_stream z;
    int fd, writes; /* fd -1: reading */
    const char *path;
    const char *next; /* compressed bytes that zlib has not got yet, */
    size_t left;      /* and their number */
    uint8_t *buffer;
};

int
seg_gzip_is(const struct seg_file *file)
{
    return file->bytes >= 2 && !memcmp(file->data, "\x1f\x8b", 2);
}

static int
make(struct seg_gzip **g, struct seg_err *e)
{
    struct seg_arena arena = {0};

    *g = seg_take(&arena, 1, sizeof **g, e);
    if (!*g)
        return -1;
    (*g)->arena = arena;
    (*g)->fd = -1;
    return 0;
}

static void *
take(void *gzip, unsigned n, unsigned size)
{
    struct seg_gzip *g = gzip;

    return seg_take(&g->arena, n, size, &g->memory);
}

static void
give_back(void *gzip, void *p)
{
    (void)gzip; /* the arena is freed as a whole */
    (void)p;
}

static void
use_arena(struct seg_gzip *g)
{
    g->z.zalloc = take;
    g->z.zfree = give_back;
    g->z.opaque = g;
}

static int
no_memory(const char *path, struct seg_err *e)
{
    return seg_fail(e, SEG_EMEM, "%s: out of memory", path);
}

int
seg_gunzip_open(
    struct seg_gzip **g, const struct seg_file *file, struct seg_err *e)
{
    enum { GZIP = 16 };

    if (make(g, e))
        return -1;
    (*g)->path = file->path;
    (*g)->next = file->data;
    (*g)->left = file->bytes;
    use_arena(*g);
    if (inflateInit2(&(*g)->z, MAX_WBITS + GZIP) == Z_OK)
        return 0;
    seg_gzip_free(*g);
    *g = NULL;
    return no_memory(file->path, e);
}

static void
feed(struct seg_gzip *g)
{
    size_t n = g->left < PIECE ? g->left : PIECE;

    if (g->z.avail_in || !n)
        return;
    g->z.next_in = (Bytef *)g->next;
    g->z.avail_in = (uInt)n;
    g->next += n;
    g->left -= n;
}

/* A gzip file may consist of several members, one after the other.  1 if
   another one begins here. */
static int
next_member(struct seg_gzip *g)
{
    feed(g);
    return g->z.avail_in >= 2 && !memcmp(g->z.next_in, "\x1f\x8b", 2) &&
           inflateReset(&g->z) == Z_OK;
}

int
seg_gunzip_some(
    struct seg_gzip *g, void *to, size_t n, size_t *got, struct seg_err *e)
{
    for (*got = 0; *got < n;) {
        size_t piece = n - *got < PIECE ? n - *got : PIECE;

        feed(g);
        g->z.next_out = (Bytef *)to + *got;
        g->z.avail_out = (uInt)piece;
        int status = inflate(&g->z, Z_NO_FLUSH);
        *got += piece - g->z.avail_out;
        if (status == Z_STREAM_END && next_member(g))
            continue;
        if (status == Z_STREAM_END)
            return 0;
        if (status == Z_MEM_ERROR)
            return no_memory(g->path, e);
        if (status == Z_BUF_ERROR && !g->left)
            return seg_fail(
                e, SEG_EDATA, "%s: the gzip file ends too early", g->path);
        if (status != Z_OK)
            return seg_fail(e, SEG_EDATA, "%s: damaged gzip: %s", g->path,
                g->z.msg ? g->z.msg : "invalid data");
    }
    return 0;
}

int
seg_gunzip_read(struct seg_gzip *g, void *to, size_t n, struct seg_err *e)
{
    size_t got;

    if (seg_gunzip_some(g, to, n, &got, e))
        return -1;
    return got == n ? 0
                    : seg_fail(e, SEG_EDATA,
                          "%s: %zu bytes less in the gzip file than its "
                          "header promises",
                          g->path, n - got);
}

int
seg_gunzip_end(struct seg_gzip *g, struct seg_err *e)
{
    uint8_t rest[4096];
    size_t got, more = 0;

    do {
        if (seg_gunzip_some(g, rest, sizeof rest, &got, e))
            return -1;
        more += got;
    } while (got == sizeof rest && more < 1 << 20);
    return more < 1 << 20
               ? 0
               : seg_fail(e, SEG_EDATA, "%s: more than 1 MiB after the voxels",
                     g->path);
}

int
seg_gzip_open(struct seg_gzip **g, int fd, const char *path, struct seg_err *e)
{
    enum { GZIP = 16, LEVEL = 6, MEMORY = 8 };

    if (make(g, e))
        return -1;
    (*g)->fd = fd;
    (*g)->path = path;
    (*g)->writes = 1;
    use_arena(*g);
    (*g)->buffer = seg_take_dirty(&(*g)->arena, BUFFER, 1, e);
    if ((*g)->buffer &&
        deflateInit2(&(*g)->z, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP, MEMORY,
            Z_DEFAULT_STRATEGY) == Z_OK)
        return 0;
    seg_gzip_free(*g);
    *g = NULL;
    return no_memory(path, e);
}

static int
deflate_all(struct seg_gzip *g, int flush, struct seg_err *e)
{
    do {
        g->z.next_out = g->buffer;
        g->z.avail_out = BUFFER;
        deflate(&g->z, flush);
        if (seg_write_all(
                g->fd, g->path, g->buffer, BUFFER - g->z.avail_out, e))
            return -1;
    } while (!g->z.avail_out);
    return 0;
}

int
seg_gzip_put(struct seg_gzip *g, const void *from, size_t n, struct seg_err *e)
{
    const char *p = from;

    for (size_t piece; n; n -= piece, p += piece) {
        piece = n < PIECE ? n : PIECE;
        g->z.next_in = (Bytef *)p;
        g->z.avail_in = (uInt)piece;
        if (deflate_all(g, Z_NO_FLUSH, e))
            return -1;
    }
    return 0;
}

int
seg_gzip_end(struct seg_gzip *g, struct seg_err *e)
{
    return deflate_all(g, Z_FINISH, e);
}

uint32_t
seg_gzip_sum(const void *bytes, size_t n)
{
    const Bytef *p = bytes;
    uLong sum = crc32(0, NULL, 0);

    for (size_t piece; n; n -= piece, p += piece) {
        piece = n < PIECE ? n : PIECE;
        sum = crc32(sum, p, (uInt)piece);
    }
    return (uint32_t)sum;
}

void
seg_gzip_free(struct seg_gzip *g)
{
    if (!g)
        return;
    if (g->writes)
        deflateEnd(&g->z);
    else
        inflateEnd(&g->z);
    struct seg_arena arena = g->arena; /* it holds g itself */
    seg_arena_free(&arena);
}

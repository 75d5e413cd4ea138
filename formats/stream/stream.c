#include <inttypes.h>
#include <string.h>

#include "formats/stream/header.h"
#include "formats/stream/input.h"
#include "formats/stream/kind.h"
#include "formats/stream/stream.h"
#include "formats/stream/verify.h"
#include "formats/weights/weights.h"
#include "lib/base/sanitize.h"

static const size_t record_limit = (size_t)2 << 30, header_limit = 1 << 20,
                    lone_limit = 100000000, header_memory = 256 << 20;

struct seg_reader {
    struct seg_arena arena;   /* holds this struct, name, history, offsets */
    struct seg_arena scratch; /* the current header, if read from a pipe */
    const char *name;
    struct seg_input in;
    size_t at;   /* offset of the next byte */
    size_t last; /* offset of the last record returned */
    struct seg_limits limits;
    size_t records; /* returned so far */
    size_t since;   /* of these, since the last END */
    size_t hashed;  /* of these, with seg.hash */
    int ended;      /* the last record was END */
    int lone;       /* a plain .safetensors file: nothing may follow */
    char *history;
    const char *block; /* the history of the last END */
    size_t *offset;    /* of each record, after indexing */
    size_t indexed, capacity;
};

/* ---- one record ---- */

/* A blob without seg.version must be the only one. */
static int
check_lone(struct seg_reader *r, const struct seg_record_location *at,
    struct seg_err *e)
{
    size_t next = r->at, left;
    char *byte;

    if (seg_input_fetch(&r->in, &next, &r->scratch, 1, &byte, &left, e))
        return -1;
    if (left || r->records || r->ended)
        return seg_record_location_fail(at, e,
            "no seg.version, and not a plain safetensors file, which ends with "
            "its only record");
    r->lone = 1;
    return 0;
}

static size_t
header_most(const struct seg_reader *r)
{
    return r->limits.header_memory ? r->limits.header_memory : header_memory;
}

static size_t
header_room(const struct seg_reader *r)
{
    if (r->limits.header_bytes)
        return r->limits.header_bytes;
    return r->records || r->ended ? header_limit : lone_limit;
}

/* Refuses a file of another kind by the name of that kind.  n of its first
   bytes are in first, the others are read.  0: it may be a stream. */
static int
wrong_kind(struct seg_reader *r, size_t next, const char *first, size_t n,
    struct seg_err *e)
{
    char all[SEG_KIND_BYTES], *more;
    const char *name, *remedy;
    size_t got;

    if (r->records || r->ended)
        return 0;
    memcpy(all, first, n);
    if (seg_input_fetch(
            &r->in, &next, &r->scratch, sizeof all - n, &more, &got, e))
        return -1;
    memcpy(all + n, more, got);
    name = seg_kind_not_stream(all, n + got, &remedy);
    if (!name)
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%.200s: %s, not a stream of records or a .safetensors file%s%s",
        r->name, name, remedy ? ": " : "", remedy ? remedy : "");
}

/* 1 and the length of the header at *at; 0 if the input ends before it. */
static int
load_length(struct seg_reader *r, size_t *at, char first[8], size_t *n,
    const struct seg_record_location *place, struct seg_err *e)
{
    uint64_t length = 0;
    char *bytes;
    size_t got;

    if (seg_input_fetch(&r->in, at, &r->scratch, 8, &bytes, &got, e))
        return -1;
    if (got == 0)
        return 0;
    memcpy(first, bytes, got);
    for (size_t i = got; i-- > 0;)
        length = length << 8 | (unsigned char)bytes[i];
    *n = (size_t)length;
    if (got == 8 && length <= header_room(r))
        return 1;
    if (wrong_kind(r, *at, first, got, e))
        return -1;
    if (got < 8)
        return seg_record_location_fail(place, e, "cut off in its length");
    return seg_record_location_fail(place, e,
        "not a record stream, or damaged: header of %" PRIu64
        " bytes, at most %zu",
        length, header_room(r));
}

/* 1 and the header at *at; 0 if the input ends before its first byte. */
static int
load_header(struct seg_reader *r, size_t *at, char **text, size_t *n,
    const struct seg_record_location *place, struct seg_err *e)
{
    char first[9];
    size_t got, begin;

    if (!r->in.map)
        seg_arena_reset(&r->scratch);
    int status = load_length(r, at, first, n, place, e);
    if (status <= 0)
        return status;
    begin = *at;
    if (seg_input_fetch(&r->in, at, &r->scratch, *n, text, &got, e))
        return -1;
    if (got && (*text)[0] != '{') { /* the bytes before were no length */
        char all[SEG_KIND_BYTES];
        size_t more = got < sizeof all - 8 ? got : sizeof all - 8;
        memcpy(all, first, 8);
        memcpy(all + 8, *text, more);
        if (wrong_kind(r, r->in.map ? begin + more : *at, all, 8 + more, e))
            return -1;
    }
    if (got < *n)
        return seg_record_location_fail(place, e,
            "cut off in its header: %zu of %zu bytes are there", got, *n);
    return 1;
}

/* "a.st: record 3" for a record without a key. */
static int
note_place(struct seg_record *rec, const struct seg_record_location *at,
    struct seg_err *e)
{
    if (*seg_record_key(rec))
        return 0;
    rec->read_from = seg_take_text(
        &rec->arena, e, "%.200s: record %zu", at->name, at->number);
    return rec->read_from ? 0 : -1;
}

/* The memory of a header has its own limit. */
static int
parse_header(struct seg_reader *r, struct seg_record *rec, const char *text,
    size_t n, const struct seg_record_location *place, struct seg_err *e)
{
    size_t own = rec->arena.limit, most = rec->arena.held + header_most(r);

    rec->arena.limit = own && own < most ? own : most;
    int status = seg_header_parse(rec, text, n, place, e);
    rec->arena.limit = own;
    if (status && e->kind == SEG_EMEM)
        return seg_fail(e, SEG_EMEM,
            "%.200s: record %zu: out of memory: its header of %zu bytes needs "
            "more than there is; the limit is %zu bytes",
            place->name, place->number, n, header_most(r));
    return status || note_place(rec, place, e) ||
                   seg_header_check_names(rec, place, e)
               ? -1
               : 0;
}

/* Points tensors to their data; copies those that are not aligned in a map. */
static int
bind(struct seg_record *rec, char *payload, struct seg_err *e)
{
    for (int i = 0; i < rec->ntensors; i++) {
        struct seg_tensor *t = rec->tensors + i;

        t->data = payload;
        payload += t->bytes;
        if ((uintptr_t)t->data % seg_type_size(t->type) == 0)
            continue;
        void *copy = seg_take_dirty(&rec->arena, t->bytes, 1, e);
        if (!copy)
            return -1;
        t->data = memcpy(copy, t->data, t->bytes);
    }
    return 0;
}

static int
load_payload(struct seg_reader *r, size_t *at, struct seg_record *rec,
    const struct seg_record_location *place, struct seg_err *e)
{
    size_t bytes = 0, got,
           limit =
               r->limits.record_bytes ? r->limits.record_bytes : record_limit;
    char *payload;

    for (int i = 0; i < rec->ntensors; i++)
        bytes +=
            rec->tensors[i].bytes; /* there are no gaps: the sum is an offset */
    if (bytes > limit) {
        seg_record_location_fail(
            place, e, "%zu bytes of tensors, the limit is %zu", bytes, limit);
        e->kind = r->limits.record_bytes ? SEG_EMEM : SEG_EDATA;
        return -1;
    }
    if (seg_input_fetch(&r->in, at, &rec->arena, bytes, &payload, &got, e))
        return -1;
    if (got < bytes)
        return seg_record_location_fail(place, e,
            "cut off in its tensors: %zu of %zu bytes are there", got, bytes);
    return bind(rec, payload, e);
}

/* ---- files of weights of other programs ---- */

/* A stream has a brace after the 8 bytes of its first length. */
static int
is_weights(const struct seg_reader *r, size_t at)
{
    if (!r->in.map || at != r->in.start || r->in.size - at <= 8)
        return 0;
    const char *p = r->in.map + at;
    return p[8] != '{' && seg_weights_is(p, r->in.size - at);
}

/* The whole file is one record without metadata. */
static int
load_weights(struct seg_reader *r, struct seg_record *rec, struct seg_err *e)
{
    struct seg_weights_file f = {
        r->name, r->in.map + r->in.start, r->in.size - r->in.start};

    if (seg_weights_read(rec, &f, e))
        return -1;
    rec->read_from = seg_take_text(&rec->arena, e, "%.200s: record 1", r->name);
    return rec->read_from ? 1 : -1;
}

/* 1 and the checked record at r->at, END or another; 0 at the end of input. */
static int
load(struct seg_reader *r, struct seg_record *rec, struct seg_err *e)
{
    struct seg_record_location place = {r->name, r->records + 1, rec};
    char *text = NULL;
    size_t n = 0;

    if (is_weights(r, r->at)) {
        r->at = r->in.size;
        r->lone = 1;
        return load_weights(r, rec, e);
    }
    int status = load_header(r, &r->at, &text, &n, &place, e);
    if (status <= 0)
        return status;
    if (parse_header(r, rec, text, n, &place, e) ||
        seg_verify_version(&place, e))
        return -1;
    int versioned = seg_record_meta(rec, "seg.version") != NULL;
    if (versioned && !r->limits.header_bytes && n > header_limit)
        return seg_record_location_fail(&place, e,
            "header of %zu bytes, at most %zu in a stream", n, header_limit);
    if (load_payload(r, &r->at, rec, &place, e) ||
        (!versioned && check_lone(r, &place, e)))
        return -1;
    if (r->in.map) /* the header of a pipe is in scratch already */
        seg_arena_reset(&r->scratch);
    return seg_verify_hash(&r->scratch, text, n, &place, e) ? -1 : 1;
}

/* ---- END ---- */

static void
drop_end(struct seg_record *rec)
{
    seg_record_unset(rec, "seg.end");
    seg_record_unset(rec, "seg.records");
    seg_record_unset(rec, "seg.history");
}

static int
add_history(struct seg_reader *r, const char *block, struct seg_err *e)
{
    /* concatenated shards of one job have the same history */
    if (!block || !*block || (r->block && !strcmp(block, r->block)))
        return 0;
    size_t n = strlen(block);
    r->block = seg_take_string(&r->arena, block, e);
    r->history = seg_take_text(&r->arena, e, "%s%s%s", r->history, block,
        block[n - 1] == '\n' ? "" : "\n");
    return r->block && r->history ? 0 : -1;
}

/* rec has seg.end: it is END, or the last record and END in one.  Of such a
   record the caller gets the rest of its metadata. */
static int
take_end(struct seg_reader *r, struct seg_record *rec, struct seg_err *e)
{
    struct seg_record_location place = {
        r->name, r->records + (rec->ntensors == 0), rec};

    if (seg_verify_end(r->since, r->hashed, &place, e) ||
        add_history(r, seg_record_meta(rec, "seg.history"), e))
        return -1;
    r->since = r->hashed = 0;
    r->ended = 1;
    drop_end(rec);
    return 0;
}

static int
at_end(struct seg_reader *r, struct seg_err *e)
{
    if (r->ended || r->lone)
        return 0;
    if (r->at == r->in.start)
        return seg_fail(e, SEG_EDATA,
            "%.200s: empty input: the program upstream died?", r->name);
    return seg_fail(e, SEG_EDATA,
        "%.200s: stops after record %zu without END: it was cut, or the "
        "program "
        "upstream died",
        r->name, r->records);
}

/* ---- the reader ---- */

int
seg_reader_open(struct seg_reader **out, int fd, const char *name,
    const struct seg_limits *limits, struct seg_err *e)
{
    struct seg_arena arena = {0};
    struct seg_reader *r = seg_take(&arena, 1, sizeof *r, e);
    struct seg_input in = {.fd = fd};

    if (!r) {
        seg_input_close(&in);
        return -1;
    }
    r->in = in;
    r->name = seg_take_string(&arena, name, e);
    r->history = seg_take_string(&arena, "", e);
    r->arena = arena;
    if (limits)
        r->limits = *limits;
    r->scratch.limit = header_most(r);
    if (r->name)
        seg_sanitize((char *)r->name, ""); /* for messages */
    if (!r->name || !r->history || seg_input_open(&r->in, fd, r->name, e)) {
        seg_reader_close(r);
        return -1;
    }
    r->at = r->in.start;
    *out = r;
    return 0;
}

void
seg_reader_stop_by(struct seg_reader *r, int fd)
{
    r->in.stop_fd = fd;
}

static void
count(struct seg_reader *r, const struct seg_record *rec)
{
    r->records++;
    r->since++;
    r->hashed += seg_record_meta(rec, "seg.hash") != NULL;
    r->ended = 0;
}

int
seg_reader_next(struct seg_reader *r, struct seg_record *rec, struct seg_err *e)
{
    for (;;) {
        seg_record_clear(rec);
        if (r->lone)
            return 0;
        r->last = r->at;
        int status = load(r, rec, e);
        if (status < 0)
            return -1;
        if (status == 0)
            return at_end(r, e);
        int end = seg_record_meta(rec, "seg.end") != NULL,
            data = !end || rec->ntensors;
        if (data)
            count(r, rec);
        if (end && take_end(r, rec, e))
            return -1;
        if (data)
            return 1;
    }
}

/* ---- random access ---- */

static int
note_offset(struct seg_reader *r, size_t offset, struct seg_err *e)
{
    size_t *list = seg_grow(
        &r->arena, r->offset, r->indexed, &r->capacity, sizeof *list, e);

    if (!list)
        return -1;
    r->offset = list;
    r->offset[r->indexed++] = offset;
    return 0;
}

int
seg_reader_index(struct seg_reader *r, size_t *records, struct seg_err *e)
{
    struct seg_record rec = {0};
    int status;

    if (r->at != r->in.start)
        return seg_fail(e, SEG_ESOFT, "%.200s: indexed too late", r->name);
    if (!r->in.map && seg_input_spool(&r->in, e))
        return -1;
    while ((status = seg_reader_next(r, &rec, e)) > 0)
        if ((status = note_offset(r, r->last, e)) < 0)
            break;
    seg_record_free(&rec);
    *records = r->indexed;
    return status;
}

int
seg_reader_at(struct seg_reader *r, size_t number, struct seg_record *rec,
    struct seg_err *e)
{
    struct seg_record_location place = {r->name, number + 1, rec};
    char *text = NULL;
    size_t n = 0;

    seg_record_clear(rec);
    if (number >= r->indexed)
        return seg_fail(e, SEG_ESOFT, "%.200s: record %zu of %zu requested",
            r->name, number + 1, r->indexed);
    size_t at = r->offset[number];
    if (is_weights(r, at))
        return load_weights(r, rec, e) < 0 ? -1 : 0;
    if (load_header(r, &at, &text, &n, &place, e) < 0 ||
        parse_header(r, rec, text, n, &place, e) ||
        load_payload(r, &at, rec, &place, e))
        return -1;
    drop_end(rec);
    return 0;
}

const char *
seg_reader_history(const struct seg_reader *r)
{
    return r->history;
}

int
seg_reader_maps(const struct seg_reader *r, const void *address)
{
    const char *p = address;

    return r->in.map && p >= r->in.map && p < r->in.map + r->in.size;
}

const char *
seg_reader_name(const struct seg_reader *r)
{
    return r->name;
}

size_t
seg_reader_position(const struct seg_reader *r, size_t *total)
{
    *total = r->in.size - r->in.start;
    return r->at - r->in.start;
}

void
seg_reader_close(struct seg_reader *r)
{
    if (!r)
        return;
    seg_input_close(&r->in);
    seg_arena_free(&r->scratch);
    struct seg_arena arena = r->arena; /* it holds r itself */
    seg_arena_free(&arena);
}

/*
 * The stack machine.  An opcode that files of weights do not use (instances of
 * old classes, extension codes) is refused by its number.
 */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/weights/pickle.h"

struct machine {
    struct seg_arena *arena;
    const char *at, *end;
    const char *file;
    const struct seg_pickle_hooks *hooks;
    struct seg_err *e;
    struct seg_pickle_value **stack; /* NULL items are marks */
    size_t depth, stack_room;
    struct seg_pickle_value **memo;
    size_t memos, memo_room;
    size_t bytes; /* of the whole input: no index is larger */
};

static int
fail(struct machine *m, const char *text)
{
    return seg_fail(m->e, SEG_EDATA, "%.200s: pickle: %s", m->file, text);
}

/* ---- bytes ---- */

/* The next n bytes; NULL if the input ends before. */
static const char *
take(struct machine *m, size_t n)
{
    const char *p = m->at;

    if (n > (size_t)(m->end - m->at)) {
        fail(m, "cut off");
        return NULL;
    }
    m->at += n;
    return p;
}

/* A little-endian number of 1 to 8 bytes into *value. */
static int
take_number(struct machine *m, int n, uint64_t *value)
{
    const char *p = take(m, (size_t)n);

    if (!p)
        return -1;
    *value = 0;
    for (int i = n; i-- > 0;)
        *value = *value << 8 | (unsigned char)p[i];
    return 0;
}

/* A line without its end, copied. */
static char *
take_line(struct machine *m)
{
    size_t left = (size_t)(m->end - m->at);
    const char *stop = memchr(m->at, '\n', left), *from = m->at;

    if (!stop) {
        fail(m, "cut off in a line");
        return NULL;
    }
    m->at = stop + 1;
    return seg_take_bytes(m->arena, from, (size_t)(stop - from), m->e);
}

/* ---- the stack ---- */

static int
push(struct machine *m, struct seg_pickle_value *v)
{
    void *list = seg_grow(
        m->arena, m->stack, m->depth, &m->stack_room, sizeof *m->stack, m->e);

    if (!list)
        return -1;
    m->stack = list;
    m->stack[m->depth++] = v;
    return 0;
}

/* The topmost value; marks do not count as values. */
static struct seg_pickle_value *
pop(struct machine *m)
{
    if (!m->depth || !m->stack[m->depth - 1]) {
        fail(m, "a value is missing");
        return NULL;
    }
    return m->stack[--m->depth];
}

static struct seg_pickle_value *
top(struct machine *m)
{
    struct seg_pickle_value *v = pop(m);

    m->depth += v != NULL;
    return v;
}

/* Takes the last mark out of the stack; *n values were above it. */
static int
drop_mark(struct machine *m, int *n)
{
    size_t i = m->depth;

    while (i && m->stack[i - 1])
        i--;
    if (!i)
        return fail(m, "a mark is missing");
    if (m->depth - i > INT_MAX)
        return fail(m, "too many items");
    *n = (int)(m->depth - i);
    memmove(m->stack + i - 1, m->stack + i, (size_t)*n * sizeof *m->stack);
    m->depth--;
    return 0;
}

/*
 * An opcode's function gets the two numbers of its row in the table below: a is
 * a kind of value or a flag, n a number of values or of bytes.
 */

/* ---- containers ---- */

/* Appends the n topmost values to v and takes them off the stack. */
static int
append(struct machine *m, struct seg_pickle_value *v, size_t n)
{
    for (size_t i = m->depth - n; i < m->depth; i++) {
        void *list = seg_grow(
            m->arena, v->item, v->n, &v->capacity, sizeof *v->item, m->e);
        if (!list)
            return -1;
        v->item = list;
        v->item[v->n++] = m->stack[i];
    }
    m->depth -= n;
    return 0;
}

/* Fails if one of the n topmost is missing or a mark, or if they are no pairs
   of a key and a value where a dictionary takes them. */
static int
check_values(struct machine *m, int kind, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i >= m->depth || !m->stack[m->depth - 1 - i])
            return fail(m, "a value is missing");
    return kind == SEG_PICKLE_DICT && n % 2 ? fail(m, "a key without a value")
                                            : 0;
}

/* n values become a list or a dictionary. */
static int
gather(struct machine *m, int kind, int n)
{
    struct seg_pickle_value *v;

    if (check_values(m, kind, (size_t)n))
        return -1;
    v = seg_pickle_new(m->arena, (enum seg_pickle_kind)kind, m->e);
    return !v || append(m, v, (size_t)n) ? -1 : push(m, v);
}

/* The same with the values above the last mark. */
static int
gather_marked(struct machine *m, int kind, int n)
{
    return drop_mark(m, &n) ? -1 : gather(m, kind, n);
}

/* Adds n values to the container below them.  An object of the caller's takes
   items and ignores them. */
static int
extend(struct machine *m, int kind, int n)
{
    struct seg_pickle_value *v = NULL;

    if (check_values(m, kind, (size_t)n))
        return -1;
    if (m->depth > (size_t)n)
        v = m->stack[m->depth - (size_t)n - 1];
    if (!v || ((int)v->kind != kind && v->kind != SEG_PICKLE_OBJECT))
        return fail(m, "items are added to what is no container");
    if ((int)v->kind == kind)
        return append(m, v, (size_t)n);
    m->depth -= (size_t)n;
    return 0;
}

static int
extend_marked(struct machine *m, int kind, int n)
{
    return drop_mark(m, &n) ? -1 : extend(m, kind, n);
}

static int
mark(struct machine *m, int a, int n)
{
    (void)a, (void)n;
    return push(m, NULL);
}

static int
drop(struct machine *m, int a, int n)
{
    (void)a, (void)n;
    return pop(m) ? 0 : -1;
}

static int
drop_marked(struct machine *m, int a, int n)
{
    (void)a;
    if (drop_mark(m, &n))
        return -1;
    m->depth -= (size_t)n;
    return 0;
}

static int
duplicate(struct machine *m, int a, int n)
{
    struct seg_pickle_value *v = top(m);

    (void)a, (void)n;
    return v ? push(m, v) : -1;
}

/* ---- atoms ---- */

static int
constant(struct machine *m, int kind, int whole)
{
    struct seg_pickle_value *v =
        seg_pickle_new(m->arena, (enum seg_pickle_kind)kind, m->e);

    if (!v)
        return -1;
    v->whole = whole;
    return push(m, v);
}

/* Text with its length in n bytes before it. */
static int
text(struct machine *m, int kind, int n)
{
    uint64_t length = 0;
    const char *p;

    if (take_number(m, n, &length) || !(p = take(m, (size_t)length)) ||
        constant(m, kind, 0))
        return -1;
    struct seg_pickle_value *v = m->stack[m->depth - 1];
    v->n = (size_t)length;
    v->text = seg_take_bytes(m->arena, p, v->n, m->e);
    return v->text ? 0 : -1;
}

/* Protocol 0: a line. */
static int
text_line(struct machine *m, int kind, int n)
{
    char *line = take_line(m);

    if (!line || constant(m, kind, n))
        return -1;
    m->stack[m->depth - 1]->text = line;
    m->stack[m->depth - 1]->n = strlen(line);
    return 0;
}

/* A number of n bytes; the highest bit is the sign if it is signed. */
static int
integer(struct machine *m, int is_signed, int n)
{
    uint64_t u = 0;

    if (take_number(m, n, &u) || constant(m, SEG_PICKLE_WHOLE, 0))
        return -1;
    if (is_signed && n < 8 && u >> (8 * n - 1))
        u -= (uint64_t)1 << (8 * n);
    m->stack[m->depth - 1]->whole = (long long)u;
    return 0;
}

/* A number after its length in n bytes.  A number of more than 8 bytes is kept
   as text: no size is that large. */
static int
integer_any(struct machine *m, int is_signed, int n)
{
    uint64_t length = 0;

    if (take_number(m, n, &length))
        return -1;
    if (length == 0)
        return constant(m, SEG_PICKLE_WHOLE, 0);
    if (length <= 8)
        return integer(m, is_signed, (int)length);
    m->at -= n;
    return text(m, SEG_PICKLE_TEXT, n);
}

/* A big-endian double. */
static int
real(struct machine *m, int kind, int bytes)
{
    const char *p = take(m, (size_t)bytes);
    uint64_t u = 0;

    if (!p || constant(m, kind, 0))
        return -1;
    for (int i = 0; i < bytes; i++)
        u = u << 8 | (unsigned char)p[i];
    memcpy(&m->stack[m->depth - 1]->real, &u, sizeof u);
    return 0;
}

/* Protocol 0 writes numbers as lines: I01, L12L, F1.5. */
static int
number_line(struct machine *m, int kind, int n)
{
    char *line = take_line(m);

    if (!line || constant(m, kind, n))
        return -1;
    struct seg_pickle_value *v = m->stack[m->depth - 1];
    if (kind == SEG_PICKLE_REAL)
        v->real = strtod(line, NULL);
    else
        v->whole = strtoll(line, NULL, 10);
    return 0;
}

/* The protocol and the lengths of frames are not needed. */
static int
skip(struct machine *m, int a, int n)
{
    (void)a;
    return take(m, (size_t)n) ? 0 : -1;
}

/* ---- the memo ---- */

/* The index follows in n bytes, or as a line if n is 0. */
static int
take_index(struct machine *m, int n, uint64_t *index)
{
    char *line;

    if (n)
        return take_number(m, n, index);
    line = take_line(m);
    if (!line)
        return -1;
    *index = strtoull(line, NULL, 10);
    return 0;
}

static int
put_at(struct machine *m, size_t index)
{
    struct seg_pickle_value *v = top(m);

    if (!v)
        return -1;
    if (index > m->bytes)
        return fail(m, "an index of the memo is larger than the file");
    while (m->memos <= index) {
        void *list = seg_grow(
            m->arena, m->memo, m->memos, &m->memo_room, sizeof *m->memo, m->e);
        if (!list)
            return -1;
        m->memo = list;
        m->memo[m->memos++] = NULL;
    }
    m->memo[index] = v;
    return 0;
}

static int
put(struct machine *m, int a, int n)
{
    uint64_t index = 0;

    (void)a;
    return take_index(m, n, &index) ? -1 : put_at(m, (size_t)index);
}

static int
put_next(struct machine *m, int a, int n)
{
    (void)a, (void)n;
    return put_at(m, m->memos);
}

static int
get(struct machine *m, int a, int n)
{
    uint64_t index = 0;

    (void)a;
    if (take_index(m, n, &index))
        return -1;
    if (index >= m->memos || !m->memo[index])
        return fail(m, "an index of the memo that was never stored");
    return push(m, m->memo[index]);
}

/* ---- names and values made of them ---- */

static int
push_name(struct machine *m, const char *module, const char *name)
{
    int number = m->hooks->name(m->hooks->context, module, name, m->e);

    return number < 0 ? -1 : constant(m, SEG_PICKLE_NAME, number);
}

static int
name_of_lines(struct machine *m, int a, int n)
{
    char *module = take_line(m), *name = module ? take_line(m) : NULL;

    (void)a, (void)n;
    return name ? push_name(m, module, name) : -1;
}

static int
name_of_stack(struct machine *m, int a, int n)
{
    struct seg_pickle_value *name = pop(m), *module = name ? pop(m) : NULL;

    (void)a, (void)n;
    if (!module)
        return -1;
    if (name->kind != SEG_PICKLE_TEXT || module->kind != SEG_PICKLE_TEXT)
        return fail(m, "a name that is no text");
    return push_name(m, module->text, name->text);
}

/* A name and its arguments: the caller's hook makes the value. */
static int
make(struct machine *m, int a, int n)
{
    struct seg_pickle_value *args = pop(m), *name = args ? pop(m) : NULL, *v;

    (void)a, (void)n;
    if (!name)
        return -1;
    if (name->kind != SEG_PICKLE_NAME || args->kind != SEG_PICKLE_LIST)
        return fail(m, "a call of what is no name");
    v = m->hooks->make(m->hooks->context, (int)name->whole, args, m->e);
    return v ? push(m, v) : -1;
}

static int
persistent(struct machine *m, int a, int n)
{
    struct seg_pickle_value *id = pop(m), *v;

    (void)a, (void)n;
    if (!id)
        return -1;
    v = m->hooks->persistent(m->hooks->context, id, m->e);
    return v ? push(m, v) : -1;
}

/* Sets attributes of an object: none of them is a weight. */
static int
build(struct machine *m, int a, int n)
{
    struct seg_pickle_value *state = pop(m), *v = state ? top(m) : NULL;

    (void)a, (void)n;
    if (!v)
        return -1;
    return v->kind == SEG_PICKLE_DICT || v->kind == SEG_PICKLE_OBJECT
               ? 0
               : fail(m, "attributes of what is no object");
}

/* ---- the opcodes ---- */

static const struct {
    int code;
    int (*run)(struct machine *m, int a, int n);
    int a, n;
} opcodes[] = {
    {'N', constant, SEG_PICKLE_NONE, 0},
    {0x88, constant, SEG_PICKLE_WHOLE, 1}, /* True */
    {0x89, constant, SEG_PICKLE_WHOLE, 0}, /* False */
    {'K', integer, 0, 1}, {'M', integer, 0, 2}, {'J', integer, 1, 4},
    {0x8a, integer_any, 1, 1}, {0x8b, integer_any, 1, 4},
    {'I', number_line, SEG_PICKLE_WHOLE, 0},
    {'L', number_line, SEG_PICKLE_WHOLE, 0},
    {'F', number_line, SEG_PICKLE_REAL, 0}, {'G', real, SEG_PICKLE_REAL, 8},
    {'U', text, SEG_PICKLE_TEXT, 1}, {'C', text, SEG_PICKLE_TEXT, 1},
    {0x8c, text, SEG_PICKLE_TEXT, 1}, {'T', text, SEG_PICKLE_TEXT, 4},
    {'B', text, SEG_PICKLE_TEXT, 4}, {'X', text, SEG_PICKLE_TEXT, 4},
    {0x8d, text, SEG_PICKLE_TEXT, 8}, {0x8e, text, SEG_PICKLE_TEXT, 8},
    {0x96, text, SEG_PICKLE_TEXT, 8}, {'S', text_line, SEG_PICKLE_TEXT, 0},
    {'V', text_line, SEG_PICKLE_TEXT, 0},

    {'(', mark, 0, 0}, {')', gather, SEG_PICKLE_LIST, 0},
    {']', gather, SEG_PICKLE_LIST, 0},
    {0x8f, gather, SEG_PICKLE_LIST, 0}, /* an empty set */
    {'}', gather, SEG_PICKLE_DICT, 0}, {0x85, gather, SEG_PICKLE_LIST, 1},
    {0x86, gather, SEG_PICKLE_LIST, 2}, {0x87, gather, SEG_PICKLE_LIST, 3},
    {'t', gather_marked, SEG_PICKLE_LIST, 0},
    {'l', gather_marked, SEG_PICKLE_LIST, 0},
    {0x91, gather_marked, SEG_PICKLE_LIST, 0}, /* a frozen set */
    {'d', gather_marked, SEG_PICKLE_DICT, 0}, {'a', extend, SEG_PICKLE_LIST, 1},
    {'e', extend_marked, SEG_PICKLE_LIST, 0},
    {0x90, extend_marked, SEG_PICKLE_LIST, 0}, /* of a set */
    {'s', extend, SEG_PICKLE_DICT, 2}, {'u', extend_marked, SEG_PICKLE_DICT, 0},

    {'0', drop, 0, 0}, {'1', drop_marked, 0, 0}, {'2', duplicate, 0, 0},
    {'q', put, 0, 1}, {'r', put, 0, 4}, {'p', put, 0, 0},
    {0x94, put_next, 0, 0}, {'h', get, 0, 1}, {'j', get, 0, 4},
    {'g', get, 0, 0}, {'c', name_of_lines, 0, 0}, {0x93, name_of_stack, 0, 0},
    {'R', make, 0, 0}, {0x81, make, 0, 0}, {'Q', persistent, 0, 0},
    {'b', build, 0, 0}, {0x80, skip, 0, 1}, /* the protocol */
    {0x95, skip, 0, 8},                     /* the length of a frame */
};

static int
step(struct machine *m, int code)
{
    int n = sizeof opcodes / sizeof *opcodes;

    for (int i = 0; i < n; i++)
        if (opcodes[i].code == code)
            return opcodes[i].run(m, opcodes[i].a, opcodes[i].n);
    return seg_fail(m->e, SEG_EDATA,
        "%.200s: pickle: opcode 0x%02x, which no file of weights needs",
        m->file, (unsigned)code);
}

struct seg_pickle_value *
seg_pickle_read(struct seg_arena *a, const char **at, const char *end,
    const char *file, const struct seg_pickle_hooks *hooks, struct seg_err *e)
{
    struct machine m = {.arena = a,
        .at = *at,
        .end = end,
        .file = file,
        .hooks = hooks,
        .e = e,
        .bytes = (size_t)(end - *at)};
    const char *op;

    while ((op = take(&m, 1)) && *op != '.')
        if (step(&m, (unsigned char)*op))
            return NULL;
    *at = m.at;
    return op ? pop(&m) : NULL;
}

struct seg_pickle_value *
seg_pickle_new(
    struct seg_arena *a, enum seg_pickle_kind kind, struct seg_err *e)
{
    struct seg_pickle_value *v = seg_take(a, 1, sizeof *v, e);

    if (v)
        v->kind = kind;
    return v;
}

struct seg_pickle_value *
seg_pickle_get(const struct seg_pickle_value *d, const char *key)
{
    if (d->kind != SEG_PICKLE_DICT)
        return NULL;
    for (size_t i = d->n; i >= 2; i -= 2) {
        const struct seg_pickle_value *k = d->item[i - 2];
        if (k->kind == SEG_PICKLE_TEXT && !strcmp(k->text, key))
            return d->item[i - 1];
    }
    return NULL;
}

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stream/model.h"
#include "lib/dataset/intensity.h"

/* The longest text of a number and a comma. */
enum { NUMBER = 24 };

static int
parse_numbers(float *to, int n, const char *text, const char *key,
    const char *name, struct seg_err *e)
{
    const char *p = text;
    char *end;

    for (int i = 0; i < n; i++) {
        double x = strtod(p, &end);
        if (end == p || !isfinite(x) || (*end && *end != ',') ||
            !*end != (i == n - 1))
            return seg_fail(e, SEG_EDATA,
                "%s: %s: '%s' is not %d numbers with commas between", name, key,
                text, n);
        to[i] = (float)x;
        p = end + 1;
    }
    return 0;
}

static int
read_numbers(struct seg_model *m, float **to, const char *key, int needed,
    const char *name, struct seg_err *e)
{
    const char *text = seg_record_meta(&m->about, key);

    if (!text && !needed)
        return 0;
    if (!text)
        return seg_fail(e, SEG_EDATA, "%s: no %s: not a model", name, key);
    *to = seg_take(&m->about.arena, (size_t)m->channels, sizeof **to, e);
    if (!*to)
        return -1;
    return parse_numbers(*to, m->channels, text, key, name, e);
}

/* "record", "range=0.5"; NULL: by the mean and std of the model. */
static int
read_kind(struct seg_normalize_opts *q, const char *text, const char *name,
    struct seg_err *e)
{
    const char *eq = text ? strchr(text, '=') : NULL;
    char tail[NUMBER];

    if (!text)
        return 0;
    if (!strcmp(text, "record")) {
        q->kind = SEG_NORMALIZE_RECORD;
        return 0;
    }
    for (int i = 0; eq && !strncmp(text, "range=", 6) && i < SEG_TAILS; i++) {
        snprintf(tail, sizeof tail, "%g", seg_tails[i]);
        if (!strcmp(eq + 1, tail)) {
            q->kind = SEG_NORMALIZE_RANGE;
            q->tail = i;
            return 0;
        }
    }
    return seg_fail(e, SEG_EDATA,
        "%s: seg.normalize: '%s' is neither record nor range=0.5, 1, 2 or 5",
        name, text);
}

/* The name without the prefix; NULL if it does not begin with it. */
static const char *
strip(const char *name, const char *prefix)
{
    size_t n = prefix ? strlen(prefix) : 0;

    return n && strncmp(name, prefix, n) ? NULL : name + n;
}

static const struct seg_tensor *
find_tensor(const struct seg_record *rec, const char *prefix, const char *param)
{
    for (int i = 0; i < rec->ntensors; i++) {
        const char *name = strip(rec->tensors[i].name, prefix);
        if (name && !strcmp(name, param))
            return rec->tensors + i;
    }
    return NULL;
}

/* The [out,in] of a linear layer equals [out,in,1,1] of a convolution. */
static int
same_shape(const struct seg_param *p, const struct seg_tensor *t)
{
    int n = p->rank > t->rank ? p->rank : t->rank;

    for (int i = 0; i < n; i++) {
        size_t a = i < p->rank ? p->shape[i] : 1;
        size_t b = i < t->rank ? t->shape[i] : 1;
        if (a != b)
            return 0;
    }
    return 1;
}

static int
wrong_shape(const struct seg_param *p, const struct seg_tensor *t,
    const char *name, struct seg_err *e)
{
    char seen[100], wanted[100];
    struct seg_tensor like = {.type = SEG_F32, .rank = p->rank};

    memcpy(like.shape, p->shape, sizeof p->shape);
    return seg_fail(e, SEG_EDATA, "%s: tensor %s is %s, the network wants %s",
        name, t->name, seg_tensor_describe(seen, sizeof seen, t),
        seg_tensor_describe(wanted, sizeof wanted, &like));
}

static int
is_counter(const char *name)
{
    static const char counter[] = "num_batches_tracked";
    size_t n = strlen(name), k = sizeof counter - 1;

    return n >= k && !strcmp(name + n - k, counter);
}

static void
count_unused(const struct seg_net *net, const struct seg_record *rec,
    const char *prefix, struct seg_model_load *report)
{
    for (int i = 0; i < rec->ntensors; i++) {
        const char *whole = rec->tensors[i].name;
        const char *name = strip(whole, prefix);
        if (is_counter(whole) || (name && seg_net_param_named(net, name)))
            continue;
        if (!report->unused++)
            report->first_unused = whole;
    }
}

/* Counts the parameters that can be loaded; changes nothing. */
static int
match(const struct seg_net *net, const struct seg_record *rec,
    const char *prefix, const char *name, int lenient,
    struct seg_model_load *report, struct seg_err *e)
{
    memset(report, 0, sizeof *report);
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);
        const struct seg_tensor *t = find_tensor(rec, prefix, p->name);
        if (t && !same_shape(p, t) && !lenient)
            return wrong_shape(p, t, name, e);
        if (t && same_shape(p, t))
            report->loaded++;
        else if (!report->missing++)
            report->first_missing = p->name;
    }
    count_unused(net, rec, prefix, report);
    return 0;
}

static void
fill(struct seg_net *net, const struct seg_record *rec, const char *prefix)
{
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        const struct seg_tensor *t = find_tensor(rec, prefix, p->name);
        if (t && same_shape(p, t))
            seg_tensor_floats(p->w, t);
    }
    seg_net_changed(net);
}

/* Checks that all parameters are there before memory is allocated. */
static int
read_params(struct seg_net *net, const struct seg_record *rec, const char *name,
    struct seg_err *e)
{
    struct seg_model_load report;

    if (match(net, rec, NULL, name, 0, &report, e))
        return -1;
    if (report.missing)
        return seg_fail(e, SEG_EDATA,
            "%s: %s: parameter of the network is not in the file (%d missing)",
            name, report.first_missing, report.missing);
    if (seg_net_alloc_params(net, e))
        return -1;
    fill(net, rec, NULL);
    return 0;
}

static int
read_model(struct seg_model *m, const struct seg_record *rec, const char *name,
    struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.net");

    if (!text)
        return seg_fail(e, SEG_EDATA, "%s: no seg.net: not a model", name);
    if (seg_net_parse_graph(&m->net, text, name, e) ||
        seg_record_inherit(&m->about, rec, e))
        return -1;
    m->channels = seg_net_input(m->net)->c;
    struct seg_normalize_opts *q = &m->normalize;
    if (read_numbers(m, &q->mean, "seg.mean", 1, name, e) ||
        read_numbers(m, &q->std, "seg.std", 1, name, e) ||
        read_numbers(m, &q->low, "seg.low", 0, name, e) ||
        read_numbers(m, &q->high, "seg.high", 0, name, e) ||
        read_kind(q, seg_record_meta(&m->about, "seg.normalize"), name, e))
        return -1;
    for (int c = 0; c < m->channels; c++)
        if (q->std[c] <= 0)
            return seg_fail(e, SEG_EDATA,
                "%s: seg.std: %g of channel %d is not above 0", name,
                (double)q->std[c], c);
    return read_params(m->net, rec, name, e);
}

int
seg_model_read(struct seg_model *m, const struct seg_record *rec,
    const char *name, struct seg_err *e)
{
    memset(m, 0, sizeof *m);
    if (read_model(m, rec, name, e)) {
        seg_model_free(m);
        return -1;
    }
    return 0;
}

/* Prints x with the fewest digits that restore it; returns the length. */
static int
shortest(char text[NUMBER], float x)
{
    int n = 0;

    for (int digits = 6; digits <= 9; digits++) {
        n = snprintf(text, NUMBER, "%.*g", digits, (double)x);
        if (strtof(text, NULL) == x)
            break;
    }
    return n;
}

static int
write_numbers(struct seg_record *rec, const char *key, const float *x, int n,
    struct seg_err *e)
{
    char *text = seg_take(&rec->arena, (size_t)n + 1, NUMBER, e);
    size_t at = 0;

    if (!text)
        return -1;
    for (int i = 0; i < n; i++) {
        char number[NUMBER];
        size_t digits = (size_t)shortest(number, x[i]);
        if (i)
            text[at++] = ',';
        memcpy(text + at, number, digits + 1);
        at += digits;
    }
    return seg_record_set(rec, key, text, e);
}

static int
write_normalize(struct seg_record *rec, const struct seg_normalize_opts *q,
    int n, struct seg_err *e)
{
    char kind[NUMBER];

    if (q->kind == SEG_NORMALIZE_RANGE)
        snprintf(kind, sizeof kind, "range=%g", seg_tails[q->tail]);
    else
        snprintf(kind, sizeof kind, "%s", seg_normalize_names[q->kind]);
    return write_numbers(rec, "seg.mean", q->mean, n, e) ||
                   write_numbers(rec, "seg.std", q->std, n, e) ||
                   (q->low && write_numbers(rec, "seg.low", q->low, n, e)) ||
                   (q->high && write_numbers(rec, "seg.high", q->high, n, e)) ||
                   (q->kind && seg_record_set(rec, "seg.normalize", kind, e))
               ? -1
               : 0;
}

int
seg_model_write(
    struct seg_record *rec, const struct seg_model *m, struct seg_err *e)
{
    if (seg_record_inherit(rec, &m->about, e) ||
        seg_record_set(rec, "seg.net", seg_net_text(m->net), e) ||
        write_normalize(rec, &m->normalize, m->channels, e))
        return -1;
    for (int i = 0; i < seg_net_params(m->net); i++) {
        const struct seg_param *p = seg_net_param(m->net, i);
        struct seg_tensor *t =
            seg_record_add(rec, p->name, SEG_F32, p->rank, p->shape, e);
        if (!t)
            return -1;
        memcpy(t->data, p->w, t->bytes);
    }
    return 0;
}

int
seg_model_check(const struct seg_net *net, const char *name, struct seg_err *e)
{
    for (int i = 0; i < seg_net_params(net); i++) {
        const struct seg_param *p = seg_net_param(net, i);

        for (size_t j = 0; j < p->count; j++)
            if (!isfinite(p->w[j]))
                return seg_fail(e, SEG_EDATA,
                    "%s: tensor %s has numbers that are not finite", name,
                    p->name);
    }
    return 0;
}

int
seg_model_load(struct seg_net *net, const struct seg_record *rec,
    const char *prefix, const char *name, int lenient,
    struct seg_model_load *report, struct seg_err *e)
{
    if (match(net, rec, prefix, name, lenient, report, e))
        return -1;
    fill(net, rec, prefix);
    return seg_model_check(net, name, e);
}

void
seg_model_free(struct seg_model *m)
{
    seg_net_free(m->net);
    seg_record_free(&m->about);
    memset(m, 0, sizeof *m);
}

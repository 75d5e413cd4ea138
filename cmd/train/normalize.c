#include <math.h>
#include <stdlib.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/train/normalize.h"
#include "formats/table/stats.h"
#include "lib/dataset/intensity.h"

/* Parses "1,2,3" into out[channels]; a single number is used for all. */
static void
numbers(float *out, int channels, const char *text, const char *option)
{
    int n = 0;

    for (const char *p = text;; p++) {
        char *end;
        float v = strtof(p, &end);
        if (end == p || !isfinite(v) || (*end && *end != ','))
            cli_usage("--%s %s: not a list of numbers", option, text);
        if (n < channels)
            out[n] = v;
        n++;
        p = end;
        if (!*p)
            break;
    }
    if (n != 1 && n != channels)
        cli_usage("--%s %s: %d numbers, the network has %d channels", option,
            text, n, channels);
    for (int c = n; c < channels; c++)
        out[c] = out[0];
}

/* Band c: the range after --clip-percent, with its mean and deviation. */
static void
clip(struct seg_model *m, int c, const struct seg_stat_band *b,
    const struct cli_normalize *o)
{
    double mean, sd, low, high;

    if (!b->histogram)
        cli_fail(SEG_EDATA, "%s: no levels of band %d: seg-stat --percentiles",
            o->stat, c);
    low = seg_histogram_percentile(b->histogram, o->clip);
    high = seg_histogram_percentile(b->histogram, 100 - o->clip);
    seg_histogram_mean_sd(&mean, &sd, b->histogram, low, high);
    m->normalize.low[c] = (float)low;
    m->normalize.high[c] = (float)high;
    m->normalize.mean[c] = (float)mean;
    m->normalize.std[c] = (float)sd;
}

static void
from_table(
    struct seg_model *m, struct seg_arena *arena, const struct cli_normalize *o)
{
    struct seg_err e;
    struct seg_normalize_opts *q = &m->normalize;
    struct seg_stat *s = cli_need(seg_take(arena, 1, sizeof *s, &e), &e);

    cli_check(
        seg_stats_parse(s, arena, cli_read_text(arena, o->stat), o->stat, &e),
        &e);
    if (s->bands != m->channels)
        cli_fail(SEG_EDATA, "%s: %d bands, the network has %d channels",
            o->stat, s->bands, m->channels);
    for (int c = 0; c < m->channels; c++) {
        double mean, sd;

        seg_stat_mean_sd(&mean, &sd, s->band + c);
        q->mean[c] = (float)mean;
        q->std[c] = (float)sd;
        if (o->clip > 0)
            clip(m, c, s->band + c, o);
        if (!isfinite(q->mean[c]) || !(q->std[c] > 0))
            cli_fail(SEG_EDATA,
                "%s: band %d: mean %g and standard deviation %g cannot be used",
                o->stat, c, (double)q->mean[c], (double)q->std[c]);
    }
}

static float *
take(struct seg_arena *arena, int channels)
{
    struct seg_err e;

    return cli_need(seg_take(arena, (size_t)channels, sizeof(float), &e), &e);
}

static void
check(const struct cli_normalize *o)
{
    if (o->kind && (o->mean || o->std || o->stat))
        cli_usage("--normalize %s takes no --mean, --std and --stat",
            seg_normalize_names[o->kind]);
    if (o->kind == SEG_NORMALIZE_RECORD && o->clip > 0)
        cli_usage("--clip-percent requires --normalize dataset or range");
    if (o->kind == SEG_NORMALIZE_DATASET && o->clip > 0 &&
        (!o->stat || o->mean || o->std))
        cli_usage(
            "--clip-percent requires --stat, and excludes --mean and --std");
}

static int
tail_of(double clip)
{
    for (int i = 0; i < SEG_TAILS; i++)
        if (clip == seg_tails[i] || (clip == 0 && i == 0))
            return i;
    cli_usage(
        "--clip-percent %g: of an image's own range 0.5, 1, 2 or 5", clip);
}

void
cli_normalize(
    struct seg_model *m, struct seg_arena *arena, const struct cli_normalize *o)
{
    static const float mean[] = {123.675f, 116.28f, 103.53f},
                       std[] = {58.395f, 57.12f, 57.375f};
    struct seg_normalize_opts *q = &m->normalize;

    check(o);
    q->kind = (enum seg_normalize_kind)o->kind;
    q->mean = take(arena, m->channels);
    q->std = take(arena, m->channels);
    for (int c = 0; c < m->channels; c++) {
        q->mean[c] = o->kind ? 0 : m->channels == 3 ? mean[c] : 127.5f;
        q->std[c] = o->kind ? 1 : m->channels == 3 ? std[c] : 127.5f;
    }
    if (o->kind == SEG_NORMALIZE_RANGE)
        q->tail = tail_of(o->clip);
    if (o->kind == SEG_NORMALIZE_DATASET && o->clip > 0) {
        q->low = take(arena, m->channels);
        q->high = take(arena, m->channels);
    }
    if (o->stat)
        from_table(m, arena, o);
    if (o->mean)
        numbers(q->mean, m->channels, o->mean, "mean");
    if (o->std)
        numbers(q->std, m->channels, o->std, "std");
    for (int c = 0; c < m->channels; c++)
        if (q->std[c] <= 0)
            cli_usage("--std: %g is not positive", (double)q->std[c]);
}

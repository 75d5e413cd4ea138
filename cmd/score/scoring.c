#include <math.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/score/scores.h"
#include "cmd/score/scoring.h"
#include "lib/dataset/key_group.h"

/* Limits an arena to --mem-limit less the bytes held by others; to at least 1
   byte, because 0 means no limit. */
static void
limit(struct seg_arena *a, size_t held)
{
    a->limit = !cli.mem_limit         ? 0
               : cli.mem_limit > held ? cli.mem_limit - held
                                      : 1;
}

/* ---- memory, when the number of classes is known ---- */

static void
init_resamples(struct cli_scoring *j, struct seg_resamples *r)
{
    struct seg_err e;

    cli_check(seg_resamples_init(r, &j->totals, j->resamples,
                  j->scorer.all.classes, j->seed, &e),
        &e);
}

static void
allocate_sums(struct cli_scoring *j)
{
    int k = j->scorer.all.classes;

    limit(&j->totals, 0);
    if (j->boundary)
        j->outline = cli_take((size_t)k, sizeof *j->outline);
    if (j->surfaces)
        j->surface = cli_take((size_t)k, sizeof *j->surface);
    j->calibration.classes = k;
    j->calibration.ignore = j->scorer.all.ignore;
    if (j->resamples)
        init_resamples(j, &j->draws);
    if (j->resamples && j->paired) {
        init_resamples(j, &j->other_draws);
        init_resamples(j, &j->swapped);
        init_resamples(j, &j->other_swapped);
    }
    if (j->per_image)
        cli_image_titles(j->per_image, k, j->scorer.names);
    if (j->surfaces)
        cli_surface_titles(j->surfaces);
}

/* ---- a case ---- */

/* The group of a record: its name in j->group.  Exits without. */
static struct seg_key_group
group_of(const struct cli_scoring *j, const struct seg_record *rec)
{
    struct seg_key_group g;

    if (!seg_key_group_find(&g, j->group, seg_record_key(rec)))
        cli_fail(SEG_EDATA, "%s: the key does not match --group %s",
            seg_record_name(rec), j->group);
    return g;
}

/* 1 if rec belongs to the current case. */
static int
continues(const struct cli_scoring *j, const struct seg_record *rec)
{
    if (!j->key)
        return 0;
    if (j->group) {
        struct seg_key_group g = group_of(j, rec);

        return strlen(j->key) == g.length && !memcmp(j->key, g.at, g.length);
    }
    return j->volume && seg_volume_continues(j->key, &j->at, rec);
}

static void
start_case(struct cli_scoring *j, const struct seg_record *rec)
{
    struct seg_err e;

    seg_arena_reset(&j->arena);
    if (j->group) {
        struct seg_key_group g = group_of(j, rec);

        j->key = cli_need(seg_take_bytes(&j->arena, g.at, g.length, &e), &e);
        return;
    }
    j->volume = cli_check(seg_volume_get(&j->at, rec, &e), &e);
    j->key = cli_need(j->volume
                          ? seg_volume_key(&j->arena, rec, &j->at, &e)
                          : seg_take_string(&j->arena, seg_record_key(rec), &e),
        &e);
}

/* Size of a voxel in mm along each axis of the volume: the length of the column
   of the affine matrix, or the stored spacing if that is 0. */
static void
spacing_mm(double mm[3], const struct seg_volume *v)
{
    double unit = !strcmp(v->unit, "m")    ? 1000
                  : !strcmp(v->unit, "um") ? 1e-3
                                           : 1;

    for (int i = 0; i < 3; i++) {
        const double *a = v->affine + i;
        double step = sqrt(a[0] * a[0] + a[4] * a[4] + a[8] * a[8]);

        mm[i] = unit * (step > 0 ? step : v->spacing[i]);
    }
}

/* Truth and prediction of the current case as volumes. */
static struct seg_volume_pair
case_volumes(const struct cli_scoring *j)
{
    const struct seg_volume *v = &j->truth.at;
    struct seg_volume_pair p = {.truth = (uint8_t *)j->truth.data,
        .pred = (const uint8_t *)j->pred.data};
    double mm[3] = {1, 1, 1};
    int axes[3] = {v->axis};

    if (j->volume)
        spacing_mm(mm, &j->at);
    seg_volume_axes(v->axis, axes + 1, axes + 2);
    for (int i = 0; i < 3; i++) {
        p.shape[i] = v->shape[axes[i]];
        p.spacing[i] = mm[axes[i]];
    }
    return p;
}

static void
measure_surfaces(struct cli_scoring *j)
{
    struct seg_err e;
    struct seg_volume_pair p = case_volumes(j);

    cli_check(seg_nifti_writer_complete(&j->truth, &e), &e);
    seg_volume_pair_agree(&p, j->scorer.all.ignore);
    limit(&j->scratch, j->truth.arena.held + j->pred.arena.held);
    for (int i = 0; i < j->scorer.all.classes; i++) {
        struct cli_scoring_surface *sum = j->surface + i;
        struct seg_surface s;

        if (i == j->convention.background)
            continue;
        seg_arena_reset(&j->scratch);
        cli_check(
            seg_surface_measure(&s, &p, i, j->tolerance, &j->scratch, &e), &e);
        seg_mean_add(&sum->hd95, s.hd95, SEG_ABSENT_SKIP);
        seg_mean_add(&sum->assd, s.assd, SEG_ABSENT_SKIP);
        seg_mean_add(&sum->nsd, s.nsd, SEG_ABSENT_SKIP);
        sum->missing += s.missing == SEG_IN_TRUTH || s.missing == SEG_IN_PRED;
        if (s.missing != SEG_IN_NEITHER)
            cli_surface_scores(j->surfaces, j->key, j->scorer.names[i],
                seg_score_class(&j->scorer.one, i), &s,
                j->volume ? "mm" : "px");
    }
}

void
cli_scoring_end(struct cli_scoring *j)
{
    struct seg_scorer *s = &j->scorer, *o = &j->other;

    if (!j->key)
        return;
    if (j->surfaces)
        measure_surfaces(j);
    if (j->per_image)
        cli_image_scores(j->per_image, &s->one, j->key, &j->convention);
    seg_scorer_end_case(s);
    if (j->resamples)
        seg_resamples_add(&j->draws, s->case_sums, j->key);
    if (j->paired)
        seg_scorer_end_case(o);
    if (j->resamples && j->paired) {
        seg_resamples_add(&j->other_draws, o->case_sums, j->key);
        seg_resamples_swap(
            &j->swapped, &j->other_swapped, s->case_sums, o->case_sums, j->key);
    }
    j->key = NULL;
}

/* ---- a record ---- */

static void
add_outlines(struct cli_scoring *j, const struct seg_tensor *label,
    const struct seg_tensor *pred)
{
    struct seg_err e;
    struct seg_volume_pair p = {.shape = {1, label->shape[0], label->shape[1]},
        .spacing = {1, 1, 1},
        .pred = pred->data};

    seg_arena_reset(&j->copy);
    limit(&j->copy, 0);
    p.truth = cli_need(seg_take_dirty(&j->copy, label->bytes, 1, &e), &e);
    memcpy(p.truth, label->data, label->bytes);
    seg_volume_pair_agree(&p, j->scorer.all.ignore);
    limit(&j->scratch, j->copy.held);
    for (int i = 0; i < j->scorer.all.classes; i++) {
        seg_arena_reset(&j->scratch);
        cli_check(seg_boundary_add(j->outline + i, &p, i, &j->scratch, &e), &e);
    }
}

static void
add_probabilities(struct cli_scoring *j, const struct seg_record *rec,
    const struct seg_tensor *label)
{
    struct seg_err e;
    const struct seg_tensor *probs = seg_record_find(rec, "probs");

    if (!probs)
        cli_fail(SEG_EDATA, "%s: no tensor probs", seg_record_name(rec));
    cli_check(seg_calibration_add(
                  &j->calibration, label, probs, seg_record_name(rec), &e),
        &e);
}

/* Stores the voxels of a record, for surfaces. */
static void
store_voxels(struct cli_scoring *j, const struct seg_record *rec,
    const struct seg_tensor *label, const struct seg_tensor *pred, int first)
{
    struct seg_err e;

    limit(&j->truth.arena, 0);
    cli_check(first ? seg_nifti_writer_start(&j->truth, rec, label, &e)
                    : seg_nifti_writer_add(&j->truth, rec, label, &e),
        &e);
    limit(&j->pred.arena, j->truth.arena.held);
    cli_check(first ? seg_nifti_writer_start(&j->pred, rec, pred, &e)
                    : seg_nifti_writer_add(&j->pred, rec, pred, &e),
        &e);
}

void
cli_scoring_add(struct cli_scoring *j, const struct seg_record *rec,
    const struct seg_record *truth, const struct seg_record *other)
{
    struct seg_err e;
    int begun = j->scorer.names != NULL;
    int first = !continues(j, rec);

    j->scorer.convention = j->other.convention = j->convention;
    if (first) {
        cli_scoring_end(j);
        start_case(j, rec);
    }
    cli_check(seg_scorer_add(&j->scorer, rec, truth, j->classes, &e), &e);
    if (other)
        cli_check(seg_scorer_add(&j->other, other, truth, j->classes, &e), &e);
    if (!begun)
        allocate_sums(j);
    const struct seg_tensor *label = seg_record_find(truth, "label"),
                            *pred = seg_record_find(rec, "pred");
    if (j->boundary)
        add_outlines(j, label, pred);
    if (j->calibration.bins)
        add_probabilities(j, rec, label);
    if (j->surfaces)
        store_voxels(j, rec, label, pred, first);
}

void
cli_scoring_free(struct cli_scoring *j)
{
    struct seg_arena *arenas[] = {&j->arena, &j->copy, &j->scratch, &j->totals};

    for (int i = 0; i < 4; i++)
        seg_arena_free(arenas[i]);
    seg_nifti_writer_free(&j->truth);
    seg_nifti_writer_free(&j->pred);
    seg_scorer_free(&j->scorer);
    seg_scorer_free(&j->other);
}

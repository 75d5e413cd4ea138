#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/score/scorer.h"

static int
allocate(struct seg_scorer *s, int classes, int ignore, struct seg_err *e)
{
    size_t n = (size_t)seg_score_sums_size(classes);

    if (seg_confusion_init(&s->all, &s->arena, classes, ignore, e) ||
        seg_confusion_init(&s->one, &s->arena, classes, ignore, e))
        return -1;
    s->sums = seg_take(&s->arena, n, sizeof *s->sums, e);
    s->case_sums = seg_take(&s->arena, n, sizeof *s->case_sums, e);
    return s->sums && s->case_sums ? 0 : -1;
}

/* Sets the number of classes and their names from the first record: those of
   the truth, or those of the prediction if the truth has none. */
static int
set_classes(struct seg_scorer *s, const struct seg_record *truth,
    const struct seg_record *rec, int classes, struct seg_err *e)
{
    struct seg_classes c, of_pred;

    if (seg_classes_read(&c, &s->arena, truth, e) ||
        seg_classes_read(&of_pred, &s->arena, rec, e))
        return -1;
    if (!c.n) {
        c.n = of_pred.n;
        c.name = of_pred.name;
    }
    int n = classes ? classes : c.n;
    if (!n)
        return seg_fail(e, SEG_EDATA,
            "%s: no seg.classes and no number of classes",
            seg_record_name(truth));
    const char **names = seg_take(&s->arena, (size_t)n, sizeof *names, e);
    if (!names || allocate(s, n, c.ignore, e))
        return -1;
    for (int i = 0; i < n; i++) {
        names[i] = i < c.n ? c.name[i] : seg_take_text(&s->arena, e, "%d", i);
        if (!names[i])
            return -1;
    }
    s->names = names;
    return 0;
}

/* Fails if a record has other classes than the matrix. */
static int
check_classes(struct seg_scorer *s, const struct seg_record *rec,
    const struct seg_record *truth, struct seg_err *e)
{
    const char *key = seg_record_name(rec);
    const char *names = seg_record_meta(rec, "seg.classes");

    s->known.arena = &s->arena;
    if (seg_classes_compare(names, seg_record_meta(truth, "seg.classes"), key,
            "in the truth", e) ||
        seg_known_classes_check(&s->known, truth, key, e))
        return -1;
    return seg_known_classes_check_names(&s->known, names, key, e);
}

int
seg_scorer_add(struct seg_scorer *s, const struct seg_record *rec,
    const struct seg_record *truth, int classes, struct seg_err *e)
{
    const char *key = seg_record_name(rec);
    const struct seg_tensor *label = seg_record_find(truth, "label");
    const struct seg_tensor *pred = seg_record_find(rec, "pred");

    if (!label || !pred)
        return seg_fail(
            e, SEG_EDATA, "%s: no tensor %s", key, label ? "pred" : "label");
    if (check_classes(s, rec, truth, e) ||
        (!s->names && set_classes(s, truth, rec, classes, e)))
        return -1;
    return seg_confusion_add(&s->one, label, pred, key, e);
}

void
seg_scorer_end_case(struct seg_scorer *s)
{
    seg_score_sums_case(s->case_sums, &s->one, &s->convention);
    seg_score_sums_add(s->sums, s->case_sums, 1, s->all.classes);
    seg_confusion_merge(&s->all, &s->one);
    seg_confusion_clear(&s->one);
}

int
seg_scorer_merge(struct seg_scorer *s, const struct seg_confusion *part,
    const char *const *names, const char *path, struct seg_err *e)
{
    const char *list = seg_classes_list(&s->arena, names, part->classes, e);

    s->known.arena = &s->arena;
    if (!list || seg_known_classes_check_names(&s->known, list, path, e))
        return -1;
    if (!s->names) {
        s->names = names;
        if (allocate(s, part->classes, part->ignore, e))
            return -1;
    }
    seg_confusion_merge(&s->one, part);
    seg_scorer_end_case(s);
    return 0;
}

void
seg_scorer_free(struct seg_scorer *s)
{
    seg_arena_free(&s->arena);
    *s = (struct seg_scorer){0};
}

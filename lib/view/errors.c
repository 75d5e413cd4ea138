#include <string.h>

#include "lib/view/errors.h"

static int
kind(int truth, int pred, int class, int ignore)
{
    if (truth == ignore || pred == SEG_IGNORE)
        return SEG_ERRORS_IGNORED;
    if (class < 0)
        return truth == pred ? SEG_ERRORS_RIGHT : SEG_ERRORS_WRONG;
    if (truth == class)
        return pred == class ? SEG_ERRORS_RIGHT : SEG_ERRORS_MISSED;
    return pred == class ? SEG_ERRORS_FALSE : SEG_ERRORS_NOWHERE;
}

int
seg_errors_map(struct seg_tensor *map, struct seg_arena *a,
    const struct seg_tensor *truth, const struct seg_tensor *pred, int class,
    int ignore, const char *where, struct seg_err *e)
{
    const uint8_t *t = truth->data, *p = pred->data;
    char x[80], y[80];

    if (truth->type != SEG_U8 || pred->type != SEG_U8 || truth->rank != 2 ||
        pred->rank != 2 || truth->shape[0] != pred->shape[0] ||
        truth->shape[1] != pred->shape[1])
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s and tensor %s %s; [H,W] u8 of one size expected",
            where, truth->name, seg_tensor_describe(x, sizeof x, truth),
            pred->name, seg_tensor_describe(y, sizeof y, pred));
    *map = *truth;
    map->name = "errors";
    map->data = seg_take_dirty(a, map->bytes, 1, e);
    if (!map->data)
        return -1;
    for (size_t i = 0; i < map->bytes; i++)
        ((uint8_t *)map->data)[i] = (uint8_t)kind(t[i], p[i], class, ignore);
    return 0;
}

/* Colors that people with red-green color blindness can distinguish (Okabe and
   Ito). */
int
seg_errors_classes(
    struct seg_classes *c, struct seg_arena *a, struct seg_err *e)
{
    static const struct {
        const char *name;
        uint8_t rgb[3];
    } kinds[SEG_ERRORS_KINDS] = {
        [SEG_ERRORS_RIGHT] = {"right", {0, 158, 115}},
        [SEG_ERRORS_WRONG] = {"wrong", {213, 94, 0}},
        [SEG_ERRORS_MISSED] = {"missed", {213, 94, 0}},
        [SEG_ERRORS_FALSE] = {"false", {86, 180, 233}},
        [SEG_ERRORS_IGNORED] = {"ignored", {128, 128, 128}},
    };

    *c = (struct seg_classes){SEG_ERRORS_KINDS, SEG_ERRORS_NOWHERE, NULL, NULL};
    c->name = seg_take(a, SEG_ERRORS_KINDS, sizeof *c->name, e);
    c->rgb = seg_take(a, 256, sizeof *c->rgb, e);
    if (!c->name || !c->rgb)
        return -1;
    for (int i = 0; i < SEG_ERRORS_KINDS; i++) {
        c->name[i] = kinds[i].name;
        memcpy(c->rgb[i], kinds[i].rgb, 3);
    }
    return 0;
}

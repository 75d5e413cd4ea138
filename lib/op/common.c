/* Functions and settings that several operators use. */
#include "lib/op/common.h"

const char *const seg_act_words[] = {"none", "relu", NULL};

const struct seg_setting seg_no_settings[] = {SEG_SETTING_END};

int
seg_declare_alike(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    (void)e;
    s->out->c = s->in[0]->c;
    return 0;
}

int
seg_plan_alike(struct seg_step *s, struct seg_err *e)
{
    s->out->n = s->in[0]->n;
    s->out->h = s->in[0]->h;
    s->out->w = s->in[0]->w;
    return seg_step_same_size(s, e);
}

int
seg_receptive_field_alike(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    (void)s;
    (void)axis;
    (void)e;
    *r = (struct seg_receptive_field){.stride = 1, .scale = 1, .block = 1};
    return 0;
}

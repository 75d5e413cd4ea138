/*
 * Learning from labeled and unlabeled images: the labels of the teacher against
 * a naive argmax, and which label and which image each pixel has after mixing.
 */
#include "lib/train/semi.h"
#include "tests/unit/nets.h"

enum { N = 3, H = 9, W = 7, PIXELS = H * W, C = 3, CLASSES = 4, IGNORE = 255 };
enum { BANDS = N * PIXELS * C, LABELS = N * PIXELS };

static struct seg_err err;

/* A network whose weights are not those of the teacher, its average. */
struct student {
    struct seg_arena arena;
    struct seg_net *net, *copy;
    struct seg_ema ema;
    struct seg_teacher teacher;
};

static const char *const texts[] = {
    "image input - c=3\n"
    "a conv image c=6 k=3 bias=1 act=relu\n"
    "classifier conv a c=4 k=1 bias=1\n",
    /* logits of half the size */
    "image input - c=3\n"
    "a conv image c=6 k=3 s=2 bias=1 act=relu\n"
    "classifier conv a c=4 k=1 bias=1\n"
    "output resize classifier like=image\n",
    /* logits of a larger image */
    "image input - c=3\n"
    "a conv image c=6 k=3 s=2 bias=1 act=relu\n"
    "classifier conv a c=4 k=1 bias=1\n"
    "output resize classifier scale=2 like=image\n",
};

static void
make_student(struct student *s, const char *text, double above, int threads)
{
    *s = (struct student){
        .net = make_net(text), .copy = make_net(text), .ema = {.decay = 0.9}};
    fill_params(s->net);
    if (seg_ema_start(&s->ema, s->net, &s->arena, &err))
        give_up(&err);
    for (int i = 0; i < seg_net_params(s->net); i++) {
        struct seg_param *p = seg_net_param(s->net, i);

        memset(p->w, 0, p->count * sizeof *p->w);
    }
    s->teacher = (struct seg_teacher){.net = s->copy,
        .ema = &s->ema,
        .n = N,
        .h = H,
        .w = W,
        .ignore = IGNORE,
        .threads = threads,
        .above = above};
    if (seg_teacher_start(&s->teacher, 0, &s->arena, &err))
        give_up(&err);
}

static void
free_student(struct student *s)
{
    seg_net_free(s->net);
    seg_net_free(s->copy);
    seg_arena_free(&s->arena);
}

/* ---- the teacher ---- */

/* Compares the labels with the argmax of the whole network; pixels that are
   within 1e-4 of a decision may be either.  Returns the wrong ones. */
static int
compare(const uint8_t *label, const struct seg_value *out, double above,
    int *labeled, int *unsure)
{
    int wrong = 0;

    for (int i = 0; i < LABELS; i++) {
        const float *x = out->x + (size_t)i * CLASSES;
        double sum = 0, second = 0;
        int best = 0;

        for (int k = 0; k < CLASSES; k++) {
            sum += exp((double)x[k]);
            best = x[k] > x[best] ? k : best;
        }
        double p = exp((double)x[best]) / sum;
        for (int k = 0; k < CLASSES; k++)
            second = fmax(second, k == best ? 0 : exp((double)x[k]) / sum);
        if (fabs(p - above) < 1e-4 || p - second < 1e-4)
            continue;
        wrong += label[i] != (p >= above ? best : IGNORE);
        *labeled += p >= above;
        *unsure += p < above;
    }
    return wrong;
}

static void
check_teacher(int number)
{
    const double above = 0.5;
    struct student one, three;
    struct seg_net *whole = make_net(texts[number]);
    float x[BANDS];
    int labeled = 0, unsure = 0;

    make_student(&one, texts[number], above, 1);
    make_student(&three, texts[number], above, 3);
    fill(x, BANDS, "weak view");
    seg_teacher_run(&one.teacher, x);
    seg_teacher_run(&three.teacher, x);
    plan_net(whole, (struct seg_net_plan){.n = N, .h = H, .w = W});
    fill_params(whole);
    run_forward(whole, x);
    int wrong = compare(
        one.teacher.label, seg_net_output(whole), above, &labeled, &unsure);
    ok(!wrong && labeled > 10 && unsure > 10,
        "network %d: the average labels %d pixels, and not %d unsure ones",
        number, labeled, unsure);
    ok(!memcmp(one.teacher.label, three.teacher.label, LABELS),
        "network %d: the same labels for three threads", number);
    seg_net_free(whole);
    free_student(&one);
    free_student(&three);
}

/* ---- mixing ---- */

/* Batches of one pass.  The first channel of a pixel tells its image and its
   position: 1000 i + p in labeled images, -1000 (i + 1) - p in the strong view
   of unlabeled ones. */
struct batches {
    struct seg_batch labeled, unlabeled;
    float a[BANDS], u[2 * BANDS];
    uint8_t y[LABELS], valid[LABELS];
};

static void
make_batches(struct batches *b)
{
    struct seg_rng r = seg_rng_make(5, NULL, "labels", 0);

    b->labeled = (struct seg_batch){.records = N,
        .passes = 1,
        .views = 1,
        .classes = CLASSES,
        .ignore = IGNORE,
        .normalize = {.c = C},
        .h = H,
        .w = W,
        .x = b->a,
        .label = b->y};
    b->unlabeled = b->labeled;
    b->unlabeled.views = 2;
    b->unlabeled.x = b->u;
    b->unlabeled.label = NULL;
    b->unlabeled.valid = b->valid;
    fill(b->a, BANDS, "labeled");
    fill(b->u, 2 * BANDS, "unlabeled");
    for (int i = 0; i < LABELS; i++) {
        int image = i / PIXELS, p = i % PIXELS;

        b->a[i * C] = (float)(1000 * image + p);
        b->u[BANDS + i * C] = (float)(-1000 * (image + 1) - p);
        b->y[i] = (uint8_t)seg_rng_below(&r, CLASSES + 1);
        b->y[i] = b->y[i] == CLASSES ? IGNORE : b->y[i];
        b->valid[i] = p % 10 == 3 ? IGNORE : 0;
    }
}

/* Where a pixel of the input of the network is from. */
struct origin {
    int labeled, image, pixel;
};

static struct origin
origin_of(float first)
{
    int v = (int)first;

    return v >= 0 ? (struct origin){1, v / 1000, v % 1000}
                  : (struct origin){0, -v / 1000 - 1, -v % 1000};
}

/* The pixels of image j of the pass that are not from its own image: how many,
   and whether they are the rectangle of `from` that they span. */
struct pasted {
    int pixels, rectangle, h, w;
};

static struct pasted
find_pasted(const float *x, int j, int labeled, int from)
{
    int top = H, left = W, bottom = -1, right = -1, n = 0, strange = 0;

    for (int p = 0; p < PIXELS; p++) {
        struct origin o = origin_of(x[((size_t)j * PIXELS + p) * C]);

        if (o.labeled == (j < N) && o.image == j % N)
            continue;
        strange += o.labeled != labeled || o.image != from;
        top = p / W < top ? p / W : top;
        bottom = p / W;
        left = p % W < left ? p % W : left;
        right = p % W > right ? p % W : right;
        n++;
    }
    int h = bottom - top + 1, w = right - left + 1;
    return (struct pasted){n, !strange && (!n || n == h * w), h, w};
}

/* Pixels of a pass whose position, channels or labels are not those of their
   origin. */
static int
misplaced(const struct batches *b, const struct seg_semi *s, const float *x)
{
    int wrong = 0;

    for (int i = 0; i < 2 * LABELS; i++) {
        struct origin o = origin_of(x[(size_t)i * C]);
        int at = o.image * PIXELS + o.pixel, gap = b->valid[at] == IGNORE;
        const float *own = (o.labeled ? b->a : b->u + BANDS) + (size_t)at * C;

        wrong += o.pixel != i % PIXELS;
        wrong += memcmp(own, x + (size_t)i * C, C * sizeof *own) != 0;
        wrong += s->label[i] != (o.labeled ? b->y[at] : IGNORE);
        wrong += s->pseudo[i] != (o.labeled ? IGNORE : s->teacher.label[at]);
        wrong += s->label[i] != IGNORE && s->pseudo[i] != IGNORE;
        wrong += !o.labeled && gap && s->pseudo[i] != IGNORE;
    }
    return wrong;
}

/* What a mix puts where, over many passes. */
struct tally {
    int wrong, odd, passes_differ;
    double area; /* mean share of an unlabeled image that was replaced */
    double sure_error;
};

static struct tally
run_passes(struct batches *b, struct student *st, enum seg_semi_mix mix)
{
    enum { PASSES = 300 };
    static float x[2 * BANDS], before[2 * BANDS];
    struct tally t = {0};
    struct seg_semi s = {.labeled = &b->labeled,
        .unlabeled = &b->unlabeled,
        .teacher = st->teacher,
        .mix = mix,
        .seed = 3};

    if (seg_semi_start(&s, &st->arena, &err))
        give_up(&err);
    for (int pass = 0; pass < PASSES; pass++) {
        int sure = 0;

        seg_semi_prepare(&s, x, (uint64_t)pass);
        t.wrong += misplaced(b, &s, x);
        for (int i = 0; i < LABELS; i++)
            sure += s.teacher.label[i] != IGNORE;
        t.sure_error = fmax(t.sure_error, fabs(s.sure - sure / (double)LABELS));
        for (int j = 0; j < N; j++) {
            int next = (j + 1) % N, paste = mix == SEG_MIX_COPY_PASTE;
            struct pasted a = find_pasted(x, j, 0, j),
                          u = find_pasted(x, N + j, paste, next);

            t.odd += !a.rectangle || !u.rectangle;
            t.odd += paste ? a.h != 6 || a.w != 5 || u.h != 6 || u.w != 5
                           : a.pixels != 0;
            t.area += u.pixels / (double)PIXELS / N / PASSES;
        }
        t.passes_differ += memcmp(x, before, sizeof x) != 0;
        memcpy(before, x, sizeof x);
    }
    return t;
}

static void
check_mix(enum seg_semi_mix mix, const char *name, double low, double high)
{
    static struct batches b;
    struct student st;

    make_batches(&b);
    make_student(&st, texts[0], 0.35, 2);
    struct tally t = run_passes(&b, &st, mix);
    ok(!t.wrong, "%s: each pixel has the label that belongs to it", name);
    ok(!t.odd, "%s: rectangles of the right images", name);
    ok(t.area >= low && t.area <= high,
        "%s: they replace %.2f of an unlabeled image", name, t.area);
    ok(mix == SEG_MIX_NONE ? t.passes_differ == 1 : t.passes_differ > 250,
        "%s: rectangles are drawn anew in each pass", name);
    ok(t.sure_error < 1e-12, "%s: the share of sure pixels", name);
    free_student(&st);
}

/* The pixels that are sure, and that those without data are not. */
static void
check_all_sure(void)
{
    static struct batches b;
    static float x[2 * BANDS];
    struct student st;
    struct seg_semi s;
    int gaps = 0;

    make_batches(&b);
    make_student(&st, texts[0], 0, 1);
    s = (struct seg_semi){.labeled = &b.labeled,
        .unlabeled = &b.unlabeled,
        .teacher = st.teacher};
    if (seg_semi_start(&s, &st.arena, &err))
        give_up(&err);
    seg_semi_prepare(&s, x, 0);
    for (int i = 0; i < LABELS; i++)
        gaps += b.valid[i] == IGNORE;
    ok(gaps > 0 && fabs(s.sure - 1 + gaps / (double)LABELS) < 1e-12,
        "threshold 0: all pixels but those without data are sure");
    free_student(&st);
}

static void
check_ramp(void)
{
    ok(fabs(seg_semi_ramp(0, 10) - exp(-5)) < 1e-12 &&
            fabs(seg_semi_ramp(5, 10) - exp(-1.25)) < 1e-12 &&
            fabs(seg_semi_ramp(9, 10) - exp(-0.05)) < 1e-12,
        "the ramp is exp(-5 (1 - t/ramp)^2)");
    ok(seg_semi_ramp(10, 10) == 1 && seg_semi_ramp(11, 10) == 1 &&
            seg_semi_ramp(0, 0) == 1,
        "it ends at 1; without one it is 1");
}

int
main(void)
{
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        check_teacher(i);
    check_mix(SEG_MIX_NONE, "none", 0, 0);
    check_mix(SEG_MIX_CUTMIX, "cutmix", 0.45, 0.55);
    check_mix(
        SEG_MIX_COPY_PASTE, "copy-paste", 30.0 / 63 - 1e-9, 30.0 / 63 + 1e-9);
    check_all_sure();
    check_ramp();
    return done();
}

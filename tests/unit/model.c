/* Models as records: written and read back, and what loading refuses. */
#include <sys/resource.h>

#include "formats/stream/model.h"
#include "tests/unit/nets.h"

static const char text[] = "image input - c=2\n"
                           "fc conv image c=3 k=1 bias=1\n"
                           "bn1 bn fc\n";

/* A model in a record, as seg-init makes it. */
static void
make_record(struct seg_record *rec)
{
    struct seg_model m = {.net = make_net(text), .channels = 2};
    float mean[] = {123.675f, 0.1f}, std[] = {58.395f, 1e-7f};
    struct seg_err e;

    fill_params(m.net);
    m.normalize.mean = mean;
    m.normalize.std = std;
    memset(rec, 0, sizeof *rec);
    if (seg_record_set(&m.about, "seg.classes", "[\"a\",\"b\"]", &e) ||
        seg_record_set(&m.about, "seg.net", "old text", &e) ||
        seg_model_write(rec, &m, &e))
        give_up(&e);
    m.normalize.mean = m.normalize.std = NULL;
    seg_model_free(&m);
}

static void
check_round_trip(void)
{
    struct seg_record rec, again = {0};
    struct seg_model m;
    struct seg_err e;
    int equal = 1;

    make_record(&rec);
    ok(!strcmp(seg_record_meta(&rec, "seg.net"), text) &&
            !strcmp(seg_record_meta(&rec, "seg.mean"), "123.675,0.1"),
        "write: text and normalization");
    if (seg_model_read(&m, &rec, "m.st", &e))
        give_up(&e);
    ok(m.channels == 2 && m.normalize.mean[0] == 123.675f &&
            m.normalize.std[1] == 1e-7f &&
            seg_record_meta(&m.about, "seg.classes"),
        "read: normalization to the bit, metadata kept");
    if (seg_model_write(&again, &m, &e))
        give_up(&e);
    for (int i = 0; i < rec.ntensors; i++)
        equal &= !strcmp(rec.tensors[i].name, again.tensors[i].name) &&
                 rec.tensors[i].bytes == again.tensors[i].bytes &&
                 !memcmp(rec.tensors[i].data, again.tensors[i].data,
                     rec.tensors[i].bytes);
    ok(equal && rec.ntensors == 6 && again.ntensors == 6,
        "write: the same tensors again");
    const struct seg_tensor *w = seg_record_find(&rec, "fc.weight");
    ok(w->rank == 4 && w->shape[0] == 3 && w->shape[1] == 2 && w->shape[3] == 1,
        "write: in PyTorch's shape");
    seg_model_free(&m);
    seg_record_free(&rec);
    seg_record_free(&again);
}

static void
check_refusal(
    const char *key, const char *value, const char *drop, const char *message)
{
    struct seg_record rec;
    struct seg_model m;
    struct seg_err e = {0};

    make_record(&rec);
    if (drop)
        seg_record_drop(&rec, drop);
    if (key && !value)
        seg_record_unset(&rec, key);
    if (key && value && seg_record_set(&rec, key, value, &e))
        give_up(&e);
    int status = seg_model_read(&m, &rec, "m.st", &e);
    if (!ok(status == -1 && e.kind == SEG_EDATA && !strcmp(e.text, message),
            "read: refuses %s", message))
        printf("# said: %s\n", e.text);
    seg_record_free(&rec);
}

/* A text that wants a gigabyte is held against the tensors first. */
static void
check_appetite(void)
{
    struct rusage use;

    check_refusal("seg.net",
        "image input - c=2\nfc conv image c=3 k=1 bias=1\nbn1 bn fc\n"
        "big conv fc c=1000000 k=9\n",
        NULL,
        "m.st: big.weight: parameter of the network is not in the file (1 "
        "missing)");
    getrusage(RUSAGE_SELF, &use);
    ok(use.ru_maxrss < 300 << 10, "read: no memory before tensors are seen");
}

/* A checkpoint of elsewhere: module.fc.weight as a linear layer and more. */
static void
check_load(void)
{
    struct seg_net *net = make_net(text);
    struct seg_record rec = {0};
    struct seg_model_load report;
    struct seg_err e;
    size_t linear[] = {3, 2}, three = 3, wrong = 4;
    struct seg_tensor *w =
        seg_record_add(&rec, "module.fc.weight", SEG_F64, 2, linear, &e);

    for (int i = 0; i < 6; i++)
        ((double *)w->data)[i] = i + 0.5;
    w = seg_record_add(&rec, "module.fc.bias", SEG_F32, 1, &three, &e);
    memset(w->data, 0, w->bytes);
    w = seg_record_add(&rec, "fc.bias", SEG_F32, 1, &three, &e);
    w = seg_record_add(
        &rec, "module.num_batches_tracked", SEG_I64, 0, NULL, &e);
    int status = seg_model_load(net, &rec, "module.", "w.st", 0, &report, &e);
    ok(!status && report.loaded == 2 && report.missing == 4 &&
            report.unused == 1 && !strcmp(report.first_missing, "bn1.weight") &&
            !strcmp(report.first_unused, "fc.bias"),
        "load: %d by name, %d missing, %d unused", report.loaded,
        report.missing, report.unused);
    ok(seg_net_param_named(net, "fc.weight")->w[5] == 5.5f,
        "load: a linear layer in double is a 1 x 1 convolution");
    w = seg_record_add(&rec, "module.bn1.bias", SEG_F32, 1, &wrong, &e);
    status = seg_model_load(net, &rec, "module.", "w.st", 0, &report, &e);
    if (!ok(status == -1 &&
                !strcmp(e.text,
                    "w.st: tensor module.bn1.bias is [4] f32, the network "
                    "wants [3] f32"),
            "load: a wrong shape is refused"))
        printf("# said: %s\n", e.text);
    status = seg_model_load(net, &rec, "module.", "w.st", 1, &report, &e);
    ok(!status && report.loaded == 2, "load: unless lenient");
    seg_net_free(net);
    seg_record_free(&rec);
}

int
main(void)
{
    check_round_trip();
    check_refusal("seg.net", NULL, NULL, "m.st: no seg.net: not a model");
    check_refusal("seg.mean", NULL, NULL, "m.st: no seg.mean: not a model");
    check_refusal("seg.mean", "1,2,3", NULL,
        "m.st: seg.mean: '1,2,3' is not 2 numbers with commas between");
    check_refusal("seg.mean", "1,", NULL,
        "m.st: seg.mean: '1,' is not 2 numbers with commas between");
    check_refusal("seg.std", "1,inf", NULL,
        "m.st: seg.std: '1,inf' is not 2 numbers with commas between");
    check_refusal(
        "seg.std", "1,0", NULL, "m.st: seg.std: 0 of channel 1 is not above 0");
    check_refusal("seg.net", "image input - c=2\nx foo image\n", NULL,
        "m.st:2: x: unknown operator 'foo'");
    check_refusal(NULL, NULL, "bn1.running_var",
        "m.st: bn1.running_var: parameter of the network is not in the file "
        "(1 missing)");
    check_appetite();
    check_load();
    return done();
}

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "lib/dataset/pattern.h"

enum { STARS = 8, DEPTH = 32 };

size_t
seg_path_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t start = slash ? (size_t)(slash - path) + 1 : 0;
    const char *dot = strrchr(path + start, '.');
    size_t n = dot && dot > path + start ? (size_t)(dot - path) : strlen(path);

    if (dot && !strcasecmp(dot, ".gz"))
        for (size_t i = n; i > start + 1; i--)
            if (path[i - 1] == '.')
                return i - 1;
    return n;
}

/* ---- matching ---- */

struct span {
    const char *at;
    size_t n;
};

/* What the parts of a pattern stand for in a name. */
struct match {
    struct span star[STARS];
    int stars;
    struct span list;    /* {a,b} in the pattern; at NULL: none */
    struct span matched; /* a or b in the name */
};

static int match(struct match *m, int stars, const char *start, const char *p,
    const char *s);

/* p points to a star; names match from s. */
static int
match_star(
    struct match *m, int stars, const char *start, const char *p, const char *s)
{
    int deep = p[1] == '*';
    const char *after = p + 1 + deep;

    m->star[stars] = (struct span){s, 0};
    if (deep && *after == '/' && (p == start || p[-1] == '/') &&
        match(m, stars + 1, start, after + 1, s))
        return 1;
    for (size_t n = 0;; n++) {
        m->star[stars].n = n;
        if (match(m, stars + 1, start, after, s + n))
            return 1;
        if (!s[n] || (s[n] == '/' && !deep))
            return 0;
    }
}

/* p points to {a,b}, which ends at end. */
static int
match_list(struct match *m, int stars, const char *start, const char *p,
    const char *end, const char *s)
{
    for (const char *a = p + 1; a <= end; a++) {
        size_t n = strcspn(a, ",}");

        if (!strncmp(a, s, n) && match(m, stars, start, end + 1, s + n)) {
            m->list = (struct span){p, (size_t)(end + 1 - p)};
            m->matched = (struct span){s, n};
            return 1;
        }
        a += n;
    }
    return 0;
}

/* 1 if name s matches pattern p, the rest of the pattern at start. */
static int
match(
    struct match *m, int stars, const char *start, const char *p, const char *s)
{
    for (; *p; p++, s++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;

        if (*p == '*')
            return match_star(m, stars, start, p, s);
        if (end)
            return match_list(m, stars, start, p, end, s);
        if (*p != *s)
            return 0;
    }
    m->stars = stars;
    return !*s;
}

/* ---- listing ---- */

struct search {
    struct seg_manifest *found;
    struct seg_arena *a;
    const char *pattern;    /* as given, for messages */
    const char *dir, *rest; /* "img" and "*.png" */
    int any_suffix;         /* rest has no suffix */
    int depth;              /* levels of directories below dir */
    const struct seg_suffixes *suffixes;
};

/* Splits a pattern where its first star or list is.  A directory, and a name
   without a star, are searched as a whole. */
static int
split(struct search *s, struct seg_err *e)
{
    const char *text = s->pattern;
    size_t at = strcspn(text, "*{"), n = strlen(text);
    struct stat st;

    if (!strchr(text, '*') || (!stat(text, &st) && S_ISDIR(st.st_mode))) {
        while (n > 1 && text[n - 1] == '/')
            n--;
        s->dir = seg_take_bytes(s->a, text, n, e);
        s->rest = "**";
    } else {
        while (at && text[at - 1] != '/')
            at--;
        s->dir = at > 1    ? seg_take_bytes(s->a, text, at - 1, e)
                 : at == 1 ? "/"
                           : ".";
        s->rest = text + at;
    }
    if (seg_text_count(s->rest, '*') > STARS ||
        seg_text_count(s->rest, '{') > 1)
        return seg_fail(e, SEG_EUSAGE,
            "%s: a pattern has up to %d stars and one list {a,b}", text, STARS);
    s->any_suffix = !s->suffixes->has(s->rest + seg_path_stem(s->rest));
    s->depth =
        strstr(s->rest, "**") ? DEPTH : (int)seg_text_count(s->rest, '/');
    return s->dir ? 0 : -1;
}

/* The text of all stars, with / between them. */
static char *
make_key(struct seg_arena *a, const struct match *m, const char *name,
    struct seg_err *e)
{
    char *key = seg_take(a, strlen(name) + STARS + 1, 1, e), *to = key;

    for (int i = 0; key && i < m->stars; i++) {
        if (m->star[i].n && to > key && to[-1] != '/')
            *to++ = '/';
        memcpy(to, m->star[i].at, m->star[i].n);
        to += m->star[i].n;
    }
    return key;
}

/* The path of a file, with {a,b} for what this list matched in it. */
static const char *
make_path(struct seg_arena *a, const struct match *m, const char *path,
    size_t matched_at, struct seg_err *e)
{
    if (!m->list.at)
        return seg_take_string(a, path, e);
    return seg_take_text(a, e, "%.*s%.*s%s", (int)matched_at, path,
        (int)m->list.n, m->list.at, path + matched_at + m->matched.n);
}

static int
add_file(struct search *s, const char *path, struct seg_err *e)
{
    struct match m = {.stars = 0};
    size_t skip = strcmp(s->dir, ".") ? strlen(s->dir) : 0, n = strlen(path);
    size_t stem = seg_path_stem(path);

    if (!s->suffixes->has(path + stem))
        return 0;
    if (s->any_suffix)
        n = stem;
    while (path[skip] == '/')
        skip++;
    char *name = seg_take_bytes(s->a, path + skip, n - skip, e);
    if (!name)
        return -1;
    if (!match(&m, 0, s->rest, s->rest, name))
        return 0;
    struct seg_item item = {make_key(s->a, &m, name, e),
        make_path(s->a, &m, path, skip + (size_t)(m.matched.at - name), e),
        NULL};
    if (!item.key || !item.image)
        return -1;
    if (!*item.key)
        return 0;
    return seg_text_check_name(item.key, e, "%s: name of a file", s->dir)
               ? -1
               : seg_manifest_add(s->found, s->a, item, e);
}

static int list(
    struct search *s, const char *dir, int depth, struct seg_err *e);

static int
add_entry(struct search *s, const char *dir, const char *name, int depth,
    struct seg_err *e)
{
    struct stat st;
    const char *path = strcmp(dir, ".") ? seg_take_text(s->a, e, "%s/%s",
                                              strcmp(dir, "/") ? dir : "", name)
                                        : name;

    if (!path)
        return -1;
    if (stat(path, &st) || !S_ISDIR(st.st_mode))
        return add_file(s, path, e);
    if (depth == DEPTH)
        return seg_fail(e, SEG_EDATA,
            "%s: more than %d levels of directories below %s", path, DEPTH,
            s->dir);
    return depth < s->depth ? list(s, path, depth + 1, e) : 0;
}

static int
list(struct search *s, const char *path, int depth, struct seg_err *e)
{
    DIR *dir = opendir(path);
    int status = 0;
    const struct dirent *entry;

    if (!dir)
        return seg_fail(e, seg_errno_kind(SEG_ENOINPUT), "%s: cannot open: %s",
            path, strerror(errno));
    while (!status && (errno = 0, entry = readdir(dir)))
        if (*entry->d_name != '.')
            status = add_entry(s, path, entry->d_name, depth, e);
    if (!status && errno)
        status = seg_fail(e, seg_errno_kind(SEG_EIO), "%s: cannot read: %s",
            path, strerror(errno));
    closedir(dir);
    return status;
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_item *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : strcmp(x->image, y->image);
}

int
seg_pattern_files(struct seg_manifest *m, struct seg_arena *a,
    const char *pattern, const struct seg_suffixes *suffixes, struct seg_err *e)
{
    struct search s = {
        .found = m, .a = a, .pattern = pattern, .suffixes = suffixes};
    size_t n = 0;

    *m = (struct seg_manifest){NULL, 0, 0};
    if (split(&s, e) || list(&s, s.dir, 0, e))
        return -1;
    if (m->n)
        qsort(m->item, m->n, sizeof *m->item, by_key);
    for (size_t i = 0; i < m->n; i++) /* the bands of an image become one */
        if (!n || by_key(&m->item[n - 1], &m->item[i]))
            m->item[n++] = m->item[i];
    m->n = n;
    return 0;
}

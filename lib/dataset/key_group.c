#include <string.h>

#include "lib/dataset/key_group.h"

int
seg_key_group_check(const char *pattern, struct seg_err *e)
{
    const char *open = strchr(pattern, '('), *close = strchr(pattern, ')');

    if (!open && !close && strchr(pattern, '*'))
        return 0;
    if (open && close && open < close && !strchr(open + 1, '(') &&
        !strchr(close + 1, ')'))
        return 0;
    return seg_fail(e, SEG_EUSAGE,
        "pattern %s: a * expected, or one pair of ( ) around the group",
        pattern);
}

/*
 * If a character does not match, only the last star is made longer: each
 * earlier one stands for as little as possible, and with more there would be
 * less left for those behind it.
 */
int
seg_key_group_find(
    struct seg_key_group *group, const char *pattern, const char *key)
{
    const char *p = pattern, *s = key, *from = NULL, *to = NULL;
    const char *star = NULL, *taken = NULL; /* the last star, its end in key */
    int marked = strchr(pattern, '(') != NULL, stars = 0;

    for (;;) {
        if (*p == '(' || *p == ')') {
            *(*p++ == '(' ? &from : &to) = s;
        } else if (*p == '*') {
            star = p++;
            taken = s;
            if (!marked && !stars++)
                from = to = s;
        } else if (!*p && !*s) {
            break;
        } else if (*s && (*p == *s || *p == '?')) {
            p++;
            s++;
        } else if (star && *taken) {
            s = ++taken;
            p = star + 1;
            if (!marked && stars == 1)
                to = s;
        } else {
            return 0;
        }
    }
    *group = (struct seg_key_group){from, (size_t)(to - from)};
    return group->length > 0;
}

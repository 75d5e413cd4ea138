#include <stddef.h>
#include <string.h>

#include "lib/label/palette.h"

const char *
seg_palette_text(const char *name)
{
    static const struct {
        const char *name, *text;
    } palettes[] = {{"ade20k", seg_palette_ade20k},
        {"camvid", seg_palette_camvid}, {"cityscapes", seg_palette_cityscapes},
        {"cityscapes-train", seg_palette_cityscapes_train},
        {"gta5", seg_palette_gta5}, {"voc", seg_palette_voc}};

    for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++)
        if (!strcmp(palettes[i].name, name))
            return palettes[i].text;
    return NULL;
}

#include "formats/polygon/json_text.h"
#include "formats/polygon/labelme.h"

static void
write_shape(FILE *f, const struct seg_polygon *p)
{
    fprintf(f, "    {\n      \"label\": ");
    seg_json_text(f, p->name);
    fprintf(f, ",\n      \"points\": [");
    for (size_t i = 0; i < p->n; i++)
        fprintf(f, "%s[%.0f, %.0f]", i ? ", " : "", p->xy[i][0], p->xy[i][1]);
    fprintf(f,
        "],\n      \"group_id\": null,\n      \"description\": \"\",\n"
        "      \"shape_type\": \"polygon\",\n      \"flags\": {}\n    }");
}

void
seg_labelme_write(FILE *f, const struct seg_polygons *p, const char *image)
{
    fprintf(f, "{\n  \"version\": \"5.0.0\",\n  \"flags\": {},\n"
               "  \"shapes\": [\n");
    for (size_t i = 0; i < p->n; i++) {
        write_shape(f, &p->polygon[i]);
        fprintf(f, "%s\n", i + 1 < p->n ? "," : "");
    }
    fprintf(f, "  ],\n  \"imagePath\": ");
    seg_json_text(f, image);
    fprintf(f,
        ",\n  \"imageData\": null,\n  \"imageHeight\": %zu,\n"
        "  \"imageWidth\": %zu\n}\n",
        p->h, p->w);
}

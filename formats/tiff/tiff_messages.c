#include <stdio.h>
#include <string.h>

#include "formats/tiff/tiff_messages.h"

int
seg_tiff_message_about_pixels(const char *text)
{
    static const char *const tags[] = {"ImageWidth", "ImageLength",
        "BitsPerSample", "Compression", "PhotometricInterpretation",
        "FillOrder", "StripOffsets", "SamplesPerPixel", "RowsPerStrip",
        "StripByteCounts", "PlanarConfiguration", "Group3Options",
        "Group4Options", "T4Options", "T6Options", "Predictor", "ColorMap",
        "TileWidth", "TileLength", "TileOffsets", "TileByteCounts",
        "SampleFormat", "JPEGTables", "YCbCrSubsampling", "ImageDepth",
        "TileDepth", "DataType", "LercParameters", "Decode"};
    char name[60];

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        snprintf(name, sizeof name, "\"%s\"", tags[i]);
        if (strstr(text, name))
            return 1;
    }
    return 0;
}

int
seg_tiff_message_unsupported(const char *text)
{
    static const char *const words[] = {"not supported", "unsupported",
        "not configured", "not implemented", "Unsupported JPEG",
        "different values per sample"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]))
            return 1;
    return 0;
}

int
seg_tiff_message_bad_value(const char *text)
{
    return !strncmp(text, "Bad value ", 10);
}

int
seg_tiff_message_unknown_tag(const char *text)
{
    return strstr(text, "custom tag") != NULL;
}

/* seg_kind_name: files are called by their names, and nothing is guessed. */
#include <string.h>

#include "formats/stream/kind.h"
#include "tests/unit/tap.h"

#define S(text) text, sizeof text - 1
#define ZIP     "PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0"

static const struct {
    const char *bytes;
    size_t n;
    const char *name; /* a part of it, or NULL */
} files[] = {
    {S(""), "an empty file"},
    {S("\x89PNG\r\n\x1a\n\0\0"), "a PNG image"},
    {S("\x89PNG\n\x1a\n\0\0\0"), "a PNG image with a damaged signature"},
    {S("\xff\xd8\xff\xe0"), "a JPEG image"},
    {S("\xff\xd8\xff\xf7"), "a JPEG-LS image"},
    {S("II*\0\x08\0\0\0"), "a TIFF image"},
    {S("MM\0+\0\x08\0\0"), "a BigTIFF image"},
    {S("\x93NUMPY\1\0v\0"), "a NumPy array"},
    {S("P6 1 1 255 ABC"), "a PNM image"},
    {S("qoif\0\0\0\1\0\0\0\1\4"), "a QOI image"},
    {S("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "a BMP image"},
    {S("BM\x1a\0\0\0\x1d\0\x27\0\x4a\0\0\0\x0c\0\0\0"), "a BMP image"},
    {S("BA\x28\0\0\0\0\0\0\0\0\0\0\0BM"), "a BMP image"},
    {S("BM is how this text begins"), "a text file"},
    {S("GIF89a\1\0\1\0"), "a GIF image"},
    {S("RIFF\x24\0\0\0WEBPVP8 "), "a WebP image"},
    {S("RIFF\x24\0\0\0AVI LIST"), "an AVI video"},
    {S("\0\0\0\x18"
       "ftypavif\0\0\0\0"),
        "an AVIF image"},
    {S("\0\0\0\x18"
       "ftypheic\0\0\0\0"),
        "a HEIC image"},
    {S("\0\0\0\x18"
       "ftypisom\0\0\0\0"),
        "an MP4 or QuickTime video"},
    {S("\0\0\0\x0cjP  \r\n\x87\n\0"), "a JPEG 2000 image"},
    {S("\xff\x4f\xff\x51\0"), "a JPEG 2000 image"},
    {S("\xff\x0a\xfa\x1f"), "a JPEG XL image"},
    {S("\0\0\1\0\1\0\x10\x10\0\0\1\0"), "a Windows icon"},
    {S("8BPS\0\1"), "a Photoshop image"},
    {S("%PDF-1.7\n"), "a PDF document"},
    {S("\x76\x2f\x31\x01\2\0\0\0"), "an OpenEXR image"},
    {S("PF\n2 2\n-1\n"), "a PFM image"},
    {S("\x89HDF\r\n\x1a\n\0"), "an HDF5 file"},
    {S("MATLAB 5.0 MAT-file, Platform"), "a MATLAB file"},
    {S("NRRD0005\ntype: short\n"), "a NRRD volume"},
    {S("ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\n"), "a MetaImage"},
    {S("NDims of a text"), "a text file"},
    {S(ZIP "a.txt"), "a zip archive"},
    {S(ZIP "arr_0.npy"), "a NumPy archive"},
    {S(ZIP "archive/data.pkl"), "a PyTorch file"},
    {S(ZIP "[Content_Types].xml"), "an Office document"},
    {S("\x80\4\x95\x20\0\0\0\0\0\0\0}\x94"), "a Python pickle"},
    {S("\x80\2}q\0(X\5\0\0\0model"), "a Python pickle"},
    {S("\x80\2\0\0\0\0\0\0{\"a\":1}"), "a stream of records"},
    {S("\x80\2\x01\0\0\0\0\0\0\0\0\0\0\0\0\0"), NULL},
    {S("\x1f\x8b\x08\0"), "a gzip file"},
    {S("BZh91AY&SY\0"), "a bzip2 file"},
    {S("\xfd"
       "7zXZ\0\0"),
        "an xz file"},
    {S("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"),
        "a Git LFS pointer (the file itself was not downloaded)"},
    {S("/annex/objects/SHA256E-s1--0.png\n"), "a git-annex pointer"},
    {S("\n<!DOCTYPE html>\n<svg>"), "an HTML page"},
    {S("\xef\xbb\xbf<html lang=en>"), "an HTML page"},
    {S("<?xml version=\"1.0\"?>\n<svg width=\"1\">"), "an SVG drawing"},
    {S("<?xml version=\"1.0\"?>\n<gml>"), "an XML document"},
    {S("a,b\n1,2\n"), "a text file"},
    {S("\1\2\3\4\5\6\7\1"), NULL},
};

static void
test_table(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = seg_kind_name(files[i].bytes, files[i].n);

        ok(files[i].name ? name && strstr(name, files[i].name) == name : !name,
            "file %zu is %s: %s", i, files[i].name ? files[i].name : "unknown",
            name ? name : "unknown");
    }
}

/* Those that lie further in. */
static void
test_far(void)
{
    static char bytes[SEG_KIND_BYTES];
    static const struct {
        size_t at;
        const char *magic, *name;
    } far[] = {{128, "DICM", "a DICOM file"}, {257, "ustar", "a tar archive"},
        {1024 - 18, "TRUEVISION-XFILE.", "a Targa image"},
        {512, "\x89HDF\r\n\x1a\n", "an HDF5 file"}, {200, "DICM", NULL}};

    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes + far[i].at, far[i].magic, strlen(far[i].magic));
        const char *name = seg_kind_name(bytes, sizeof bytes);
        ok(far[i].name ? name && !strcmp(name, far[i].name) : !name, "%s",
            far[i].magic);
    }
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, "\x5c\1\0\0", 4);
    ok(!strncmp(seg_kind_name(bytes, 348), "an Analyze 7.5", 14), "Analyze");
    memcpy(bytes + 344, "n+1", 4);
    ok(!strcmp(seg_kind_name(bytes, 348), "a NIfTI volume"), "NIfTI");
    memcpy(bytes + 344, "ni1", 4);
    ok(!strncmp(seg_kind_name(bytes, 348), "a NIfTI header", 14), "in a pair");
}

/* No file is too short to be asked about: every beginning of every file. */
static void
test_cut(void)
{
    char one[80];
    size_t asked = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (size_t n = 0; n <= files[i].n && n < sizeof one; n++) {
            memcpy(one, files[i].bytes, n);
            const char *name = seg_kind_name(one, n);
            asked += name || !seg_kind_remedy(one, n);
        }
    ok(asked > 500, "%zu beginnings of files", asked);
    ok(strstr(seg_kind_remedy(S("GIF89a\1\0\1\0")), "PNG") != NULL, "advice");
}

int
main(void)
{
    test_table();
    test_far();
    test_cut();
    return done();
}

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "formats/stream/kind.h"

struct bytes {
    const char *p;
    size_t n;
};

/* ---- kinds that need more than one magic number ---- */

static int
has(struct bytes b, size_t at, const char *magic, size_t n)
{
    return at <= b.n && n <= b.n - at && !memcmp(b.p + at, magic, n);
}

/* 1 if the text is anywhere in the first bytes. */
static int
holds(struct bytes b, const char *text)
{
    size_t n = strlen(text), end = b.n < SEG_KIND_BYTES ? b.n : SEG_KIND_BYTES;

    for (size_t at = 0; at + n <= end; at++)
        if (!strncasecmp(b.p + at, text, n))
            return 1;
    return 0;
}

/* 1 if the text comes first, after a byte order mark and blanks. */
static int
begins(struct bytes b, const char *text)
{
    size_t at = has(b, 0, "\xef\xbb\xbf", 3) ? 3 : 0, n = strlen(text);

    while (at < b.n && isspace((unsigned char)b.p[at]))
        at++;
    return at + n <= b.n && !strncasecmp(b.p + at, text, n);
}

static int
is_empty(struct bytes b)
{
    return !b.n;
}

/* A header of 14 bytes, then one that begins with its own size. */
static int
is_bmp(struct bytes b)
{
    return (b.n >= 18 && has(b, 0, "BM", 2) && b.p[14] >= 12 &&
               b.p[14] <= 124 && !memcmp(b.p + 15, "\0\0", 3)) ||
           (has(b, 0, "BA", 2) && has(b, 14, "BM", 2));
}

static int
is_icon(struct bytes b)
{
    return b.n >= 10 &&
           (has(b, 0, "\0\0\1\0", 4) || has(b, 0, "\0\0\2\0", 4)) && b.p[4] &&
           !b.p[5] && !b.p[9];
}

static int
is_targa(struct bytes b)
{
    return b.n > 44 && has(b, b.n - 18, "TRUEVISION-XFILE.", 18);
}

static int
is_riff(struct bytes b, const char *form)
{
    return has(b, 0, "RIFF", 4) && has(b, 8, form, 4);
}

static int
is_webp(struct bytes b)
{
    return is_riff(b, "WEBP");
}

static int
is_avi(struct bytes b)
{
    return is_riff(b, "AVI ");
}

static int
is_pnm(struct bytes b)
{
    return b.n > 2 && b.p[0] == 'P' && b.p[1] >= '1' && b.p[1] <= '7' &&
           isspace((unsigned char)b.p[2]);
}

static int
is_header_348(struct bytes b)
{
    return b.n >= 348 &&
           (has(b, 0, "\x5c\1\0\0", 4) || has(b, 0, "\0\0\1\x5c", 4));
}

static int
is_nifti(struct bytes b)
{
    return (is_header_348(b) && has(b, 344, "n+1", 4)) || has(b, 4, "n+2", 4);
}

static int
is_nifti_pair(struct bytes b)
{
    return (is_header_348(b) && has(b, 344, "ni1", 4)) || has(b, 4, "ni2", 4);
}

/* The name of the first file of a zip archive is at byte 30. */
static int
is_zip_of(struct bytes b, const char *text)
{
    return has(b, 0, "PK\3\4", 4) && holds(b, text);
}

static int
is_torch(struct bytes b)
{
    return is_zip_of(b, "/data.pkl") || is_zip_of(b, "/byteorder") ||
           is_zip_of(b, "/.format_version") ||
           has(b, 0, "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8", 12);
}

static int
is_npz(struct bytes b)
{
    return is_zip_of(b, ".npy");
}

static int
is_office(struct bytes b)
{
    return is_zip_of(b, "[Content_Types].xml") ||
           is_zip_of(b, "opendocument") || has(b, 0, "\xd0\xcf\x11\xe0", 4);
}

/* The length of a record header may begin with the same bytes, but has zeros
   after them. */
static int
is_pickle(struct bytes b)
{
    return b.n > 8 && b.p[0] == '\x80' && b.p[1] >= 2 && b.p[1] <= 5 &&
           b.p[2] && memcmp(b.p + 3, "\0\0\0\0", 5);
}

static int
is_stream(struct bytes b)
{
    return b.n > 9 && !memcmp(b.p + 4, "\0\0\0", 4) && b.p[8] == '{' &&
           (b.p[9] == '"' || b.p[9] == '}' || isspace((unsigned char)b.p[9]));
}

static int
is_meta_image(struct bytes b)
{
    return (begins(b, "ObjectType") || begins(b, "NDims")) &&
           holds(b, "DimSize");
}

static int
is_html(struct bytes b)
{
    return begins(b, "<!doctype html") || begins(b, "<html") ||
           (begins(b, "<?xml") && holds(b, "<html"));
}

static int
is_svg(struct bytes b)
{
    return begins(b, "<svg") ||
           ((begins(b, "<?xml") || begins(b, "<!")) && holds(b, "<svg"));
}

static int
is_xml(struct bytes b)
{
    return begins(b, "<?xml");
}

/* 1 if all bytes are printable ASCII or UTF-8. */
static int
is_text(struct bytes b)
{
    size_t n = b.n < SEG_KIND_BYTES ? b.n : SEG_KIND_BYTES, i = 0;

    while (i < n && (isspace((unsigned char)b.p[i]) || b.p[i] & 0x80 ||
                        isprint((unsigned char)b.p[i])))
        i++;
    return n && i == n && isprint((unsigned char)b.p[0]);
}

/* ---- the table ---- */

#define IMPORT              "make a stream of it with seg-import"
#define AS_PNG              "convert it to PNG"
#define AS_NIFTI            "convert it to NIfTI"
#define AS_NPY              "save its arrays as .npy files"
#define ADDRESS             "check the address that it was downloaded from"
#define UNPACK              "unpack it first"
#define MAGIC(where, bytes) .at = where, .n = sizeof bytes - 1, .magic = bytes

/* The first matching row is the kind. */
static const struct {
    const char *name, *remedy;
    const char *stream; /* the remedy if a stream is expected; NULL: remedy */
    int never_text;     /* text that is no list and no table */
    size_t at, n;
    const char *magic;
    int (*is)(struct bytes b); /* instead of a magic number */
} kinds[] = {
    {"an empty file", NULL, .is = is_empty},
    {"a PNG image", NULL, IMPORT, 0, MAGIC(0, "\x89PNG\r\n\x1a\n")},
    {"a PNG image with a damaged signature (a transfer as text?)",
        "transfer it again, as binary", MAGIC(0, "\x89PNG")},
    {"a JPEG-LS image", AS_PNG, MAGIC(0, "\xff\xd8\xff\xf7")},
    {"a JPEG image", NULL, IMPORT, 0, MAGIC(0, "\xff\xd8\xff")},
    {"a TIFF image", NULL, IMPORT, 0, MAGIC(0, "II*\0")},
    {"a TIFF image", NULL, IMPORT, 0, MAGIC(0, "MM\0*")},
    {"a BigTIFF image", NULL, IMPORT, 0, MAGIC(0, "II+\0")},
    {"a BigTIFF image", NULL, IMPORT, 0, MAGIC(0, "MM\0+")},
    {"a NIfTI volume", NULL, IMPORT, 0, .is = is_nifti},
    {"a NIfTI header without its voxels (.hdr and .img are two files)",
        "join them in one .nii file (nifti_tool, or nibabel)",
        .is = is_nifti_pair},
    {"an Analyze 7.5 header (.hdr), or a damaged NIfTI", AS_NIFTI,
        .is = is_header_348},
    {"a NumPy array", NULL, IMPORT, 0, MAGIC(0, "\x93NUMPY")},
    {"a PNM image", NULL, IMPORT, 0, .is = is_pnm},
    {"a QOI image", NULL, IMPORT, 0, MAGIC(0, "qoif")},

    {"a BMP image", AS_PNG " (magick a.bmp a.png)", .is = is_bmp},
    {"a GIF image", AS_PNG " (magick 'a.gif[0]' a.png)", MAGIC(0, "GIF8")},
    {"a WebP image", AS_PNG " (dwebp a.webp -o a.png)", .is = is_webp},
    {"an AVIF image", AS_PNG " (avifdec a.avif a.png)", MAGIC(4, "ftypavif")},
    {"an AVIF image", AS_PNG " (avifdec a.avif a.png)", MAGIC(4, "ftypavis")},
    {"a HEIC image", AS_PNG " (heif-convert a.heic a.png)",
        MAGIC(4, "ftyphei")},
    {"a HEIC image", AS_PNG " (heif-convert a.heic a.png)",
        MAGIC(4, "ftyphev")},
    {"a HEIC image", AS_PNG " (heif-convert a.heic a.png)",
        MAGIC(4, "ftypmif1")},
    {"a HEIC image", AS_PNG " (heif-convert a.heic a.png)",
        MAGIC(4, "ftypmsf1")},
    {"a JPEG 2000 image", "convert it to TIFF (gdal_translate a.jp2 a.tif)",
        MAGIC(4, "jP  \r\n\x87\n")},
    {"a JPEG 2000 image", "convert it to TIFF (gdal_translate a.j2k a.tif)",
        MAGIC(0, "\xff\x4f\xff\x51")},
    {"a JPEG XL image", AS_PNG " (djxl a.jxl a.png)",
        MAGIC(4, "JXL \r\n\x87\n")},
    {"a JPEG XL image", AS_PNG " (djxl a.jxl a.png)", MAGIC(0, "\xff\x0a")},
    {"a JPEG XR image", AS_PNG, MAGIC(0, "II\xbc\1")},
    {"a Windows icon", AS_PNG " (magick 'a.ico[0]' a.png)", .is = is_icon},
    {"a Photoshop image", AS_PNG " (magick 'a.psd[0]' a.png)",
        MAGIC(0, "8BPS")},
    {"a GIMP image", AS_PNG, MAGIC(0, "gimp xcf")},
    {"an OpenEXR image", "convert it to TIFF of floats",
        MAGIC(0, "\x76\x2f\x31\x01")},
    {"a Radiance HDR image", "convert it to TIFF of floats",
        MAGIC(0, "#?RADIANCE")},
    {"a PFM image", "convert it to TIFF of floats", MAGIC(0, "PF\n")},
    {"a PFM image", "convert it to TIFF of floats", MAGIC(0, "Pf\n")},
    {"a FITS image", "convert it to TIFF", MAGIC(0, "SIMPLE  =")},
    {"a Targa image", AS_PNG " (magick a.tga a.png)", .is = is_targa},
    {"a DDS image", AS_PNG " (magick a.dds a.png)", MAGIC(0, "DDS ")},
    {"a Zeiss CZI image", "convert it to TIFF", MAGIC(0, "ZISRAWFILE")},
    {"a Nikon ND2 image", "convert it to TIFF", MAGIC(0, "\xda\xce\xbe\x0a")},
    {"an HTML page", ADDRESS, ADDRESS, 1, .is = is_html},
    {"an SVG drawing", AS_PNG " (rsvg-convert -o a.png a.svg)", .is = is_svg},
    {"a DjVu document", AS_PNG, MAGIC(0, "AT&TFORM")},
    {"a PDF document", AS_PNG " (pdftoppm -png a.pdf a)", MAGIC(0, "%PDF-")},
    {"a PostScript document", AS_PNG, MAGIC(0, "%!PS")},

    {"a DICOM file", AS_NIFTI " (dcm2niix DIRECTORY)", MAGIC(128, "DICM")},
    {"a NRRD volume", AS_NIFTI, MAGIC(0, "NRRD000")},
    {"a MetaImage header (.mhd or .mha)", AS_NIFTI, .is = is_meta_image},
    {"a MATLAB file (.mat)", AS_NPY, MAGIC(0, "MATLAB")},
    {"an HDF5 file", AS_NPY, MAGIC(0, "\x89HDF\r\n\x1a\n")},
    {"an HDF5 file", AS_NPY, MAGIC(512, "\x89HDF\r\n\x1a\n")},
    {"an HDF4 file", AS_NPY, MAGIC(0, "\x0e\x03\x13\x01")},
    {"a NetCDF file", AS_NPY, MAGIC(0, "CDF\1")},
    {"a NetCDF file", AS_NPY, MAGIC(0, "CDF\2")},
    {"a NetCDF file", AS_NPY, MAGIC(0, "CDF\5")},

    {"a PyTorch file (.pt or .pth)", NULL,
        "name it as a file, not through a pipe", 0, .is = is_torch},
    {"a NumPy archive (.npz)", AS_NPY,
        "save it with safetensors.numpy.save_file", 0, .is = is_npz},
    {"an Office document", NULL, .is = is_office},
    {"a zip archive", UNPACK, MAGIC(0, "PK\3\4")},
    {"an empty zip archive", NULL, MAGIC(0, "PK\5\6")},
    {"a Python pickle", AS_NPY,
        "load it in Python and save it with safetensors.torch.save_file", 0,
        .is = is_pickle},
    {"a GGUF model", NULL, MAGIC(0, "GGUF")},
    {"a stream of records or a .safetensors file", NULL, .is = is_stream},
    {"a gzip file", UNPACK,
        "unpack it first, or for a NIfTI volume use seg-import", 0,
        MAGIC(0, "\x1f\x8b")},
    {"a bzip2 file", UNPACK, MAGIC(4, "1AY&SY")},
    {"an xz file", UNPACK, MAGIC(0, "\xfd\x37zXZ")},
    {"a Zstandard file", UNPACK, MAGIC(0, "\x28\xb5\x2f\xfd")},
    {"a 7z archive", UNPACK, MAGIC(0, "7z\xbc\xaf\x27\x1c")},
    {"a RAR archive", UNPACK, MAGIC(0, "Rar!\x1a\7")},
    {"a tar archive", UNPACK, MAGIC(257, "ustar")},

    {"an MP4 or QuickTime video", "extract its frames as PNG files",
        MAGIC(4, "ftyp")},
    {"an AVI video", "extract its frames as PNG files", .is = is_avi},
    {"a Matroska or WebM video", "extract its frames as PNG files",
        MAGIC(0, "\x1a\x45\xdf\xa3")},
    {"an executable program", NULL, MAGIC(0, "\x7f\x45LF")},
    {"a Git LFS pointer (the file itself was not downloaded)",
        "download it (git lfs pull)", "download it (git lfs pull)", 1,
        MAGIC(0, "version https://git-lfs.github.com/spec")},
    {"a git-annex pointer (the file itself was not downloaded)",
        "download it (git annex get)", "download it (git annex get)", 1,
        MAGIC(0, "/annex/objects/")},
    {"an XML document", NULL, .is = is_xml},
    {"a text file", NULL,
        "a list of images is for seg-import, a network text for seg-init", 0,
        .is = is_text},
};

static int
find(const void *data, size_t n)
{
    int end = sizeof kinds / sizeof *kinds, i = 0;
    struct bytes b = {data, n};

    while (i < end &&
           !(kinds[i].is ? kinds[i].is(b)
                         : has(b, kinds[i].at, kinds[i].magic, kinds[i].n)))
        i++;
    return i < end ? i : -1;
}

const char *
seg_kind_name(const void *data, size_t n)
{
    int i = find(data, n);

    return i < 0 ? NULL : kinds[i].name;
}

const char *
seg_kind_remedy(const void *data, size_t n)
{
    int i = find(data, n);

    return i < 0 ? NULL : kinds[i].remedy;
}

const char *
seg_kind_not_stream(const void *data, size_t n, const char **remedy)
{
    int i = find(data, n);

    if (i < 0 || kinds[i].is == is_stream || kinds[i].is == is_empty)
        return NULL;
    *remedy = kinds[i].stream ? kinds[i].stream : kinds[i].remedy;
    return kinds[i].name;
}

const char *
seg_kind_not_text(const void *data, size_t n)
{
    struct bytes b = {data, n};
    int i = find(data, n);

    return i < 0 || kinds[i].is == is_empty ||
                   (is_text(b) && !kinds[i].never_text)
               ? NULL
               : kinds[i].name;
}

#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"
#include "libraries.h"

// JPEG stores luma and two planes of chroma, which are smaller where chroma is subsampled. They are read and written as
// such: no colors are converted and no chroma is interpolated for pixels that are about to be averaged.

static int log2_across(ipc_subsampling subsampling)
{
    return subsampling == IPC_SAMPLES_422 || subsampling == IPC_SAMPLES_420;
}

static int log2_down(ipc_subsampling subsampling)
{
    return subsampling == IPC_SAMPLES_440 || subsampling == IPC_SAMPLES_420;
}

int ipc_plane_count(ipc_subsampling subsampling) { return subsampling == IPC_SAMPLES_GRAY ? 1 : 3; }

ipc_plane_layout ipc_lay_out_plane(int width, int height, ipc_subsampling subsampling, int plane)
{
    int across = log2_across(subsampling), down = log2_down(subsampling);
    int columns = (width + (1 << across) - 1) >> across, rows = (height + (1 << down) - 1) >> down;
    if (plane > 0)
        return (ipc_plane_layout) {
            .width = columns, .height = rows, .stride = columns, .rows = rows,
            .px_across = 1 << across, .px_down = 1 << down,
        };
    // TurboJPEG pads luma to whole samples of chroma.
    return (ipc_plane_layout) {
        .width = width, .height = height, .stride = columns << across, .rows = rows << down, .px_across = 1,
        .px_down = 1,
    };
}

static int subsampling_of(int found, ipc_subsampling *subsampling)
{
    switch (found) {
    case TJSAMP_444: *subsampling = IPC_SAMPLES_444; return 0;
    case TJSAMP_422: *subsampling = IPC_SAMPLES_422; return 0;
    case TJSAMP_420: *subsampling = IPC_SAMPLES_420; return 0;
    case TJSAMP_440: *subsampling = IPC_SAMPLES_440; return 0;
    case TJSAMP_GRAY: *subsampling = IPC_SAMPLES_GRAY; return 0;
    default: return -1;
    }
}

static int turbo_subsampling(ipc_subsampling subsampling)
{
    switch (subsampling) {
    case IPC_SAMPLES_444: return TJSAMP_444;
    case IPC_SAMPLES_422: return TJSAMP_422;
    case IPC_SAMPLES_420: return TJSAMP_420;
    case IPC_SAMPLES_440: return TJSAMP_440;
    case IPC_SAMPLES_GRAY: break;
    }
    return TJSAMP_GRAY;
}

// --- the segments before the first scan, and the number of scans ---

enum { BASELINE = 0xC0, EXTENDED = 0xC1, PROGRESSIVE = 0xC2, END = 0xD9, SCAN = 0xDA, PROFILE = 0xE2 };

// Where the segments of a file continue after compressed data: at the next marker that is not a restart marker.
static size_t skip_scan(const uint8_t *file, size_t length, size_t at)
{
    while (at + 1 < length) {
        const uint8_t *found = memchr(file + at, 0xFF, length - 1 - at);
        if (!found) return length;
        at = (size_t) (found - file);
        int marker = file[at + 1];
        if (marker != 0 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7)) return at;
        at += marker == 0xFF ? 1 : 2;
    }
    return length;
}

static int is_profile(const uint8_t *data, size_t bytes)
{
    return bytes > 14 && memcmp(data, "ICC_PROFILE", 12) == 0;
}

// Reads the segments; -1 for a file with an unusual structure.
static int read_segments(const uint8_t *file, size_t length, ipc_jpeg *jpeg)
{
    // libvips allows as many scans; more of them are made to waste time.
    const int most_scans = 100;
    int frames = 0, scans = 0;
    size_t at = 2;
    if (length < 4 || file[0] != 0xFF || file[1] != 0xD8) return -1;
    while (at + 4 <= length) {
        if (file[at] != 0xFF) return -1;
        int marker = file[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        // A sequential file may stay unread from its first scan on: only a progressive one has many.
        if (marker == END) break;
        size_t bytes = (size_t) file[at + 2] << 8 | file[at + 3];
        if (bytes < 2 || bytes > length - at - 2) return -1;
        const uint8_t *data = file + at + 4;
        bytes -= 2;
        if (marker == BASELINE || marker == EXTENDED || marker == PROGRESSIVE) {
            if (frames++ > 0 || bytes < 6 || data[0] != 8) return -1;
            jpeg->is_progressive = marker == PROGRESSIVE;
        } else if (marker > 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            return -1;
        } else if (marker == PROFILE && is_profile(data, bytes)) {
            // One that is cut into pieces is larger than any of sRGB.
            if (jpeg->profile || data[12] != 1 || data[13] != 1) return -1;
            jpeg->profile = data + 14;
            jpeg->profile_length = bytes - 14;
        } else if (marker == SCAN) {
            if (frames == 0 || ++scans > most_scans) return -1;
            if (!jpeg->is_progressive) return 0;
            at = skip_scan(file, length, at + 4 + bytes);
            continue;
        }
        at += 4 + bytes;
    }
    return scans > 0 ? 0 : -1;
}

int ipc_examine_jpeg(const void *bytes, size_t length, ipc_jpeg *jpeg)
{
    *jpeg = (ipc_jpeg) {0};
    if (!ipc_has_jpeg() || read_segments(bytes, length, jpeg)) return -1;
    void *decoder = ipc_libraries.tjInitDecompress();
    if (!decoder) return -1;
    int width = 0, height = 0, subsampling = -1, colors = -1;
    int failed = ipc_libraries.tjDecompressHeader3(
        decoder, bytes, length, &width, &height, &subsampling, &colors);
    ipc_libraries.tjDestroy(decoder);
    if (failed || width < 1 || height < 1 || subsampling_of(subsampling, &jpeg->subsampling)) return -1;
    jpeg->width = width;
    jpeg->height = height;
    return colors == (jpeg->subsampling == IPC_SAMPLES_GRAY ? TJCS_GRAY : TJCS_YCbCr) ? 0 : -1;
}

int ipc_read_jpeg(
    const void *bytes, size_t length, const ipc_jpeg *jpeg, int shrink, uint8_t *const planes[3])
{
    if (!ipc_has_jpeg() || (shrink != 1 && shrink != 2 && shrink != 4 && shrink != 8)) return -1;
    int width = (jpeg->width + shrink - 1) / shrink, height = (jpeg->height + shrink - 1) / shrink;
    unsigned char *targets[3] = {planes[0], planes[1], planes[2]};
    int strides[3] = {0};
    for (int i = 0; i < ipc_plane_count(jpeg->subsampling); i++)
        strides[i] = ipc_lay_out_plane(width, height, jpeg->subsampling, i).stride;
    void *decoder = ipc_libraries.tjInitDecompress();
    if (!decoder) return -1;
    // Whatever libjpeg would only warn about is left to libvips, including a file without its end.
    int failed = ipc_libraries.tjDecompressToYUVPlanes(
        decoder, bytes, length, targets, width, strides, height,
        TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS);
    ipc_libraries.tjDestroy(decoder);
    return failed ? -1 : 0;
}

int ipc_read_jpeg_rows(const void *bytes, size_t length, const ipc_jpeg *jpeg, int shrink, uint8_t *samples)
{
    if (!ipc_has_jpeg() || (shrink != 1 && shrink != 2 && shrink != 4 && shrink != 8)) return -1;
    int width = (jpeg->width + shrink - 1) / shrink, height = (jpeg->height + shrink - 1) / shrink;
    bool is_gray = jpeg->subsampling == IPC_SAMPLES_GRAY;
    void *decoder = ipc_libraries.tjInitDecompress();
    if (!decoder) return -1;
    int failed = ipc_libraries.tjDecompress2(
        decoder, bytes, length, samples, width, is_gray ? width : 3 * width, height,
        is_gray ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS);
    ipc_libraries.tjDestroy(decoder);
    return failed ? -1 : 0;
}

// Repeats the last column and row to pad a plane.
static void fill_up(uint8_t *samples, ipc_plane_layout layout)
{
    size_t stride = (size_t) layout.stride, width = (size_t) layout.width;
    for (size_t y = 0; y < (size_t) layout.height && width < stride; y++)
        memset(samples + y * stride + width, samples[y * stride + width - 1], stride - width);
    for (size_t y = (size_t) layout.height; y < (size_t) layout.rows; y++)
        memcpy(samples + y * stride, samples + (y - 1) * stride, stride);
}

int ipc_write_jpeg(
    uint8_t *const planes[3], int width, int height, ipc_subsampling subsampling, int quality, void **bytes,
    size_t *length)
{
    if (!ipc_has_jpeg() || width < 1 || height < 1) return -1;
    int strides[3] = {0};
    for (int i = 0; i < ipc_plane_count(subsampling); i++) {
        ipc_plane_layout layout = ipc_lay_out_plane(width, height, subsampling, i);
        strides[i] = layout.stride;
        fill_up(planes[i], layout);
    }
    const unsigned char *sources[3] = {planes[0], planes[1], planes[2]};
    unsigned char *file = NULL;
    unsigned long count = 0;
    void *encoder = ipc_libraries.tjInitCompress();
    if (!encoder) return -1;
    int failed = ipc_libraries.tjCompressFromYUVPlanes(
        encoder, sources, width, strides, height, turbo_subsampling(subsampling), &file, &count, quality,
        TJFLAG_ACCURATEDCT);
    ipc_libraries.tjDestroy(encoder);
    if (failed) {
        ipc_libraries.tjFree(file);
        return -1;
    }
    *bytes = file;
    *length = count;
    return 0;
}

void ipc_free_jpeg(void *bytes) { ipc_libraries.tjFree(bytes); }

void ipc_turn_plane(
    const uint8_t *from, size_t from_stride, int width, int height, int orientation, uint8_t *to,
    size_t to_stride)
{
    bool swaps = orientation >= 5;
    bool mirrors_x = orientation == 2 || orientation == 3 || orientation >= 7;
    bool mirrors_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    // In blocks, so that neither side leaves the cache where rows become columns.
    const int block = 32;
    for (int top = 0; top < height; top += block)
        for (int left = 0; left < width; left += block)
            for (int y = top; y < height && y < top + block; y++)
                for (int x = left; x < width && x < left + block; x++) {
                    size_t column = (size_t) (mirrors_x ? width - 1 - x : x);
                    size_t row = (size_t) (mirrors_y ? height - 1 - y : y);
                    uint8_t *target = swaps ? to + column * to_stride + row : to + row * to_stride + column;
                    *target = from[(size_t) y * from_stride + (size_t) x];
                }
}

// libFuzzer over the reader and writer of JPEG in planes, with memory exactly as long as it has to be. The planes must
// match the rows, within rounding; the target jpeg-rows compares the rows with libvips.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"

static unsigned long parsed, direct;

static void report(void) { fprintf(stderr, "stat::parsed_inputs: %lu\nstat::direct_inputs: %lu\n", parsed, direct); }

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void) count, (void) arguments;
    if (!ipc_has_jpeg()) abort();
    atexit(report);
    return 0;
}

static void make_planes(int width, int height, ipc_subsampling subsampling, uint8_t *planes[3])
{
    for (int i = 0; i < ipc_plane_count(subsampling); i++) {
        ipc_plane_layout layout = ipc_lay_out_plane(width, height, subsampling, i);
        planes[i] = malloc((size_t) layout.stride * (size_t) layout.rows);
        if (!planes[i]) abort();
    }
}

static void free_planes(uint8_t *planes[3])
{
    for (int i = 0; i < 3; i++) free(planes[i]);
}

// The planes can be rotated, written, and read again.
static void round_trip(uint8_t *planes[3], int width, int height, ipc_subsampling subsampling, int choice)
{
    void *bytes = NULL;
    size_t length = 0;
    if (ipc_write_jpeg(planes, width, height, subsampling, 1 + choice % 100, &bytes, &length)) abort();
    ipc_jpeg again;
    uint8_t *copy[3] = {0};
    if (ipc_examine_jpeg(bytes, length, &again) || again.width != width || again.height != height
        || again.subsampling != subsampling)
        abort();
    make_planes(width, height, subsampling, copy);
    if (ipc_read_jpeg(bytes, length, &again, 1, copy)) abort();
    free_planes(copy);
    ipc_free_jpeg(bytes);
    uint8_t *turned = malloc((size_t) width * (size_t) height);
    if (!turned) abort();
    int orientation = 1 + choice % 8;
    ipc_plane_layout layout = ipc_lay_out_plane(width, height, subsampling, 0);
    ipc_turn_plane(
        planes[0], (size_t) layout.stride, width, height, orientation, turned,
        (size_t) (orientation >= 5 ? height : width));
    free(turned);
}

static int is_near(double one, int other) { return one - other <= 3 && other - one <= 3; }

static void compare_with_rows(const uint8_t *file, size_t length, const ipc_jpeg *jpeg, uint8_t *planes[3])
{
    int bands = jpeg->subsampling == IPC_SAMPLES_GRAY ? 1 : 3;
    uint8_t *rows = malloc((size_t) jpeg->width * (size_t) jpeg->height * (size_t) bands);
    if (!rows || ipc_read_jpeg_rows(file, length, jpeg, 1, rows)) abort();
    int stride[3];
    for (int i = 0; i < bands; i++)
        stride[i] = ipc_lay_out_plane(jpeg->width, jpeg->height, jpeg->subsampling, i).stride;
    for (int y = 0; y < jpeg->height; y++)
        for (int x = 0; x < jpeg->width; x++) {
            const uint8_t *px = rows + ((size_t) y * (size_t) jpeg->width + (size_t) x) * (size_t) bands;
            int luma = planes[0][y * stride[0] + x];
            if (bands == 1) {
                if (*px != luma) abort();
                continue;
            }
            double red = px[0], green = px[1], blue = px[2];
            // Colors outside of RGB were clipped.
            if (red < 1 || red > 254 || green < 1 || green > 254 || blue < 1 || blue > 254) continue;
            if (!is_near(0.299 * red + 0.587 * green + 0.114 * blue, luma)) abort();
            if (jpeg->subsampling != IPC_SAMPLES_444) continue;
            if (!is_near(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue, planes[1][y * stride[1] + x])
                || !is_near(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue, planes[2][y * stride[2] + x]))
                abort();
        }
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    // A copy, so that a read past its end is caught.
    uint8_t *file = malloc(length > 0 ? length : 1);
    if (!file) abort();
    memcpy(file, data, length);
    ipc_jpeg jpeg;
    if (ipc_examine_jpeg(file, length, &jpeg) == 0 && (uint64_t) jpeg.width * (uint64_t) jpeg.height <= 1 << 14) {
        parsed++;
        volatile uint8_t last = jpeg.profile ? jpeg.profile[jpeg.profile_length - 1] : 0;
        (void) last;
        for (int shrink = 1; shrink <= 8; shrink *= 2) {
            int width = (jpeg.width + shrink - 1) / shrink, height = (jpeg.height + shrink - 1) / shrink;
            uint8_t *planes[3] = {0};
            make_planes(width, height, jpeg.subsampling, planes);
            if (ipc_read_jpeg(file, length, &jpeg, shrink, planes) == 0) {
                if (shrink == 1) direct++;
                if (shrink == 1) compare_with_rows(file, length, &jpeg, planes);
                if (shrink == 1) round_trip(planes, width, height, jpeg.subsampling, (int) (length % 1000));
            }
            free_planes(planes);
        }
    }
    free(file);
    return 0;
}

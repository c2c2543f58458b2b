#include <stdlib.h>
#include <string.h>

#include "CCodecs.h"
#include "libraries.h"

// The file as it grows.
struct file {
    uint8_t *bytes;
    size_t length, room;
};

static int append(const uint8_t *bytes, size_t length, const struct WebPPicture *picture)
{
    struct file *file = ((const struct ipc_webp_picture *) (const void *) picture)->custom_ptr;
    if (length > file->room - file->length) {
        size_t room = file->room < 4096 ? 4096 : file->room;
        while (room - file->length < length) {
            if (room > SIZE_MAX / 2) return 0;
            room *= 2;
        }
        uint8_t *larger = realloc(file->bytes, room);
        if (!larger) return 0;
        file->bytes = larger;
        file->room = room;
    }
    if (length > 0) memcpy(file->bytes + file->length, bytes, length);
    file->length += length;
    return 1;
}

// Alpha, red, green and blue in one number each.
static void fill(struct ipc_webp_picture *picture, const uint8_t *samples, int bands)
{
    size_t width = (size_t) picture->width;
    int colors = bands < 3 ? 1 : 3;
    for (size_t y = 0; y < (size_t) picture->height; y++) {
        uint32_t *row = picture->argb + y * (size_t) picture->argb_stride;
        for (size_t x = 0; x < width; x++, samples += bands) {
            uint32_t red = samples[0], green = samples[colors / 2], blue = samples[colors - 1];
            uint32_t alpha = bands == colors ? 255 : samples[colors];
            row[x] = alpha << 24 | red << 16 | green << 8 | blue;
        }
    }
}

int ipc_write_webp(
    const uint8_t *samples, int width, int height, int bands, int quality, int effort, void **bytes,
    size_t *length)
{
    if (!ipc_has_webp() || width < 1 || height < 1 || bands < 1 || bands > 4) return -1;
    struct ipc_webp_config config;
    struct ipc_webp_picture picture;
    struct WebPConfig *its_config = (struct WebPConfig *) (void *) &config;
    struct WebPPicture *its_picture = (struct WebPPicture *) (void *) &picture;
    if (!ipc_libraries.WebPConfigInitInternal(its_config, 0, (float) quality, WEBP_ENCODER_ABI_VERSION)
        || !ipc_libraries.WebPPictureInitInternal(its_picture, WEBP_ENCODER_ABI_VERSION))
        return -1;
    config.lossless = 1;
    config.method = effort;
    struct file file = {0};
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    picture.writer = append;
    picture.custom_ptr = &file;
    int written = 0;
    if (ipc_libraries.WebPPictureAlloc(its_picture)) {
        fill(&picture, samples, bands);
        written = ipc_libraries.WebPEncode(its_config, its_picture);
        ipc_libraries.WebPPictureFree(its_picture);
    }
    if (!written) {
        free(file.bytes);
        return -1;
    }
    *bytes = file.bytes;
    *length = file.length;
    return 0;
}

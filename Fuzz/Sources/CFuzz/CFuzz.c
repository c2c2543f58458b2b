#include "CFuzz.h"

#include <sanitizer/allocator_interface.h>
#include <string.h>
#include <zlib.h>

// Part of libFuzzer, which has no header for it.
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t room);

size_t fuzz_mutate(uint8_t *bytes, size_t length, size_t room)
{
    return LLVMFuzzerMutate(bytes, length, room);
}

// Calls come from libFuzzer, and libvips uses one thread per image: nothing else allocates at the same time.
static int is_counting;
static ptrdiff_t held, most_held;

static void on_malloc(const volatile void *block, size_t length)
{
    (void) block;
    if (!is_counting) return;
    held += (ptrdiff_t) length;
    if (held > most_held) most_held = held;
}

static void on_free(const volatile void *block)
{
    if (is_counting && block) held -= (ptrdiff_t) __sanitizer_get_allocated_size(block);
}

void fuzz_start_counting(void)
{
    static int is_installed;
    if (!is_installed) is_installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    held = most_held = 0;
    is_counting = 1;
}

size_t fuzz_stop_counting(void)
{
    is_counting = 0;
    return (size_t) most_held;
}

uint32_t fuzz_crc32(const uint8_t *bytes, size_t length)
{
    return (uint32_t) crc32(0, bytes, (uInt) length);
}

size_t fuzz_pack(
    const uint8_t *bytes, size_t length, int level, int window_bits, int strategy, uint8_t *packed, size_t room)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, strategy) != Z_OK) return 0;
    stream.next_in = (Bytef *) bytes;
    stream.avail_in = (uInt) length;
    stream.next_out = packed;
    stream.avail_out = (uInt) room;
    int status = deflate(&stream, Z_FINISH);
    size_t written = room - stream.avail_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? written : 0;
}

size_t fuzz_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t room)
{
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) return 0;
    stream.next_in = (Bytef *) packed;
    stream.avail_in = (uInt) length;
    stream.next_out = bytes;
    stream.avail_out = (uInt) room;
    (void) inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return room - stream.avail_out;
}

bool fuzz_breaks_at_codes(const uint8_t *packed, size_t length)
{
    static const char *const reasons[] = {
        "too many length or distance symbols", "invalid code lengths set", "invalid bit length repeat",
        "invalid literal/lengths set", "invalid distances set", "invalid literal/length code",
        "invalid distance code", "invalid code -- missing end-of-block",
    };
    uint8_t bytes[1 << 14];
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) return false;
    stream.next_in = (Bytef *) packed;
    stream.avail_in = (uInt) length;
    int status = Z_OK;
    while (status == Z_OK) {
        stream.next_out = bytes;
        stream.avail_out = sizeof bytes;
        status = inflate(&stream, Z_NO_FLUSH);
    }
    bool is_code = false;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        is_code |= status == Z_DATA_ERROR && stream.msg && strcmp(stream.msg, reasons[i]) == 0;
    inflateEnd(&stream);
    return is_code;
}

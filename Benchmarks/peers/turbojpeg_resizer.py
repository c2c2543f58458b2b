"""The best combination of PyPI packages: TurboJPEG's scaled decoding, fast_image_resize (Rust, SIMD)
and TurboJPEG's encoder. No hashes, no checks, no manifest."""

import sys

import peer

codec = None
resizer = None


def start():
    global codec, resizer
    import cykooz_resizer
    import turbojpeg

    codec = turbojpeg.TurboJPEG()
    resizer = cykooz_resizer.Resizer()


def lanczos(source):
    import cykooz_resizer
    import numpy
    import turbojpeg

    with open(source, "rb") as file:
        data = file.read()
    width, height = peer.size()
    source_width = codec.decode_header(data)[0]
    # The scales with SIMD code for the inverse transform.
    eighths = next(n for n in (1, 2, 4, 8) if n == 8 or source_width * n // 8 >= width)
    pixels = codec.decode(data, pixel_format=turbojpeg.TJPF_RGB, scaling_factor=(1, 8 // eighths))
    from_size = pixels.shape[1], pixels.shape[0]
    image = cykooz_resizer.ImageData(*from_size, cykooz_resizer.PixelType.U8x3, pixels.tobytes())
    result = cykooz_resizer.ImageData(width, height, cykooz_resizer.PixelType.U8x3)
    algorithm = cykooz_resizer.ResizeAlg.convolution(cykooz_resizer.FilterType.lanczos3)
    resizer.resize(image, result, cykooz_resizer.ResizeOptions(resize_alg=algorithm))
    small = numpy.frombuffer(result.get_buffer(), dtype=numpy.uint8).reshape(height, width, 3)
    with open(peer.target(source), "wb") as file:
        file.write(codec.encode(small, quality=peer.quality(), pixel_format=turbojpeg.TJPF_RGB,
                                jpeg_subsample=turbojpeg.TJSAMP_420))


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        import importlib.metadata

        start()
        version = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("PyTurboJPEG", "cykooz.resizer"))
        peer.describe(
            ("lanczos", "TurboJPEG + fast_image_resize, Lanczos3 + TurboJPEG", version, "prepare", "jpg,progressive",
             "jpg", ""),
        )
    else:
        peer.run({"prepare lanczos": lanczos}, start)

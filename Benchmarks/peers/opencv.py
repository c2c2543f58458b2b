"""OpenCV: reduced decoding if the format supports it, then INTER_AREA."""

import os
import sys

import peer


def start():
    import cv2

    cv2.setNumThreads(1)


def area(source):
    import cv2

    width, height = peer.size()
    mode = cv2.IMREAD_COLOR
    # Only the JPEG decoder scales during decoding; for the others "reduced" is a second resize.
    if source.endswith(".jpg"):
        reduction = int(os.environ["SOURCE_WIDTH"] or 0) // width
        mode = {2: cv2.IMREAD_REDUCED_COLOR_2, 3: cv2.IMREAD_REDUCED_COLOR_2}.get(reduction, mode)
        if reduction >= 4:
            mode = cv2.IMREAD_REDUCED_COLOR_8 if reduction >= 8 else cv2.IMREAD_REDUCED_COLOR_4
    image = cv2.resize(cv2.imread(source, mode), (width, height), interpolation=cv2.INTER_AREA)
    path = peer.target(source)
    if path.endswith(".jpg"):
        cv2.imwrite(path, image, [cv2.IMWRITE_JPEG_QUALITY, peer.quality()])
    elif path.endswith(".webp"):
        cv2.imwrite(path, image, [cv2.IMWRITE_WEBP_QUALITY, 101])  # above 100 is lossless
    else:
        cv2.imwrite(path, image)


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        import cv2

        peer.describe(
            ("area", "OpenCV, reduced + INTER_AREA", cv2.__version__, "prepare", "jpg,progressive,png,gif,webp",
             "jpg,png,webp", ""),
        )
    else:
        peer.run({"prepare area": area}, start)

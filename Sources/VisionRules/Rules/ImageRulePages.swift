// The pages of the rules about one image, in the order of their codes.

private let prepare = "image-preflight prepare PATH -o DIR"

extension RulePage {
    static let unsupportedFormat = RulePage(
        what: "The bytes are of a known format, but not one of the four that can be sent.",
        why:
            "The service reads JPEG, PNG, GIF and WebP only. It looks at the bytes, so a new name does not help.",
        example: "A HEIC photo from a phone, a TIFF scan, an SVG drawing, a saved web page.",
        remedy:
            "Convert the file. HEIC, AVIF, TIFF and BMP are converted where the installed libvips reads them.",
        command: prepare, serviceTexts: [.formatNotSupported, .notProcessed])

    static let emptyFile = RulePage(
        what: "The file has no bytes.",
        why: "The service refuses the whole request, not only this image.",
        example: "A download or an upload that broke off before its first byte.",
        remedy: "Get the file again, or leave it out.", serviceTexts: [.imageEmpty])

    static let unreadableImage = RulePage(
        what: "The bytes are no image, or the image's header is broken or ends too early.",
        why: "The service refuses the whole request and does not say which image it was.",
        example: "An error page saved as photo.jpg, a PNG of which only the first 20 bytes arrived.",
        remedy: "Get the file again. Nothing can be prepared from it.", serviceTexts: [.notProcessed])

    static let extensionMismatch = RulePage(
        what: "The name's extension promises another format than the bytes hold.",
        why:
            "The service never sees the name, but programs take the media type from it, and a media type that "
            + "does not match the bytes is refused.",
        example: "A WebP image that a browser saved as picture.jpg.",
        remedy: "Declare the media type that the finding names, or give the file its right extension.",
        serviceTexts: [.otherFormatThanDeclared])

    static let onlyFirstFrameIsRead = RulePage(
        what: "The image is animated.",
        why: "The model sees the first frame only; the others are bytes for nothing.",
        example: "A GIF screen recording: the model sees its first moment.",
        remedy: "Send the frames that matter as images of their own.")

    static let truncatedData = RulePage(
        what: "The header is fine, but decoding finds less data than it promises.",
        why: "Headers alone cannot show it. The service does not decode the image, and refuses the request.",
        example: "A JPEG whose lower half is grey because a copy broke off.",
        remedy: "Get the file again.", command: "image-preflight check --deep PATH",
        serviceTexts: [.notProcessed])

    static let decoderFailed = RulePage(
        what: "The decoder crashed, hung or ran out of memory on the image, twice in processes of its own.",
        why:
            "Such a file is broken or hostile. What the service does with it is not known. Nothing is lost but "
            + "this one file, because decoding is kept apart from the run.",
        example: "A file made to overrun a decoder; a picture that needs more memory than --memory-limit.",
        remedy:
            "Get the file again, or leave it out. If it is a good image, raise --memory-limit or --timeout.",
        command: prepare + " --memory-limit 4G --timeout 600")

    static let cannotBeDecodedHere = RulePage(
        what: "The file is valid, but of a kind that the installed libraries cannot decode correctly.",
        why: "A guess would show wrong colors or another picture, and nobody would notice.",
        example: "A camera's raw file, a TIFF with 12 bits per sample, floating-point samples without a range.",
        remedy: "Convert it with the program that made it, for example to PNG or 8-bit TIFF.")

    static let edgeOverLimit = RulePage(
        what: "A side is longer than the platform takes in any request (8000 px).",
        why: "The service refuses the whole request; it does not downsize such an image.",
        example: "A full-page screenshot of 1440×12000 px.",
        remedy: "Scale it down, or cut a tall page into tiles (--tile) so that its text stays readable.",
        command: prepare, serviceTexts: [.edgeTooLong])

    static let edgeOverManyImageLimit = RulePage(
        what: "A side is longer than the platform takes in a request with many images "
            + "(2000 px with more than 20 images).",
        why: "Every image of the conversation counts, also those of earlier turns and tool results. The 21st "
            + "image makes earlier ones illegal, and the error may name the wrong one.",
        example: "A conversation with 20 screenshots of 2560×1440 px, and one more.",
        remedy: "Scale the images to 2000 px, or send at most 20 in one request.",
        command: prepare + " --images-per-request 21", serviceTexts: [.edgeTooLongForManyImages])

    static let bytesOverLimit = RulePage(
        what: "The base64 text of the image is longer than the platform takes.",
        why:
            "The limit is on the base64 text, a third longer than the file: a file of 3,932,160 bytes is exactly "
            + "5 MB of base64. A check of the file's size lets images through that are refused.",
        example:
            "A PNG screenshot of 4.5 MB where 5 MB are the limit: its base64 text has 6.3 million bytes.",
        remedy: "Re-encode it, in the usual case at the size that the model sees anyway.",
        command: prepare, serviceTexts: [.imageTooManyBytes])

    static let downsizedByService = RulePage(
        what: "The service makes the image smaller before the model sees it.",
        why:
            "Bytes and time to the first token are spent on px that nobody sees, and coordinates that the model "
            + "returns are in px of the smaller image.",
        example: "3840×2160 px: a model of the standard tier sees 1456×819 px.",
        remedy:
            "Send it at the size that is seen; `locate` takes coordinates back onto the original. With --tile, "
            + "what would lose more than half of each side becomes tiles instead.",
        command: prepare)

    static let smallEdge = RulePage(
        what: "A side is shorter than 200 px.",
        why: "The guide warns that answers may be worse below 200 px.",
        example: "A thumbnail of 160×120 px.",
        remedy: "Send the original instead of its thumbnail. Enlarging adds nothing to see.")

    static let tinyImage = RulePage(
        what: "A side is shorter than 8 px.",
        why: "There is hardly anything to see, and images this small have now and then been refused.",
        example: "A tracking pixel of 1×1 px from a web page.",
        remedy: "Leave it out.")

    static let detailLost = RulePage(
        what: "The model sees less than half of each side.",
        why: "Text of usual size is no longer readable, and the model answers without saying so.",
        example: "A scanned page of 4961×7016 px on a model of the standard tier.",
        remedy:
            "Cut it into tiles, or use a model of the high-resolution tier. --tile cuts what is at least twice as "
            + "long as wide; --tile-ratio 1 cuts pages of any shape.",
        command: prepare + " --tile")

    static let wastedPatches = RulePage(
        what: "A side ends less than a quarter of a patch (1 to 6 of 28 px) into a new row of patches.",
        why: "A partial patch costs as much as a full one.",
        example: "200×200 px cost 64 tokens, 196×196 px cost 49.",
        remedy: "Snap the sides to multiples of 28 px.", command: prepare + " --snap")

    static let orientationInMetadata = RulePage(
        what: "The picture is upright only for who reads its EXIF orientation.",
        why: "The service does not read metadata: the model may see the picture turned or mirrored.",
        example: "A portrait photo from a phone, stored lying on its side.",
        remedy: "Store it upright.", command: prepare)

    static let locationInMetadata = RulePage(
        what: "The EXIF metadata says where the picture was taken.",
        why: "The model does not see it, but everyone who is handed the file does.",
        example: "A photo from a phone with GPS switched on.",
        remedy: "Drop the metadata: a prepared image that is re-encoded has none.", command: prepare)

    static let colorToConvert = RulePage(
        what: "The samples are not plain 8-bit sRGB or grey: CMYK, 16 bits per channel, or another profile.",
        why: "The service takes them, but colours may shift, and the additional bits are not seen.",
        example: "A CMYK JPEG made for print, a 16-bit PNG from a scanner, a photo in Display P3.",
        remedy: "Convert it to 8-bit sRGB.", command: prepare)

    static let costlyToDecode = RulePage(
        what: "The image is progressive or interlaced.",
        why: "A decoder has to hold the whole frame in memory; the finding estimates how much.",
        example: "A progressive JPEG of 12,000×9,000 px: 309 MB.",
        remedy: "Nothing for sending. Preparing many of them wants a higher memory limit or fewer jobs.")

    static let duplicateImage = RulePage(
        what: "The same bytes as an earlier file of this run, or the same file under another name; with "
            + "`--near-duplicates` also the same picture in another size, format or quality.",
        why: "Every copy is paid for, and the model gains nothing from it.",
        example: "IMG_0001.jpg and its copy IMG_0001 (1).jpg.",
        remedy: "Leave the copy out: the first in the order of the input is the original, and the finding of "
            + "each later one names it. Look before you leave out one that only looks the same.",
        command: "image-preflight check --duplicates PATH")
}

// The pages of the rules about requests, in the order of their codes.

private let repair = "image-preflight repair FILE -o OUT"
private let pack = "image-preflight pack PATH -o DIR"

extension RulePage {
    static let notJSON = RulePage(
        what: "The file is not JSON, or ends too early.",
        why: "Nothing in it can be checked, and the service cannot read it either.",
        example: "A body that was cut off in a log, or a comma too many.",
        remedy: "Write the file again; the finding says where reading stopped.")

    static let notARequest = RulePage(
        what: "The JSON is not a request of the Messages API: something it must have is missing.",
        why:
            "`model`, `max_tokens` and `messages` are required, and a batch line needs `custom_id` and `params`.",
        example: #"{"model": "claude-sonnet-5-5", "messages": []} lacks max_tokens."#,
        remedy: "Add what the finding names.")

    static let mediaTypeMismatch = RulePage(
        what: "The declared media type is not that of the bytes.",
        why:
            "The service refuses the request. In a conversation every later turn fails too, because the block is "
            + "sent again.",
        example: #""media_type": "image/png" beside the bytes of a JPEG."#,
        remedy: "Declare what the bytes are.", command: repair,
        serviceTexts: [.otherFormatThanDeclared, .otherFormatThanDeclaredUntil2025])

    static let unsupportedMediaType = RulePage(
        what: "The declared media type is none of the four that are taken.",
        why: "Only image/jpeg, image/png, image/gif and image/webp are taken; image/jpg is none of them.",
        example: #""media_type": "image/jpg""#, remedy: "Declare what the bytes are, or convert them.",
        command: repair, serviceTexts: [.mediaTypeNotTaken])

    static let missingMediaType = RulePage(
        what: "A base64 source has no `media_type`.",
        why: "It is required; the service does not guess.",
        example: #"{"type": "base64", "data": "…"}"#, remedy: "Declare what the bytes are.", command: repair,
        serviceTexts: [.mediaTypeMissing])

    static let invalidBase64 = RulePage(
        what: "The data are not base64.",
        why:
            "The service refuses the request. Line breaks, spaces, url-safe letters (- and _) and missing padding "
            + "are the usual reasons.",
        example: #""data": "iVBORw0KGgo…\n…" with line breaks every 76 letters."#,
        remedy: "Encode the bytes with the standard alphabet, with padding, without line breaks.",
        command: repair, serviceTexts: [.invalidBase64])

    static let dataURIInData = RulePage(
        what: "The data begin with `data:image/…;base64,`.",
        why: "That is a data URI, as web pages use it. The field takes the base64 text alone.",
        example: #""data": "data:image/png;base64,iVBORw0KGgo…""#,
        remedy: "Take off everything up to the comma.",
        command: repair, serviceTexts: [.invalidBase64])

    static let emptyImage = RulePage(
        what: "An image block has no data.",
        why: "The service refuses the whole request.",
        example: #"{"type": "base64", "media_type": "image/png", "data": ""}"#,
        remedy: "Leave the block out, or fill it.", serviceTexts: [.imageEmpty])

    static let sourceNotOnPlatform = RulePage(
        what: "The image comes from a source that the platform does not take.",
        why: "Amazon Bedrock and Google Cloud take base64 only; urls and file ids work on the Claude API.",
        example: #"{"type": "url", "url": "https://…"} sent to Amazon Bedrock."#,
        remedy: "Put the bytes into the request as base64.", serviceTexts: [.urlNotTaken, .fileNotTaken])

    static let urlCannotBeChecked = RulePage(
        what: "The image is behind a url, which is not fetched here.",
        why: "Its size, bytes and format stay unknown, and the service may fail to fetch it.",
        example: #"{"type": "url", "url": "https://example.com/photo.jpg"}"#,
        remedy: "Download the file and check it, where that matters.", serviceTexts: [.urlNotDownloaded])

    static let tooManyImages = RulePage(
        what: "The request holds more images and document pages than the platform takes.",
        why: "Every image block counts, also in earlier turns and in tool results.",
        example: "104 images for a model with a context window of 200,000 tokens, where 100 are taken.",
        remedy: "Divide it into several requests.", command: pack,
        serviceTexts: [.tooManyImages, .tooMuchMedia])

    static let requestTooLarge = RulePage(
        what: "The body is larger than the platform takes.",
        why: "The service answers HTTP 413 before it reads the request.",
        example: "Eight images of 5 MB of base64 each, where 32 MB are the limit.",
        remedy: "Make the images smaller, divide the request, or send images by file id where that is taken.",
        command: repair, serviceTexts: [.requestTooLarge])

    static let batchTooLarge = RulePage(
        what: "The batch has more bytes or more requests than the platform takes.",
        why: "A batch is refused as a whole.",
        example: "A JSONL of 300 MB, where 256 MB are the limit.",
        remedy: "Divide it into several batches.", command: pack)

    static let contextWindowExceeded = RulePage(
        what: "The images alone need more tokens than the model's context window has.",
        why: "The text comes on top. The service refuses the request.",
        example: "130 images of 1,560 tokens for a context window of 200,000 tokens.",
        remedy: "Send fewer or smaller images, or use a model with a larger context window.", command: pack,
        serviceTexts: [.promptTooLong])

    static let priceStepCrossed = RulePage(
        what: "The prompt is long enough for the model's higher price.",
        why: "Above the step all tokens of the request cost more, not only those above it.",
        example:
            "21 images of 4,784 tokens on Claude Haiku 5.5: more than 100,000 tokens, at five times the price.",
        remedy: "Divide it into requests below the step.", command: pack)

    static let imageAfterText = RulePage(
        what: "An image comes after the text that speaks of it.",
        why: "Images before text work best.",
        example: "A question, followed by the photo that it is about.",
        remedy: "Put the image first.")

    static let unlabelledImages = RulePage(
        what: "Several images without a text in front of each.",
        why: "With `Image 1:`, `Image 2:` in front, question and answer can name them.",
        example: "Two photos and the question: what is different?",
        remedy: "Put a text block `Image 1:` before the first image, and so on.")

    static let emptyTextBlock = RulePage(
        what: "A text block has no text.",
        why: "The service refuses the whole request.",
        example: #"{"type": "text", "text": ""} beside an image, as chat programs write it for a picture "#
            + "without words.",
        remedy: "Leave the block out.", serviceTexts: [.emptyTextBlock])

    static let oversizedImageSetToError = RulePage(
        what: "The request asks for an error instead of downsizing, and an image would be downsized.",
        why: #"`"oversized_image": "error"` keeps coordinates right by refusing what would be scaled."#,
        example: "1593×2324 px with that setting on a model of the standard tier.",
        remedy: "Scale the image to the size that the finding names.", command: repair,
        serviceTexts: [.oversizedImage])

    static let screenshotOverTier = RulePage(
        what: "A screenshot in the result of the computer or browser tool is larger than the model's tier.",
        why: "There it is refused instead of downsized, because clicks would miss.",
        example: "A screenshot of 3840×2160 px for a model of the standard tier.",
        remedy: "Scale the screenshot before sending, and the clicks after it.", command: repair)

    static let repeatedImage = RulePage(
        what: "The same image stands in the request more than once.",
        why: "Each time it is paid for and counts against the limits.",
        example: "A logo that is sent along with every turn.",
        remedy: "Send it once; on the Claude API upload it and refer to it by its file id.")

    static let badCustomID = RulePage(
        what:
            "A `custom_id` of the batch is missing, stands twice, or holds other than 1 to 64 of a–z, A–Z, 0–9, "
            + "_ and -.",
        why: "Errors of a batch appear only when the whole batch has ended.",
        example: #""custom_id": "photo 1.jpg""#, remedy: "Give every request its own id of these characters.")
}

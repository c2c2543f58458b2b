internal import ImagePreflight

/// The tools of the server, in the order of `tools/list`.
extension MCPTool {
    static let all = [check, estimate, prepare, lint, locate]

    private static let check = MCPTool(
        name: "check", title: "Check images",
        description: """
            Report offline, from headers alone, what the Claude API would do with each image: accept, downsize or \
            refuse it, what size the model would see, visual tokens and cost in USD, and findings with codes. \
            Takes files and folders. A verdict "rejected" means that sending it fails; use prepare then.
            """,
        options: ["--quiet"],
        parameters: [
            ToolParameter("paths", .texts, isRequired: true, "Images and folders of images."),
            model, platform, imagesPerRequest,
            ToolParameter(
                "deep", .flag("--deep"), "Also decode every image: finds damaged data, counts frames."),
            recordLimit,
        ])

    private static let estimate = MCPTool(
        name: "estimate", title: "Estimate tokens and cost",
        description: """
            Exact visual tokens and cost in USD of images, folders of images or plain sizes such as 1920x1080, \
            for one model, several, or all.
            """,
        options: ["--quiet"],
        parameters: [
            ToolParameter(
                "inputs", .texts, isRequired: true, "Images, folders of images, or sizes such as 1920x1080."),
            ToolParameter(
                "models", .options("--model"), "Model IDs; by default \(ModelCatalog.defaultModelID)."),
            ToolParameter("all_models", .flag("--all-models"), "Every model that is available today."),
            platform, imagesPerRequest, recordLimit,
        ])

    private static let prepare = MCPTool(
        name: "prepare", title: "Prepare images",
        description: """
            Write images that the Claude API accepts, at the best size, into a folder with a manifest; \
            originals are never touched. Converts HEIC, AVIF, TIFF and BMP. Each record names its output below \
            the output folder; images that cannot be prepared have the reason in "error" or "findings".
            """,
        options: ["--quiet"],
        parameters: [
            ToolParameter("paths", .texts, isRequired: true, "Images and folders of images."),
            ToolParameter(
                "output_folder", .option("--output", .text), isRequired: true,
                "Where the prepared images and manifest.jsonl go; created if missing."),
            model, platform, imagesPerRequest,
            ToolParameter(
                "fit", .option("--fit", .oneOf(FitOptions.Fit.allCases.map(\.rawValue))),
                "recommended (default): sizes that no model downsizes; native: the model's own limit; limits: "
                    + "only what the platform demands; legible: the fewest tokens at which text can be read."),
            ToolParameter(
                "min_x_height", .option("--min-x-height", .number),
                "With fit legible: the minimum x-height of the smallest text in what the model sees, px; 6."
            ),
            ToolParameter(
                "max_edge", .option("--max-edge", .wholeNumber(min: 1)), "Longest allowed side, in pixels."),
            ToolParameter(
                "max_tokens", .option("--max-tokens", .wholeNumber(min: 1)),
                "Maximum visual tokens per image."),
            ToolParameter(
                "max_megapixels", .option("--max-megapixels", .number), "Largest allowed area, in megapixels."
            ),
            ToolParameter(
                "output_format",
                .option("--output-format", .oneOf(PrepareOptions.OutputFormat.allCases.map(\.rawValue))),
                "auto (default): photos become JPEG, the rest stays lossless."),
            ToolParameter(
                "max_base64_bytes", .option("--max-base64-bytes", .wholeNumber(min: 4)),
                "Largest allowed image as base64 text, in bytes: tool results are limited to 1,000,000."),
            ToolParameter(
                "quality", .option("--quality", .wholeNumber(min: 1)), "Of lossy images, 1 to 100 (85)."),
            ToolParameter(
                "existing",
                .choice([("keep", nil), ("replace", "--overwrite"), ("resume", "--resume")]),
                "Outputs of an earlier run: keep them and fail (default), replace them, or resume that run."
            ),
            ToolParameter(
                "dry_run", .flag("--dry-run"), "Write nothing; report from headers alone what would be done."),
            recordLimit,
        ],
        writes: true)

    private static let lint = MCPTool(
        name: "lint", title: "Lint requests",
        description: """
            Report what the Claude API would answer to request bodies, batch files (JSONL) and session logs of \
            agents, and name the offending block by its path, as in messages.0.content.1. One record for each \
            image and one for each request.
            """,
        options: ["--quiet"],
        parameters: [
            ToolParameter("files", .texts, isRequired: true, "Requests, batches and logs."),
            ToolParameter(
                "model", .option("--model", .text), "By default the one named by each request."),
            ToolParameter(
                "platform", .option("--platform", .oneOf(platformIDs)),
                "By default the one that matches the body's shape."),
            ToolParameter("select", .options("--select"), "Only these rules: codes or prefixes of codes."),
            ToolParameter("ignore", .options("--ignore"), "Rules to skip."),
            ToolParameter("strict", .flag("--strict"), "Let warnings affect the exit status too."),
            recordLimit,
        ])

    private static let locate = MCPTool(
        name: "locate", title: "Locate on the original",
        description: """
            Map a point or a box, in px of what the model saw of a prepared image, back to the original, or \
            with "reverse" the other way. Needs the manifest that prepare wrote.
            """,
        parameters: [
            ToolParameter("manifest", .text, isRequired: true, "The manifest.jsonl that prepare wrote."),
            ToolParameter("file", .text, isRequired: true, "The prepared image, or its original."),
            ToolParameter(
                "coordinates", .numbers(count: 2...4), isRequired: true,
                "[x, y] of a point, or [x, y, x, y] of two corners of a box, px."),
            ToolParameter(
                "reverse", .flag("--reverse"),
                "The coordinates are px of the original; report where the model sees them."),
            ToolParameter(
                "stored", .flag("--stored"),
                "With reverse: px of the original as it is stored, not as it is displayed."),
            ToolParameter(
                "model", .option("--model", .text), "By default the one that the manifest was made for."),
        ],
        hasSummary: false)

    // MARK: Arguments that tools share

    private static let platformIDs = ModelCatalog.builtIn.platforms.map(\.id)

    private static let model = ToolParameter(
        "model", .option("--model", .text),
        "The model that will see the images; by default \(ModelCatalog.defaultModelID).")

    private static let platform = ToolParameter(
        "platform", .option("--platform", .oneOf(platformIDs)),
        "The platform that receives the request; what passes \(ModelCatalog.defaultPlatformID) (default) passes "
            + "everywhere.")

    private static let imagesPerRequest = ToolParameter(
        "images_per_request", .option("--images-per-request", .wholeNumber(min: 1)),
        "How many images a request will hold (1); above 20, a limit of 2000 px a side applies.")

    private static let recordLimit = ToolParameter(
        "max_records", .recordLimit,
        "How many records to return; the summary counts all, records_left_out those not returned."
    )
}

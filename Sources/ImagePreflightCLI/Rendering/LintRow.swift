internal import PreflightRecords
internal import ImagePreflight
internal import MessageRequests

/// The linter's result for an image, a request or a file: each writes only its own fields.
struct LintRow: JudgedRecord {
    let event: LintEvent

    var findings: [Finding] { event.findings }

    func writeFields<Writer: FieldWriter>(to writer: inout Writer) {
        switch event {
        case .image(let image): image.writeFields(to: &writer)
        case .request(let request): request.writeFields(to: &writer)
        case .file(let file): file.writeFields(to: &writer)
        }
    }

    /// The fields of images, then those that only requests and files have.
    static let columnNames: [String] = {
        let places = [
            LintReport.Image.CodingKeys.file, .line, .customID, .pointer, .imageIndex, .source,
        ].map(\.stringValue)
        let image = ImageRecord.CodingKeys.allCases.map(\.stringValue).filter { $0 != "path" }
        let request = LintReport.Request.CodingKeys.allCases.map(\.stringValue)
        let file = LintReport.File.CodingKeys.allCases.map(\.stringValue)
        return (places + image + request + file).reduce(into: []) { columns, name in
            if !columns.contains(name) { columns.append(name) }
        }
    }()

    static let headings: [Table.Heading] = [
        .text("BLOCK"), .text("VERDICT"), .text("FORMAT"), .number("SIZE"), .number("SEES"),
        .number("TOKENS"), .number("COST"), .number("BYTES"), .text("FINDINGS"), .path("FILE"),
    ]

    var cells: [String] {
        switch event {
        case .image(let image):
            let record = image.image
            return [
                image.pointer, image.verdict?.rawValue ?? "", record?.format?.rawValue ?? image.source ?? "",
                record?.displaySize?.description ?? "", record?.seenSize?.description ?? "",
                record?.tokens.map { String($0) } ?? "", record?.cost?.shortText ?? "",
                record.map { Amounts.bytes($0.byteCount) } ?? "", FindingList.codes(findings), place,
            ]
        case .request(let request):
            return [
                "request" + (request.customID.map { " \($0)" } ?? ""), "", "",
                Self.images(request.images), "",
                request.imageTokens.map { String($0) } ?? "", request.cost?.shortText ?? "",
                request.bodyBytes.map { Amounts.bytes($0) } ?? "", FindingList.codes(findings), place,
            ]
        case .file(let file):
            return [
                "file", "", "", Self.images(file.images), "", String(file.imageTokens),
                file.cost.shortText, Amounts.bytes(file.bytes), FindingList.codes(findings), place,
            ]
        }
    }

    private static func images(_ count: Int) -> String {
        Amounts.count(count, "image")
    }

    /// The file as given; `-` for standard input.
    var file: PathBytes {
        let file =
            switch event {
            case .image(let image): image.file
            case .request(let request): request.file
            case .file(let file): file.file
            }
        return file ?? PathBytes("-")
    }

    /// The line of the file, from 1.
    var line: Int? {
        switch event {
        case .image(let image): image.line
        case .request(let request): request.line
        case .file: nil
        }
    }

    /// The file with the line, as compilers write it.
    var place: String { file.text + (line.map { ":\($0)" } ?? "") }

    /// Its subject, for a message: the path of the block, after the id of its request in a batch.
    var subject: String? {
        switch event {
        case .image(let image): (image.customID.map { "\($0): " } ?? "") + image.pointer
        case .request(let request): request.customID
        case .file: nil
        }
    }

    /// A finding with its subject.
    func message(_ finding: Finding) -> String { (subject.map { "\($0): " } ?? "") + finding.message }

    /// Whether it gets a record: a file's totals are those of its records, unless there are findings about
    /// the file as a whole.
    var isRecord: Bool {
        if case .file(let file) = event { !file.findings.isEmpty } else { true }
    }

    /// Notes that are not findings.
    var notes: [String] {
        switch event {
        case .image: []
        case .request(let request): request.notes
        case .file(let file): file.notes
        }
    }
}

internal import ImageHeaders
public import VisionRules

extension RuleCode {
    /// R306 `unusable-pdf`.
    public static let unusablePDF = RuleCode(rawValue: "R306")
}

extension ServiceText {
    package static let pdfInvalid = ServiceText(
        "The PDF specified was not valid", recognizedBy: ["The PDF specified was not valid"])
    package static let pdfInvalidInClaudeCode = ServiceText("The PDF file was not valid")
    package static let pdfEncrypted = ServiceText("The PDF specified is password protected")
    package static let pdfEncryptedInClaudeCode = ServiceText("PDF is password protected")
    package static let pdfEmpty = ServiceText("PDF cannot be empty")
    package static let pdfMediaType = ServiceText("Input should be 'application/pdf'")
    package static let pdfNotProcessed = ServiceText("Could not process PDF")
}

extension RequestRule {
    /// R306: a document that the service cannot read as a PDF.
    static let unusablePDF = RequestRule(
        Rule(
            .unusablePDF, "unusable-pdf", .error,
            what: "A document is not a PDF that the service can read: it is invalid, encrypted or empty.",
            why:
                "The service refuses the whole request. In a conversation every later turn fails too, because the "
                + "document is sent again.",
            example: "A PDF that asks for a password, or an error page saved as report.pdf.",
            remedy:
                "Take the document out, or save it again without a password. “Could not process PDF” may pass by "
                + "itself: send the request once more.",
            serviceTexts: [
                .pdfInvalid, .pdfInvalidInClaudeCode, .pdfEncrypted, .pdfEncryptedInClaudeCode, .pdfEmpty,
                .pdfMediaType, .pdfNotProcessed,
            ]),
        request: { context in
            for (id, block) in context.request.blocks.enumerated() {
                guard block.kind == .document, !block.isSuperseded, let document = block.document,
                    let (fault, text) = document.fault
                else { continue }
                return Observation(
                    "the document at \(context.request.path(of: id)) \(fault)", serviceError: text.filled())
            }
            return nil
        })
}

extension ScannedDocument {
    /// What is wrong with the document, to go on after its place, and what the service answers. Of several faults
    /// the one that the service finds first; a count that is not known is none.
    fileprivate var fault: (sentence: String, text: ServiceText)? {
        if case .text(let type) = declared, type != "application/pdf" {
            return ("is declared as \(type.prefix(100)), not as application/pdf", .pdfMediaType)
        }
        switch DocumentSubject(pdf).fault {
        case .empty: return ("is empty", .pdfEmpty)
        case .invalid: return ("is not a PDF", .pdfInvalid)
        case .encrypted: return ("is encrypted", .pdfEncrypted)
        case .noPages: return ("has no pages: it is cut or broken", .pdfInvalid)
        case nil: return nil
        }
    }
}

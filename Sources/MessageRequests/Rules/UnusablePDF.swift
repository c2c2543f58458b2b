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
                "Remove the document, or save it again without a password. “Could not process PDF” may be =>"
                + "temporary: send the request once more.",
            command: Rule.repairCommand + " --drop",
            serviceTexts: [
                .pdfInvalid, .pdfInvalidInClaudeCode, .pdfEncrypted, .pdfEncryptedInClaudeCode, .pdfEmpty,
                .pdfMediaType, .pdfNotProcessed,
            ]),
        request: { context in
            guard let found = context.request.unusableDocuments.first else { return nil }
            return Observation(
                "the document at \(context.request.path(of: found.blockID)) \(found.sentence)",
                serviceError: found.text.filled())
        })
}

extension ScannedRequest {
    /// The documents that the service cannot read as PDFs, each with what is wrong, to follow its place, and
    /// what the service answers.
    var unusableDocuments: [(blockID: Int, sentence: String, text: ServiceText)] {
        blocks.indices.compactMap { id in
            guard blocks[id].kind == .document, !blocks[id].isSuperseded,
                let fault = blocks[id].document?.fault
            else { return nil }
            return (id, fault.sentence, fault.text)
        }
    }
}

extension ScannedDocument {
    /// What is wrong with the document, to follow its place, and what the service answers. If there are
    /// several errors, the one that the service finds first; an unknown number of pages is not an error.
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

package import ImageHeaders

/// A PDF as the rules judge it: how many pages it has, and whether the service can read it.
package struct DocumentSubject: Sendable, Hashable, Codable {
    /// Why the service cannot read a PDF.
    package enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
        /// It is empty.
        case empty
        /// It is not a PDF.
        case invalid
        /// It is encrypted; the service refuses it even if it opens without a password.
        case encrypted
        /// It has no pages: it is truncated or broken.
        case noPages = "no-pages"
    }

    /// The number of pages; nil if not known.
    package var pages: Int?
    /// Why the service cannot read it; nil if no reason is known.
    package var fault: Fault?

    /// A PDF for the rules.
    ///
    /// - Parameter pdf: what its structure says, or why it could not be read.
    package init(_ pdf: Result<PDFFacts, HeaderError>) {
        switch pdf {
        case .failure(.empty): fault = .empty
        case .failure: fault = .invalid
        case .success(let facts):
            pages = facts.pages
            if facts.isEncrypted {
                fault = .encrypted
            } else if facts.problem == .noPageTree || facts.pages == 0 {
                fault = .noPages
            }
        }
    }

    /// An estimate of the image part of all pages, tokens, without their text. Nil if the number of pages is
    /// not known.
    package var tokensEstimate: Int? { pages.map { DocumentEstimate.tokens(pages: $0) } }

    /// Whether a request to a destination can hold it in a document block, as far as is known.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the file in bytes.
    ///   - destination: where the request is sent.
    /// - Returns: false if the service would refuse a request with nothing else in it.
    package func isTaken(byteCount: Int, by destination: Destination) -> Bool {
        refusal(byteCount: byteCount, by: destination) == nil
    }

    /// Why a request with it is refused, to follow "the file is a PDF"; nil if it is accepted.
    func refusal(byteCount: Int, by destination: Destination) -> MessageText? {
        let limits = destination.platform.limits
        switch fault {
        case .empty: return " that is empty, which is refused in a document block too"
        case .invalid: return " that cannot be read, which is refused in a document block too"
        case .encrypted: return " that is encrypted, which is refused in a document block too"
        case .noPages: return " without pages (cut or broken), which is refused in a document block too"
        case nil: break
        }
        let maxPages = limits.maxImages(contextWindow: destination.model.contextWindow)
        if let pages, pages > maxPages {
            return " of \(pages) pages; a request accepts at most \(maxPages) in document blocks: split it"
        }
        let base64Bytes = Base64Length.encoded(byteCount)
        if let maxBytes = limits.maxRequestBytes, base64Bytes > maxBytes {
            return " of \(base64Bytes) bytes of base64; a request accepts at most \(maxBytes): split it"
        }
        return nil
    }
}

extension Finding {
    /// I101 for a PDF: it is not an image, and this is how to send it.
    static func unsupportedFormat(
        _ subject: ImageSubject, document: DocumentSubject, for destination: Destination
    ) -> Finding {
        let text: MessageText
        if let refusal = document.refusal(byteCount: subject.byteCount, by: destination) {
            text = "the file is a PDF\(refusal.text)"
        } else {
            let limits = destination.platform.limits
            var share = "\(subject.base64ByteCount)"
            if let maxBytes = limits.maxRequestBytes { share += " of \(maxBytes)" }
            if let pages = document.pages, let tokens = document.tokensEstimate {
                let maxPages = limits.maxImages(contextWindow: destination.model.contextWindow)
                text = """
                    the file is a PDF, not an image: send it in a document block, where it takes \(pages) of \
                    \(maxPages) images and pages, \(share) bytes of the body, and about \(tokens) tokens in addition to its text
                    """
            } else {
                text = """
                    the file is a PDF, not an image: send it in a document block, where it takes \(share) bytes of the \
                    body; its pages could not be counted
                    """
            }
        }
        return Finding(
            .unsupportedFormat, text, serviceError: ServiceText.notProcessed.filled(at: subject.blockPath))
    }
}

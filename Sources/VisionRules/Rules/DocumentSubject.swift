package import ImageHeaders

/// A PDF as the rules judge it: how many pages it has, and whether the service can read it.
package struct DocumentSubject: Sendable, Hashable, Codable {
    /// Why the service cannot read a PDF.
    package enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
        /// It holds no byte.
        case empty
        /// It is not a PDF.
        case invalid
        /// It is encrypted; the service refuses it even where it opens without a password.
        case encrypted
        /// It has no pages: it is cut or broken.
        case noPages = "no-pages"
    }

    /// The pages; nil where they cannot be known.
    package var pages: Int?
    /// Why the service cannot read it; nil where nothing is known against it.
    package var fault: Fault?

    /// A PDF for the rules.
    ///
    /// - Parameter pdf: what its structure says, or why that says nothing.
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

    /// An estimate of the image part of all pages, tokens; their text is not in it. Nil where the pages are not known.
    package var tokensEstimate: Int? { pages.map { DocumentEstimate.tokens(pages: $0) } }

    /// Whether a request to a destination can hold it in a document block, as far as that can be told.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the file in bytes.
    ///   - destination: where the request is sent.
    /// - Returns: false where the service would refuse a request with nothing else in it.
    package func isTaken(byteCount: Int, by destination: Destination) -> Bool {
        refusal(byteCount: byteCount, by: destination) == nil
    }

    /// Why a request with it is refused, to go on after "the file is a PDF"; nil where it is taken.
    func refusal(byteCount: Int, by destination: Destination) -> MessageText? {
        let limits = destination.platform.limits
        switch fault {
        case .empty: return " without a byte, and refused in a document block too"
        case .invalid: return " that cannot be read, and refused in a document block too"
        case .encrypted: return " that is encrypted, and refused in a document block too"
        case .noPages: return " without pages (cut or broken), and refused in a document block too"
        case nil: break
        }
        let maxPages = limits.maxImages(contextWindow: destination.model.contextWindow)
        if let pages, pages > maxPages {
            return " of \(pages) pages; a request takes at most \(maxPages) in document blocks: divide it"
        }
        let base64Bytes = Base64Length.encoded(byteCount)
        if let maxBytes = limits.maxRequestBytes, base64Bytes > maxBytes {
            return " of \(base64Bytes) bytes of base64; a request takes at most \(maxBytes): divide it"
        }
        return nil
    }
}

extension Finding {
    /// I101 of a PDF: it is not an image, and this is how it can be sent.
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
                    \(maxPages) images and pages, \(share) bytes of the body, and about \(tokens) tokens beside its text
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

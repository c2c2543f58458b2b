public import MessageRequests

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

// `MessageRequests` has no Foundation.

extension RequestError: LocalizedError {
    /// The error as a sentence.
    public var errorDescription: String? { description }
}

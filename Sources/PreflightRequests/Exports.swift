@_exported public import ImagePreflight
@_exported public import MessageRequests

@_exported public import ImageHeaders
@_exported public import VisionRules

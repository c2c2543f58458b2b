@_exported public import ImageHeaders
@_exported public import PreflightRecords
@_exported public import VisionRules

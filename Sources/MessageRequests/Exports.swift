@_exported public import PreflightRecords

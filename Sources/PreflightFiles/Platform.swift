// The one platform import of everything above ImageHeaders. The target is no product, so what it re-exports stays
// inside this package.
#if canImport(Darwin)
    @_exported public import Darwin
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Glibc
#endif

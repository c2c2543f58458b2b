extension UInt8 {
    /// The byte with an ASCII capital in lower case. Case-insensitive disks fold more than that; names then
    /// only become longer.
    var asciiLowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}

extension ArraySlice<UInt8> {
    /// A file name up to its last dot; all of it if there is none, or the name begins with it.
    var fileStem: ArraySlice<UInt8> {
        guard let dot = lastIndex(of: UInt8(ascii: ".")), dot > startIndex else { return self }
        return self[..<dot]
    }
}

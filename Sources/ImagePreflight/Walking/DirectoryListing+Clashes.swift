internal import PreflightFiles

extension DirectoryListing.Entry {
    /// What else in the folder could have the name of its output.
    var clash: NameClash {
        get { NameClash(rawValue: mark) ?? .none }
        set { mark = newValue.rawValue }
    }
}

extension DirectoryListing {
    /// Marks names whose outputs could clash with another file's.
    mutating func markClashes() {
        var firstWithStem: [UInt64: Int] = [:]
        firstWithStem.reserveCapacity(entries.count)
        for index in entries.indices where entries[index].kind != .folder {
            // Two stems whose hashes collide only make an output's name longer.
            let hash = PathHash.ignoringCase(name(of: entries[index]).fileStem)
            if let first = firstWithStem.updateValue(index, forKey: hash) {
                entries[index].clash = .stem
                entries[first].clash = .stem
            }
        }
        // Few names are the stem of another; those without a dot are, but few folders have any.
        let dot = UInt8(ascii: ".")
        let hasBareNames = entries.contains { !name(of: $0).contains(dot) }
        for index in entries.indices where entries[index].kind != .folder {
            for stem in NameClash.stemsOfOutputs(name(of: entries[index])) {
                guard hasBareNames || stem.contains(dot) else { continue }
                if let other = self.index(of: stem) { entries[other].clash = .name }
            }
        }
    }

    /// The position of a name; nil if there is none.
    private func index(of name: ArraySlice<UInt8>) -> Int? {
        var range = entries.indices
        while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
            let other = self.name(of: entries[middle])
            if other.elementsEqual(name) { return middle }
            range =
                other.lexicographicallyPrecedes(name)
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}

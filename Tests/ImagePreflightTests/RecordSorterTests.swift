import SystemPackage
import TestSupport
import Testing

@testable import ImagePreflight

@Suite("Sorting more than fits")
struct RecordSorterTests {
    @Test(
        "sorts by the bytes of the keys, equal ones in the order in which they came",
        arguments: [1 << 20, 2000])
    func order(maxBytes: Int) throws {
        let folder = try TemporaryFolder()
        let sorter = RecordSorter(folder: FilePath(folder.path), maxBytes: maxBytes)
        var random = SeededGenerator(seed: 3)
        var expected: [(key: [UInt8], number: Int)] = []
        for number in 0..<1500 {
            let key = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                UInt8.random(in: 0...3, using: &random) &* 85
            }
            expected.append((key, number))
            try sorter.add(key: key, value: Array("\(number)".utf8))
        }
        expected.sort { left, right in
            left.key == right.key
                ? left.number < right.number : left.key.lexicographicallyPrecedes(right.key)
        }
        let sorted = try sorter.sorted()
        for item in expected {
            let record = try #require(try sorted.next())
            #expect(Array(record.key) == item.key)
            #expect(String(decoding: record.value, as: UTF8.self) == "\(item.number)")
        }
        #expect(try sorted.next() == nil)
        // The temporary file has no name.
        #expect(try folder.files().isEmpty)
    }

    @Test("takes records that are larger than its memory, and none at all")
    func extremes() throws {
        let folder = try TemporaryFolder()
        let sorter = RecordSorter(folder: FilePath(folder.path), maxBytes: 100)
        let large = [UInt8](repeating: 7, count: 300_000)
        try sorter.add(key: [2], value: large)
        try sorter.add(key: [1], value: [])
        let sorted = try sorter.sorted()
        #expect(try sorted.next()?.key == [1])
        #expect(try sorted.next().map { Array($0.value) } == large)
        #expect(try sorted.next() == nil)
        #expect(try RecordSorter(folder: FilePath(folder.path)).sorted().next() == nil)
    }
}

import Foundation
import Testing

@testable import ImagePreflight

@Suite("Lines and bytes from a pipe")
struct LineInputTests {
    @Test("bytes that have arrived are read even after the deadline, as after a suspended run")
    func lateReader() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data([1, 2, 3]))
        var lines = LineInput(fileDescriptor: pipe.fileHandleForReading.fileDescriptor, maxLineBytes: 1 << 20)
        let past = ContinuousClock.now - .seconds(1)
        var bytes: [UInt8] = [0, 0, 0]
        try bytes.withUnsafeMutableBytes { try lines.bytes(into: $0, by: past) }
        #expect(bytes == [1, 2, 3])
        #expect(throws: LineInput.Failure.timedOut) {
            try bytes.withUnsafeMutableBytes { try lines.bytes(into: $0, by: past) }
        }
    }
}

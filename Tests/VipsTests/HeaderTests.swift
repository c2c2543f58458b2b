import Foundation
import TestSupport
import Testing

/// The compiler and headers of this machine.
private enum Headers {
    static let compiler = program("clang", "cc", "gcc")

    /// The compiler flags for libvips' headers; nil if pkg-config does not know them.
    static let flagsOfVips: [String]? = {
        guard compiler != nil, let tool = program("pkg-config", "pkgconf"),
            let run = try? CommandRun.run(tool, ["--cflags", "vips"]), run.status == 0
        else { return nil }
        return run.text.split(whereSeparator: \.isWhitespace).map(String.init)
    }()

    /// Whether a header is found without flags.
    static func has(_ name: String) -> Bool {
        guard let compiler, let folder = try? TemporaryFolder(),
            let file = try? folder.write("has.c", Array("#include <\(name)>\n".utf8))
        else { return false }
        return (try? CommandRun.run(compiler, ["-fsyntax-only", file]))?.status == 0
    }

    /// A program on the search path.
    private static func program(_ names: String...) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let paths = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
    }
}

/// The C targets' own declarations match the libraries' headers. Skipped if these are not installed.
@Suite("Declarations of C libraries")
struct HeaderTests {
    /// The compiler's output for a check; empty if it passes.
    private static func complaints(
        of check: String, declaredIn folder: String, flags: [String] = []
    ) throws -> String {
        let compiler = try #require(Headers.compiler)
        let file = Resources.packageRoot.appending(path: "Tests/HeaderChecks/\(check).c").path
        let run = try CommandRun.run(
            compiler, ["-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", "-I\(folder)"] + flags + [file])
        return run.status == 0 ? "" : run.errorText + "status \(run.status)"
    }

    private static func folder(of target: String) -> String {
        Resources.packageRoot.appending(path: "Sources/\(target)").path
    }

    @Test("libvips and GLib", .enabled(if: Headers.flagsOfVips != nil, "vips.pc is not installed"))
    func vips() throws {
        let flags = try #require(Headers.flagsOfVips)
        #expect(
            try Self.complaints(of: "libvips", declaredIn: Self.folder(of: "CVipsShim"), flags: flags) == "")
    }

    @Test(
        "A wrong declaration does not compile",
        .enabled(if: Headers.flagsOfVips != nil, "vips.pc is not installed"),
        arguments: [
            ("X(int, vips_version, (int part))", "X(int, vips_version, (long part))"),
            (
                "X(int, vips_rot, (VipsImage *image, VipsImage **result, ipv_enum angle, ...))",
                "X(int, vips_rot, (VipsImage *image, VipsImage **result, ipv_enum angle))"
            ),
            ("X(VIPS_KERNEL_LANCZOS3, 5)", "X(VIPS_KERNEL_LANCZOS3, 4)"),
            ("    size_t local_memory;\n", ""),
            ("icc-profile-data", "icc-profile-blob"),
        ])
    func wrong(right: String, wrong: String) throws {
        let flags = try #require(Headers.flagsOfVips)
        let header = try String(
            contentsOfFile: Self.folder(of: "CVipsShim") + "/libvips.h", encoding: .utf8)
        try #require(header.contains(right))
        let folder = try TemporaryFolder()
        _ = try folder.write(
            "libvips.h", Array(header.replacingOccurrences(of: right, with: wrong).utf8))
        #expect(try Self.complaints(of: "libvips", declaredIn: folder.path, flags: flags) != "")
    }

    @Test("libdeflate", .enabled(if: Headers.has("libdeflate.h"), "libdeflate.h is not installed"))
    func deflate() throws {
        #expect(try Self.complaints(of: "libdeflate", declaredIn: Self.folder(of: "CCodecs")) == "")
    }

    @Test("TurboJPEG", .enabled(if: Headers.has("turbojpeg.h"), "turbojpeg.h is not installed"))
    func turbo() throws {
        #expect(try Self.complaints(of: "libturbojpeg", declaredIn: Self.folder(of: "CCodecs")) == "")
    }

    @Test("libwebp", .enabled(if: Headers.has("webp/decode.h"), "webp/decode.h is not installed"))
    func webp() throws {
        #expect(try Self.complaints(of: "libwebp", declaredIn: Self.folder(of: "CCodecs")) == "")
    }

    @Test("libtiff", .enabled(if: Headers.has("tiffio.h"), "tiffio.h is not installed"))
    func tiff() throws {
        #expect(try Self.complaints(of: "libtiff", declaredIn: Self.folder(of: "CCodecs")) == "")
    }
}

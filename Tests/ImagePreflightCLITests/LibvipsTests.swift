import Foundation
import TestSupport
import Testing

#if os(Linux)
    @Suite("A machine without libvips")
    struct LibvipsTests {
        private let folder: TemporaryFolder
        private static let reason = "libvips 8.13 or later is needed and was not found: install it ("

        init() throws { folder = try TemporaryFolder() }

        private func run(_ arguments: String...) throws -> CommandRun {
            try CommandRun.imagePreflight(
                arguments, in: Resources.testdata.path,
                environment: ["IMAGE_PREFLIGHT_LIBVIPS": "/nonexistent/libvips.so"])
        }

        @Test("checks images and copies those that are fine already")
        func headersAlone() throws {
            #expect(try run("check", "photos/fruit-1092x1092.jpg").status == 0)
            let copy = try run("prepare", "photos/fruit-1092x1092.jpg", "-o", folder.path + "/copied")
            #expect(copy.status == 0)
        }

        /// If TurboJPEG or libdeflate is missing or switched off, these would need libvips.
        @Test(
            "re-encodes JPEG and PNG with the codecs that do not need libvips",
            .enabled(if: ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_ENGINE"] != "libvips"),
            arguments: [
                "photos/lake-4000x3000.jpg", "orientation/jpeg-large-6.jpg",
                "screenshots/editor-2560x1440.png",
            ])
        func directly(file: String) throws {
            let run = try run("prepare", file, "-o", folder.path + "/direct")
            #expect(run.status == 0, "\(run.errorText)")
            #expect(try run.records().first?["action"] as? String == "resized")
        }

        @Test(
            "uses no direct codecs when libvips has to do everything",
            arguments: ["photos/lake-4000x3000.jpg", "screenshots/editor-2560x1440.png"])
        func switchedOff(file: String) throws {
            let run = try CommandRun.imagePreflight(
                ["prepare", file, "-o", folder.path + "/off"], in: Resources.testdata.path,
                environment: [
                    "IMAGE_PREFLIGHT_LIBVIPS": "/nonexistent/libvips.so", "IMAGE_PREFLIGHT_ENGINE": "libvips",
                ])
            #expect(run.status == 2)
            #expect(run.errorText.contains(Self.reason))
        }

        @Test("names the libvips it would use without loading it")
        func fingerprint() throws {
            func options(_ libvips: [UInt8]) throws -> String {
                let file = try folder.write("libvips.so.42", libvips)
                let run = try CommandRun.imagePreflight(
                    ["prepare", "photos/fruit-1092x1092.jpg", "-o", folder.path + "/named", "--overwrite"],
                    in: Resources.testdata.path, environment: ["IMAGE_PREFLIGHT_LIBVIPS": file])
                #expect(run.status == 0, "\(run.errorText)")
                return try #require(try run.records().first?["options"] as? String)
            }
            let first = try options([1, 2, 3])
            #expect(try options([1, 2, 3]) == first)
            #expect(try options([1, 2, 3, 4]) != first)
        }

        @Test(
            "does not load libvips to re-encode a JPEG",
            .enabled(if: ProcessInfo.processInfo.environment["IMAGE_PREFLIGHT_ENGINE"] != "libvips"))
        func loadsNothing() throws {
            let log = folder.path + "/log"
            func loaded(_ arguments: String...) throws -> [String] {
                let run = try CommandRun.imagePreflight(
                    ["prepare"] + arguments, in: Resources.testdata.path,
                    environment: ["LD_DEBUG": "files", "LD_DEBUG_OUTPUT": log])
                #expect(run.status == 0, "\(run.errorText)")
                let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                    .filter { $0.hasPrefix("log.") }
                let text = try files.map { name in
                    let lines = String(decoding: try folder.read(name), as: UTF8.self)
                    try FileManager.default.removeItem(atPath: folder.path + "/" + name)
                    return lines
                }
                #expect(!text.isEmpty)
                return text.joined().split(separator: "\n").map(String.init)
                    .filter { $0.contains("calling init") && $0.contains("/libvips") }
            }
            #expect(try loaded("photos/sea-1920x1080.jpg", "-o", folder.path + "/jpeg") == [])
            #expect(try loaded("screenshots/phone-1170x2532.png", "-o", folder.path + "/png") == [])
            // The log does show a load.
            #expect(try loaded("screenshots/chart-1600x900.webp", "-o", folder.path + "/webp") != [])
        }

        @Test("reports that --deep cannot verify an image")
        func deepCheck() throws {
            let run = try run("check", "--deep", "photos/fruit-1092x1092.jpg")
            #expect(run.status == 2)
            #expect(run.errorText.contains(Self.reason))
            #expect(try run.records().isEmpty)
        }

        @Test(
            "fails when it has to decode, and blames the machine, not the image", arguments: ["", "no-"])
        func decoding(prefix: String) throws {
            let prepared = try run(
                "prepare", "photos/islands-2400x1600.webp", "-o", folder.path + "/out", "--\(prefix)isolate")
            #expect(prepared.status == 2)
            #expect(prepared.errorText.contains(Self.reason))
            let row = try #require(try prepared.records().first)
            #expect(row["action"] as? String == "failed")
            #expect(row["problem"] as? Bool == true)
        }
    }
#endif

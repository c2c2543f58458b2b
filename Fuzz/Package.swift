// swift-tools-version: 6.1
import PackageDescription

// libFuzzer over everything that reads untrusted bytes; `make fuzz` builds and runs it. None of it is
// needed to build or test the product. The sanitizer is switched on by `swift build --sanitize=fuzzer`, which
// also instruments the parsers, so that libFuzzer sees which bytes lead to which branch.
let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "image-preflight", path: ".."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        // zlib is available wherever libvips is.
        .target(name: "CFuzz", linkerSettings: [.linkedLibrary("z")]),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzz",
                .product(name: "ImageHeaders", package: "image-preflight"),
                .product(name: "ImagePreflight", package: "image-preflight"),
                .product(name: "MessageRequests", package: "image-preflight"),
                .product(name: "VisionRules", package: "image-preflight"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                // libFuzzer has its own main.
                .unsafeFlags(["-parse-as-library"]),
            ]),
    ]
)

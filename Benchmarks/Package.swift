// swift-tools-version: 6.1
import PackageDescription

// Measures the product; not needed to build or test it. `Micro` contains the
// micro-benchmarks (`swift package benchmark`), the other targets are `throughput` and its helpers:
// separate processes, so that the measured code never shares memory or threads with the measuring code.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "image-preflight", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Without its traits it needs no interposed allocator, which would slow down the measured code.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Micro",
            dependencies: [
                .product(name: "ImageHeaders", package: "image-preflight"),
                .product(name: "VisionRules", package: "image-preflight"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Micro",
            swiftSettings: swiftSettings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "throughput",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ImageHeaders", package: "image-preflight"),
                .product(name: "VisionRules", package: "image-preflight"),
                // Found next to the executable at run time; named here so that one build makes them all.
                "measure", "header-floor", "jpeg-floor", "vips-open", "make-images",
            ],
            path: "Sources/Throughput",
            swiftSettings: swiftSettings),
        .systemLibrary(
            name: "CVipsSystem", pkgConfig: "vips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
        .executableTarget(name: "measure"),
        .executableTarget(name: "header-floor"),
        // Debian's libvips-dev includes libjpeg-turbo's headers; elsewhere this floor is left out.
        .executableTarget(
            name: "jpeg-floor", linkerSettings: [.linkedLibrary("jpeg", .when(platforms: [.linux]))]),
        .executableTarget(name: "vips-open", dependencies: ["CVipsSystem"]),
        .executableTarget(
            name: "make-images", dependencies: ["CVipsSystem"],
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    ]
)

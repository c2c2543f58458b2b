// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "UploadGate",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "image-preflight", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .target(
            name: "UploadGate",
            dependencies: [
                .product(name: "ImagePreflight", package: "image-preflight"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "upload-gate",
            dependencies: [
                "UploadGate",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ImagePreflight", package: "image-preflight"),
            ]),
        .testTarget(
            name: "UploadGateTests",
            dependencies: [
                "UploadGate",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ImagePreflight", package: "image-preflight"),
            ]),
    ]
)

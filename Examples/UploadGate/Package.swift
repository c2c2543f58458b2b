// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "UploadGate",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "image-preflight", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        .target(
            name: "UploadGate",
            dependencies: [
                .product(name: "ImagePreflight", package: "image-preflight"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
        .executableTarget(name: "upload-gate", dependencies: ["UploadGate"]),
        .testTarget(
            name: "UploadGateTests",
            dependencies: [
                "UploadGate", .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
    ]
)

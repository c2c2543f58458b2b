// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "PreflightBeforeSend",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "image-preflight", path: "../..")],
    targets: [
        .target(
            name: "PreflightBeforeSend",
            dependencies: [.product(name: "PreflightRequests", package: "image-preflight")]),
        .executableTarget(
            name: "preflight-before-send",
            dependencies: [
                "PreflightBeforeSend", .product(name: "ImagePreflight", package: "image-preflight"),
            ]),
        .testTarget(name: "PreflightBeforeSendTests", dependencies: ["PreflightBeforeSend"]),
    ]
)

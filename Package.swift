// swift-tools-version: 6.2
import PackageDescription

/// One strictness for every target of the package.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let http = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "baton",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The operating system, for every other target; it knows nothing of promotions.
        .target(
            name: "Platform",
            dependencies: ["CPlatform", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict),
        // Declarations alone: what glibc shows to GNU C only.
        .target(name: "CPlatform"),
        .target(name: "PromotionCore", dependencies: [crypto], swiftSettings: strict),
        .target(
            name: "PromotionRunner", dependencies: ["PromotionCore", logging], swiftSettings: strict),
        .target(
            name: "Remotes",
            dependencies: [
                "Platform", "PromotionCore", crypto, http, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: strict),
        .target(
            name: "LedgerStore",
            dependencies: ["Platform", "PromotionCore", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        .target(
            name: "Settings", dependencies: ["PromotionCore", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "Agent", dependencies: ["Platform", "PromotionCore", logging, nioCore, nioPosix],
            swiftSettings: strict),
        .target(name: "Console", dependencies: ["PromotionCore"], swiftSettings: strict),
        // Not a system library: signal handlers need one copy of their state, so C files of their own. Needs libncurses-dev.
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw")]),
        .target(
            name: "Terminal", dependencies: ["Platform", "Console", "PromotionCore", "CNcurses"],
            swiftSettings: strict),
        .target(
            name: "Stage", dependencies: ["Platform", "PromotionCore", nioCore, nioPosix, nioHTTP1],
            swiftSettings: strict),
        .executableTarget(
            name: "baton",
            dependencies: [
                "Platform", "PromotionCore", "PromotionRunner", "Remotes", "LedgerStore", "Settings", "Agent", "Console",
                "Terminal", "Stage", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        .target(
            name: "Fixtures", dependencies: ["PromotionCore"], path: "Tests/Fixtures",
            swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["PromotionCore", "PromotionRunner", "Fixtures", logging],
            path: "Tests/Simulation",
            swiftSettings: strict),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate", swiftSettings: strict),
        .target(
            name: "RetentionWorlds",
            dependencies: ["PromotionCore", "PromotionRunner", "Simulation", "Fixtures", logging], path: "Tests/RetentionWorlds",
            swiftSettings: strict),
        .executableTarget(
            name: "worlds", dependencies: ["RetentionWorlds"], path: "Tests/RunRetentionWorlds", swiftSettings: strict),
        .executableTarget(
            name: "registrybench", dependencies: ["PromotionCore", "Remotes"], path: "Tests/RegistryBench", swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(name: "PlatformTests", dependencies: ["Platform"], swiftSettings: strict),
        .testTarget(
            name: "RetentionTests",
            dependencies: ["PromotionCore", "PromotionRunner", "RetentionWorlds", "Simulation", "Fixtures", logging],
            swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        .testTarget(
            name: "PromotionCoreTests", dependencies: ["PromotionCore", "Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "PromotionRunnerTests", dependencies: ["PromotionCore", "PromotionRunner", "Fixtures", "Simulation", logging],
            swiftSettings: strict),
        .testTarget(
            name: "RemotesTests", dependencies: ["PromotionCore", "PromotionRunner", "LedgerStore", "Remotes", "Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerStoreTests",
            dependencies: [
                "PromotionCore", "LedgerStore", "Settings", "Simulation", "Fixtures",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SettingsTests", dependencies: ["PromotionCore", "Settings", "Stage", "Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests", dependencies: ["Platform", "PromotionCore", "Agent", "Fixtures", logging], swiftSettings: strict),
        .testTarget(name: "ConsoleTests", dependencies: ["PromotionCore", "Console", "Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["PromotionCore", "Console", "Terminal", "Fixtures"], swiftSettings: strict),
        .testTarget(name: "StageTests", dependencies: ["Platform", "PromotionCore", "Stage", nioCore], swiftSettings: strict),
    ]
)

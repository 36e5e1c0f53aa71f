import Testing

/// The shape of the house, held by reading its own source.
@Suite struct HouseTests {
    /// What each target may import besides Swift's own library, the C library and the Foundation essentials.
    static let arrows: [String: Set<String>] = [
        "Platform": ["CPlatform", "SystemPackage"],
        "PromotionCore": ["Crypto"],
        "PromotionRunner": ["PromotionCore", "Logging", "Dispatch"],
        "Remotes": ["Platform", "PromotionCore", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Crypto"],
        "LedgerStore": ["Platform", "PromotionCore", "GRDB"],
        "Settings": ["PromotionCore", "Yams"],
        "Agent": ["Platform", "PromotionCore", "Logging", "NIOCore", "NIOPosix", "Dispatch"],
        "Console": ["PromotionCore"],
        "Terminal": ["Platform", "PromotionCore", "Console", "CNcurses"],
        "Stage": ["Platform", "PromotionCore", "NIOCore", "NIOPosix", "NIOHTTP1"],
        "baton": [
            "Platform", "PromotionCore", "PromotionRunner", "Remotes", "LedgerStore", "Settings", "Agent", "Console", "Terminal",
            "Stage",
            "ArgumentParser", "Logging", "Dispatch",
        ],
    ]
    /// Targets that are pure: no clock, no disk, no network.
    static let pure: Set<String> = ["PromotionCore", "Console"]

    @Test func `arrows point to the core and to the platform, and siblings never import each other`()
        throws
    {
        for file in try SourceTree.files(in: "Sources")
        where !["CNcurses", "CPlatform"].contains(file.target) {
            let allowed = try #require(
                Self.arrows[file.target], "\(file.target) has no place in the house")
            let platform: Set<String> =
                Self.pure.contains(file.target) ? ["FoundationEssentials"] : ["FoundationEssentials", "Glibc", "Synchronization"]
            for module in file.imports {
                #expect(allowed.contains(module) || platform.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `the core reads no clock, no environment and no disk`() throws {
        let forbidden = ["Date()", "ProcessInfo", "FileManager", "ContinuousClock", "getenv", "URL(", " Task {", "print("]
        for file in try SourceTree.files(in: "Sources") where Self.pure.contains(file.target) {
            for (number, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in forbidden { #expect(!line.contains(word), "\(file.path):\(number + 1) uses \(word)") }
            }
        }
    }

    @Test func `files stay under 300 lines and functions under 40`() throws {
        for file in try SourceTree.files(in: "Sources") {
            #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines")
            for function in file.functions {
                #expect(function.length <= 42, "\(file.path):\(function.line) has \(function.length) lines: \(function.name)")
            }
        }
    }

    @Test func `what other modules see has a sentence of documentation`() throws {
        let files = try SourceTree.files(in: "Sources")
        let standard: Set<String> = ["encode", "<", "+", "-", "enqueue", "asUnownedSerialExecutor"]
        let witnesses = standard.union(files.flatMap(\.requirements))
        let missing = files.flatMap { $0.undocumented(witnesses: witnesses) }
        #expect(missing.isEmpty, "\(missing.count): \(missing.joined(separator: "\n"))")
    }

    @Test func `nothing is public, forced or left for later`() throws {
        let declared = [
            "func", "struct", "enum", "protocol", "actor", "class", "init", "var", "let", "static", "typealias", "import",
        ]
        let forbidden = ["try!", " as!", "TODO", "FIXME", "fatalError("] + declared.map { "public \($0)" }
        for file in try SourceTree.files(in: "Sources") {
            for (number, line) in file.lines.enumerated() {
                for word in forbidden { #expect(!line.contains(word), "\(file.path):\(number + 1) has \(word)") }
            }
        }
    }

    /// `socketOption` sets an option of the socket level: an option of TCP would be another one there, and
    /// `TCP_NODELAY` is `SO_DEBUG`, which only root may set.
    @Test func `options of TCP are set at the level of TCP`() throws {
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.files(in: folder) where file.target != "HouseTests" {
                for (number, line) in file.lines.enumerated() {
                    #expect(!line.contains("socketOption(.tcp_"), "\(file.path):\(number + 1)")
                }
            }
        }
    }

    @Test func `the project needs nothing beside it, and names no directory of one machine`() throws {
        let strangers = ["../" + "shared", "/" + "work/", "/" + "root/", "/" + "opt/"]
        var count = 0
        for folder in ["Sources", "Tests", "Resources", ".ci", "Makefile", "Package.swift", "README.md"] {
            for (path, text) in try SourceTree.texts(in: folder) {
                count += 1
                for word in strangers { #expect(!text.contains(word), "\(path) names \(word)") }
            }
        }
        #expect(count > 500)
    }
}

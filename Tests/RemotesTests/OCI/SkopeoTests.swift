import Foundation
import PromotionCore
import Remotes
import Testing

/// Another implementation of the format: it reads what was moved here, and what it copied is read here.
@Suite(.enabled(if: Skopeo.isInstalled, "skopeo is not installed: apt-get install skopeo"))
struct `Skopeo and an image layout` {
    @Test func `reads a tag that was moved here`() async throws {
        let layout = try SampleLayout()
        let (old, new) = (SampleImage.single("old"), SampleImage.single("new", revision: "c0ffee"))
        try layout.push(old, tags: ["prod"])
        try layout.push(new, tags: ["v1.0.0-rc.1"])
        let outcome = try await layout.open().move(
            Tag("prod"), in: layout.repository, from: old.top.digest, to: new.top.digest, under: Fence(1))
        #expect(outcome == .moved)
        let raw = try Skopeo.run("inspect", "--raw", "oci:\(layout.path):prod")
        #expect(Digest(of: raw) == new.top.digest)
        let configuration = try Skopeo.run("inspect", "--config", "oci:\(layout.path):prod")
        #expect(String(decoding: configuration, as: UTF8.self).contains("c0ffee"))
    }

    @Test(arguments: [SampleImage.single("one", revision: "c0ffee"), .multi("many", revision: "c0ffee")])
    func `copies what is read here`(image: SampleImage) async throws {
        let (from, to) = (try SampleLayout(), try SampleLayout())
        try from.push(image, tags: ["v1.0.0-rc.1"])
        try Skopeo.run(
            "copy", "--all", "--preserve-digests", "oci:\(from.path):v1.0.0-rc.1", "oci:\(to.path):v1.0.0-rc.1")
        #expect(try await to.open().tags(in: to.repository).known == [try Tag("v1.0.0-rc.1"): image.top.digest])
        let release = try await to.open().release(image.top.digest, in: to.repository)
        #expect(release == (try await from.open().release(image.top.digest, in: from.repository)))
        #expect(release?.revision == "c0ffee")
    }

    @Test func `overwrites a tag that was moved here, and it can be moved again`() async throws {
        let (from, to) = (try SampleLayout(), try SampleLayout())
        let (one, two) = (SampleImage.single("one"), SampleImage.single("two"))
        try from.push(two, tags: ["prod"])
        try to.push(one, tags: ["v1.0.0"])
        let prod = try Tag("prod")
        #expect(try await to.open().move(prod, in: to.repository, from: nil, to: one.top.digest, under: Fence(1)) == .moved)
        try Skopeo.run("copy", "oci:\(from.path):prod", "oci:\(to.path):prod")
        #expect(try await to.open().resolve(prod, in: to.repository) == two.top.digest)
        let lost = try await to.open().move(prod, in: to.repository, from: one.top.digest, to: one.top.digest, under: Fence(1))
        #expect(lost == .conflict(observed: two.top.digest))
        let back = try await to.open().move(prod, in: to.repository, from: two.top.digest, to: one.top.digest, under: Fence(1))
        #expect(back == .moved)
        #expect(Digest(of: try Skopeo.run("inspect", "--raw", "oci:\(to.path):prod")) == one.top.digest)
    }
}

enum Skopeo {
    static let isInstalled = path != nil
    private static let path = ["/usr/bin/skopeo", "/usr/local/bin/skopeo"].first(where: FileManager.default.isExecutableFile)

    struct Failure: Error { let words: String }

    /// Runs skopeo and returns what it wrote.
    @discardableResult
    static func run(_ arguments: String...) throws -> [UInt8] { try run(arguments) }

    /// The same with a list.
    @discardableResult
    static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path ?? "")
        process.arguments = ["--insecure-policy"] + arguments
        // The tests' accounts alone; where root has run podman, /run/containers is closed to others, and skopeo stops at it.
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["REGISTRY_AUTH_FILE": "/nonexistent/auth.json"]
        ) { $1 }
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(words: words) }
        return bytes
    }
}

internal import FoundationEssentials
internal import Glibc
internal import PromotionCore
internal import Stage
internal import Testing

/// A stage directory of one test's own, with everything that it started ended before it is removed.
struct TemporaryStage: Sendable {
    let directory: StageDirectory

    var registry: LayoutReader { LayoutReader(directory: directory) }

    /// A stage that starts real processes.
    var stage: Stage {
        Stage(
            directory, executable: StageExecutable(path: Self.program), registry: registry,
            now: { Timestamp(millisecondsSinceEpoch: 0) })
    }

    /// The program beside the test bundle.
    static let program: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "") + "/baton"
    }()

    static var hasProgram: Bool { FileManager.default.isExecutableFile(atPath: program) }

    static func with<Value>(_ body: (TemporaryStage) async throws -> Value) async throws -> Value {
        let path = "/tmp/baton-stage-\(UInt64.random(in: 0 ... .max))"
        let temporary = TemporaryStage(directory: StageDirectory(path))
        let result: Result<Value, any Error>
        do { result = .success(try await body(temporary)) } catch { result = .failure(error) }
        await temporary.stage.stopAll()
        try FileManager.default.removeItem(atPath: path)
        return try result.get()
    }

    /// Waits for a condition; a test that waits in vain says for what.
    static func until(_ what: Comment, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, what)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Numbers of processes whose command line names this stage's directory.
    func processes(_ command: String) -> [Int32] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.contains(command) && words.contains { $0 == directory.path || $0.hasPrefix(directory.path + "/") }
        }
    }
}

/// Reads configurations from a layout on disk, which is all of a registry that the stage asks for.
struct LayoutReader: Registry {
    let directory: StageDirectory

    private struct Manifest: Decodable {
        struct Entry: Decodable {
            struct Platform: Decodable { let architecture: String }
            let digest: Digest
            let platform: Platform?
        }
        let config: Entry?
        let manifests: [Entry]?
    }

    private struct Configuration: Decodable {
        struct Execution: Decodable {
            let User: String
            let Env: [String]
            let Labels: [String: SafeText]
        }
        let config: Execution
    }

    func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        do {
            var manifest = try CanonicalJSON.decode(Manifest.self, from: blob(digest, repository))
            if let child = manifest.manifests?.first(where: { $0.platform?.architecture == platform.architecture.text }) {
                manifest = try CanonicalJSON.decode(Manifest.self, from: blob(child.digest, repository))
            }
            guard let config = manifest.config else { throw Fault(.refused, "no configuration") }
            let found = try CanonicalJSON.decode(Configuration.self, from: blob(config.digest, repository)).config
            return ImageConfiguration(user: SafeText(found.User), environment: found.Env, labels: found.Labels)
        } catch { throw error as? Fault ?? Fault(.refused, SafeText("\(error)")) }
    }

    private func blob(_ digest: Digest, _ repository: RepositoryName) throws -> [UInt8] {
        let path = "\(directory.layout(of: repository))/blobs/sha256/\(digest.hex)"
        guard let data = FileManager.default.contents(atPath: path) else { throw Fault(.refused, "no blob \(digest)") }
        return Array(data)
    }

    private static let unasked = Fault(.refused, "the stage does not ask this")
    func resolve(_ tag: PromotionCore.Tag, in repository: RepositoryName) async throws(Fault) -> Digest? { throw Self.unasked }
    func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags { throw Self.unasked }
    func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? { throw Self.unasked }
    func move(
        _ tag: PromotionCore.Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove { throw Self.unasked }
}

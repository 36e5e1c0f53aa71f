import FoundationEssentials
import Glibc
import PromotionCore
import Testing

/// The registry's tag; a test's tag is another thing.
typealias Tag = PromotionCore.Tag

/// A directory that is gone when the value is.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/baton-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        let target = "\(path)/\(name)"
        let parent = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: target))
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

    func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// A file of the system, such as one of `/proc`.
    static func systemText(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// A file of `Tests/Vectors`.
    static func vector(_ name: String, test file: String = #filePath) throws -> [UInt8] {
        let root = file.split(separator: "/", omittingEmptySubsequences: false).prefix { $0 != "Tests" }.joined(separator: "/")
        return Array(try Data(contentsOf: URL(filePath: "\(root)/Tests/Vectors/\(name)")))
    }

    /// Names of all files, also in directories inside.
    func files() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
}

/// A condition that did not come true in time.
struct Impatient: Error {}

/// Waits until something outside has happened; never longer than the deadline.
func eventually(within limit: Duration = .seconds(10), _ condition: () throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < end else { throw Impatient() }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// The fault that work must end in.
func fault(of work: () async throws -> Void) async throws -> Fault {
    do { try await work() } catch let fault as Fault { return fault }
    throw NoFault()
}

/// Work went well that had to fail.
struct NoFault: Error {}

internal import Glibc
package import PromotionCore

/// Where a secret is read from, each time it is needed: a secret that is changed there is the new one here.
package enum SecretSource: Hashable, Sendable {
    /// A variable of the agent's environment.
    case environment(variable: String)
    /// A file; white space at its end is not part of the secret.
    case file(path: String)

    /// Bytes of a secret file that are read.
    package static let byteLimit = 64 << 10

    /// The secret as it is now.
    /// - Throws: `Fault.refused` that names the source and never its content.
    package func read() throws(Fault) -> Secret {
        switch self {
        case .environment(let variable):
            guard let value = getenv(variable).map({ String(cString: $0) }), !value.isEmpty else {
                throw Fault(
                    .refused, SafeText("the environment variable \(variable) is not set: the agent needs it for a secret"))
            }
            return Secret(value)
        case .file(let path):
            guard let bytes = try SmallFile.read(path, limit: Self.byteLimit) else {
                throw Fault(.refused, SafeText("the secret file \(path) does not exist"))
            }
            var text = String(decoding: bytes, as: UTF8.self)[...]
            while text.last?.isWhitespace == true { text.removeLast() }
            guard !text.isEmpty else { throw Fault(.refused, SafeText("the secret file \(path) is empty")) }
            return Secret(String(text))
        }
    }
}

/// A file that is read whole, within a bound.
enum SmallFile {
    /// The bytes of a regular file; nil where there is none.
    static func read(_ path: String, limit: Int) throws(Fault) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return nil }
            throw .system("cannot open \(path)")
        }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.refused, SafeText("\(path) is not a regular file"))
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system("cannot read \(path)") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw Fault(.refused, SafeText("\(path) has more than the \(limit) bytes that are read"))
            }
        }
    }
}

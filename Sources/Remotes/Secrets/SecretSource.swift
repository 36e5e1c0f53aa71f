internal import Platform
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
            guard let value = ThisProcess.variable(variable) else {
                throw Fault(
                    .refused, SafeText("the environment variable \(variable) is not set: the agent needs it for a secret"))
            }
            return Secret(value)
        case .file(let path):
            guard let bytes = try Self.bytes(of: path, limit: Self.byteLimit) else {
                throw Fault(.refused, SafeText("the secret file \(path) does not exist"))
            }
            var text = String(decoding: bytes, as: UTF8.self)[...]
            while text.last?.isWhitespace == true { text.removeLast() }
            guard !text.isEmpty else { throw Fault(.refused, SafeText("the secret file \(path) is empty")) }
            return Secret(String(text))
        }
    }

    /// The bytes of a regular file that holds secrets; `nil` if there is none.
    static func bytes(of path: String, limit: Int) throws(Fault) -> [UInt8]? {
        try SystemFault.mapped({ Fault.system($0) }) { () throws(SystemFault) in try BoundedRead.whole(path, limit: limit) }
    }
}

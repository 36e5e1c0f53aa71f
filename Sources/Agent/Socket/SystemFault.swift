internal import Glibc
package import PromotionCore

/// A call to the operating system that failed: what was attempted, on which path, and its own word for why.
package struct SystemFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let operation: SafeText
    package let path: SafeText
    /// `errno` as the call left it.
    package let code: Int32

    init(_ operation: SafeText, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = SafeText(path)
        self.code = code
    }

    package var description: String { "cannot \(operation) \(path): \(Self.words(code))" }

    /// The system's sentence for an error number.
    static func words(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

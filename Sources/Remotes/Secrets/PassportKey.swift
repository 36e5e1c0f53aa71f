internal import Crypto
internal import FoundationEssentials
internal import Glibc
package import PromotionCore

/// The key that an agent signs passports with: P-256, from a PEM file that nobody else can read.
package struct PassportKey: Signer, CustomStringConvertible {
    private let key: P256.Signing.PrivateKey
    package let publicKey: PublicKey

    /// Reads a key (`PRIVATE KEY` or `EC PRIVATE KEY`).
    /// - Throws: `PassportKeyError`, which repeats nothing of the file.
    package init(file path: String) throws(PassportKeyError) {
        let text = try Self.read(path)
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else { throw .notAKey(SafeText(path, limit: 200)) }
        try self.init(key, path)
    }

    private init(_ key: P256.Signing.PrivateKey, _ path: String) throws(PassportKeyError) {
        self.key = key
        do throws(PublicKeyError) { publicKey = try PublicKey(pem: key.publicKey.pemRepresentation) } catch {
            throw .notAKey(SafeText(path, limit: 200))
        }
    }

    package func sign(_ message: [UInt8]) throws(Fault) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else { throw Fault(.refused, "the passport key cannot sign") }
        return Array(signature.derRepresentation)
    }

    /// The public half alone; the private one is never written.
    package var description: String { "\(publicKey)" }

    /// Makes a new key and writes it beside its public half, which is named `PATH.pub`. Neither file may exist.
    /// - Throws: `PassportKeyError` with the file that is in the way.
    package static func generate(at path: String) throws(PassportKeyError) -> PassportKey {
        let key = try PassportKey(P256.Signing.PrivateKey(), path)
        try create(path, key.key.pemRepresentation + "\n", mode: 0o600)
        do throws(PassportKeyError) { try create(path + ".pub", key.publicKey.pem, mode: 0o644) } catch {
            unlink(path)
            throw error
        }
        return key
    }

    private static func read(_ path: String) throws(PassportKeyError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard file >= 0 else { throw .unreadable(SafeText(path, limit: 200), system) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(SafeText(path, limit: 200), "it is no regular file")
        }
        guard status.st_mode & 0o077 == 0 else { throw .open(SafeText(path, limit: 200)) }
        var bytes = [UInt8](repeating: 0, count: PublicKey.byteLimit)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .unreadable(SafeText(path, limit: 200), system) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func create(_ path: String, _ text: String, mode: mode_t) throws(PassportKeyError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw .unwritable(SafeText(path, limit: 200), system) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            unlink(path)
            throw .unwritable(SafeText(path, limit: 200), system)
        }
    }

    private static var system: SafeText { SafeText(String(cString: strerror(errno))) }
}

/// Why a file is no passport key.
package enum PassportKeyError: Error, Equatable, CustomStringConvertible {
    case unreadable(SafeText, SafeText)
    case unwritable(SafeText, SafeText)
    case open(SafeText)
    case notAKey(SafeText)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "the passport key \(path) cannot be read: \(reason)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .open(let path): "the passport key \(path) can be read by others: chmod 600 \(path)"
        case .notAKey(let path):
            "\(path) holds no P-256 private key in PEM without a passphrase: baton passport keygen makes one"
        }
    }
}

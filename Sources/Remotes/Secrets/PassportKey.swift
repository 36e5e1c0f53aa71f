internal import Crypto
internal import FoundationEssentials
internal import Platform
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
            try? DurableFile.remove(path)
            throw error
        }
        return key
    }

    private static func read(_ path: String) throws(PassportKeyError) -> String {
        let shown = SafeText(path, limit: 200)
        let file = try SystemFault.mapped({ PassportKeyError.unreadable(shown, SafeText($0.reason)) }) {
            () throws(SystemFault) in
            try OpenDirectory(PathText.directory(of: path)).read(PathText.name(of: path), limit: PublicKey.byteLimit)
        }
        guard let file else { throw .unreadable(shown, SafeText(SystemFault.noSuchFile)) }
        guard file.status.mode & 0o077 == 0 else { throw .open(shown) }
        return String(decoding: file.bytes, as: UTF8.self)
    }

    private static func create(_ path: String, _ text: String, mode: UInt32) throws(PassportKeyError) {
        do throws(SystemFault) { try DurableFile.create(Array(text.utf8), at: path, mode: mode) } catch {
            throw .unwritable(SafeText(path, limit: 200), SafeText(error.reason))
        }
    }
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

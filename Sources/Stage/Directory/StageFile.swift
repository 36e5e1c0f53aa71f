internal import Platform
internal import PromotionCore

/// The stage's own files: each is whole or not there, also after a loss of power.
enum StageFile {
    /// Most bytes of one of the stage's own JSON files.
    static let jsonLimit = 1 << 20

    /// A value from a JSON file; `nil` if there is none.
    static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws(StageError) -> Value? {
        let bytes = try SystemFault.mapped(StageError.init) { () throws(SystemFault) in
            try BoundedRead.whole(path, limit: jsonLimit)
        }
        guard let bytes else { return nil }
        do { return try CanonicalJSON.decode(type, from: bytes) } catch {
            throw .unreadable(path: SafeText(path), reason: SafeText("\(error)", limit: 200))
        }
    }

    /// Writes a value as JSON.
    static func encode(_ value: some Encodable, to path: String) throws(StageError) {
        let bytes: [UInt8]
        do { bytes = try CanonicalJSON.encode(value) } catch {
            throw .unreadable(path: SafeText(path), reason: SafeText("\(error)", limit: 200))
        }
        try write(bytes + [UInt8(ascii: "\n")], to: path)
    }

    /// Writes a file as a whole, durably.
    static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(StageError) {
        try SystemFault.mapped(StageError.init) { () throws(SystemFault) in try DurableFile.write(bytes, to: path, mode: mode) }
    }

    /// Removes a file; one that is gone already is no error.
    static func remove(_ path: String) throws(StageError) {
        try SystemFault.mapped(StageError.init) { () throws(SystemFault) in try DurableFile.remove(path) }
    }

    /// Makes a directory and those above it, each for this account only.
    static func makeDirectory(_ path: String) throws(StageError) {
        try SystemFault.mapped(StageError.init) { () throws(SystemFault) in try Directories.make(path) }
    }

    /// Acquires the lock of a file.
    /// - Returns: `nil` if another process, or another part of this one, holds it.
    static func lock(_ path: String) throws(StageError) -> FileLock? {
        try SystemFault.mapped(StageError.init) { () throws(SystemFault) in try FileLock.acquire(path) }
    }
}

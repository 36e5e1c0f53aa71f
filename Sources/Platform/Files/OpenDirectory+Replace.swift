internal import Glibc

extension OpenDirectory {
    /// What becomes of the file that has the name before.
    package enum Expectation: Sendable {
        /// It is replaced, whatever it is.
        case any
        /// It is replaced if it is still the one that was read; `nil` if there was none.
        case still(FoundFile?, limit: Int)
        /// There must be none.
        case none
    }

    /// The name under which the new bytes are written before they take their own.
    package enum Draft: Sendable {
        /// One of its own for each writer. A crash leaves it behind.
        case unique
        /// One for all, for writers that hold a lock. What a crash left behind is removed by the next one.
        case ofLockHolder
    }

    /// What became of a wanted replacement.
    package enum Replacement: Hashable, Sendable {
        case replaced
        /// The file was another by then; nothing was changed.
        case overtaken
    }

    /// Writes a file as a whole: beside, made durable, renamed, and the directory made durable. The file is old or new, never half.
    ///
    /// A file that is replaced keeps its mode and, where this account may give files away, its owner.
    /// - Parameter mode: of a new file.
    /// - Throws: `SystemFault`; its effect is `unconfirmed` if the file may be the new one.
    @discardableResult
    package func replace(
        _ name: String, with bytes: [UInt8], mode: UInt32 = 0o600, if expectation: Expectation = .any, draft: Draft = .unique
    ) throws(SystemFault) -> Replacement {
        let draft = Self.name(of: draft, for: name)
        if unlinkat(descriptor, draft, 0) != 0 && errno != ENOENT { throw .last("remove", whole(draft)) }
        do throws(SystemFault) {
            try write(bytes, to: draft, like: try status(name), mode: mode)
            guard try isMet(expectation, name) else {
                unlinkat(descriptor, draft, 0)
                return .overtaken
            }
            try rename(draft, to: name, expectation)
        } catch {
            unlinkat(descriptor, draft, 0)
            throw error
        }
        guard fsync(descriptor) == 0 else { throw .last("make durable", whole(name), effect: .unconfirmed) }
        return .replaced
    }

    private func rename(_ draft: String, to name: String, _ expectation: Expectation) throws(SystemFault) {
        guard case .none = expectation else {
            guard renameat(descriptor, draft, descriptor, name) == 0 else { throw .last("rename to", whole(name)) }
            return
        }
        // A link takes no name that is taken, as a renaming would.
        guard linkat(descriptor, draft, descriptor, name, 0) == 0 else { throw .last("make", whole(name)) }
        unlinkat(descriptor, draft, 0)
    }

    private func isMet(_ expectation: Expectation, _ name: String) throws(SystemFault) -> Bool {
        guard case .still(let before, let limit) = expectation else { return true }
        let now: FoundFile?
        do throws(SystemFault) { now = try read(name, limit: limit) } catch {
            // It was read before: it is another kind of file, or a longer one, by now.
            guard case .number = error.cause else { return false }
            throw error
        }
        return now?.bytes == before?.bytes && now?.status.inode == before?.status.inode
    }

    private func write(_ bytes: [UInt8], to draft: String, like old: FileStatus?, mode: UInt32) throws(SystemFault) {
        let file = openat(descriptor, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw .last("write in", path) }
        defer { close(file) }
        if let old, old.kind == .regular {
            // Best effort: only root may give a file away, and giving it away may take bits of the mode.
            _ = fchown(file, old.owner, old.group)
            guard fchmod(file, old.mode & 0o777) == 0 else { throw .last("set the mode of", whole(draft)) }
        }
        try Self.writeAll(bytes, to: file, whole(draft))
        guard fsync(file) == 0 else { throw .last("make durable", whole(draft)) }
    }

    static func writeAll(_ bytes: [UInt8], to file: Int32, _ path: String) throws(SystemFault) {
        let failure: SystemFault? = bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(file, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return count == 0 ? SystemFault("write", path, code: ENOSPC) : .last("write", path) }
                written += count
            }
            return nil
        }
        if let failure { throw failure }
    }

    private static func name(of draft: Draft, for name: String) -> String {
        let name = String(decoding: name.utf8.prefix(180), as: UTF8.self)
        return switch draft {
        case .ofLockHolder: ".baton-new-\(name)"
        case .unique: ".baton-new-\(name)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        }
    }
}

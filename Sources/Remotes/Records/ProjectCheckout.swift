internal import Glibc
package import PromotionCore

/// A project's checkout on this machine.
///
/// Every name on the way to a file is opened by itself and never followed where it is a symbolic link, so that nothing in a
/// checkout leads out of it. A file is written beside, synced, renamed over and the directory synced: it is old or new, never
/// half. Agents write one after the other; what anybody else wrote in the meantime is read again and kept. An editor that replaces the file in the few
/// microseconds between the last look and the renaming would still be overwritten.
package struct ProjectCheckout: Checkout {
    private let root: String

    /// - Parameter root: absolute path of the checkout.
    package init(root: String) { self.root = root }

    package var location: SafeText { SafeText(root) }

    /// Times that a file is read again because somebody else wrote it.
    private static let rounds = 20

    package func apply(_ edit: DocumentEdit) async throws(Fault) -> Bool {
        let result = await OwnThread.run { self.result(of: edit) }
        return try result.get()
    }

    private func result(of edit: DocumentEdit) -> Result<Bool, Fault> {
        do throws(Fault) {
            let directory = try open(directoryOf: edit.path)
            defer { close(directory) }
            try lock(directory)
            let name = edit.path.parts.last ?? ""
            for _ in 0..<Self.rounds {
                let old = try read(name, in: directory)
                let new: [UInt8]?
                do throws(MarkFault) { new = try edit.applied(to: old?.bytes) } catch {
                    throw Fault(.refused, SafeText(error.description))
                }
                guard let new else { return .success(false) }
                if try write(new, over: old, name, in: directory) { return .success(true) }
            }
            throw Fault(.broke, "somebody else writes it again and again")
        } catch {
            return .failure(error)
        }
    }

    /// How often another agent's lock is tried, and the microseconds between two tries.
    private static let lockTries = (count: 100, pause: UInt32(20_000))

    /// Waits until no other agent writes in a directory; closing it gives it back.
    private func lock(_ directory: Int32) throws(Fault) {
        for _ in 0..<Self.lockTries.count {
            if flock(directory, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { throw Self.fault("lock the directory") }
            usleep(Self.lockTries.pause)
        }
        throw Fault(.broke, "another agent has been writing there for a while")
    }

    /// The directory of a file, made where it is missing.
    private func open(directoryOf path: ProjectPath) throws(Fault) -> Int32 {
        var directory = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw Self.fault("open the project at \(root)") }
        for part in path.parts.dropLast() {
            let outer = directory
            defer { close(outer) }
            directory = try enter(part, from: outer)
        }
        return directory
    }

    private func enter(_ part: String, from directory: Int32) throws(Fault) -> Int32 {
        if mkdirat(directory, part, 0o755) != 0, errno != EEXIST { throw Self.fault("make the directory \(part)") }
        let next = openat(directory, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard next < 0 else { return next }
        let code = errno
        guard code != ELOOP, code != ENOTDIR else {
            throw Fault(.refused, SafeText("\(part) is a symbolic link or no directory: nothing is written through it"))
        }
        throw Self.fault("open the directory \(part)", code)
    }

    /// A file as it was read: what it held, and which one it was.
    private struct Found {
        let bytes: [UInt8]
        let inode: ino_t
        let mode: mode_t
        let owner: uid_t
        let group: gid_t
    }

    private func read(_ name: String, in directory: Int32) throws(Fault) -> Found? {
        let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw errno == ELOOP
                ? Fault(.refused, "it is a symbolic link: nothing is written through it") : Self.fault("open \(name)")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.refused, "it is no regular file")
        }
        guard status.st_nlink == 1 else { throw Fault(.refused, "it has other names (hard links), which would part from it") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= RecordPaths.fileLimit {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Self.fault("read \(name)") }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return Found(
            bytes: bytes, inode: status.st_ino, mode: status.st_mode & 0o777, owner: status.st_uid, group: status.st_gid)
    }

    /// - Returns: false where the file is another by now than the one that was read; nothing is changed then.
    private func write(_ bytes: [UInt8], over old: Found?, _ name: String, in directory: Int32) throws(Fault) -> Bool {
        let beside = ".\(name.prefix(100)).baton-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let file = openat(directory, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, old?.mode ?? 0o644)
        guard file >= 0 else { throw Self.fault("write beside \(name)") }
        defer { close(file) }
        do throws(Fault) {
            if let old {
                fchmod(file, old.mode)
                // Only root may give a file to others; where it cannot be given, it is this account's.
                if fchown(file, old.owner, old.group) != 0 { fchmod(file, old.mode) }
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw Self.fault("write \(name)") }
                rest = rest.dropFirst(count)
            }
            guard fsync(file) == 0 else { throw Self.fault("sync \(name)") }
            let now = try read(name, in: directory)
            guard now?.inode == old?.inode, now?.bytes == old?.bytes else {
                unlinkat(directory, beside, 0)
                return false
            }
            guard renameat(directory, beside, directory, name) == 0 else { throw Self.fault("rename to \(name)") }
        } catch {
            unlinkat(directory, beside, 0)
            throw error
        }
        guard fsync(directory) == 0 else { throw Self.fault("sync the directory of \(name)") }
        return true
    }

    private static func fault(_ deed: String, _ code: Int32 = errno) -> Fault {
        let reason = String(cString: strerror(code))
        switch code {
        case EACCES, EPERM, EROFS, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG:
            return Fault(.refused, SafeText("could not \(deed): \(reason)"))
        default: return Fault(.broke, SafeText("could not \(deed): \(reason)"))
        }
    }
}

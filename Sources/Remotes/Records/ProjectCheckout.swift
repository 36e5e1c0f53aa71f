internal import Platform
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
            let lock = try lock(directory)
            defer { lock.release() }
            let name = edit.path.parts.last ?? ""
            for _ in 0..<Self.rounds {
                let old = try read(name, in: directory)
                let new: [UInt8]?
                do throws(MarkFault) { new = try edit.applied(to: old?.bytes) } catch {
                    throw Fault(.refused, SafeText(error.description))
                }
                guard let new else { return .success(false) }
                let replacement = try SystemFault.mapped(Self.fault) { () throws(SystemFault) in
                    try directory.replace(
                        name, with: new, mode: 0o644, if: .still(old, limit: Self.readLimit), draft: .ofLockHolder)
                }
                if replacement == .replaced { return .success(true) }
            }
            throw Fault(.broke, "somebody else writes it again and again")
        } catch {
            return .failure(error)
        }
    }

    /// How long another agent's lock is waited for.
    private static let lockPatience = Milliseconds.seconds(2)

    /// Waits until no other agent writes in a directory.
    private func lock(_ directory: borrowing OpenDirectory) throws(Fault) -> FileLock {
        let lock: FileLock?
        do throws(SystemFault) { lock = try directory.lock(until: Deadline(in: Self.lockPatience.duration)) } catch {
            throw Self.fault(error)
        }
        guard let lock else { throw Fault(.broke, "another agent has been writing there for a while") }
        return lock
    }

    /// The directory of a file, made where it is missing.
    private func open(directoryOf path: ProjectPath) throws(Fault) -> OpenDirectory {
        var directory = try SystemFault.mapped(Self.fault) { () throws(SystemFault) in try OpenDirectory(root) }
        for part in path.parts.dropLast() { directory = try enter(part, from: directory) }
        return directory
    }

    private func enter(_ part: String, from directory: consuming OpenDirectory) throws(Fault) -> OpenDirectory {
        let outer = directory
        do throws(SystemFault) {
            try outer.makeDirectory(part, mode: 0o755)
            if let inner = try outer.directory(part) { return inner }
        } catch {
            guard !error.isNoDirectory else {
                throw Fault(.refused, SafeText("\(part) is a symbolic link or no directory: nothing is written through it"))
            }
            throw Self.fault(error)
        }
        throw Fault(.broke, SafeText("\(part) was removed again"))
    }

    /// One byte more than a document may have, so that the document's own bound speaks.
    private static let readLimit = RecordPaths.fileLimit + 65_536

    private func read(_ name: String, in directory: borrowing OpenDirectory) throws(Fault) -> FoundFile? {
        let found: FoundFile?
        do throws(SystemFault) { found = try directory.read(name, limit: Self.readLimit) } catch {
            switch error.cause {
            case .link: throw Fault(.refused, "it is a symbolic link: nothing is written through it")
            case .notRegular: throw Fault(.refused, "it is no regular file")
            case .number, .tooLarge: throw Self.fault(error)
            }
        }
        guard let found else { return nil }
        guard found.status.nameCount == 1 else {
            throw Fault(.refused, "it has other names (hard links), which would part from it")
        }
        return found
    }

    private static func fault(_ fault: SystemFault) -> Fault {
        Fault(fault.needsPerson ? .refused : .broke, SafeText("could not \(fault.operation) \(fault.path): \(fault.reason)"))
    }
}

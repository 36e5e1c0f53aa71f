internal import Platform
internal import PromotionCore

/// An open directory of an image layout: nothing outside it can be reached, whatever lies in it.
struct LayoutDirectory: ~Copyable {
    private let directory: OpenDirectory

    var path: String { directory.path }

    init(_ path: String) throws(Fault) {
        let opened = try SystemFault.mapped({ Fault.system(SystemFault("open the image layout", path, $0.cause)) }) {
            () throws(SystemFault) in try OpenDirectory(path)
        }
        self.init(opened)
    }

    private init(_ directory: consuming OpenDirectory) { self.directory = directory }

    /// Opens a directory inside.
    /// - Returns: `nil` if there is none.
    func directory(_ name: String) throws(Fault) -> LayoutDirectory? {
        let inner = try SystemFault.mapped({ Fault.system($0, ", which must be a directory and no link") }) {
            () throws(SystemFault) in try directory.directory(name)
        }
        guard let inner else { return nil }
        return LayoutDirectory(inner)
    }

    /// Reads a file.
    /// - Parameter limit: in bytes; a larger file is refused.
    /// - Returns: `nil` if there is none.
    func read(_ name: String, limit: Int) throws(Fault) -> [UInt8]? {
        try found(name, limit: limit)?.bytes
    }

    private func found(_ name: String, limit: Int) throws(Fault) -> FoundFile? {
        try SystemFault.mapped({ Fault.system($0) }) { () throws(SystemFault) in try directory.read(name, limit: limit) }
    }
}

extension LayoutDirectory {
    /// Replaces a file as a whole, for a caller that holds the layout's lock.
    /// - Parameter current: what the file must still hold right before; `nil` if it must be absent.
    /// - Returns: `.overtaken` if a writer that does not take the lock wrote the file meanwhile; nothing was changed then.
    /// - Throws: `Fault.broke` if nothing was changed, `Fault.unknown` if it may have been.
    func replace(
        _ name: String, with bytes: [UInt8], ifStill current: [UInt8]?, limit: Int
    ) throws(Fault) -> OpenDirectory.Replacement {
        let before = try found(name, limit: limit)
        guard before?.bytes == current else { return .overtaken }
        return try SystemFault.mapped(Self.unchanged) { () throws(SystemFault) in
            try directory.replace(
                name, with: bytes, mode: 0o644, if: .still(before, limit: limit), draft: .ofLockHolder)
        }
    }

    /// Removes a file, durably; one that is gone already is no fault.
    func remove(_ name: String) throws(Fault) {
        try SystemFault.mapped(Self.unchanged) { () throws(SystemFault) in try directory.remove(name) }
    }

    /// A write that failed, whatever the cause: another try may succeed.
    private static func unchanged(_ fault: SystemFault) -> Fault {
        switch fault.effect {
        case .none: fault.needsPerson ? .system(fault) : .system(fault, "; nothing was changed")
        case .unconfirmed: Fault(.unknown, SafeText("\(fault.path) was changed, but the disk did not confirm it"))
        }
    }

    /// Changes a layout while no one else does, in this process or another.
    /// - Throws: `Fault.broke` if another holder kept the lock all the time, and what `change` throws.
    func locked<Value>(
        by name: String, within patience: Milliseconds, _ change: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        let lock = try SystemFault.mapped({ Fault.system($0) }) { () throws(SystemFault) in
            try directory.lock(name, for: .reading, mode: 0o644, until: Deadline(in: patience.duration))
        }
        guard let lock else {
            throw Fault(
                .broke, SafeText("another process changes \(path) and has held \(name) for \(patience); nothing was changed"))
        }
        defer { lock.release() }
        return try change()
    }
}

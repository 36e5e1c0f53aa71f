internal import Platform
package import PromotionCore

/// The highest fences of one repository of a remote registry, kept in a file of the agent's own: a registry has no place for
/// them. They hold between agents of one machine and over restarts; between machines the lease alone does.
package struct FenceFile: Hashable, Sendable {
    /// Made where it is missing, together with the directories above it.
    package let directory: String
    private let tags: TagScheme

    /// - Parameters:
    ///   - state: the agent's state directory.
    ///   - tags: how the repository's versions are written.
    package init(state: String, registry: RegistryAddress, repository: RepositoryName, tags: TagScheme) {
        self.tags = tags
        let host = registry.name.replacing("/", with: "_")
        directory = "\(state)/fences/\(host)/\(repository.text.replacing("/", with: "+"))"
    }

    private static let lockName = "lock"
    private static let patience = Milliseconds.seconds(5)

    /// Refuses a fence that is older than one seen, and keeps a newer one, durably.
    func admit(_ subject: FenceRecord.Subject, under fence: Fence) async throws(Fault) {
        let result = await OwnThread.run { () -> Result<Void, Fault> in
            do throws(Fault) { return .success(try admitNow(subject, under: fence)) } catch { return .failure(error) }
        }
        try result.get()
    }

    private func admitNow(_ subject: FenceRecord.Subject, under fence: Fence) throws(Fault) {
        try SystemFault.mapped({ Fault.system($0) }) { () throws(SystemFault) in try Directories.make(directory) }
        let open = try LayoutDirectory(directory)
        try open.locked(by: Self.lockName, within: Self.patience) { () throws(Fault) in
            let bytes = try open.read(FenceRecord.fileName, limit: FenceRecord.byteLimit)
            var record = FenceRecord(tags: tags)
            do throws(ImageDocumentError) {
                if let bytes { record = try FenceRecord(parsing: bytes, tags: tags) }
            } catch { throw .refused(error, in: "\(directory)/\(FenceRecord.fileName)") }
            guard try record.admit(subject, under: fence) else { return }
            let replacement = try open.replace(
                FenceRecord.fileName, with: record.bytes, ifStill: bytes, limit: FenceRecord.byteLimit)
            guard case .replaced = replacement else { throw Fault(.broke, SafeText("\(directory) changed under the lock")) }
        }
    }
}

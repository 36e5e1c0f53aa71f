internal import Glibc
internal import PromotionCore

/// Directories that an agent cannot go on without, as they were when it started.
///
/// Each is held open until the process ends: the file system gives the number of a directory that is removed to the next one.
struct Removal: Sendable {
    /// One directory of the file system, whatever its path is later given to.
    private struct Identity: Hashable {
        let device: dev_t
        let inode: ino_t

        /// `nil` if nothing is at the path; an error that says nothing about that counts as no answer.
        static func found(at path: String) -> Result<Identity?, Unanswered> {
            var status = stat()
            if stat(path, &status) == 0 { return .success(Identity(device: status.st_dev, inode: status.st_ino)) }
            return errno == ENOENT || errno == ENOTDIR ? .success(nil) : .failure(Unanswered())
        }
    }

    private struct Unanswered: Error {}

    private let ledger: String
    private let stages: Set<String>
    private let before: [String: Identity]

    /// - Parameters:
    ///   - ledger: the ledger's directory.
    ///   - stages: directories of embedded stages.
    init(ledger: String, stages: Set<String>) {
        self.ledger = ledger
        let known = ([ledger] + stages).compactMap { path -> (String, Identity)? in
            guard open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0, case .success(let found?) = Identity.found(at: path)
            else { return nil }
            return (path, found)
        }
        before = Dictionary(known) { first, _ in first }
        self.stages = stages.filter { [before] in before[$0] != nil }
    }

    /// Returns once the ledger's directory is gone, or every stage directory is, with the path of one that is.
    func wait() async -> String? {
        while !Task.isCancelled {
            if isGone(ledger) { return ledger }
            if let stage = stages.min(), stages.allSatisfy(isGone) { return stage }
            try? await Task.sleep(for: .seconds(1))
        }
        return nil
    }

    private func isGone(_ path: String) -> Bool {
        guard let known = before[path], case .success(let now) = Identity.found(at: path) else { return false }
        return now != known
    }
}

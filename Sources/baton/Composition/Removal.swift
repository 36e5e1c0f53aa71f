internal import Platform
internal import PromotionCore

/// Directories that an agent cannot go on without, as they were when it started.
struct Removal: Sendable {
    private let ledger: HeldDirectory?
    private let stages: [HeldDirectory]

    /// - Parameters:
    ///   - ledger: the ledger's directory.
    ///   - stages: directories of embedded stages.
    init(ledger: String, stages: Set<String>) {
        self.ledger = try? HeldDirectory(ledger)
        self.stages = stages.sorted().compactMap { try? HeldDirectory($0) }
    }

    /// Returns once the ledger's directory is gone, or every stage directory is, with the path of one that is.
    func wait() async -> String? {
        while !Task.isCancelled {
            if let ledger, ledger.isGone { return ledger.path }
            if let stage = stages.first, stages.allSatisfy(\.isGone) { return stage.path }
            try? await Task.sleep(for: .seconds(1))
        }
        return nil
    }
}

internal import PromotionCore

/// What speaks for the release on screen. It is asked for when its view opens, and never part of the board.
extension ConsoleState {
    /// The answer to the last question of this kind.
    struct ShownPapers: Sendable {
        /// How far the question has come.
        enum Phase: Sendable {
            case asked
            case read(ReleasePapers)
            case failed(SafeText)
        }

        let service: ServiceName
        let digest: Digest
        var phase = Phase.asked
    }

    /// Asks what speaks for a release; what an earlier question found is forgotten.
    mutating func requestPapers(of digest: Digest, in service: ServiceName) {
        papers = nil
        guard link == .connected else { return }
        let purpose = Purpose.papers(service, digest)
        ask(.papers(service: service, digest: digest), for: purpose)
        if asked.values.contains(purpose) { papers = ShownPapers(service: service, digest: digest) }
    }

    /// Takes the answer, where it is still the one that was asked for.
    mutating func show(_ phase: ShownPapers.Phase, for purpose: Purpose) {
        guard case .papers(let service, let digest) = purpose, papers?.service == service, papers?.digest == digest else {
            return
        }
        papers?.phase = phase
    }
}

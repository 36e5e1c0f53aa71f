internal import PromotionCore

/// What a command's exit status tells a script.
enum ExitStatus: Int32 {
    case done = 0
    case broke = 1
    case usage = 2
    case refused = 3
    /// The promotion failed; what serves is what served before.
    case failed = 4
    case unknown = 5
    case stillRunning = 6
    case notPermitted = 7

    /// The status of a promotion as it stands; nil while it goes on by itself.
    init?(_ promotion: Promotion) {
        switch (promotion.state, promotion.plan.kind) {
        case (.ended(.succeeded), _), (.ended(.rolledBack), .rollback): self = .done
        // It was not undone: what serves is the release that failed, or nobody knows what.
        case (.ended(.failed), _) where promotion.isCommitted || promotion.plan.kind == .rollback: self = .unknown
        case (.ended(.rolledBack), .promotion), (.ended(.failed), _), (.ended(.cancelled), _), (.ended(.expired), _),
            (.ended(.superseded), _):
            self = .failed
        case (.ended(.rejected), _): self = .refused
        case (.ended(.rolledBackUnverified), _), (.rollbackFailed, _): self = .unknown
        default: return nil
        }
    }
}

/// The end of a command that is not a success, with its words for stderr.
struct Ended: Error {
    let status: ExitStatus
    let words: String?

    init(_ status: ExitStatus, _ words: String? = nil) {
        self.status = status
        self.words = words
    }
}

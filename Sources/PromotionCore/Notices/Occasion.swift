/// What people want to hear of without looking.
package enum Occasion: String, Hashable, Sendable, Codable, CaseIterable {
    case failed
    case rolledBack = "rolled-back"
    /// An alarm: somebody has to act now.
    case rollbackFailed = "rollback-failed"
    /// A promotion waits for a person's word: an approval, a decision, the end of a hold.
    case waiting
    /// A person is called for what no rule of an environment can settle.
    case called
    case succeeded

    /// The occasion that a promotion gives when it comes from one state into another; nil where it gives none.
    init?(_ promotion: Promotion, from before: PromotionState) {
        guard promotion.state != before else { return nil }
        switch promotion.state {
        case .ended(.failed), .ended(.expired): self = .failed
        case .ended(.rolledBack), .ended(.rolledBackUnverified): self = .rolledBack
        case .ended(.succeeded): self = .succeeded
        case .rollbackFailed: self = .rollbackFailed
        case .inconclusive, .awaitingApproval, .stalled, .paused: self = .waiting
        case .readyToSwitch where promotion.plan.switching == .manual: self = .waiting
        default: return nil
        }
    }
}

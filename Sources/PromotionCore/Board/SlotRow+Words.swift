extension SlotRow.Drift {
    /// The difference in words.
    package var sentence: SafeText {
        switch self {
        case .slot(let expected, let observed): "runs \(observed.short()), the ledger put \(expected.short()) there"
        case .pointer(let tag, let expected, let observed):
            "tag \(tag) names \(observed?.short() ?? "nothing"), the ledger put \(expected.short()) there"
        case .routing(let expected, let observed):
            "traffic goes to \(observed?.text ?? "several slots"), the ledger sent it to \(expected)"
        case .front(let expected, let observed):
            "users are answered by \(observed.short()), the ledger put \(expected.short()) there"
        }
    }
}

extension SlotObservation.Health {
    /// The health in one word.
    package var word: String {
        switch self {
        case .empty: "empty"
        case .starting: "starting"
        case .healthy: "healthy"
        case .unhealthy: "unhealthy"
        case .unknown: "unknown"
        }
    }

    /// The health in words, with what is known of the cause.
    package var sentence: SafeText {
        switch self {
        case .empty, .starting, .healthy: "\(word)"
        case .unhealthy(let reason), .unknown(let reason): "\(word): \(reason)"
        }
    }
}

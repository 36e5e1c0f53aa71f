package import PromotionCore

/// When a request is sent again, and after which pause.
package struct RetryRule: Hashable, Sendable {
    let limits: RegistryLimits

    package init(_ limits: RegistryLimits) { self.limits = limits }

    /// What becomes of a request.
    package enum Decision: Hashable, Sendable {
        case giveUp
        case again(after: Milliseconds)
    }

    /// - Parameters:
    ///   - attempt: tries so far, from 1.
    ///   - isRepeatable: whether it may be sent again when nobody knows whether it was carried out.
    ///   - chance: from 0 to 1; spreads the tries of many clients.
    package func decide(after error: RegistryError, attempt: Int, isRepeatable: Bool, chance: Double) -> Decision {
        guard attempt < limits.tries, isRepeatable else { return .giveUp }
        let span = limits.pause.count << min(attempt - 1, 10)
        let pause = Milliseconds(max(1, Int64(Double(span) * (0.5 + chance / 2))))
        switch error {
        case .limited(let wait?, _): return wait <= limits.wait ? .again(after: max(wait, pause)) : .giveUp
        case .limited(nil, _), .serverError, .unauthorizedBody: return .again(after: pause)
        case .noAnswer(let problem): return Self.isPassing(problem) ? .again(after: pause) : .giveUp
        default: return .giveUp
        }
    }

    /// A slow answer was waited for long enough, and a wrong name or certificate stays wrong.
    private static func isPassing(_ problem: HTTPFailure.Problem) -> Bool {
        switch problem {
        case .connection(let words): !words.text.contains("certificate") && !words.text.contains("TLS")
        case .closedEarly, .other: true
        case .proxy(let words): !words.text.contains("name")
        case .late, .unknownHost, .notHTTP, .tooLong, .notAURL, .cancelled: false
        }
    }
}

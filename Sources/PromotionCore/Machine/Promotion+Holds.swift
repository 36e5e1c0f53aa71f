extension Promotion {
    /// Times that a promotion can be held.
    package static let pauseLimit = 3
    /// Times that failed steps of a promotion can be tried again.
    package static let retryLimit = 3

    /// Somebody holds it where it waits or watches. What changes the world is not held: it comes to its end first.
    mutating func pause(_ reason: SafeText, by person: Account, at now: Timestamp) throws(PromotionFault) {
        switch state {
        case .readyToSwitch, .analysing, .baking: break
        case .paused: throw .impossible(request: "pause", state: state.words, remedy: "it is held already")
        default:
            throw .impossible(
                request: "pause", state: state.words, remedy: "it can be held while ready to switch, analysing or baking")
        }
        guard pauses < Self.pauseLimit else {
            throw .impossible(
                request: "pause", state: state.words, remedy: "it was held \(pauses) times; go on, abort or roll back")
        }
        pauses += 1
        enter(.paused(from: state), at: now)
        pause = Pause(by: person, reason: reason)
    }

    /// It goes on where it was held, measured anew.
    mutating func resume(at now: Timestamp) throws(PromotionFault) {
        guard case .paused(let origin) = state else {
            throw .impossible(request: "resume", state: state.words, remedy: "it is not held")
        }
        enter(origin, at: now)
    }

    /// A failed step is tried once more: a deploy that broke, or the checks that nobody could tell from.
    mutating func retry(at now: Timestamp) throws(PromotionFault) {
        let again: PromotionState
        switch state {
        case .stalled: again = .deployingIdle
        case .inconclusive(.baseline): again = .preparing
        case .inconclusive(.idle), .inconclusive(.ready): again = .verifyingIdle
        case .inconclusive(.step): again = .analysing(step)
        case .inconclusive(.live): again = .verifyingLive
        case .inconclusive(.bake): again = .baking
        case .inconclusive(.closing): again = .closing
        default: throw .impossible(request: "retry", state: state.words, remedy: "no step of it has failed")
        }
        guard retries < Self.retryLimit else {
            throw .impossible(
                request: "retry", state: state.words, remedy: "it was tried again \(retries) times; go on, abort or roll back")
        }
        retries += 1
        failure = nil
        enter(again, at: now)
    }
}

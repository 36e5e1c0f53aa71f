package import PromotionCore

/// One thing that happens in an episode because somebody, or chance, decides it.
package enum Decision: Hashable, Sendable, CustomStringConvertible {
    case person(Person, Deed)
    case time(Milliseconds)
    /// So many pieces of work get done; what comes next comes between two of them.
    case work(Int)
    /// Nothing of a place answers for a time.
    case outage(Place, Milliseconds)
    /// Waits until the next promotion of a place comes to a moment, and happens then.
    case when(Place, Moment, Happening)
    /// The agent dies where it stands; another starts.
    case crash
    /// The agent ends in order; another starts.
    case restart
    /// Somebody starts a second agent.
    case secondAgent
    /// Another agent takes over from one that only seems dead.
    case takeOver

    /// What can wait for its moment.
    package enum Happening: Hashable, Sendable, CustomStringConvertible {
        case trouble(Trouble, Milliseconds)
        case person(Person, Deed)
        case crash
        case takeOver

        package var description: String {
            switch self {
            case .trouble(let trouble, let time): "for \(time) \(trouble.rawValue)"
            case .person(let person, let deed): "\(person.rawValue) \(deed)"
            case .crash: "the agent dies, another starts"
            case .takeOver: "another agent takes over while the first goes on"
            }
        }
    }

    /// A moment in a promotion: it comes to a state.
    package struct Moment: Hashable, Sendable, CustomStringConvertible {
        /// The state as people read it.
        let state: String

        package var description: String { state }

        /// Every state that something can happen in.
        static let all = [
            "blocked", "awaiting approval", "queued", "preparing", "deploying idle", "stalled", "verifying idle",
            "ready to switch", "stepping", "analysing", "switching", "verifying live", "baking", "closing", "paused",
            "inconclusive", "aborting", "rolling back", "verifying rollback", "indeterminate", "rollback failed",
        ].map(Moment.init)
    }

    package var description: String {
        switch self {
        case .person(let person, let deed): "\(person.rawValue) \(deed)"
        case .time(let time): "\(time) go by"
        case .work(let count): "\(count) pieces of work get done"
        case .outage(let place, let time): "nothing of \(place) answers for \(time)"
        case .when(let place, let moment, let happening): "as soon as \(place) is \(moment): \(happening)"
        case .crash: "the agent dies, another starts"
        case .restart: "the agent is restarted"
        case .secondAgent: "somebody starts a second agent"
        case .takeOver: "another agent takes over while the first goes on"
        }
    }
}

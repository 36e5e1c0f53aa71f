internal import Fixtures
package import PromotionCore

/// One thing that happens in an episode because somebody, or chance, decides it.
package enum Decision: Hashable, Sendable, CustomStringConvertible {
    case person(Person, Deed)
    case time(Milliseconds)
    /// So many pieces of work get done; what comes next comes between two of them.
    case work(Int)
    /// Nothing of a place answers for a time.
    case outage(Place, Milliseconds)
    /// The agent dies where it stands; another starts.
    case crash
    /// The agent ends in order; another starts.
    case restart
    /// Somebody starts a second agent.
    case secondAgent
    /// Another agent takes over from one that only seems dead.
    case takeOver

    package var description: String {
        switch self {
        case .person(let person, let deed): "\(person.rawValue) \(deed)"
        case .time(let time): "\(time) go by"
        case .work(let count): "\(count) pieces of work get done"
        case .outage(let place, let time): "nothing of \(place) answers for \(time)"
        case .crash: "the agent dies, another starts"
        case .restart: "the agent is restarted"
        case .secondAgent: "somebody starts a second agent"
        case .takeOver: "another agent takes over while the first goes on"
        }
    }
}

/// Somebody with a key to press.
package enum Person: String, Hashable, Sendable, CaseIterable {
    case alice, bob, carol, ci

    var account: Account {
        self == .alice
            ? Fixtures.alice
            : Account(name: SafeText(rawValue), proof: .socket(userID: UInt32(rawValue.utf8.count)), host: "bastion-1")
    }
}

/// What a person asks for.
package enum Deed: Hashable, Sendable, CustomStringConvertible {
    case promote(release: Int, to: Place, PromotionRequest.WhenUnmet)
    /// Confirms a plan that was never shown.
    case promoteUnseen(release: Int, to: Place)
    case addEvidence(release: Int, at: Place, isWhole: Bool)
    case rollBack(Place)
    case abort(Place)
    case goOn(Place)
    case pause(Place)
    case resume(Place)
    case retry(Place)
    /// Does what the state of the promotion there asks a person for: one of the answers that it takes.
    case attend(Place, choice: Int)
    case liftVeto(release: Int, at: Place)

    package var description: String {
        switch self {
        case .promote(let release, let place, .refuse): "promotes release \(release) to \(place)"
        case .promote(let release, let place, .wait): "promotes release \(release) to \(place) as soon as it may"
        case .promoteUnseen(let release, let place): "confirms a plan nobody has seen for release \(release) to \(place)"
        case .addEvidence(let release, let place, let isWhole):
            "records that release \(release) \(isWhole ? "passed" : "failed") in \(place)"
        case .rollBack(let place): "rolls \(place) back"
        case .abort(let place): "aborts what runs in \(place)"
        case .goOn(let place): "lets what waits in \(place) go on"
        case .pause(let place): "holds what runs in \(place)"
        case .resume(let place): "ends the hold in \(place)"
        case .retry(let place): "has the failed step in \(place) tried again"
        case .attend(let place, _): "looks after what waits in \(place)"
        case .liftVeto(let release, let place): "lifts the veto on release \(release) in \(place)"
        }
    }
}

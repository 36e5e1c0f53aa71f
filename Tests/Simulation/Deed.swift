internal import Fixtures
package import PromotionCore

/// Somebody with a key to press.
package enum Person: String, Hashable, Sendable, CaseIterable {
    case alice, bob, carol, ci

    var account: Account {
        self == .alice
            ? Fixtures.alice
            : Account(name: SafeText(rawValue), proof: .socket(userID: UInt32(1_000 + position)), host: "bastion-1")
    }

    /// What each may do: no two the same.
    var grant: Grant {
        switch self {
        case .alice: Grant(.operator)
        case .bob: Grant(.approver)
        case .carol: Grant(.admin)
        case .ci: Grant(.ci)
        }
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a person asks for.
package enum Deed: Hashable, Sendable, CustomStringConvertible {
    case promote(release: Int, to: Place, PromotionRequest.WhenUnmet)
    /// Promotes what a text names: the first digits of a release's digest, which may be a tag as well.
    case promoteNamed(release: Int, digits: Int, to: Place)
    /// CI pushes the tag of a release again, with another image.
    case pushAgain(release: Int)
    /// Confirms a plan that was never shown.
    case promoteUnseen(release: Int, to: Place)
    case addEvidence(release: Int, at: Place, isWhole: Bool)
    /// Orders one of the offers, or another goal, with a veto or without.
    case rollBack(Place, choice: Int)
    /// Looks at the offers, and orders one of them some time later.
    case rollBackSlowly(Place, choice: Int, after: Milliseconds)
    /// Takes the newest rollback back.
    case undoRollback(Place)
    case abort(Place)
    case goOn(Place)
    case pause(Place)
    case resume(Place)
    case retry(Place)
    /// Does what the state of the promotion there asks a person for: one of the answers that it takes.
    case attend(Place, choice: Int)
    case liftVeto(release: Int, at: Place)
    case rule(Ruling, at: Place)
    /// Promotes a release of each service to an environment, as one.
    case promoteJointly(releases: [Int], to: EnvironmentName)
    /// Takes the newest joint release back.
    case undoJoint

    package var description: String {
        switch self {
        case .promote(let release, let place, .refuse): "promotes release \(release) to \(place)"
        case .promote(let release, let place, .wait): "promotes release \(release) to \(place) as soon as it may"
        case .promoteNamed(let release, let digits, let place):
            "promotes to \(place) what the first \(digits) digits of release \(release) name"
        case .pushAgain(let release): "pushes the tag of release \(release) again, with another image"
        case .promoteUnseen(let release, let place): "confirms a plan nobody has seen for release \(release) to \(place)"
        case .addEvidence(let release, let place, let isWhole):
            "records that release \(release) \(isWhole ? "passed" : "failed") in \(place)"
        case .rollBack(let place, let choice): "orders offer \(choice) of a rollback in \(place)"
        case .rollBackSlowly(let place, let choice, let time):
            "looks at the offers of a rollback in \(place), and orders offer \(choice) after \(time)"
        case .undoRollback(let place): "undoes the rollback in \(place)"
        case .abort(let place): "aborts what runs in \(place)"
        case .goOn(let place): "lets what waits in \(place) go on"
        case .pause(let place): "holds what runs in \(place)"
        case .resume(let place): "ends the hold in \(place)"
        case .retry(let place): "has the failed step in \(place) tried again"
        case .attend(let place, _): "looks after what waits in \(place)"
        case .liftVeto(let release, let place): "lifts the veto on release \(release) in \(place)"
        case .rule(let ruling, let place): "\(ruling), in \(place)"
        case .promoteJointly(let releases, let name): "promotes releases \(releases) to \(name) as one"
        case .undoJoint: "takes the newest joint release back"
        }
    }
}

/// What a person decides by hand about an environment.
package enum Ruling: Hashable, Sendable, CustomStringConvertible {
    case approve
    case reject
    case veto(release: Int)
    case pin
    case unpin
    case freeze(Milliseconds)
    case unfreeze
    case override(OverridableGate, release: Int, Milliseconds)
    /// Settles the oldest debt.
    case closeOverride
    case lock(Milliseconds)
    /// Takes over what somebody else held for too long.
    case takeLock(Milliseconds)
    case unlock
    case stopAutomation
    case letAutomationGo
    /// Runs the checks again on what serves.
    case verify
    /// Takes what the pointer names for what it shall name.
    case adoptPointer

    package var description: String {
        switch self {
        case .approve: "approves what waits"
        case .reject: "rejects what waits"
        case .veto(let release): "vetoes release \(release)"
        case .pin: "pins what serves"
        case .unpin: "unpins"
        case .freeze(let time): "freezes everything for \(time)"
        case .unfreeze: "lifts the freeze"
        case .override(let gate, let release, let time): "opens gate \(gate.rawValue) for release \(release) for \(time)"
        case .closeOverride: "closes an override"
        case .lock(let time): "holds it for \(time)"
        case .takeLock(let time): "takes the lease over for \(time)"
        case .unlock: "gives the lease back"
        case .stopAutomation: "stops the automation"
        case .letAutomationGo: "lets the automation go on"
        case .verify: "runs the checks again"
        case .adoptPointer: "takes what the pointer names for right"
        }
    }
}

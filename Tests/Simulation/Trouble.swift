internal import Fixtures
internal import PromotionCore

/// What can be wrong with one environment for a time, from a moment on that was chosen for it.
package enum Trouble: String, Hashable, Sendable, CaseIterable {
    case outage = "nothing answers"
    case switchBreaks = "the switch answers, and moves nothing"
    case targetBreaks = "the target answers, and changes nothing"
    case changesAreRefused = "every change is refused"
    case changesLinger = "every change takes half a minute"
    case instancesAreMute = "no instance says what it runs"
    case probesFail = "every probe is answered badly"
    case probesAreLost = "no probe is answered"
    case trafficIsAway = "no slot has any traffic to measure"
    case leasesAreSilent = "the store of leases does not answer"
    case tagsAreMoved = "a stranger moves every tag before the agent does"
    case tagsAreRefused = "the registry refuses to move any tag"
    case strangerAnswers = "every probe is answered by a third release"
    case namesAreSilent = "the registry does not say what a version tag names"

    /// Those that chance draws; the rest come where a story wants them.
    static let drawn = allCases.filter { $0 != .strangerAnswers && $0 != .namesAreSilent }
}

extension World {
    /// Something that waits for its moment.
    struct Ambush: Sendable {
        let place: Place
        let moment: Decision.Moment
        let happening: Decision.Happening
    }
}

extension World.State {
    /// Whether a place has a trouble now.
    func has(_ trouble: Trouble, _ place: Place?, _ now: Timestamp) -> Bool {
        place.flatMap { troubles[$0]?[trouble] }.map { $0 > now } ?? false
    }

    /// Lets happen what has waited for this moment.
    mutating func spring(_ promotion: Promotion, _ now: Timestamp) {
        let (place, state) = (promotion.plan.place, promotion.state.words)
        guard let index = ambushes.firstIndex(where: { $0.place == place && $0.moment.state == state }) else { return }
        let ambush = ambushes.remove(at: index)
        story?.append("\(now.clock) \(place): \(ambush.happening)")
        switch ambush.happening {
        case .trouble(let trouble, let time): begin(trouble, at: place, until: now + time)
        case .person, .crash, .takeOver: due.append(ambush.happening)
        }
    }

    /// Whether a tag is owed that is moved by itself before long.
    var owesTags: Bool {
        guard !witness.hasStranger else { return false }
        return witness.projection.services.contains { service, told in
            told.environments.contains { name, environment in
                told.active(in: name) == nil && environment.dueSlot != nil
                    || told.active(in: name) == nil
                        && environment.owed[Tag(pointerOf: name)].map { $0.digest == environment.serving?.release.digest }
                            ?? false
            }
        }
    }

    mutating func begin(_ trouble: Trouble, at place: Place, until end: Timestamp) {
        struck[trouble, default: 0] += 1
        troubles[place, default: [:]][trouble] = end
        if trouble == .outage { outages[place] = end }
    }

    /// Why a call does not get through to a place; nil where it does.
    func obstacle(to verb: World.Verb, at place: Place?, _ now: Timestamp) -> Fault? {
        guard let place else { return nil }
        if let end = outages[place], end > now { return Fault(.broke, "\(place) does not answer") }
        guard troubles[place] != nil else { return nil }
        switch verb {
        case .route where has(.switchBreaks, place, now): return Fault(.broke, "the switch did nothing")
        case .run, .stop:
            if has(.targetBreaks, place, now) { return Fault(.broke, "the target did nothing") }
            return has(.changesAreRefused, place, now) ? Fault(.refused, "no change is allowed") : nil
        case .route where has(.changesAreRefused, place, now): return Fault(.refused, "no change is allowed")
        case .sample where has(.probesAreLost, place, now): return Fault(.broke, "no answer")
        default: return nil
        }
    }
}

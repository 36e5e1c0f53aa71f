/// What the automation of an environment does or waits for, as screens show it.
package struct AutomationOutlook: Hashable, Sendable, Codable {
    /// The newest release that it thinks of; nil where there is none.
    package let digest: Digest?
    package let decision: Automation.Decision
    /// Since when that has been so.
    package let since: Timestamp
    /// Since when it has been kept only by what does not answer.
    package let silentSince: Timestamp?

    package init(digest: Digest?, decision: Automation.Decision, since: Timestamp, silentSince: Timestamp?) {
        self.digest = digest
        self.decision = decision
        self.since = since
        self.silentSince = silentSince
    }

    /// In words: `waits until 14:03: soak in staging`.
    package var words: SafeText {
        switch decision {
        case .start(_, let reason): "starts; \(reason)"
        case .wait(let until?, let reason): "waits until \(until.hourAndMinute): \(reason)"
        case .wait(nil, let reason): "waits: \(reason)"
        case .rest(let reason): "done: \(reason)"
        case .stop(_, let reason): "stops: \(reason)"
        case .call(let call): "calls for \(call.role.rawValue), \(call.kind.rawValue): \(call.reason)"
        }
    }
}

extension Board {
    /// Environments that are promoted automatically, in the order of the paths.
    package var automatedPlaces: [Place] {
        services.flatMap { service in
            service.path.filter { $0.policy.promotion == .automatic }.map { Place(service.name, $0.name) }
        }
    }

    /// The call that the loss of every way back asks for; `nil` while there is one, or never was. Unknown while a look that
    /// would tell fails: nobody is called then, and no call is closed.
    package func wayBackCall(at place: Place) -> Reading<Call?> {
        let ledger = projection.services[place.service]
        let seen = seen(at: place)
        guard let there = ledger?.environments[place.environment], there.serving != nil,
            let lost = ledger?.rollbackGoals(of: place.environment, live: seen.live(else: there.live)).first
        else { return .known(nil, at: seen.at) }
        switch rollback(of: place) {
        case .warm, .cold, .unknown(.some, _, _): return .known(nil, at: seen.at)
        case .unknown(nil, let cause, let since): return .unknown(cause, since: since)
        case .none(let reason):
            let call = Call(
                .wayBack, digest: lost.digest, "\(place.environment) has no way back: \(reason)",
                remedy: "push \(lost.digest.short()) again, and hold it against retention", role: .operator)
            return .known(call, at: seen.at)
        }
    }

    /// The call that a tag asks for which cannot be moved to what serves; `nil` while no such tag is owed.
    package func pointerCall(at place: Place) -> Call? {
        let debts = projection.services[place.service]?.environments[place.environment]?.debts ?? []
        guard let environment = service(place.service)?.environment(place.environment),
            let first = debts.first(where: { $0.cause != .waits }),
            let remedy = first.remedy(among: environment.pointerTags)
        else { return nil }
        return Call(.pointer, digest: first.digest, first.words, remedy: remedy, role: .operator)
    }

    /// Calls that nobody has answered, of all environments, oldest first.
    package var openCalls: [(place: Place, call: OpenCall)] {
        services.flatMap { service in
            service.path.flatMap { environment in
                let calls = projection.services[service.name]?.environments[environment.name]?.automation.calls ?? []
                return calls.map { (place: Place(service.name, environment.name), call: $0) }
            }
        }.sorted { $0.call.since < $1.call.since }
    }

    /// The lease of a place: of the promotion under way, else held by hand, expired or not.
    package func lease(of place: Place) -> Lease? {
        let ledger = projection.services[place.service]
        return ledger?.active(in: place.environment)?.lease ?? ledger?.environments[place.environment]?.lease
    }
}

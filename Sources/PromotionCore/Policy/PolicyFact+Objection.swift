extension PolicyFact {
    /// The longest that a freeze by hand or an override may last.
    package static let longest = Milliseconds.minutes(90 * 24 * 60)

    /// Why a decision is not taken as things are; nil where it is.
    /// - Parameter place: the environment that it concerns; nil for a freeze.
    package func objection(
        at place: Place?, reason: SafeText, in projection: Projection, services: [Service], now: Timestamp
    ) -> Objection? {
        if let objection = Reason.objection(to: reason) { return objection }
        if let place, services.first(where: { $0.name == place.service })?.environment(place.environment) == nil {
            return Objection(.unknownPlace, "there is no \(place)", remedy: "see baton status")
        }
        let environment = place.flatMap { projection.services[$0.service]?.environments[$0.environment] }
        switch self {
        case .vetoed(let digest, _):
            let vetoes = environment?.vetoes ?? []
            guard let veto = vetoes.last(where: { $0.digest == digest }) else {
                guard vetoes.count(where: { $0.promotion == nil }) >= EnvironmentProjection.vetoLimit else { return nil }
                return Objection(
                    .changed, "\(EnvironmentProjection.vetoLimit) vetoes set by hand stand here, and no more are taken",
                    remedy: "lift one that is no longer needed: baton veto lift")
            }
            return Objection(.changed, "\(digest.short()) has a veto already: \(veto.reason)", remedy: "there is nothing to do")
        case .pinned: return nil
        case .unpinned:
            guard environment?.pin == nil else { return nil }
            return Objection(.changed, "\(place.map { "\($0)" } ?? "it") is not pinned", remedy: "see baton status")
        case .frozen(let scope, let until, _): return freezing(scope, until, projection, services, now)
        case .thawed(let scope, _):
            guard !projection.freezes.contains(where: { $0.scope == scope && $0.until > now }) else { return nil }
            return Objection(
                .changed, "no freeze by hand covers exactly \(scope)",
                remedy: "baton status lists those in force; what the configuration freezes, only an override lets through")
        case .overridden(let request): return overriding(request, environment, now)
        case .overrideClosed(let number, _):
            guard !(environment?.overrides.contains { $0.number == number } ?? false) else { return nil }
            return Objection(.changed, "override \(number) is not open", remedy: "baton status lists those that are")
        case .denied: return nil
        }
    }

    private func freezing(
        _ scope: FreezeScope, _ until: Timestamp, _ projection: Projection, _ services: [Service], _ now: Timestamp
    ) -> Objection? {
        let covered = services.contains { service in
            (scope.service ?? service.name) == service.name
                && (scope.environment == nil || service.path.contains { $0.name == scope.environment })
        }
        guard covered else {
            return Objection(.unknownPlace, "\(scope) is nothing that is configured", remedy: "see baton status")
        }
        if let objection = Self.period(until, now) { return objection }
        guard projection.freezes.count(where: { $0.until > now && $0.scope != scope }) < Projection.freezeLimit else {
            return Objection(
                .changed, "\(Projection.freezeLimit) freezes are in force", remedy: "lift one, or freeze all at once")
        }
        return nil
    }

    private func overriding(_ request: OverrideRequest, _ environment: EnvironmentProjection?, _ now: Timestamp) -> Objection? {
        if let objection = Self.period(request.expires, now) { return objection }
        let open = environment?.overrides ?? []
        if let same = open.last(where: { $0.gate == request.gate && $0.digest == request.digest && now < $0.expires }) {
            return Objection(
                .changed, "override \(same.number) opens \(same.gate.rawValue) for it until \(same.expires)",
                remedy: "close it first: baton override close \(same.number)")
        }
        guard open.count < EnvironmentProjection.overrideLimit else {
            return Objection(
                .changed, "\(open.count) overrides are open here", remedy: "settle some of that debt: baton override close")
        }
        return nil
    }

    private static func period(_ end: Timestamp, _ now: Timestamp) -> Objection? {
        guard end > now else { return Objection(.changed, "\(end) is past", remedy: "name a time to come") }
        guard end <= now + longest else {
            return Objection(.changed, "\(end) is more than \(longest) away", remedy: "name an earlier end; it can be set again")
        }
        return nil
    }
}

extension Projection {
    /// The environment in which an override is open; nil where none of this number is.
    package func place(ofOverride number: Int64) -> Place? {
        for (service, ledger) in services {
            for (environment, known) in ledger.environments where known.overrides.contains(where: { $0.number == number }) {
                return Place(service, environment)
            }
        }
        return nil
    }
}

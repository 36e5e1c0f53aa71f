/// A freeze that somebody put on by hand.
package struct Freeze: Hashable, Sendable, Codable {
    package let scope: FreezeScope
    package let since: Timestamp
    package let until: Timestamp
    package let by: Account
    package let reason: SafeText

    package init(scope: FreezeScope, since: Timestamp, until: Timestamp, by: Account, reason: SafeText) {
        self.scope = scope
        self.since = since
        self.until = until
        self.by = by
        self.reason = reason
    }
}

/// What a freeze by hand covers.
package struct FreezeScope: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Nil for every service.
    package let service: ServiceName?
    /// Nil for every environment.
    package let environment: EnvironmentName?

    package init(service: ServiceName? = nil, environment: EnvironmentName? = nil) {
        self.service = service
        self.environment = environment
    }

    /// Whether a place is part of it.
    package func covers(_ place: Place) -> Bool {
        (service ?? place.service) == place.service && (environment ?? place.environment) == place.environment
    }

    package var description: String {
        switch (service, environment) {
        case (nil, nil): "everything"
        case (let service?, nil): "every environment of \(service)"
        case (nil, let environment?): "\(environment) of every service"
        case (let service?, let environment?): "\(service) \(environment)"
        }
    }
}

/// A freeze that is in force, from wherever it comes.
package struct FreezeInForce: Hashable, Sendable {
    package let reason: SafeText
    /// Nil where no end can be told.
    package let until: Timestamp?
    /// Who put it on; nil for the configuration.
    package let by: Account?
}

/// Every freeze that may concern an environment.
package struct Freezes: Hashable, Sendable {
    package let rules: [FreezeRule]
    package let byHand: [Freeze]

    package init(rules: [FreezeRule], byHand: [Freeze]) {
        self.rules = rules
        self.byHand = byHand
    }

    /// The freezes in force at a moment, the one that ends last in front.
    package func inForce(at moment: Timestamp) -> [FreezeInForce] {
        let ruled = rules.compactMap { rule -> FreezeInForce? in
            guard case .frozen(let until) = rule.state(at: moment) else { return nil }
            return FreezeInForce(reason: rule.name, until: until, by: nil)
        }
        // What was put is in force, also where the wall clock was set back to before that.
        let put = byHand.filter { moment < $0.until }
            .map { FreezeInForce(reason: $0.reason, until: $0.until, by: $0.by) }
        return (ruled + put).sorted { left, right in
            guard let right = right.until else { return false }
            return left.until.map { $0 > right } ?? true
        }
    }

    /// Freezes that follow one another are followed this far.
    private static let chainLimit = 50

    /// The first moment from one on at which nothing is frozen; nil where none can be told.
    package func firstThaw(from moment: Timestamp) -> Timestamp? {
        var thaw = moment
        for _ in 0..<Self.chainLimit {
            guard let last = inForce(at: thaw).first else { return thaw }
            guard let until = last.until, until > thaw else { return nil }
            thaw = until
        }
        return nil
    }

    /// How far ahead the next freeze is looked for.
    private static let outlookDays = 14

    /// When the next freeze begins, as far as can be told for the next days.
    package func nextBegin(after moment: Timestamp) -> Timestamp? {
        let ruled = rules.compactMap { $0.nextBegin(after: moment, withinDays: Self.outlookDays) }
        return (ruled + byHand.map(\.since).filter { $0 > moment }).min()
    }
}

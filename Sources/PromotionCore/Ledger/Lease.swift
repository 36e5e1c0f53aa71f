/// The right to change one environment for a time.
package struct Lease: Hashable, Sendable, Codable {
    package let place: Place
    package let holder: LeaseHolder
    package let fence: Fence
    package let since: Timestamp
    package let expires: Timestamp
    /// When it expires on the boot clock of the host that took it; `nil` for one that goes by the wall clock.
    package let bootExpiry: BootTime?

    package init(
        place: Place, holder: LeaseHolder, fence: Fence, since: Timestamp, expires: Timestamp, bootExpiry: BootTime? = nil
    ) {
        self.bootExpiry = bootExpiry
        self.place = place
        self.holder = holder
        self.fence = fence
        self.since = since
        self.expires = expires
    }
}

extension Lease {
    /// Whether it keeps others out: by the boot clock on the host that took it, else by the wall clock.
    package func holds(at now: ClockReading) -> Bool { now.wall < asSeen(at: now).expires }

    /// The lease with the wall time at which it expires, as the clocks are now.
    package func asSeen(at now: ClockReading) -> Lease {
        guard let bootExpiry, let left = bootExpiry.since(now.boot) else { return self }
        return Lease(
            place: place, holder: holder, fence: fence, since: since, expires: now.wall + left, bootExpiry: bootExpiry)
    }

    /// The lease with another expiry, on the clock that it goes by.
    package func renewed(for term: Milliseconds, at now: ClockReading) -> Lease {
        Lease(
            place: place, holder: holder, fence: fence, since: since, expires: now.wall + term,
            bootExpiry: bootExpiry == nil ? nil : now.boot + term)
    }
}

/// The clock that a lease goes by.
package enum LeaseClock: Hashable, Sendable {
    /// The wall clock: a person holds it, and was told until what time.
    case wall
    /// The boot clock, on the host that took it: it is renewed again and again.
    case boot
}

/// Who holds a lease, and why.
package struct LeaseHolder: Hashable, Sendable, Codable {
    package let owner: Account
    /// One running agent; a restarted agent is another session.
    package let session: String
    /// The promotion it is held for; nil when held by hand.
    package let promotion: PromotionNumber?
    package let reason: SafeText

    package init(owner: Account, session: String, promotion: PromotionNumber?, reason: SafeText) {
        self.owner = owner
        self.session = session
        self.promotion = promotion
        self.reason = reason
    }
}

/// What asking for a lease came to.
package enum LeaseAnswer: Hashable, Sendable, Codable {
    case taken(Lease)
    case held(Lease)
}

/// Keeps leases; fences of one place only grow, also over restarts.
package protocol LeaseStore: Sendable {
    /// Takes the lease of a place if it is free, expired, or held for the same promotion (a promotion that goes on after a
    /// crash takes its own lease again, with a higher fence).
    /// - Parameters:
    ///   - term: how long it lasts without being renewed.
    ///   - clock: the clock that it goes by from then on.
    func take(
        _ place: Place, for holder: LeaseHolder, lasting term: Milliseconds, now: ClockReading, on clock: LeaseClock
    ) async throws(Fault) -> LeaseAnswer
    /// Moves the expiry of a lease that is still this one.
    /// - Throws: `Fault.refused` when another fence holds the place by now.
    func renew(_ lease: Lease, lasting term: Milliseconds, now: ClockReading) async throws(Fault) -> Lease
    /// Gives a lease back; giving back one that is gone already is no error.
    func release(_ lease: Lease) async throws(Fault)
    /// The lease on a place, expired or not; nil where it is free.
    func current(_ place: Place) async throws(Fault) -> Lease?
}

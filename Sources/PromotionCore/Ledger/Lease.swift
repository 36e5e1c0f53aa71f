/// The right to change one environment for a time.
package struct Lease: Hashable, Sendable, Codable {
    package let place: Place
    package let holder: LeaseHolder
    package let fence: Fence
    package let since: Timestamp
    package let expires: Timestamp

    package init(place: Place, holder: LeaseHolder, fence: Fence, since: Timestamp, expires: Timestamp) {
        self.place = place
        self.holder = holder
        self.fence = fence
        self.since = since
        self.expires = expires
    }
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
    func take(
        _ place: Place, for holder: LeaseHolder, until expires: Timestamp, now: Timestamp
    ) async throws(Fault) -> LeaseAnswer
    /// Moves the expiry of a lease that is still this one.
    /// - Throws: `Fault.refused` when another fence holds the place by now.
    func renew(_ lease: Lease, until expires: Timestamp) async throws(Fault) -> Lease
    /// Gives a lease back; giving back one that is gone already is no error.
    func release(_ lease: Lease) async throws(Fault)
    /// The lease on a place, expired or not; nil where it is free.
    func current(_ place: Place) async throws(Fault) -> Lease?
}

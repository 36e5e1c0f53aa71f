internal import PromotionCore

/// The leases of every environment of every service of a repository, taken together or not at all.
struct RetentionLeases {
    private let store: any LeaseStore
    private let time: TimeSource
    private(set) var held: [Lease] = []
    /// When they were last renewed, on the boot clock.
    private var renewedAt: Milliseconds

    /// How long the leases last without being renewed.
    private static let length = Milliseconds.seconds(60)
    /// What has to be left of them before anything is changed.
    private static let margin = Milliseconds.seconds(15)

    /// Takes all of them, in order, trying each once.
    /// - Throws: `Fault.refused` with who holds one of them; none is held then.
    init(
        of ground: RetentionGround, holder: LeaseHolder, from store: any LeaseStore, _ time: TimeSource, after sequence: Int64
    ) async throws(Fault) {
        fence = Fence(sequence)
        self.store = store
        self.time = time
        renewedAt = time.elapsed
        do throws(Fault) {
            for place in ground.places { held.append(try await Self.take(place, holder, store, time)) }
        } catch {
            await giveBack()
            throw error
        }
    }

    private static func take(
        _ place: Place, _ holder: LeaseHolder, _ store: any LeaseStore, _ time: TimeSource
    ) async throws(Fault) -> Lease {
        if let other = try await store.current(place), other.holds(at: time.reading) {
            throw Fault(.refused, "\(place) is held by \(other.holder.owner): \(other.holder.reason)")
        }
        switch try await store.take(place, for: holder, lasting: length, now: time.reading, on: .boot) {
        case .taken(let lease): return lease
        case .held(let other): throw Fault(.refused, "\(place) is held by \(other.holder.owner): \(other.holder.reason)")
        }
    }

    /// What the registry is changed under: the ledger's last entry when they were taken. Unlike the number of a lease it only
    /// grows, whatever places a repository has by then.
    let fence: Fence

    /// Until when something may be done under leases as they are held, on the boot clock.
    struct Term: Sendable {
        /// Until when it may be begun: there is time left for its answer.
        let beginning: Milliseconds
        /// When what was begun and waits to be sent once more is given up; what is on its way by then arrives while they are held.
        let giving: Milliseconds
    }

    /// Changes a repository under them, as they are held now.
    func changes(of ground: RetentionGround) -> RetentionChanges {
        let end = held.isEmpty ? renewedAt : renewedAt + Self.length
        let term = Term(beginning: end + Milliseconds(-Self.margin.count), giving: end + Milliseconds(-Self.margin.count / 3))
        return RetentionChanges(ground: ground, time: time, fence: fence, term: term)
    }

    /// Proves that all of them are still held, and for long enough.
    /// - Throws: `Fault` where one is not.
    mutating func prove() async throws(Fault) {
        let now = time.reading
        if time.rest(of: Milliseconds(Self.length.count / 4), since: renewedAt) == .zero {
            for position in held.indices {
                held[position] = try await store.renew(held[position], lasting: Self.length, now: now)
            }
            renewedAt = now.boot.elapsed
        }
        for lease in held {
            guard let current = try await store.current(lease.place), current.fence == lease.fence,
                current.asSeen(at: time.reading).expires > time.now() + Self.margin
            else { throw Fault(.refused, "the lease of \(lease.place) is another's by now") }
        }
    }

    /// Gives all of them back.
    mutating func giveBack() async {
        for lease in held { try? await store.release(lease) }
        held = []
    }
}

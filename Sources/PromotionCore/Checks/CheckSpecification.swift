/// What a check asks, how often, and how many answers of which kind decide it.
package struct CheckSpecification: Hashable, Sendable, Codable {
    package let name: CheckName
    package let kind: Kind
    /// Gates that this check belongs to.
    package let gates: Set<Gate>
    /// Between the starts of two measurements.
    package let interval: Milliseconds
    /// Measurements that decide the check where it ends by itself.
    package let count: Int
    package let initialDelay: Milliseconds
    /// For one measurement.
    package let timeout: Milliseconds
    /// Failed measurements that are still let pass.
    package let failureLimit: Int
    package let inconclusiveLimit: Int
    /// Errors in a row that are still let pass.
    package let consecutiveErrorLimit: Int
    /// Measured and shown, never part of a verdict.
    package let observeOnly: Bool
    /// Passes in a row that it takes besides; 0 where they may come in any order.
    package let consecutiveSuccesses: Int
    /// What a gate comes to whose time is over while this check had no data to judge.
    package let onNoData: OnNoData

    /// Requests without which a signal says nothing.
    package let minimumSamples: Int

    /// What missing data leads to. It is never a pass.
    package enum OnNoData: String, Hashable, Sendable, Codable, CaseIterable {
        case inconclusive, fail
    }

    package init(
        name: CheckName, kind: Kind, gates: Set<Gate> = [.idle, .live], interval: Milliseconds = .seconds(1), count: Int = 5,
        initialDelay: Milliseconds = .zero, timeout: Milliseconds = .seconds(5), failureLimit: Int = 0,
        inconclusiveLimit: Int = 0, consecutiveErrorLimit: Int = 4, observeOnly: Bool = false,
        consecutiveSuccesses: Int = 0, onNoData: OnNoData = .inconclusive, minimumSamples: Int = 1
    ) {
        self.minimumSamples = minimumSamples
        self.consecutiveSuccesses = consecutiveSuccesses
        self.onNoData = onNoData
        self.name = name
        self.kind = kind
        self.gates = gates
        self.interval = interval
        self.count = count
        self.initialDelay = initialDelay
        self.timeout = timeout
        self.failureLimit = failureLimit
        self.inconclusiveLimit = inconclusiveLimit
        self.consecutiveErrorLimit = consecutiveErrorLimit
        self.observeOnly = observeOnly
    }

    /// The same check, asked after a rollback too if it is one of the live slot that needs no traffic.
    var verifyingRollbacks: CheckSpecification {
        guard gates.contains(.live), signal == nil, !gates.contains(.rollback) else { return self }
        return CheckSpecification(
            name: name, kind: kind, gates: gates.union([.rollback]), interval: interval, count: count,
            initialDelay: initialDelay, timeout: timeout, failureLimit: failureLimit, inconclusiveLimit: inconclusiveLimit,
            consecutiveErrorLimit: consecutiveErrorLimit, observeOnly: observeOnly, consecutiveSuccesses: consecutiveSuccesses,
            onNoData: onNoData, minimumSamples: minimumSamples)
    }

    /// What is measured.
    package enum Kind: Hashable, Sendable, Codable {
        /// GET of a path on the slot: status, latency, and text that the body must hold.
        case http(path: String, status: Int, maximumLatency: Milliseconds?, bodyContains: String?)
        /// Every instance says that it runs a member of the expected digest set.
        case runningDigest
        /// A command that exits 0; it gets the slot's address and the expected digest in its environment.
        case smoke(command: [String])
        /// A TCP connection to the slot.
        case tcp
        /// What runs the image says that it runs and is healthy.
        case container
        /// The slot's own traffic over a window that ends at the measurement.
        case signal(Signal, window: Milliseconds, limit: SignalLimit)
    }

    /// A check of the running digest that every gate holds, configured or not.
    package static let runningDigest = CheckSpecification(
        name: .literal("running-digest"), kind: .runningDigest, gates: Set(Gate.allCases), interval: .seconds(1), count: 2)

    /// What a screen shows as the limit.
    package var limit: SafeText {
        switch kind {
        case .http(_, let status, let latency, _): latency.map { "\(status) within \($0.description)" } ?? "\(status)"
        case .runningDigest: "equal"
        case .smoke: "exit 0"
        case .tcp: "connects"
        case .container: "healthy"
        case .signal(let signal, _, let limit):
            SafeText(
                [limit.absolute.map { signal.words($0).text }, limit.beyondOther.map { "+\(signal.words($0))" }]
                    .compactMap(\.self).joined(separator: ", "), limit: 60)
        }
    }

    /// What a screen calls the check.
    package var title: SafeText {
        switch kind {
        case .http(let path, _, _, _): SafeText("http \(path)", limit: 60)
        case .runningDigest: "running digest"
        case .smoke: SafeText("smoke \(name)", limit: 60)
        case .tcp: "tcp connect"
        case .container: "container"
        case .signal(let signal, _, _): signal.title
        }
    }
}

/// The verdict that stands between two states of a promotion.
package enum Gate: String, Hashable, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// The live slot before anything changes (A/A).
    case baseline
    /// The idle slot, before traffic.
    case idle
    /// The idle slot while it waits for the switch; measured until then.
    case ready
    /// The new slot of a canary while a step's share of the traffic goes to it, beside the old one.
    case step
    /// The new live slot, right after traffic.
    case live
    /// The new live slot while it bakes; measured until the time is up.
    case bake
    /// One fresh answer of every check at the end of the bake.
    case closing
    /// The old slot after a rollback.
    case rollback
}

package import PromotionCore

/// What is done once a promotion has come to its end: it can neither delay nor fail one.
package struct Aftermath: Sendable {
    /// Where a service's project is, and which of its files tell of failures.
    package struct Project: Sendable {
        package let checkout: any Checkout
        package let paths: RecordPaths

        package init(checkout: any Checkout, paths: RecordPaths) {
            self.checkout = checkout
            self.paths = paths
        }
    }

    package let projects: [ServiceName: Project]
    package let receivers: [any Receiver]
    /// How often what serves is verified again; a place that is not named is verified where somebody asks.
    package let verification: [Place: Milliseconds]

    package init(
        projects: [ServiceName: Project] = [:], receivers: [any Receiver] = [], verification: [Place: Milliseconds] = [:]
    ) {
        self.projects = projects
        self.receivers = receivers
        self.verification = verification
    }

    /// Whether there is nothing to do after any end.
    var isIdle: Bool { projects.isEmpty && receivers.isEmpty }
}

/// Wakes whoever waits for something to do; rings that come while nobody listens are one.
struct Bell: Sendable {
    private let streams: [AsyncStream<Void>]
    private let continuations: [AsyncStream<Void>.Continuation]

    /// Who listens.
    enum Listener: Int, CaseIterable { case records, notices }

    init() {
        let pairs = Listener.allCases.map { _ in
            AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        }
        streams = pairs.map(\.stream)
        continuations = pairs.map(\.continuation)
    }

    func ring() { for continuation in continuations { continuation.yield() } }
    func rings(for listener: Listener) -> AsyncStream<Void> { streams[listener.rawValue] }
}

/// Waits that grow with every vain try.
struct Patience {
    private var next = Milliseconds.seconds(1)
    /// The longest of them.
    private let limit: Milliseconds

    init(limit: Milliseconds = .minutes(10)) { self.limit = limit }

    mutating func grow() -> Milliseconds {
        defer { next = min(next + next, limit) }
        return next
    }

    mutating func restore() { next = .seconds(1) }
}

/// What is read from the traffic of a slot itself, rather than asked of the slot.
package enum Signal: Hashable, Sendable, Codable {
    /// Requests that were answered with an error of the server, or not at all; in parts of a million.
    case errorRate
    /// The time within which this share of requests, of a hundred, was answered; in microseconds.
    case latency(percentile: Int)

    /// A value as people read it: "0.10 %", "41.2 ms".
    package func words(_ value: Int64) -> SafeText {
        let size = value.magnitude
        let sign = value < 0 ? "-" : ""
        return switch self {
        case .errorRate: "\(sign)\(size / 10_000).\(Self.digits(size % 10_000 / 100, 2)) %"
        case .latency: "\(sign)\(size / 1_000).\(Self.digits(size % 1_000 / 100, 1)) ms"
        }
    }

    private static func digits(_ number: UInt64, _ width: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// What a screen calls it.
    package var title: SafeText {
        switch self {
        case .errorRate: "error rate"
        case .latency(let percentile): "latency p\(percentile)"
        }
    }
}

/// How much of a signal is let pass; at least one of the two is given.
package struct SignalLimit: Hashable, Sendable, Codable {
    /// In the signal's own unit.
    package let absolute: Int64?
    /// How much more than the other slot at the same instants; asked only while both take traffic.
    package let beyondOther: Int64?

    package init(absolute: Int64?, beyondOther: Int64?) {
        self.absolute = absolute
        self.beyondOther = beyondOther
    }
}

/// One signal of one slot over a window.
package struct SlotSignal: Hashable, Sendable, Codable {
    /// Requests in the window.
    package let requests: Int64
    /// In the signal's own unit; nil where there was nothing to tell it from.
    package let value: Int64?

    package init(requests: Int64, value: Int64?) {
        self.requests = requests
        self.value = value
    }
}

/// Reads signals of the traffic in one environment of one service.
package protocol SignalSource: Sendable {
    /// One signal of several slots over the window that ends now, all of them at the same instant.
    /// - Throws: `Fault.refused` for a window that it does not remember.
    func read(
        _ signal: Signal, over window: Milliseconds, of slots: [SlotName]
    ) async throws(Fault) -> [SlotName: SlotSignal]
}

extension Signal {
    /// What a reading says: no data is no answer, more than a limit is no.
    /// - Parameter minimum: requests without which a slot's signal says nothing.
    func judge(
        _ own: SlotSignal, beside other: SlotSignal?, limit: SignalLimit, minimum: Int
    ) -> Measurement.Result {
        let wanted = Int64(max(1, minimum))
        guard own.requests >= wanted, let value = own.value else {
            return .skipped("\(own.requests) of \(wanted) requests so far")
        }
        if let absolute = limit.absolute, value > absolute {
            return .fail("\(words(value)), limit \(words(absolute)), of \(own.requests) requests")
        }
        guard let beyond = limit.beyondOther else { return .pass }
        guard let other, other.requests >= wanted, let reference = other.value else {
            return .skipped("the other slot answered \(other?.requests ?? 0) of \(wanted) requests so far")
        }
        guard value - reference <= beyond else {
            return .fail("\(words(value)), the other slot \(words(reference)), limit \(words(beyond)) more")
        }
        return .pass
    }
}

extension CheckSpecification {
    /// Whether it reads the traffic, so that a slot without traffic has nothing to answer.
    package var signal: Signal? {
        if case .signal(let signal, _, _) = kind { signal } else { nil }
    }

    /// Whether it has a limit of its own, also where no other slot takes traffic.
    var standsAlone: Bool {
        if case .signal(_, _, let limit) = kind { limit.absolute != nil } else { true }
    }

    /// The check as one gate asks it: a step of a canary compares with the other slot and has its own minimum of requests;
    /// elsewhere there is nothing to compare with.
    func asked(in gate: Gate, minimum: Int) -> CheckSpecification {
        guard case .signal(let signal, let window, let limit) = kind else { return self }
        let isStep = gate == .step
        return CheckSpecification(
            name: name,
            kind: .signal(
                signal, window: window,
                limit: SignalLimit(absolute: limit.absolute, beyondOther: isStep ? limit.beyondOther : nil)),
            gates: gates, interval: interval, count: count, initialDelay: initialDelay, timeout: timeout,
            failureLimit: failureLimit, inconclusiveLimit: inconclusiveLimit, consecutiveErrorLimit: consecutiveErrorLimit,
            observeOnly: observeOnly, consecutiveSuccesses: consecutiveSuccesses, onNoData: onNoData,
            minimumSamples: isStep ? max(minimum, minimumSamples) : minimumSamples)
    }
}

extension Promotion {
    /// The check of this name as a gate asks it now; nil where the plan has none.
    package func asked(_ name: CheckName, in gate: Gate) -> CheckSpecification? {
        let minimum = plan.steps.indices.contains(step) ? plan.steps[step].minimumSamples : 0
        return plan.checks(in: gate).first { $0.name == name }?.asked(in: gate, minimum: minimum)
    }

    /// The moment from which the traffic that a gate looks at is this release's: what came before says nothing about it.
    /// Nil where all that is remembered counts.
    package func measuredSince(in gate: Gate) -> Timestamp? {
        switch gate {
        case .baseline: nil
        case .step: enteredAt + (plan.steps.indices.contains(step) ? plan.steps[step].warmUp : .zero)
        case .bake, .closing: passage.last { $0.state == .verifyingLive }?.at ?? enteredAt
        case .idle, .ready, .live, .rollback: enteredAt
        }
    }

    /// The slot that a gate compares with, and what it runs; nil where there is nothing to compare.
    package func reference(in gate: Gate) -> Occupant? { gate == .step ? plan.live : nil }

    /// Traffic as the step wants it while it is analysed; nil in every other state.
    package var wantedSplit: Routing? {
        switch state {
        case .analysing(let step), .paused(from: .analysing(let step)): split(at: step)
        default: nil
        }
    }
}

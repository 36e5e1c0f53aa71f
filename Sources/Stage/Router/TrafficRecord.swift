internal import PromotionCore

/// What a place's slots answered in the last two minutes, in ticks of a quarter of a second; a value that reads no clock.
struct TrafficRecord: Sendable {
    /// Length of a tick, in milliseconds.
    private static let tick: Int64 = 250
    /// Ticks that are remembered.
    private static let tickLimit = 480

    /// The longest window that can be asked for.
    static let memory = Milliseconds(tick * Int64(tickLimit))

    private struct Tick {
        var number: Int64
        var slots: [SlotName: SlotTraffic] = [:]
    }

    /// In the order of time; ticks without a request are left out.
    private var ticks: [Tick] = []

    /// Counts one answer, or one that never came.
    /// - Parameters:
    ///   - now: since any moment that stays the same.
    ///   - isError: whether the answer was an error of the server, cut off, or none.
    mutating func add(_ slot: SlotName, isError: Bool, after latencyInMicroseconds: Int64, at now: Milliseconds) {
        let number = now.count / Self.tick
        if ticks.last?.number != number {
            ticks.append(Tick(number: number))
            ticks.removeAll { $0.number <= number - Int64(Self.tickLimit) }
        }
        ticks[ticks.count - 1].slots[slot, default: SlotTraffic()].add(isError: isError, after: latencyInMicroseconds)
    }

    /// What was answered in the window that ends now, by slot.
    func traffic(over window: Milliseconds, at now: Milliseconds) -> [SlotName: SlotTraffic] {
        let first = (now.count - window.count) / Self.tick
        return ticks.filter { $0.number > first }.reduce(into: [:]) { sum, tick in
            for (slot, traffic) in tick.slots { sum[slot, default: SlotTraffic()].add(traffic) }
        }
    }
}

/// Requests of one slot, counted, with their latencies in classes that are each a fifth wider than the one before.
struct SlotTraffic: Hashable, Sendable, Codable {
    private(set) var requests: Int64 = 0
    private(set) var errors: Int64 = 0
    /// Requests by the class of their latency; classes without one are left out.
    private(set) var latencies: [Int: Int64] = [:]

    /// The upper ends of the classes in microseconds: from 100 µs to more than a minute.
    private static let bounds: [Int64] = {
        var bounds: [Int64] = [100]
        while let last = bounds.last, last < 70_000_000 { bounds.append(last + last / 5) }
        return bounds
    }()

    mutating func add(isError: Bool, after latencyInMicroseconds: Int64) {
        requests += 1
        if isError { errors += 1 }
        latencies[Self.bounds.firstIndex { latencyInMicroseconds <= $0 } ?? Self.bounds.count - 1, default: 0] += 1
    }

    mutating func add(_ other: SlotTraffic) {
        requests += other.requests
        errors += other.errors
        latencies.merge(other.latencies, uniquingKeysWith: +)
    }

    /// A signal of these requests; a percentile is the upper end of the class that it falls into.
    func signal(_ signal: Signal) -> SlotSignal {
        guard requests > 0 else { return SlotSignal(requests: 0, value: nil) }
        switch signal {
        case .errorRate: return SlotSignal(requests: requests, value: errors * 1_000_000 / requests)
        case .latency(let percentile):
            let wanted = (requests * Int64(percentile) + 99) / 100
            var sum: Int64 = 0
            for (index, count) in latencies.sorted(by: { $0.key < $1.key }) {
                sum += count
                if sum >= wanted { return SlotSignal(requests: requests, value: Self.bounds[index]) }
            }
            return SlotSignal(requests: requests, value: Self.bounds.last)
        }
    }
}

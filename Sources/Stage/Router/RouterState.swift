internal import PromotionCore
internal import Synchronization

/// The routing table in force, and the requests under way by the port they went to.
final class RouterState: Sendable {
    private struct Live {
        var table: RoutingTable
        var inFlight: [Int: Int] = [:]
        var traffic: [Place: TrafficRecord] = [:]
    }

    private let began = ContinuousClock.now

    private let live: Mutex<Live>

    init(_ table: RoutingTable) { live = Mutex(Live(table: table)) }

    /// Which slot one request goes to.
    struct Choice: Hashable, Sendable {
        let slot: SlotName
        let port: Int
    }

    var table: RoutingTable { live.withLock { $0.table } }

    /// Requests under way, by the port of the slot process.
    var inFlight: [Int: Int] { live.withLock { $0.inFlight } }

    func replace(with table: RoutingTable) { live.withLock { $0.table = table } }

    /// Counts one answer of a slot, or one that never came.
    func count(_ choice: Choice, of place: Place, isError: Bool, since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let latency = Self.microseconds(now - start)
        let age = Milliseconds(Self.microseconds(now - began) / 1_000)
        live.withLock { $0.traffic[place, default: TrafficRecord()].add(choice.slot, isError: isError, after: latency, at: age) }
    }

    /// What the slots of a place answered in the window that ends now.
    func traffic(of place: Place, over window: Milliseconds) -> [SlotName: SlotTraffic] {
        let age = Milliseconds(Self.microseconds(ContinuousClock.now - began) / 1_000)
        return live.withLock { $0.traffic[place]?.traffic(over: window, at: age) ?? [:] }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }

    /// Chooses by weight and counts the request, in one step, so that a port nobody is counted at takes no more.
    func begin(_ place: Place) -> Choice? {
        live.withLock { live in
            guard let entry = live.table[place], let slot = entry.slot(for: .random(in: 0..<100)), let port = entry.backends[slot]
            else { return nil }
            live.inFlight[port, default: 0] += 1
            return Choice(slot: slot, port: port)
        }
    }

    /// Ends what `begin` began.
    func end(_ choice: Choice) {
        live.withLock { live in
            let left = (live.inFlight[choice.port] ?? 1) - 1
            live.inFlight[choice.port] = left > 0 ? left : nil
        }
    }
}

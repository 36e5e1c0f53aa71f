internal import PromotionCore

/// Where the router sends what arrives at each place's port; a plain value that touches no socket.
struct RoutingTable: Hashable, Sendable, Codable {
    /// One place: its port, and where its traffic goes.
    struct Entry: Hashable, Sendable, Codable {
        let place: Place
        /// The router's own port for the place; the same over restarts.
        let port: Int
        /// The newest that changed this entry.
        var fence: Fence
        /// Per hundred; empty until the first change names them.
        var weights: [SlotName: Int]
        /// Ports of the slot processes.
        var backends: [SlotName: Int]

        init(_ place: Place, port: Int) {
            self.place = place
            self.port = port
            fence = Fence(.min)
            weights = [:]
            backends = [:]
        }

        /// The slot that a draw falls on.
        /// - Parameter draw: 0 to 99.
        func slot(for draw: Int) -> SlotName? {
            var sum = 0
            for (slot, weight) in weights.sorted(by: { $0.key < $1.key }) {
                sum += weight
                if draw < sum { return slot }
            }
            return nil
        }
    }

    /// A wanted change of one place; what is nil stays as it is.
    struct Change: Hashable, Sendable, Codable {
        let place: Place
        let fence: Fence
        /// Per hundred, the sum 100.
        var weights: [SlotName: Int]?
        /// Ports of slot processes; a slot that is not named keeps its own, port 0 takes it out.
        var backends: [SlotName: Int]?
    }

    private(set) var entries: [Entry] = []

    subscript(place: Place) -> Entry? { entries.first { $0.place == place } }

    /// Adds a place that has no traffic yet.
    mutating func add(_ entry: Entry) {
        guard self[entry.place] == nil else { return }
        entries.append(entry)
        entries.sort { $0.place < $1.place }
    }

    /// Applies a change whole or not at all.
    mutating func apply(_ change: Change) throws(RoutingRefusal) {
        guard let position = entries.firstIndex(where: { $0.place == change.place }) else { throw .unknown(change.place) }
        var entry = entries[position]
        guard change.fence >= entry.fence else { throw .oldFence(change.place, seen: entry.fence, got: change.fence) }
        entry.fence = change.fence
        for (slot, port) in change.backends ?? [:] {
            guard (0...65_535).contains(port) else { throw .port(slot, port) }
            entry.backends[slot] = port == 0 ? nil : port
        }
        if let weights = change.weights {
            guard weights.values.allSatisfy((0...100).contains), weights.values.reduce(0, +) == 100 else { throw .weights }
            if let slot = weights.filter({ $0.value > 0 }).keys.first(where: { entry.backends[$0] == nil }) {
                throw .nothingRuns(change.place, slot)
            }
            entry.weights = weights
        }
        entries[position] = entry
    }
}

/// Why the router does not take a change.
enum RoutingRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case oldFence(Place, seen: Fence, got: Fence)
    case unknown(Place)
    case weights
    case port(SlotName, Int)
    case nothingRuns(Place, SlotName)

    var description: String {
        switch self {
        case .oldFence(let place, let seen, let got):
            "fence \(got) for \(place) is older than \(seen), which has been seen: another lease holds the place by now"
        case .unknown(let place): "the router has no port for \(place)"
        case .weights: "weights are 0 to 100 each and 100 together"
        case .port(let slot, let port): "\(port) is no port for slot \(slot)"
        case .nothingRuns(let place, let slot): "slot \(slot) of \(place) runs nothing that could take traffic"
        }
    }
}

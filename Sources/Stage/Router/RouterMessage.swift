internal import PromotionCore

/// What the stage asks of the router, one JSON line a message.
enum RouterRequest: Hashable, Sendable, Codable {
    case read
    /// Gives a place a port of its own if it has none.
    case open(place: Place)
    case change(RoutingTable.Change)
    /// What the slots of a place answered in the window that ends now.
    case traffic(place: Place, window: Milliseconds)
}

/// What the router says, one JSON line for each request.
enum RouterAnswer: Hashable, Sendable, Codable {
    /// The table in force, durable, and requests under way by the port of the slot process.
    case routing(RoutingTable, inFlight: [InFlight])
    case traffic([TrafficOfSlot])
    /// It said no; asking again changes nothing.
    case refused(SafeText)
    /// It could not; nothing changed.
    case broke(SafeText)

    struct TrafficOfSlot: Hashable, Sendable, Codable {
        let slot: SlotName
        let traffic: SlotTraffic
    }

    struct InFlight: Hashable, Sendable, Codable {
        let port: Int
        let count: Int
    }
}

/// Bounds of the control socket.
enum RouterControlBounds {
    static let lineInBytes = 64 * 1_024
    static let connections = 16
    /// The kernel's room for the path of a Unix socket, less the end mark (unix(7)).
    static let pathInBytes = 107
}

/// A wanted end that a promotion's state calls for. Making one true twice is harmless.
package enum Effect: Hashable, Sendable, Codable {
    case leaseHeld
    /// The image is whole in the registry and offers the platform.
    case imageReady(PinnedImage)
    case slotRuns(slot: SlotName, image: PinnedImage)
    case slotStopped(slot: SlotName)
    case pointerNames(tag: Tag, digest: Digest, expected: Digest?)
    case trafficOn(slot: SlotName)
    case checkAnswered(gate: Gate, check: CheckName, slot: SlotName)
    /// The switch says where traffic goes.
    case routingObserved
    /// The slot says what it runs.
    case slotObserved(slot: SlotName)
    case deadline(Timestamp)

    /// Whether performing it changes the world outside: such effects are never cut off half-way.
    package var changesWorld: Bool {
        switch self {
        case .slotRuns, .slotStopped, .pointerNames, .trafficOn: true
        case .leaseHeld, .imageReady, .checkAnswered, .routingObserved, .slotObserved, .deadline: false
        }
    }
}

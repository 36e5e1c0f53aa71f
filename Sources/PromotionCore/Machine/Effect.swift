/// A wanted end that a promotion's state calls for. Making one true twice is harmless.
package enum Effect: Hashable, Sendable, Codable {
    /// Everything that the plan asks for is so, and the plan is still the one that was agreed to.
    case conditionsHold
    case leaseHeld
    /// Everything that makes up the image, and what speaks for it, is where the environment takes its images from.
    case imageCopied(PinnedImage, from: ImageHome)
    /// The image is whole in the registry and offers the platform.
    case imageReady(PinnedImage)
    case slotRuns(slot: SlotName, image: PinnedImage)
    case slotStopped(slot: SlotName)
    case pointerNames(tag: Tag, digest: Digest, expected: Digest?)
    case trafficOn(slot: SlotName)
    /// Traffic is split between slots as the weights say, read back from the switch.
    case trafficSplit(Routing)
    case checkAnswered(gate: Gate, check: CheckName, slot: SlotName)
    /// The switch says where traffic goes.
    case routingObserved
    /// The slot says what it runs.
    case slotObserved(slot: SlotName)
    /// This moment has come: a warm-up or an analysis has had its time.
    case elapsed(Timestamp)
    /// The state may not last beyond this moment.
    case deadline(Timestamp)

    /// Whether performing it changes the world outside: such effects are never cut off half-way. A copy may be: nothing names
    /// what it has not finished, and it can take long.
    package var changesWorld: Bool {
        switch self {
        case .slotRuns, .slotStopped, .pointerNames, .trafficOn, .trafficSplit: true
        case .conditionsHold, .leaseHeld, .imageCopied, .imageReady, .checkAnswered, .routingObserved, .slotObserved, .elapsed,
            .deadline:
            false
        }
    }
}

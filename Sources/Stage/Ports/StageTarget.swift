package import PromotionCore

/// Runs images in the slots of one place of the stage, as real processes.
package struct StageTarget: Target {
    let place: StagePlace
    let now: @Sendable () -> Timestamp

    /// Looks at a slot, within about a second.
    package func observe(_ slot: SlotName) async throws(Fault) -> SlotObservation { try await place.observe(slot, now: now) }

    /// Refuses from now on whatever carries an older fence, after what is under way has come to its end.
    package func bar(before fence: Fence) async throws(Fault) { try await place.bar(before: fence) }

    /// Makes a slot run this image; the image that runs already is only observed.
    /// - Throws: `Fault.refused` for an older fence, a slot that does not exist, an image without this machine's platform.
    package func run(_ image: PinnedImage, in slot: SlotName, under fence: Fence) async throws(Fault) -> SlotObservation {
        try await place.change(under: fence) { () async throws(Fault) -> Void in
            try await place.run(image, in: slot, under: fence)
        }
        return try await place.observe(slot, now: now)
    }

    /// Drains and ends what runs in a slot.
    package func stop(_ slot: SlotName, under fence: Fence) async throws(Fault) {
        try await place.change(under: fence) { () async throws(Fault) -> Void in try await place.stop(slot, under: fence) }
    }
}

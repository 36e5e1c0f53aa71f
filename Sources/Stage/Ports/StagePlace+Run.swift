internal import PromotionCore

extension StagePlace {
    /// Makes a slot run this image: the new process first, then the router's pointer, then the old one drains.
    ///
    /// Everything after the start of the process is done again where it was cut off, also when the image runs already.
    func run(_ image: PinnedImage, in slot: SlotName, under fence: Fence) async throws(Fault) {
        let current = try running(slot)
        if let current, current.image.digest == image.digest {
            try await settle(current, under: fence)
            return
        }
        let configuration = try await registry.configuration(of: image.digest, for: .host, in: image.repository)
        let instance = try await processes.start(image, configuration, in: slot, of: place)
        do throws(Fault) { try keep(SlotRecord(image: image, instance: instance.token), of: slot) } catch {
            await processes.end(instance)
            throw error
        }
        try await settle(instance, under: fence)
    }

    /// Makes a slot empty.
    func stop(_ slot: SlotName, under fence: Fence) async throws(Fault) {
        let current = try running(slot)
        try keep(.empty, of: slot)
        if try await router.ask(.open(place: place)).table[place]?.backends[slot] != nil {
            _ = try await router.ask(.change(.init(place: place, fence: fence, backends: [slot: 0])))
        }
        await endStrays(of: slot, but: nil, patience: current?.port)
    }

    /// Points the router at the process that runs in a slot and ends every other process of the slot.
    private func settle(_ instance: StageInstance, under fence: Fence) async throws(Fault) {
        guard let port = instance.port else { return }
        let entry = try await router.ask(.open(place: place)).table[place]
        let before = entry?.backends[instance.slot]
        // An environment with one slot has nowhere else to send its traffic.
        let weights = slots == [instance.slot] ? [instance.slot: 100] : nil
        if before != port || (weights != nil && entry?.weights != weights) {
            do throws(Fault) {
                _ = try await router.ask(
                    .change(.init(place: place, fence: fence, weights: weights, backends: [instance.slot: port])))
            } catch {
                // The slot already runs the new image, so this is no failure that left everything as it was.
                throw error.kind == .broke ? Fault(.unknown, error.reason) : error
            }
        }
        await endStrays(of: instance.slot, but: instance.token, patience: before == port ? nil : before)
    }

    /// Ends processes of a slot that its record does not name.
    /// - Parameter patience: the port whose requests under way are waited for.
    private func endStrays(of slot: SlotName, but token: InstanceToken?, patience port: Int?) async {
        let strays = processes.all().filter { $0.place == place && $0.slot == slot && $0.token != token }
        guard !strays.isEmpty else { return }
        if let port { await router.settle(port, within: .seconds(5)) }
        for stray in strays { await processes.end(stray) }
    }
}

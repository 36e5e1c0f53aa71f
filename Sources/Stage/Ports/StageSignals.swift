package import PromotionCore

/// The signals of one place of the stage: what the router itself counted of the traffic that it carried.
package struct StageSignals: SignalSource {
    let place: Place
    let router: StageRouter

    /// One signal of several slots, counted by the router under one lock.
    /// - Throws: `Fault.refused` for a window of more than two minutes, which the router does not remember.
    package func read(
        _ signal: Signal, over window: Milliseconds, of slots: [SlotName]
    ) async throws(Fault) -> [SlotName: SlotSignal] {
        guard window <= TrafficRecord.memory else {
            throw Fault(.refused, "the stage's router remembers \(TrafficRecord.memory), not \(window)")
        }
        let traffic = try await router.ask(.traffic(place: place, window: window)).traffic
        let known = Dictionary(traffic.map { ($0.slot, $0.traffic) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(uniqueKeysWithValues: slots.map { ($0, (known[$0] ?? SlotTraffic()).signal(signal)) })
    }
}

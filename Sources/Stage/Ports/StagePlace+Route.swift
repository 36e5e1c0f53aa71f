internal import NIOCore
internal import PromotionCore

extension StagePlace {
    /// Where traffic goes, as the router's table says.
    func routing() async throws(Fault) -> Routing {
        Routing(weights: try await router.ask(.open(place: place)).table[place]?.weights ?? [:])
    }

    /// Makes traffic go to slots by their weights, reads the table back, and has one real request through the router answered
    /// by one of them.
    func route(_ wanted: Routing, under fence: Fence) async throws(Fault) -> Routing {
        var taking: [SlotName: StageInstance] = [:]
        for (slot, weight) in wanted.weights where weight > 0 {
            guard let instance = try running(slot), instance.port != nil else {
                throw Fault(.refused, "slot \(slot) of \(place) runs nothing that could take traffic")
            }
            taking[slot] = instance
        }
        let weights = Dictionary(uniqueKeysWithValues: slots.map { ($0, wanted.weights[$0] ?? 0) })
        let backends = taking.compactMapValues(\.port)
        _ = try await router.ask(.open(place: place))
        _ = try await router.ask(.change(.init(place: place, fence: fence, weights: weights, backends: backends)))
        guard let entry = try await router.ask(.read).table[place], entry.weights == weights,
            backends.allSatisfy({ entry.backends[$0.key] == $0.value })
        else { throw Fault(.unknown, "the router's table does not say what was just written") }
        try await confirm(taking.values.map(\.image.digest), at: entry.port)
        return Routing(weights: entry.weights)
    }

    private func confirm(_ expected: [Digest], at port: Int) async throws(Fault) {
        let answer: LoopbackClient.Answer
        do throws(LoopbackClient.Failure) {
            answer = try await LoopbackClient.get("/", port: port, deadline: .seconds(3))
        } catch { throw Fault(.unknown, "the table is changed, but a request through the router failed: \(error.description)") }
        guard let digest = answer.digest, expected.contains(digest) else {
            let found = answer.digest.map { $0.short() } ?? "nothing with a digest, status \(answer.status)"
            let wanted = expected.map { $0.short() }.joined(separator: " or ")
            throw Fault(
                .unknown,
                "the table is changed, but \(SafeText(found)) answered through the router, expected \(SafeText(wanted))")
        }
    }
}

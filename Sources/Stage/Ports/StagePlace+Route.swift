internal import NIOCore
internal import PromotionCore

extension StagePlace {
    /// Where traffic goes, as the router's table says.
    func routing() async throws(Fault) -> Routing {
        Routing(weights: try await router.ask(.open(place: place)).table[place]?.weights ?? [:])
    }

    /// Makes all traffic go to one slot, reads the table back, and has one real request through the router answered by it.
    func route(to slot: SlotName, under fence: Fence) async throws(Fault) -> Routing {
        guard let instance = try running(slot), let port = instance.port else {
            throw Fault(.refused, "slot \(slot) of \(place) runs nothing that could take traffic")
        }
        var weights: [SlotName: Int] = [:]
        for other in slots { weights[other] = other == slot ? 100 : 0 }
        _ = try await router.ask(.open(place: place))
        _ = try await router.ask(.change(.init(place: place, fence: fence, weights: weights, backends: [slot: port])))
        guard let entry = try await router.ask(.read).table[place], entry.weights == weights, entry.backends[slot] == port else {
            throw Fault(.unknown, "the router's table does not say what was just written")
        }
        try await confirm(instance, at: entry.port)
        return Routing(weights: entry.weights)
    }

    private func confirm(_ instance: StageInstance, at port: Int) async throws(Fault) {
        let answer: LoopbackClient.Answer
        do throws(LoopbackClient.Failure) {
            answer = try await LoopbackClient.get("/", port: port, deadline: .seconds(3))
        } catch { throw Fault(.unknown, "the table is changed, but a request through the router failed: \(error.description)") }
        guard answer.digest == instance.image.digest else {
            let found = answer.digest.map { $0.short() } ?? "nothing with a digest, status \(answer.status)"
            throw Fault(
                .unknown,
                "the table is changed, but \(SafeText(found)) answered through the router, expected \(instance.image.digest.short())"
            )
        }
    }
}

internal import NIOCore
internal import Platform
internal import PromotionCore

extension StagePlace {
    /// For each question to a slot.
    private static let observationLimit = TimeAmount.seconds(1)

    /// Looks at a slot: its record, its process, and what it says of itself.
    func observe(_ slot: SlotName, now: @Sendable () -> Timestamp) async throws(Fault) -> SlotObservation {
        guard let record = try record(slot), let token = record.instance else { return Self.seen(now(), .empty) }
        let found: StageInstance?
        do throws(StageError) { found = try processes.instance(token) } catch { throw error.fault }
        UnwaitedChildren.collect()
        guard let instance = found, let process = instance.process, let port = instance.port else {
            return Self.seen(now(), .unhealthy("its process does not run"))
        }
        guard process.isAlive else { return Self.seen(now(), .unhealthy("its process \(process.number) has ended")) }
        let endpoint = Endpoint(host: "127.0.0.1", port: port)
        async let asked = Self.ask("/version", port)
        async let health = Self.ask("/health", port)
        switch (await asked, await health) {
        case (.failure(let failure), _):
            return SlotObservation(
                at: now(), health: .unknown(SafeText(failure.description)), instances: [nil], endpoint: endpoint)
        case (.success(let version), let health):
            let said = try? CanonicalJSON.decode(SlotVersion.self, from: version.body)
            return SlotObservation(
                at: now(), health: Self.health(said, health), instances: [said?.digest ?? version.digest], endpoint: endpoint)
        }
    }

    private typealias Asked = Result<LoopbackClient.Answer, LoopbackClient.Failure>

    private static func health(_ version: SlotVersion?, _ health: Asked) -> SlotObservation.Health {
        guard let version else { return .unknown("/version does not say what runs") }
        switch health {
        case .failure(let failure): return .unknown(SafeText(failure.description))
        case .success(let answer) where answer.status == 200: return version.isReady ? .healthy : .starting
        case .success(let answer):
            let body = String(decoding: answer.body.prefix(200), as: UTF8.self).split(separator: "\n").first ?? ""
            return .unhealthy("/health answered \(answer.status): \(SafeText(body, limit: 160))")
        }
    }

    private static func ask(_ path: String, _ port: Int) async -> Asked {
        do throws(LoopbackClient.Failure) {
            return .success(try await LoopbackClient.get(path, port: port, deadline: observationLimit))
        } catch { return .failure(error) }
    }

    private static func seen(_ at: Timestamp, _ health: SlotObservation.Health) -> SlotObservation {
        SlotObservation(at: at, health: health, instances: [], endpoint: nil)
    }
}

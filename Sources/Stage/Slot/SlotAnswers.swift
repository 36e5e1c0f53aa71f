internal import PromotionCore

/// What a slot process answers, decided from its behaviour, its age and what it has served; it touches no socket.
struct SlotAnswers: Sendable {
    let instance: StageInstance
    let processNumber: Int32
    /// Whether a request that came through the router has been answered.
    private(set) var hasServedTraffic = false
    private(set) var requestCount = 0
    /// Requests that came through the router.
    private var routedCount = 0

    init(_ instance: StageInstance, processNumber: Int32) {
        self.instance = instance
        self.processNumber = processNumber
    }

    struct Answer: Hashable, Sendable {
        let status: Int
        let contentType: String
        let body: String
        let after: Milliseconds
    }

    /// The answer to one request.
    /// - Parameters:
    ///   - path: the path of the request's target, without its query.
    ///   - uptime: since the process listens.
    mutating func answer(_ path: some StringProtocol, isRouted: Bool, uptime: Milliseconds) -> Answer {
        let answer = answer(path, uptime: uptime)
        requestCount += 1
        guard isRouted else { return answer }
        hasServedTraffic = true
        routedCount += 1
        return underTraffic(answer)
    }

    /// What a release makes of an answer to one of its users, where checks of the slot itself see nothing.
    private func underTraffic(_ answer: Answer) -> Answer {
        switch instance.behaviour {
        case .failsUnderTraffic where routedCount % 4 == 0:
            text(500, "\(instance.place.service) \(instance.version): deadlock found when trying to get lock")
        case .slowUnderTraffic:
            Answer(status: answer.status, contentType: answer.contentType, body: answer.body, after: Milliseconds(300))
        default: answer
        }
    }

    private func answer(_ path: some StringProtocol, uptime: Milliseconds) -> Answer {
        let isReady = uptime >= instance.behaviour.readyAfter
        let name = "\(instance.place.service) \(instance.version)"
        switch path {
        case "/version": return version(uptime: uptime, isReady: isReady)
        case "/health":
            if instance.behaviour == .unhealthy { return text(503, "\(name): the database migration has not run") }
            return isBroken ? text(503, "\(name): the connection pool is exhausted") : text(200, "ok")
        case "/ready": return isReady ? text(200, "ready") : text(503, "\(name): warming up")
        case "/":
            if isBroken { return text(500, "\(name): internal error") }
            return text(200, "\(name) \(instance.image.digest) in \(instance.place.environment) \(instance.slot)")
        default: return text(404, "there is nothing at this path")
        }
    }

    private var isBroken: Bool { instance.behaviour == .failsAfterSwitch && hasServedTraffic }

    private func text(_ status: Int, _ body: String) -> Answer {
        Answer(
            status: status, contentType: "text/plain; charset=utf-8", body: body + "\n", after: instance.behaviour.answersAfter)
    }

    private func version(uptime: Milliseconds, isReady: Bool) -> Answer {
        let version = SlotVersion(
            service: instance.place.service, environment: instance.place.environment, slot: instance.slot,
            digest: instance.image.digest, version: instance.version, processNumber: processNumber,
            uptimeInMilliseconds: uptime.count, isReady: isReady)
        let body = (try? CanonicalJSON.encode(version)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return Answer(status: 200, contentType: "application/json", body: body + "\n", after: .zero)
    }
}

package import PromotionCore

/// Takes the samples of checks: by HTTP, by a TCP connection, or by a smoke command.
///
/// It reports and never judges. Whatever the other side does, a sample comes back within the check's timeout and holds
/// little.
package struct HTTPProbe: Probe {
    private let http: OutboundHTTP
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>

    /// Bytes of a body that are read.
    package static let bodyLimit = 64 << 10
    /// Where a slot says which digest it runs.
    package static let versionPath = "/version"

    /// - Parameters:
    ///   - now: wall time, for when a sample was taken.
    ///   - clock: measures latency and keeps the timeout.
    package init(http: OutboundHTTP, clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Timestamp) {
        self.http = http
        self.clock = clock
        self.now = now
    }

    package func sample(_ check: CheckSpecification, at address: Endpoint, expecting image: DigestSet) async -> Sample {
        let at = now()
        let timeout = check.timeout
        switch check.kind {
        case .http(let path, _, let limit, let text):
            let url = address.url(path)
            let lateness = Lateness()
            let sample = await measure(at: at, hit: SafeText(url)) { await self.http(url, holding: text, within: timeout) }
            return sample.counting(late: await lateness.worst(), limit: limit)
        case .runningDigest:
            let url = address.url(Self.versionPath)
            return await measure(at: at, hit: SafeText(url)) { await self.version(url, within: timeout) }
        case .tcp:
            let place = SafeText("tcp \(address.host):\(address.port)")
            return await measure(at: at, hit: place) { await self.connect(to: address, within: timeout) }
        case .container, .signal:
            return await measure(at: at, hit: SafeText("\(address)")) {
                Look(answer: .none("this is not asked of the slot itself"), evidence: "")
            }
        case .smoke(let command):
            let smoke = SmokeCommand(command: command, address: address, digest: image.top)
            return await measure(at: at, hit: smoke.title) { await self.run(smoke, within: timeout) }
        }
    }

    /// What one look came to, without the time.
    private struct Look: Sendable {
        var identities: [Digest] = []
        let answer: Sample.Answer
        let evidence: SafeText
    }

    private func measure(at: Timestamp, hit: SafeText, _ look: @Sendable () async -> Look) async -> Sample {
        var seen = Look(answer: .none("nothing was measured"), evidence: "")
        let latency = await clock.measure { seen = await look() }
        return Sample(
            at: at, hit: hit, identities: seen.identities, answer: seen.answer, latency: Milliseconds(rounding: latency),
            evidence: seen.evidence)
    }

    private func http(_ url: String, holding text: String?, within timeout: Milliseconds) async -> Look {
        await look(at: url, within: timeout) { answer, _ in
            let isHeld = text.map(answer.holds) ?? true
            // The wanted text may stand in the part that was not read.
            if !isHeld && answer.isCut { return .none("\(url): the text was not found in the first \(Self.bodyLimit) bytes") }
            return .status(answer.status, bodyMatched: isHeld)
        }
    }

    private func version(_ url: String, within timeout: Milliseconds) async -> Look {
        await look(at: url, within: timeout) { answer, claim in
            if claim.digests.isEmpty && !(200..<300).contains(answer.status) {
                return .none("\(url): status \(answer.status), and nothing said which digest runs")
            }
            return .identity
        }
    }

    private func look(
        at url: String, within timeout: Milliseconds, _ read: (HTTPAnswer, ClaimedIdentity) -> Sample.Answer
    ) async -> Look {
        do throws(HTTPFailure) {
            let answer = try await http.get(url, within: timeout, bodyLimit: Self.bodyLimit, clock: clock)
            let claim = ClaimedIdentity(answer)
            let evidence = answer.evidence()
            return Look(
                identities: claim.digests, answer: read(answer, claim),
                evidence: claim.unreadable.map { SafeText("\(evidence) · not a digest: \($0)", limit: 4_000) } ?? evidence)
        } catch {
            return Look(answer: .none(SafeText(error.description)), evidence: SafeText(error.description))
        }
    }

    private func connect(to address: Endpoint, within timeout: Milliseconds) async -> Look {
        let problem = await TCPConnection.problem(connectingTo: address, within: timeout, clock: clock)
        if let problem { return Look(answer: .none(problem), evidence: problem) }
        return Look(answer: .connected, evidence: "connected")
    }

    private func run(_ smoke: SmokeCommand, within timeout: Milliseconds) async -> Look {
        let outcome = await smoke.run(within: timeout, clock: clock)
        switch outcome.end {
        case .exited(let code): return Look(answer: .exit(code), evidence: outcome.output)
        case .none(let reason): return Look(answer: .none(reason), evidence: outcome.output)
        }
    }
}

extension Milliseconds {
    /// The nearest whole number of milliseconds.
    init(rounding duration: Duration) {
        let parts = duration.components
        self.init(parts.seconds &* 1_000 &+ (parts.attoseconds &+ 500_000_000_000_000) / 1_000_000_000_000_000)
    }
}
